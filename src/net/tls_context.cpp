#include "net/tls_context.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sallyport::net {
namespace {

// Called by OpenSSL for every finding and for every certificate that is good. An expired certificate is noted,
// and the search goes on for anything worse; the last word is said at the leaf.
struct Findings {
  bool expired = false;
};

int note_finding(int good, X509_STORE_CTX* context) {
  auto* findings = static_cast<Findings*>(X509_STORE_CTX_get_app_data(context));
  if (good == 0) {
    if (X509_STORE_CTX_get_error(context) != X509_V_ERR_CERT_HAS_EXPIRED) return 0;
    findings->expired = true;
    return 1;
  }
  if (findings->expired && X509_STORE_CTX_get_error_depth(context) == 0) {
    X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_HAS_EXPIRED);
    return 0;
  }
  return 1;
}

// False when there is no name to hold the certificate against: to OpenSSL an empty one means "do not check".
bool expect_name(X509_VERIFY_PARAM* parameters, const std::string& host_name) {
  if (host_name.empty() || host_name.find('\0') != std::string::npos) return false;
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host_name.c_str()) == 1) return true;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(parameters, host_name.data(), host_name.size()) == 1;
}

base::Result<void> ask_for_clients(SSL_CTX* context, const std::string& ca_file) {
  auto authorities = load_authorities(ca_file);
  if (!authorities) return std::unexpected(authorities.error());
  SSL_CTX_set1_cert_store(context, authorities->get());
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(ca_file.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

// Why the system does not let us read it; 0: it does.
int why_unreadable(const std::string& path) {
  if (path.empty()) return 0;
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return errno;
  errno = 0;
  const bool failed = std::fgetc(file) == EOF && std::ferror(file) != 0;
  const int why = errno;
  static_cast<void>(std::fclose(file));
  return failed ? why : 0;
}

}  // namespace

std::string tls_words() {
  const auto code = ERR_peek_last_error();
  if (code == 0) return "no reason given";
  const char* reason = ERR_reason_error_string(code);
  std::string words = reason != nullptr ? reason : fmt::format("error {:x}", code);
  ERR_clear_error();
  return words;
}

bool ParsedIdentity::use_in(SSL_CTX* context) const {
  if (SSL_CTX_use_certificate(context, certificate.get()) != 1) return false;
  SSL_CTX_clear_chain_certs(context);
  for (const auto& above : chain) {
    if (SSL_CTX_add1_chain_cert(context, above.get()) != 1) return false;
  }
  return SSL_CTX_use_PrivateKey(context, key.get()) == 1;
}

base::Result<StoreOwner> load_authorities(const std::string& ca_file) {
  ERR_clear_error();
  StoreOwner store(X509_STORE_new());
  const bool loaded = ca_file.empty() ? X509_STORE_set_default_paths(store.get()) == 1
                                      : X509_STORE_load_file(store.get(), ca_file.c_str()) == 1;
  if (!loaded) {
    const std::string what = ca_file.empty() ? "the system's authorities" : ca_file;
    if (const int why = why_unreadable(ca_file); why != 0)
      return base::failure(fmt::format("{}: cannot be read: {}", what, std::strerror(why)));
    return base::failure(
        fmt::format("{}: no certificate of an authority could be read: {}", what, tls_words()));
  }
  // An intermediate authority in the file is trusted as it stands there.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

base::Result<ContextOwner> server_context(const TlsServer& tls) {
  auto identity = parse(tls.identity);
  if (!identity) return std::unexpected(identity.error());
  ContextOwner context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  // Not RELEASE_BUFFERS, which would allocate 16 KiB twice a request: they go when a connection has gone quiet.
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // a record in one system call, not two
  // Tickets carry the client's certificate, so that a resumed connection knows it too; not for long.
  SSL_CTX_set_timeout(context.get(), 600);
  SSL_CTX_set_num_tickets(context.get(), 1);
  constexpr unsigned char session_context[] = "sallyport";
  SSL_CTX_set_session_id_context(context.get(), session_context, sizeof session_context - 1);
  if (!identity->use_in(context.get())) {
    return base::failure(fmt::format("the server's certificate cannot be used: {}", tls_words()));
  }
  if (!tls.client_ca_file.empty()) {
    if (auto asked = ask_for_clients(context.get(), tls.client_ca_file); !asked) {
      return std::unexpected(asked.error());
    }
  }
  return context;
}

base::Result<ClientTrust> client_trust(const TlsClient& tls) {
  ClientTrust trust;
  trust.verify_name = tls.verify_name;
  auto authorities = load_authorities(tls.ca_file);
  if (!authorities) return std::unexpected(authorities.error());
  trust.authorities = std::move(*authorities);
  if (tls.identity) {
    auto identity = parse(*tls.identity);
    if (!identity) return std::unexpected(identity.error());
    trust.identity = std::make_unique<ParsedIdentity>(std::move(*identity));
  }
  return trust;
}

Verdict judge_server(const ClientTrust& trust, X509* leaf, STACK_OF(X509) * untrusted,
                     const std::string& host_name) {
  const std::unique_ptr<X509_STORE_CTX, FreedBy<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  if (leaf == nullptr || !context ||
      X509_STORE_CTX_init(context.get(), trust.authorities.get(), leaf, untrusted) != 1) {
    return {X509_V_ERR_UNSPECIFIED};
  }
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  if (trust.verify_name && !expect_name(X509_STORE_CTX_get0_param(context.get()), host_name))
    return {X509_V_ERR_HOSTNAME_MISMATCH};
  Findings findings;
  X509_STORE_CTX_set_app_data(context.get(), &findings);
  X509_STORE_CTX_set_verify_cb(context.get(), note_finding);
  if (X509_verify_cert(context.get()) == 1) return {};
  const int error = X509_STORE_CTX_get_error(context.get());
  return {error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error};
}

}  // namespace sallyport::net
