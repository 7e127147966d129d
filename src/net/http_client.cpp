#include "net/http_client.h"

#include <map>
#include <unordered_map>

#include "net/http_exchange.h"

namespace sallyport::net {
namespace {

class Client final : public HttpClient {
 public:
  Client(Loop& loop, Options options, ClientTrust trust)
      : loop_(loop),
        options_(std::move(options)),
        trust_(std::move(trust)),
        multi_(loop, options_.kept_connections, [this](CURL* easy, CURLcode code) { ended(easy, code); }),
        sessions_(curl_share_init()) {
    // TLS sessions outlive the handle that made them; one thread needs no locks.
    if (sessions_ != nullptr) curl_share_setopt(sessions_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  ~Client() override;

  [[nodiscard]] bool good() const { return multi_.good() && sessions_ != nullptr; }
  void start(HttpRequest, Done) override;
  [[nodiscard]] std::size_t in_flight() const override { return running_.size(); }

 private:
  void ended(CURL*, CURLcode);
  void fail(Done, std::string why);
  static std::string origin_text(const std::string& url);

  Loop& loop_;
  Options options_;
  ClientTrust trust_;
  CurlMulti multi_;
  CURLSH* sessions_;
  std::unordered_map<CURL*, std::unique_ptr<HttpExchange>> running_;
  std::vector<std::unique_ptr<HttpExchange>> resting_;
  std::map<std::string, std::vector<Endpoint>>
      known_;  // origins, or the proxy, whose addresses libcurl was told
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

Client::~Client() {
  *alive_ = false;
  for (const auto& [easy, exchange] : running_) multi_.remove(easy);
  running_.clear();
  resting_.clear();
  multi_.close();
  if (sessions_ != nullptr) curl_share_cleanup(sessions_);
}

void Client::fail(Done done, std::string why) {
  loop_.post([done = std::move(done), why = std::move(why), alive = alive_]() mutable {
    if (*alive)
      done({.end = HttpEnd::local, .detail = std::move(why), .headers = {}, .body = {}, .remote_address = {}});
  });
}

std::string Client::origin_text(const std::string& url) {
  const auto authority = url.find("://");
  return url.substr(0, url.find('/', authority == std::string::npos ? 0 : authority + 3));
}

void Client::start(HttpRequest request, Done done) {
  std::unique_ptr<HttpExchange> exchange;
  if (resting_.empty()) {
    exchange = std::make_unique<HttpExchange>(multi_, trust_, options_, sessions_);
    if (exchange->easy == nullptr) return fail(std::move(done), "no memory for an exchange");
  } else {
    exchange = std::move(resting_.back());
    resting_.pop_back();
  }
  // libcurl never resolves: it is told the addresses when they change, and remembers them.
  auto& known = known_[options_.proxy ? options_.proxy->text() : origin_text(request.url)];
  const bool new_addresses = known != request.addresses;
  if (new_addresses) known = request.addresses;
  auto prepared = exchange->prepare(std::move(request), std::move(done), new_addresses);
  auto* const easy = exchange->easy;
  if (!prepared || !multi_.add(easy)) {
    fail(std::move(exchange->done), prepared ? "libcurl refused the exchange" : prepared.error().what);
    known.clear();
    exchange->clear();
    resting_.push_back(std::move(exchange));
    return;
  }
  running_.emplace(easy, std::move(exchange));
}

void Client::ended(CURL* easy, CURLcode code) {
  auto found = running_.extract(easy);
  if (found.empty()) return;
  auto exchange = std::move(found.mapped());
  multi_.remove(easy);
  auto answer = exchange->conclude(code);
  auto done = std::move(exchange->done);
  exchange->clear();
  if (resting_.size() < options_.kept_connections) resting_.push_back(std::move(exchange));
  done(std::move(answer));
}

}  // namespace

base::Result<std::unique_ptr<HttpClient>> HttpClient::make(Loop& loop, Options options) {
  auto trust = client_trust(options.tls);
  if (!trust) return std::unexpected(trust.error());
  auto client = std::make_unique<Client>(loop, std::move(options), std::move(*trust));
  if (!client->good()) return base::failure("libcurl could not be set up: no descriptor or no memory is left");
  return client;
}

}  // namespace sallyport::net
