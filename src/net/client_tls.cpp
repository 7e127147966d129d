#include "net/client_tls.h"

namespace sallyport::net {
namespace {

int index_of_client_tls() {  // libcurl makes one context a connection
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

void on_event(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0) return;
  auto& tls = *static_cast<ClientTls*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), index_of_client_tls()));
  const int alert = value & 0xff;
  if (alert == SSL3_AD_CLOSE_NOTIFY) return;
  ((where & SSL_CB_READ) != 0 ? tls.trace.alert_received : tls.trace.alert_sent) = alert;
}

// In place of libcurl's and OpenSSL's own.
int judge(X509_STORE_CTX* context, void* argument) {
  auto& tls = *static_cast<ClientTls*>(argument);
  const auto verdict = judge_server(tls.trust, X509_STORE_CTX_get0_cert(context),
                                    X509_STORE_CTX_get0_untrusted(context), tls.host);
  tls.trace.verify_error = verdict.error;
  if (verdict.error == X509_V_OK || verdict.error == X509_V_ERR_CERT_HAS_EXPIRED)
    tls.trace.certificate_ends = end_of(X509_STORE_CTX_get0_cert(context));
  X509_STORE_CTX_set_error(context, verdict.error);
  return verdict.error == X509_V_OK ? 1 : 0;
}

}  // namespace

bool ClientTls::set_up(SSL_CTX* context) {
  trace = {};
  SSL_CTX_set_ex_data(context, index_of_client_tls(), this);
  SSL_CTX_set_info_callback(context, on_event);
  SSL_CTX_set_cert_verify_callback(context, judge, this);
  SSL_CTX_set_read_ahead(context, 1);  // a record in one system call, not two; we read until nothing is left
  return !trust.identity || trust.identity->use_in(context);
}

}  // namespace sallyport::net
