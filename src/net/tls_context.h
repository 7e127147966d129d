#pragma once
// OpenSSL, for .cpp files of this room only: its objects as owners, certificates and authorities parsed once
// and shared by every connection, and the judgement of a peer's chain, in which a certificate that is merely
// expired is told apart from one that would not be trusted anyway.
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/tls.h"

namespace sallyport::net {

template <auto free>
struct FreedBy {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
inline void free_bio(BIO* bio) { BIO_free_all(bio); }
inline void free_certificates(STACK_OF(X509) * certificates) { sk_X509_pop_free(certificates, X509_free); }

using BioOwner = std::unique_ptr<BIO, FreedBy<free_bio>>;
using CertificateOwner = std::unique_ptr<X509, FreedBy<X509_free>>;
using CertificatesOwner = std::unique_ptr<STACK_OF(X509), FreedBy<free_certificates>>;
using KeyOwner = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using StoreOwner = std::unique_ptr<X509_STORE, FreedBy<X509_STORE_free>>;
using ContextOwner = std::unique_ptr<SSL_CTX, FreedBy<SSL_CTX_free>>;
using SslOwner = std::unique_ptr<SSL, FreedBy<SSL_free>>;

// The newest entry of OpenSSL's queue of errors, in words; the queue is empty afterwards.
std::string tls_words();

struct ParsedIdentity {
  CertificateOwner certificate;
  std::vector<CertificateOwner> chain;  // above it
  KeyOwner key;

  [[nodiscard]] bool use_in(SSL_CTX*) const;
};
base::Result<ParsedIdentity> parse(const Identity&);
std::vector<CertificateOwner> certificates_of(std::string_view pem);
base::Result<KeyOwner> key_of(std::string_view pem, const base::Secret& password);

base::Result<StoreOwner> load_authorities(const std::string& ca_file);  // empty: the system's
CertificateFacts facts_of(X509*);
std::chrono::sys_seconds end_of(const X509*);  // the last second of its validity

base::Result<ContextOwner> server_context(const TlsServer&);

// What a client knows about servers.
struct ClientTrust {
  StoreOwner authorities;
  std::unique_ptr<ParsedIdentity> identity;  // empty: none to show
  bool verify_name = true;
};
base::Result<ClientTrust> client_trust(const TlsClient&);

struct Verdict {
  int error = X509_V_OK;  // X509_V_ERR_CERT_HAS_EXPIRED only when chain and name are good otherwise
  [[nodiscard]] std::string words() const { return X509_verify_cert_error_string(error); }
};
// Of a server's chain, for `host_name`: a DNS name or an address.
Verdict judge_server(const ClientTrust&, X509* leaf, STACK_OF(X509) * untrusted, const std::string& host_name);

}  // namespace sallyport::net
