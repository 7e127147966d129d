#include <openssl/ssl.h>

#include <cerrno>

#include "net/http_exchange.h"

namespace sallyport::net {
namespace {

HttpEnd end_of_system_error(long error, HttpEnd otherwise) {
  switch (error) {
    case ECONNREFUSED:
      return HttpEnd::refused;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
      return HttpEnd::unreachable;
    case ETIMEDOUT:
      return HttpEnd::connect_timed_out;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EPERM:
    case EACCES:
      return HttpEnd::local;
    default:
      return otherwise;
  }
}

// Alerts that the peer sends about our certificate (RFC 8446, 6.2). unknown_ca is what it says of one whose
// authority it does not know.
HttpEnd end_of_alert(int alert, HttpEnd otherwise) {
  switch (alert) {
    case SSL3_AD_CERTIFICATE_EXPIRED:
      return HttpEnd::own_certificate_expired;
    case SSL3_AD_BAD_CERTIFICATE:
    case SSL3_AD_UNSUPPORTED_CERTIFICATE:
    case SSL3_AD_CERTIFICATE_REVOKED:
    case SSL3_AD_CERTIFICATE_UNKNOWN:
    case TLS1_AD_UNKNOWN_CA:
    case TLS1_AD_ACCESS_DENIED:
    case TLS13_AD_CERTIFICATE_REQUIRED:
      return HttpEnd::own_certificate_refused;
    default:
      return otherwise;
  }
}

HttpEnd end_of_handshake(const HttpFindings& findings) {
  if (findings.tls.verify_error == X509_V_ERR_CERT_HAS_EXPIRED) return HttpEnd::service_certificate_expired;
  if (findings.tls.verify_error != X509_V_OK) return HttpEnd::service_not_trusted;
  const bool cut = findings.cut && findings.tls.alert_received < 0 && findings.tls.alert_sent < 0;
  return end_of_alert(findings.tls.alert_received, cut ? HttpEnd::reset : HttpEnd::tls_failed);
}

// Silence is a time-out, wherever it is met, and a lack of our own stays one; all else that keeps a tunnel from
// being made is the proxy's doing.
HttpEnd end_at_proxy(const HttpFindings& findings) {
  if (findings.code == CURLE_OPERATION_TIMEDOUT) return HttpEnd::connect_timed_out;
  if (findings.reached) return HttpEnd::proxy_failed;
  if (findings.code != CURLE_COULDNT_CONNECT) return HttpEnd::local;
  const auto end = end_of_system_error(findings.system_error, HttpEnd::proxy_failed);
  return end == HttpEnd::local || end == HttpEnd::connect_timed_out ? end : HttpEnd::proxy_failed;
}

}  // namespace

HttpEnd end_of(const HttpFindings& findings) {
  if (findings.at_proxy) return end_at_proxy(findings);
  switch (findings.code) {
    case CURLE_OK:
      return HttpEnd::answered;
    case CURLE_COULDNT_CONNECT:
      return end_of_system_error(findings.system_error, HttpEnd::unreachable);
    case CURLE_OPERATION_TIMEDOUT:
      return findings.connected ? HttpEnd::timed_out : HttpEnd::connect_timed_out;
    case CURLE_PEER_FAILED_VERIFICATION:  // with TLS 1.2 also the peer's alert about our own certificate
      return findings.tls.verify_error == X509_V_OK
                 ? end_of_alert(findings.tls.alert_received, HttpEnd::service_not_trusted)
                 : end_of_handshake(findings);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return end_of_handshake(findings);
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return end_of_alert(findings.tls.alert_received, HttpEnd::reset);
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP_RETURNED_ERROR:
    case CURLE_FILESIZE_EXCEEDED:
    case CURLE_WRITE_ERROR:
      return findings.too_large || findings.connected ? HttpEnd::malformed : HttpEnd::local;
    default:
      return HttpEnd::local;
  }
}

}  // namespace sallyport::net
