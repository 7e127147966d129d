#pragma once
// One exchange of the HTTP client, over whichever connection it gets, and what is found out about its end; for
// .cpp files of this room only.
#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "net/http_client.h"
#include "net/http_url.h"

namespace sallyport::net {

// What happened in the TLS of one connection. libcurl's own codes do not tell these apart: codes 55 and 56 are
// a reset as well as (TLS 1.3) a refused certificate, whose alert comes with the first read after the
// handshake.
struct TlsTrace {
  int alert_received = -1;  // RFC 8446, 6
  int alert_sent = -1;
  int verify_error = 0;                         // X509_V_ERR_...
  std::chrono::sys_seconds certificate_ends{};  // of one that is good, or was until then
};

// The whole table from libcurl's code, errno, alerts and the judgement of the chain to one end.
struct HttpFindings {
  CURLcode code{};
  long system_error = 0;
  bool connected = false;  // the request could begin
  bool at_proxy = false;   // there was no tunnel yet: whatever happened is the proxy's
  bool reached = false;    // TCP was connected, to the proxy where there is one
  bool too_large = false;
  bool cut = false;  // the connection ended in the middle of the handshake
  TlsTrace tls;
};
HttpEnd end_of(const HttpFindings&);

struct HttpExchange {
  HttpExchange(Loop& loop, HttpRequest asked, std::shared_ptr<const HttpUrl> where)
      : request(std::move(asked)), target(std::move(where)), begun(loop.now().steady), limit(loop) {}

  HttpRequest request;
  std::shared_ptr<const HttpUrl> target;
  std::string octets;  // of the request, as they are sent
  HttpClient::Done done;
  base::SteadyTime begun;
  Timer limit;             // of the whole exchange
  bool once_more = false;  // the kept connection that it got had been closed: it gets a new one
};

// The request as it is sent (RFC 9112, 3), or a sentence.
base::Result<std::string> octets_of(const HttpRequest&, const HttpUrl&, std::string_view user_agent);

}  // namespace sallyport::net
