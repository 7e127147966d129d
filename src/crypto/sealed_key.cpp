#include "crypto/sealed_key.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "base/invariant.h"

namespace sallyport::crypto {
namespace {

template <auto free>
struct FreedBy {
  template <class T>
  void operator()(T* owned) const {
    free(owned);
  }
};
using BioOwner = std::unique_ptr<BIO, FreedBy<BIO_free_all>>;
using CertificateOwner = std::unique_ptr<X509, FreedBy<X509_free>>;
using KeyOwner = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using CmsOwner = std::unique_ptr<CMS_ContentInfo, FreedBy<CMS_ContentInfo_free>>;

constexpr int weakest_rsa_bits = 2048;

BioOwner reading(base::ByteView octets) {
  SALLYPORT_INVARIANT(octets.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  const void* start = octets.empty() ? static_cast<const void*>("") : octets.data();  // it takes no null
  BioOwner bio(BIO_new_mem_buf(start, static_cast<int>(octets.size())));
  SALLYPORT_INVARIANT(bio != nullptr);
  return bio;
}

BioOwner secret_memory() {  // wiped when it goes
  BioOwner bio(BIO_new(BIO_s_secmem()));
  SALLYPORT_INVARIANT(bio != nullptr);
  return bio;
}

base::ByteView content_of(BIO* memory) {
  char* start = nullptr;
  const auto size = BIO_get_mem_data(memory, &start);
  return {reinterpret_cast<const std::uint8_t*>(start), static_cast<std::size_t>(std::max(0L, size))};
}

// OpenSSL's first reason, in its own words; its queue is empty afterwards.
std::unexpected<base::Error> refused(std::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  auto words = fmt::format("{} ({})", what, reason == nullptr ? "no reason given" : reason);
  ERR_clear_error();
  return base::failure(std::move(words));
}

// RSA's default in CMS is the padding of PKCS #1 v1.5, which has been attacked in many ways.
bool choose_oaep(CMS_RecipientInfo* recipient) {
  auto* parameters = CMS_RecipientInfo_get0_pkey_ctx(recipient);
  return parameters != nullptr && EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(parameters, EVP_sha256()) == 1;
}

extern "C" int give_passphrase(char* buffer, int size, int /*writing*/, void* passphrase) {
  const auto text = static_cast<const base::Secret*>(passphrase)->reveal();
  if (text.empty() || size < 0 || text.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

base::Result<KeyOwner> key_of(const base::Secret& pem, const base::Secret& passphrase) {
  const auto in = reading(pem.reveal_octets());
  KeyOwner key(PEM_read_bio_PrivateKey(in.get(), nullptr, give_passphrase,
                                       const_cast<void*>(static_cast<const void*>(&passphrase))));
  if (!key) return refused("no private key can be read from it");
  return key;
}

base::Result<CmsOwner> envelope_for(X509* certificate) {
  constexpr unsigned flags = CMS_BINARY | CMS_PARTIAL;
  CmsOwner envelope(CMS_encrypt(nullptr, nullptr, EVP_aes_256_cbc(), flags));
  SALLYPORT_INVARIANT(envelope != nullptr);
  auto* recipient = CMS_add1_recipient_cert(envelope.get(), certificate, flags | CMS_KEY_PARAM);
  if (recipient == nullptr) return refused("nothing can be sealed to the certificate's key");
  const auto* key = X509_get0_pubkey(certificate);
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    if (EVP_PKEY_get_bits(key) < weakest_rsa_bits)
      return base::failure(fmt::format("expected an RSA key of {} or more bits", weakest_rsa_bits));
    if (!choose_oaep(recipient)) return refused("the certificate's RSA key does not take OAEP");
  } else if (auto* agreement = CMS_RecipientInfo_get0_pkey_ctx(recipient);
             agreement != nullptr && EVP_PKEY_is_a(key, "EC") == 1) {
    EVP_PKEY_CTX_set_ecdh_kdf_md(agreement, EVP_sha256());  // instead of SHA-1
  }
  return envelope;
}

}  // namespace

base::Result<base::Bytes> seal_key(std::string_view certificate_pem, base::ByteView key) {
  ERR_clear_error();
  const CertificateOwner certificate(
      PEM_read_bio_X509(reading(base::as_bytes(certificate_pem)).get(), nullptr, nullptr, nullptr));
  if (!certificate) return refused("no certificate can be read from it");
  const auto envelope = envelope_for(certificate.get());
  if (!envelope) return std::unexpected(envelope.error());
  if (CMS_final(envelope->get(), reading(key).get(), nullptr, CMS_BINARY) != 1)
    return refused("nothing can be sealed to the certificate's key");
  const BioOwner der(BIO_new(BIO_s_mem()));
  SALLYPORT_INVARIANT(der != nullptr && i2d_CMS_bio(der.get(), envelope->get()) == 1);
  const auto octets = content_of(der.get());
  return base::Bytes(octets.begin(), octets.end());
}

base::Result<base::Secret> open_sealed_key(base::ByteView sealed, const base::Secret& private_key_pem,
                                           const base::Secret& passphrase) {
  ERR_clear_error();
  const auto key = key_of(private_key_pem, passphrase);
  if (!key) return std::unexpected(key.error());
  const CmsOwner envelope(d2i_CMS_bio(reading(sealed).get(), nullptr));
  if (!envelope) return refused("the sealed key is no CMS message");
  const auto out = secret_memory();
  // Without the flag a wrong key would give random octets, to tell nothing to who tries keys from afar.
  constexpr unsigned flags = CMS_BINARY | CMS_DEBUG_DECRYPT;
  if (CMS_decrypt(envelope.get(), key->get(), nullptr, nullptr, out.get(), flags) != 1)
    return refused("this private key does not open it");
  return base::Secret(base::as_text(content_of(out.get())));
}

}  // namespace sallyport::crypto
