#include "net/http_exchange.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <cerrno>
#include <charconv>

namespace sallyport::net {
namespace {

constexpr std::size_t header_limit = 64U << 10U;  // octets of all an answer's fields

int trace_index() {  // where an SSL_CTX keeps its connection's trace: libcurl makes one context a connection
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr,
                                                    [](void*, void* kept, CRYPTO_EX_DATA*, int, long, void*) {
                                                      delete static_cast<std::shared_ptr<TlsTrace>*>(kept);
                                                    });
  return index;
}

TlsTrace* trace_of(const SSL* ssl) {
  const auto* kept =
      static_cast<std::shared_ptr<TlsTrace>*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), trace_index()));
  return kept == nullptr ? nullptr : kept->get();
}

void on_tls_event(const SSL* ssl, int where, int value) {
  auto* trace = trace_of(ssl);
  if (trace == nullptr) return;
  if ((where & SSL_CB_HANDSHAKE_DONE) != 0) trace->established = true;
  if ((where & SSL_CB_ALERT) == 0) return;
  const int alert = value & 0xff;
  if (alert == SSL3_AD_CLOSE_NOTIFY) return;
  ((where & SSL_CB_READ) != 0 ? trace->alert_received : trace->alert_sent) = alert;
}

struct Judgement {
  const ClientTrust* trust;
  std::string host;
  std::shared_ptr<TlsTrace> trace;
};

int judgement_index() {
  static const int index = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr,
      [](void*, void* kept, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Judgement*>(kept); });
  return index;
}

// In place of libcurl's and OpenSSL's own: our authorities only, and every cause told apart.
int judge(X509_STORE_CTX* context, void* argument) {
  const auto& judgement = *static_cast<Judgement*>(argument);
  const auto verdict = judge_server(*judgement.trust, X509_STORE_CTX_get0_cert(context),
                                    X509_STORE_CTX_get0_untrusted(context), judgement.host);
  judgement.trace->verify_error = verdict.error;
  X509_STORE_CTX_set_error(context, verdict.error);
  return verdict.error == X509_V_OK ? 1 : 0;
}

CURLcode on_new_context(CURL*, void* new_context, void* user) {
  auto& exchange = *static_cast<HttpExchange*>(user);
  auto* context = static_cast<SSL_CTX*>(new_context);
  exchange.trace = std::make_shared<TlsTrace>();
  SSL_CTX_set_ex_data(context, trace_index(), new std::shared_ptr<TlsTrace>(exchange.trace));
  SSL_CTX_set_info_callback(context, on_tls_event);
  auto* judgement = new Judgement{&exchange.trust, exchange.set_up.origin.host, exchange.trace};
  SSL_CTX_set_ex_data(context, judgement_index(), judgement);
  SSL_CTX_set_cert_verify_callback(context, judge, judgement);
  // No read-ahead: libcurl asks SSL_pending(), which does not see records that lie unopened in the buffer.
  if (exchange.trust.identity && !exchange.trust.identity->use_in(context)) return CURLE_SSL_CERTPROBLEM;
  return CURLE_OK;
}

int on_new_socket(void*, curl_socket_t socket, curlsocktype) {
  const unsigned milliseconds = 2'000;  // unanswered octets: a path that went dead is noticed within it
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  return CURL_SOCKOPT_OK;
}

curl_socket_t make_socket(void* user, curlsocktype, curl_sockaddr* address) {
  const int made =
      ::socket(address->family, address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->protocol);
  static_cast<HttpExchange*>(user)->socket_error = made < 0 ? errno : 0;
  return made < 0 ? CURL_SOCKET_BAD : made;
}

int on_closing(void* user, curl_socket_t socket) {
  static_cast<CurlMulti*>(user)->closing(socket);
  return ::close(socket);
}

template <class T>
T told(CURL* easy, CURLINFO which) {
  T value{};
  curl_easy_getinfo(easy, which, &value);
  return value;
}

// The request could begin: connected, the tunnel made, TLS established.
bool is_connected(CURL* easy) { return told<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T) > 0; }

std::size_t on_field(char* octets, std::size_t, std::size_t count, void* user) {
  auto& exchange = *static_cast<HttpExchange*>(user);
  std::string_view line(octets, count);
  exchange.header_octets += count;
  if (exchange.header_octets > header_limit) {
    exchange.too_large = true;
    return 0;
  }
  if (exchange.proxy && !is_connected(exchange.easy)) {
    exchange.connect_answer.take(line);
    return count;
  }
  if (line.starts_with("HTTP/")) exchange.answer.headers.clear();  // what came before was a 1xx
  exchange.header_whole = line == "\r\n" || line == "\n";
  const auto colon = line.find(':');
  if (line.starts_with("HTTP/") || colon == std::string_view::npos) return count;
  std::string name(line.substr(0, colon));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  auto value = line.substr(colon + 1);
  constexpr std::string_view blank = " \t\r\n";
  value.remove_prefix(std::min(value.find_first_not_of(blank), value.size()));
  value = value.substr(0, value.find_last_not_of(blank) + 1);
  exchange.answer.headers.emplace_back(std::move(name), value);
  return count;
}

std::size_t on_body(char* octets, std::size_t, std::size_t count, void* user) {
  auto& exchange = *static_cast<HttpExchange*>(user);
  if (exchange.answer.body.size() + count > exchange.request.answer_limit) {
    exchange.too_large = true;
    return 0;
  }
  exchange.answer.body.append(octets, count);
  return count;
}

bool is_plain(const std::string& url) { return url.starts_with("http:"); }

bool stays_here(const std::vector<Endpoint>& addresses) {
  return std::ranges::all_of(addresses, [](const Endpoint& endpoint) {
    const auto& octets = endpoint.address.octets;
    return endpoint.address.is_v4() ? octets[12] == 127 : endpoint.address == Address::parse("::1");
  });
}

long milliseconds(base::Duration duration) {
  return std::max<long>(1, static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(duration).count()));
}

}  // namespace

base::Result<HttpOrigin> origin_of(const std::string& url, bool plain) {
  const auto parsed = boost::urls::parse_uri(url);
  const auto wrong = [&](const char* what) { return base::failure(fmt::format("'{}' {}", url, what)); };
  if (!parsed) return wrong("is not a URL");
  if (parsed->scheme() != (plain ? "http" : "https")) return wrong("is not an https URL");
  if (parsed->has_userinfo()) return wrong("carries a user name, which is not sent");
  HttpOrigin origin;
  if (plain) origin.port = 80;
  origin.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string(parsed->host_address())
                                                                    : std::string(parsed->host());
  if (origin.host.empty()) return wrong("names no host");
  if (parsed->has_port()) {
    const std::string digits(parsed->port());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), origin.port);
    if (error != std::errc{}) origin.port = 0;
  }
  if (origin.port == 0) return wrong("has no port that can be used");
  return origin;
}

curl_slist* CurlList::set(const std::vector<std::string>& lines) {
  curl_slist_free_all(list_);
  list_ = nullptr;
  for (const auto& line : lines) list_ = curl_slist_append(list_, line.c_str());
  return list_;
}

HttpExchange::HttpExchange(CurlMulti& m, const ClientTrust& t, const HttpClient::Options& options,
                           CURLSH* sessions)
    : easy(curl_easy_init()), multi(m), trust(t), proxy(options.proxy) {
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_SHARE, sessions);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  set(CURLOPT_SSL_ENABLE_ALPN, 0L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set_proxy(easy, options.proxy);
  set(CURLOPT_DNS_CACHE_TIMEOUT, -1L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_USERAGENT, options.user_agent.c_str());
  set(CURLOPT_ERRORBUFFER, error_words);
  set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, trust.verify_name ? 2L : 0L);
  set(CURLOPT_CAINFO, nullptr);  // ours are parsed already: see judge()
  set(CURLOPT_CAPATH, nullptr);
  set(CURLOPT_CA_CACHE_TIMEOUT, 0L);
  set(CURLOPT_SSL_CTX_FUNCTION, &on_new_context);
  set(CURLOPT_SSL_CTX_DATA, this);
  set(CURLOPT_SOCKOPTFUNCTION, &on_new_socket);
  set(CURLOPT_OPENSOCKETFUNCTION, &make_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_CLOSESOCKETFUNCTION, &on_closing);
  set(CURLOPT_CLOSESOCKETDATA, &multi);
  set(CURLOPT_HEADERFUNCTION, &on_field);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
  const auto seconds = [](base::Duration d) {
    return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(d).count());
  };
  set(CURLOPT_MAXAGE_CONN, std::max(1L, seconds(options.idle_limit)));
  set(CURLOPT_MAXLIFETIME_CONN, std::max(1L, seconds(options.life_limit)));
}

base::Result<void> HttpExchange::prepare(HttpRequest asked, HttpClient::Done when_done, bool new_addresses) {
  done = std::move(when_done);
  request = std::move(asked);
  if (request.addresses.empty())
    return base::failure(fmt::format("'{}': no address is given for its host", request.url));
  if (is_plain(request.url) && !(request.plain_to_this_machine && stays_here(request.addresses)))
    return base::failure(fmt::format("'{}' is not an https URL, and not one of this machine", request.url));
  if (auto good = set_url(); !good) return good;
  if (auto good = set_headers(); !good) return good;
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  if (request.body.empty()) {
    set(CURLOPT_HTTPGET, 1L);
  } else {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, request.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(std::min(request.connect_limit, request.limit)));
  set(CURLOPT_TIMEOUT_MS, milliseconds(request.limit));
  set(CURLOPT_FRESH_CONNECT, request.fresh_connection ? 1L : 0L);
  set_addresses(new_addresses);
  return {};
}

base::Result<void> HttpExchange::set_url() {
  if (request.url == set_up.url) return {};
  set_up.url.clear();
  const bool plain = is_plain(request.url);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, plain ? "http" : "https");
  auto origin = origin_of(request.url, plain);
  if (!origin) return std::unexpected(origin.error());
  decltype(set_up.parsed) parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
    return base::failure(fmt::format("'{}' is not a URL that libcurl takes", request.url));
  curl_easy_setopt(easy, CURLOPT_URL, nullptr);  // it would go on to name the earlier one
  curl_easy_setopt(easy, CURLOPT_CURLU, parsed.get());
  set_up.parsed = std::move(parsed);
  set_up.host_is_address = Address::parse(origin->host).has_value();
  set_up.origin = std::move(*origin);
  set_up.url = request.url;
  return {};
}

base::Result<void> HttpExchange::set_headers() {
  if (set_up.has_headers && request.headers == set_up.headers) return {};
  std::vector<std::string> lines = {"Expect:"};
  for (const auto& [name, value] : request.headers) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return base::failure("a header field holds an end of line");
    }
    lines.push_back(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, set_up.header_lines.set(lines));
  set_up.headers = request.headers;
  set_up.has_headers = true;
  return {};
}

// An address in the URL (or, behind a proxy, in the settings) is its own answer.
void HttpExchange::set_addresses(bool new_addresses) {
  curl_slist* resolved = nullptr;
  const bool named = proxy ? !Address::parse(proxy->host).has_value() : !set_up.host_is_address;
  if (new_addresses && named) {
    std::string line = proxy ? fmt::format("{}:{}:", proxy->host, proxy->port)
                             : fmt::format("{}:{}:", set_up.origin.host, set_up.origin.port);
    for (const auto& endpoint : request.addresses) {
      line += (line.back() == ':' ? "" : ",");
      line +=
          endpoint.address.is_v4() ? endpoint.address.to_string() : "[" + endpoint.address.to_string() + "]";
    }
    resolved = set_up.address_lines.set({std::move(line)});
  }
  curl_easy_setopt(easy, CURLOPT_RESOLVE, resolved);
}

HttpFindings HttpExchange::findings(CURLcode code) const {
  HttpFindings out;
  // libcurl is content with an answer that ends in the middle of its header.
  const bool headless = code == CURLE_OK && !header_whole;
  out.code = headless ? CURLE_PARTIAL_FILE : code;
  out.system_error = socket_error != 0 ? socket_error : told<long>(easy, CURLINFO_OS_ERRNO);
  out.connected = is_connected(easy);
  const auto* peer = told<const char*>(easy, CURLINFO_PRIMARY_IP);  // the times are set when all is done
  out.reached = peer != nullptr && *peer != '\0';
  out.at_proxy = proxy && !out.connected && told<long>(easy, CURLINFO_HTTP_CONNECTCODE) / 100 != 2;
  out.too_large = too_large;
  if (trace) out.tls = *trace;
  // libcurl 7.88 keeps these two causes in its words alone.
  const std::string_view words = error_words;
  const auto said = [&](std::string_view phrase) { return words.find(phrase) != std::string_view::npos; };
  out.cut = said("SSL_ERROR_SYSCALL") || said("unexpected eof") || out.system_error == ECONNRESET;
  out.garbled = said("chunked-encoding");
  return out;
}

std::string HttpExchange::detail(const HttpFindings& found) const {
  const std::string words = error_words[0] != '\0' ? error_words : curl_easy_strerror(found.code);
  if (found.at_proxy) return why_no_tunnel(*proxy, connect_answer, answer.end, found.reached, words);
  std::string out = too_large ? "the answer is larger than the limit" : words;
  if (found.tls.alert_received >= 0)
    out += fmt::format(" (the peer's alert: {})", SSL_alert_desc_string_long(found.tls.alert_received));
  if (found.tls.verify_error != X509_V_OK)
    out += fmt::format(" ({})", X509_verify_cert_error_string(found.tls.verify_error));
  if (proxy) out += fmt::format(" (through proxy {})", proxy->text());
  return out;
}

HttpAnswer HttpExchange::conclude(CURLcode code) {
  const auto found = findings(code);
  answer.end = end_of(found);
  answer.status = static_cast<int>(told<long>(easy, CURLINFO_RESPONSE_CODE));
  answer.connection_was_reused = found.connected && told<long>(easy, CURLINFO_NUM_CONNECTS) == 0;
  answer.tunnel_opened = proxy && !found.at_proxy;
  answer.request_left = found.connected && told<long>(easy, CURLINFO_REQUEST_SIZE) > 0;
  if (const auto* address = told<const char*>(easy, CURLINFO_PRIMARY_IP); address != nullptr)
    answer.remote_address = address;
  answer.connected_after = std::chrono::microseconds(told<curl_off_t>(easy, CURLINFO_PRETRANSFER_TIME_T));
  answer.ended_after = std::chrono::microseconds(told<curl_off_t>(easy, CURLINFO_TOTAL_TIME_T));
  if (found.code != CURLE_OK) answer.detail = detail(found);
  return std::move(answer);
}

void HttpExchange::clear() {
  request = {};
  done = nullptr;
  answer = {};
  trace.reset();
  connect_answer = {};
  header_octets = 0;
  too_large = false;
  header_whole = false;
  socket_error = 0;
  error_words[0] = '\0';
}

}  // namespace sallyport::net
