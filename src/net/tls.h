#pragma once
// What one side of a TLS connection needs, as files. TLS 1.2 and newer.
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace sallyport::net {

// A certificate with its chain and key: PEM text, whatever the file's form was.
struct Identity {
  std::string certificate_pem;  // leaf first
  base::Secret key_pem;
};

// `certificate_file` may be PEM (then `key_file` names the key, or is empty when the key lies in the same file)
// or PKCS#12 (old encryptions too, through OpenSSL's legacy provider). The error names the file and what is
// wrong.
base::Result<Identity> load_identity(const std::string& certificate_file, const std::string& key_file,
                                     const base::Secret& password);

struct CertificateFacts {
  std::string subject;  // RFC 2253
  std::string common_name;
  std::string fingerprint_sha256;  // 64 lower-case hex digits, of the DER form
  std::chrono::sys_seconds not_before;
  std::chrono::sys_seconds not_after;
};
base::Result<CertificateFacts> facts_of(const std::string& certificate_pem);

struct TlsClient {
  std::string ca_file;               // empty: the system's
  std::optional<Identity> identity;  // for mutual TLS
  bool verify_name = true;           // against the host name that was asked for
};

struct TlsServer {
  Identity identity;
  std::string client_ca_file;  // empty: clients show no certificate
};

}  // namespace sallyport::net
