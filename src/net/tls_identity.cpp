#include <fmt/format.h>
#include <openssl/provider.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>

#include "base/encoding.h"
#include "net/tls_context.h"

namespace sallyport::net {
namespace {

constexpr std::size_t file_limit = 1U << 20U;

BioOwner reading(std::string_view octets) {
  return BioOwner(BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size())));
}

base::Result<base::Secret> contents(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return base::failure(fmt::format("{}: {}", file, std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe)
  std::string octets(file_limit + 1, '\0');
  in.read(octets.data(), static_cast<std::streamsize>(octets.size()));
  octets.resize(static_cast<std::size_t>(in.gcount()));
  base::Secret secret(octets);
  base::wipe({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  if (in.bad() || secret.empty()) return base::failure(fmt::format("{}: nothing can be read from it", file));
  if (secret.size() > file_limit) return base::failure(fmt::format("{}: larger than 1 MiB", file));
  return secret;
}

int give_password(char* buffer, int size, int, void* user) {
  const auto& password = *static_cast<const base::Secret*>(user);
  if (password.size() > static_cast<std::size_t>(size)) return -1;
  std::ranges::copy(password.reveal(), buffer);
  return static_cast<int>(password.size());
}

std::string pem_of(X509* certificate) {
  const BioOwner out(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(out.get(), certificate);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

base::Secret pem_of(EVP_PKEY* key) {
  const BioOwner out(BIO_new(BIO_s_secmem()));
  PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return base::Secret({text, static_cast<std::size_t>(length)});
}

// The key's certificate first, then each one's issuer, as RFC 5246, 7.4.2 wants them sent.
base::Result<Identity> ordered(std::vector<CertificateOwner> certificates, EVP_PKEY* key,
                               const std::string& file) {
  auto current = std::ranges::find_if(certificates,
                                      [&](const auto& c) { return X509_check_private_key(c.get(), key) == 1; });
  ERR_clear_error();
  if (current == certificates.end()) {
    return base::failure(fmt::format("{}: no certificate in it belongs to the private key", file));
  }
  Identity identity{{}, pem_of(key)};
  while (current != certificates.end()) {
    const CertificateOwner taken = std::move(*current);
    certificates.erase(current);
    identity.certificate_pem += pem_of(taken.get());
    current = std::ranges::find_if(
        certificates, [&](const auto& c) { return X509_check_issued(c.get(), taken.get()) == X509_V_OK; });
  }
  return identity;
}

// Old exports are encrypted with RC2 and 3DES, which only the legacy provider knows: in a library context of
// its own, so that no TLS connection can come to use it.
struct LegacyLibrary {
  LegacyLibrary() : context(OSSL_LIB_CTX_new()) {
    standard = OSSL_PROVIDER_load(context, "default");
    legacy = OSSL_PROVIDER_load(context, "legacy");
    ERR_clear_error();  // without the legacy module, newer files can be read still
  }
  ~LegacyLibrary() {
    if (legacy != nullptr) OSSL_PROVIDER_unload(legacy);
    if (standard != nullptr) OSSL_PROVIDER_unload(standard);
    OSSL_LIB_CTX_free(context);
  }
  LegacyLibrary(const LegacyLibrary&) = delete;
  LegacyLibrary& operator=(const LegacyLibrary&) = delete;
  OSSL_LIB_CTX* context;
  OSSL_PROVIDER* standard;
  OSSL_PROVIDER* legacy;
};

base::Result<Identity> from_pkcs12(const base::Secret& octets, const std::string& file,
                                   const base::Secret& password) {
  const LegacyLibrary library;
  PKCS12* read = PKCS12_init_ex(NID_pkcs7_data, library.context, nullptr);
  const bool formed = d2i_PKCS12_bio(reading(octets.reveal()).get(), &read) != nullptr;
  const std::unique_ptr<PKCS12, FreedBy<PKCS12_free>> pkcs12(
      read);  // OpenSSL frees it on some failures, and nulls it
  if (!formed) {
    ERR_clear_error();
    return base::failure(fmt::format("{}: neither PEM nor PKCS#12", file));
  }
  std::string terminated(password.reveal());
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const bool opened = PKCS12_parse(pkcs12.get(), terminated.c_str(), &key, &certificate, &others) == 1;
  base::wipe({reinterpret_cast<std::uint8_t*>(terminated.data()), terminated.size()});
  const KeyOwner kept_key(key);
  const CertificatesOwner kept_others(others);
  std::vector<CertificateOwner> certificates;
  if (certificate != nullptr) certificates.emplace_back(certificate);
  if (!opened) {
    return base::failure(
        fmt::format("{}: the password is wrong, or the file is damaged ({})", file, tls_words()));
  }
  if (key == nullptr || certificate == nullptr) {
    return base::failure(fmt::format("{}: a certificate and its private key are expected in it", file));
  }
  for (int i = 0; i < sk_X509_num(others); ++i) {
    auto* other = sk_X509_value(others, i);
    X509_up_ref(other);
    certificates.emplace_back(other);
  }
  return ordered(std::move(certificates), key, file);
}

std::string text_of(X509_NAME* name) {
  const BioOwner out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const auto length = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string common_name_of(X509_NAME* name) {
  int last = -1;
  for (int i = -1; (i = X509_NAME_get_index_by_NID(name, NID_commonName, i)) >= 0;) last = i;
  if (last < 0) return {};
  unsigned char* text = nullptr;
  const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
  if (length < 0) return {};
  std::string common_name(reinterpret_cast<const char*>(text), static_cast<std::size_t>(length));
  OPENSSL_free(text);
  return common_name;
}

std::chrono::sys_seconds seconds_of(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(timegm(&fields)));
}

}  // namespace

std::chrono::sys_seconds end_of(const X509* certificate) { return seconds_of(X509_get0_notAfter(certificate)); }

std::vector<CertificateOwner> certificates_of(std::string_view pem) {
  std::vector<CertificateOwner> certificates;
  const auto in = reading(pem);
  while (auto* certificate = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
    certificates.emplace_back(certificate);
  ERR_clear_error();  // the end of the text is an error to OpenSSL
  return certificates;
}

base::Result<KeyOwner> key_of(std::string_view pem, const base::Secret& password) {
  ERR_clear_error();
  KeyOwner key(PEM_read_bio_PrivateKey(reading(pem).get(), nullptr, give_password,
                                       const_cast<void*>(static_cast<const void*>(&password))));
  if (key) return key;
  const bool locked = pem.find("ENCRYPTED") != std::string_view::npos;
  const auto words = tls_words();
  if (!locked) return base::failure(fmt::format("no private key can be read from it ({})", words));
  return base::failure(password.empty() ? "its private key wants a password, and none is given"
                                        : "the password of its private key is wrong");
}

base::Result<ParsedIdentity> parse(const Identity& identity) {
  auto certificates = certificates_of(identity.certificate_pem);
  if (certificates.empty()) return base::failure("no certificate can be read");
  auto key = key_of(identity.key_pem.reveal(), {});
  if (!key) return std::unexpected(key.error());
  ParsedIdentity parsed{std::move(certificates.front()), {}, std::move(*key)};
  parsed.chain.assign(std::make_move_iterator(certificates.begin() + 1),
                      std::make_move_iterator(certificates.end()));
  return parsed;
}

base::Result<Identity> load_identity(const std::string& certificate_file, const std::string& key_file,
                                     const base::Secret& password) {
  const auto octets = contents(certificate_file);
  if (!octets) return std::unexpected(octets.error());
  if (octets->reveal().find("-----BEGIN ") == std::string_view::npos) {
    return from_pkcs12(*octets, certificate_file, password);
  }
  auto certificates = certificates_of(octets->reveal());
  if (certificates.empty()) return base::failure(fmt::format("{}: no certificate in it", certificate_file));
  const auto& file = key_file.empty() ? certificate_file : key_file;
  const auto key_octets = contents(file);
  if (!key_octets) return std::unexpected(key_octets.error());
  auto key = key_of(key_octets->reveal(), password);
  if (!key) return base::failure(fmt::format("{}: {}", file, key.error().what));
  return ordered(std::move(certificates), key->get(), certificate_file);
}

CertificateFacts facts_of(X509* certificate) {
  CertificateFacts facts;
  facts.subject = text_of(X509_get_subject_name(certificate));
  facts.common_name = common_name_of(X509_get_subject_name(certificate));
  std::uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), digest, &length);
  facts.fingerprint_sha256 = base::to_hex({digest, length});
  facts.not_before = seconds_of(X509_get0_notBefore(certificate));
  facts.not_after = seconds_of(X509_get0_notAfter(certificate));
  return facts;
}

base::Result<CertificateFacts> facts_of(const std::string& certificate_pem) {
  const auto certificates = certificates_of(certificate_pem);
  if (certificates.empty()) return base::failure("no certificate can be read");
  return facts_of(certificates.front().get());
}

}  // namespace sallyport::net
