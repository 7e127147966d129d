#pragma once
// One exchange of the HTTP client over a libcurl handle that is used again and again, and what TLS said on the
// way; for .cpp files of this room only.
#include <memory>
#include <string>
#include <vector>

#include "net/curl.h"
#include "net/http_client.h"
#include "net/http_proxy.h"
#include "net/tls_context.h"

namespace sallyport::net {

// What happened in the TLS of one connection. libcurl's own codes do not tell these apart: codes 55 and 56 are
// a reset as well as (TLS 1.3) a refused certificate, whose alert comes with the first read after the
// handshake.
struct TlsTrace {
  int alert_received = -1;  // RFC 8446, 6
  int alert_sent = -1;
  int verify_error = 0;  // X509_V_ERR_...
  bool established = false;
};

class CurlList {  // an owned curl_slist
 public:
  ~CurlList() { curl_slist_free_all(list_); }
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  curl_slist* set(const std::vector<std::string>& lines);

 private:
  curl_slist* list_ = nullptr;
};

// "host" and "port" of an https URL, or of an http URL where that may be.
struct HttpOrigin {
  std::string host;
  std::uint16_t port = 443;
};
base::Result<HttpOrigin> origin_of(const std::string& url, bool plain = false);

// What the handle was set to for the last request. The next one differs in body and limits alone most often,
// and libcurl would take the same URL and header fields apart, and print them, all over again.
struct HttpSetUp {
  struct UrlFree {
    void operator()(CURLU* one) const { curl_url_cleanup(one); }
  };
  std::string url;  // empty: none
  std::unique_ptr<CURLU, UrlFree> parsed;
  HttpOrigin origin;
  bool host_is_address = false;
  std::vector<std::pair<std::string, std::string>> headers;
  bool has_headers = false;
  CurlList header_lines, address_lines;
};

// The whole table from libcurl's code, errno, alerts and the judgement of the chain to one end.
struct HttpFindings {
  CURLcode code{};
  long system_error = 0;
  bool connected = false;  // the request could begin
  bool at_proxy = false;   // there was no tunnel yet: whatever happened is the proxy's
  bool reached = false;    // TCP was connected, to the proxy where there is one
  bool too_large = false;
  bool cut = false;      // the connection ended in the middle of the handshake
  bool garbled = false;  // the answer's framing was broken
  TlsTrace tls;
};
HttpEnd end_of(const HttpFindings&);

struct HttpExchange {
  HttpExchange(CurlMulti&, const ClientTrust&, const HttpClient::Options&, CURLSH* sessions);
  ~HttpExchange() { curl_easy_cleanup(easy); }
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  // A sentence when it cannot be begun.
  base::Result<void> prepare(HttpRequest, HttpClient::Done, bool new_addresses);
  HttpAnswer conclude(CURLcode);
  void clear();

  CURL* easy;
  CurlMulti& multi;
  const ClientTrust& trust;
  const std::optional<HttpProxy>& proxy;
  HttpRequest request;
  HttpClient::Done done;
  HttpAnswer answer;
  std::shared_ptr<TlsTrace> trace;  // of the connection that this exchange made; empty for a kept one
  ConnectAnswer connect_answer;
  std::size_t header_octets = 0;
  bool too_large = false;
  bool header_whole = false;
  int socket_error = 0;  // why no socket could be made
  char error_words[CURL_ERROR_SIZE] = {};
  HttpSetUp set_up;

 private:
  [[nodiscard]] HttpFindings findings(CURLcode) const;
  [[nodiscard]] std::string detail(const HttpFindings&) const;
  base::Result<void> set_url();
  base::Result<void> set_headers();
  void set_addresses(bool new_addresses);
};

}  // namespace sallyport::net
