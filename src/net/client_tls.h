#pragma once
// TLS of a connection that libcurl makes: our authorities and certificate in place of its own, every cause told
// apart; for .cpp files of this room only.
#include <string>

#include "net/http_exchange.h"
#include "net/tls_context.h"

namespace sallyport::net {

struct ClientTls {
  const ClientTrust& trust;
  std::string host;  // whose certificate it has to be
  TlsTrace trace;

  bool set_up(SSL_CTX*);  // which must not outlive this; false: our certificate cannot be used
};

}  // namespace sallyport::net
