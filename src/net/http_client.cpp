#include "net/http_client.h"

#include <algorithm>
#include <deque>
#include <map>
#include <unordered_map>
#include <utility>

#include "net/client_connection.h"
#include "net/client_race.h"

namespace sallyport::net {
namespace {

// One exchange gets the connection that was used last; where none rests, one is made for it; where so many are
// being made that they would only slow each other down, it waits for the first that rests.
class Client final : public HttpClient, private ClientConnections {
 public:
  Client(Loop& loop, Options options, ClientTrust trust)
      : loop_(loop),
        options_(std::move(options)),
        trust_(std::move(trust)),
        sessions_(curl_share_init()),
        races_(
            *this, [this](auto connection, auto exchange) { won(std::move(connection), std::move(exchange)); },
            [this](auto exchange, auto answer) { lost(std::move(exchange), std::move(answer)); }) {
    // TLS sessions outlive the handle that made them; one thread needs no locks.
    if (sessions_ != nullptr) curl_share_setopt(sessions_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  }
  ~Client() override;

  [[nodiscard]] bool good() { return sessions_ != nullptr && races_.good(); }
  void start(HttpRequest, Done) override;
  [[nodiscard]] std::size_t in_flight() const override { return in_flight_; }

 private:
  using Exchange = std::unique_ptr<HttpExchange>;
  struct Origin {
    std::deque<ClientConnection*> resting;  // the one that was used last at the end
    std::deque<Exchange> line;
    std::size_t making = 0;  // for so many exchanges
  };

  Loop& loop() override { return loop_; }
  CURLSH* sessions() override { return sessions_; }
  const ClientTrust& trust() override { return trust_; }
  const Options& options() override { return options_; }
  std::vector<char>& read_buffer() override { return read_buffer_; }
  void made(ClientConnection& connection) override { races_.made(connection); }
  void not_made(ClientConnection& connection, HttpAnswer answer) override {
    races_.not_made(connection, std::move(answer));
  }
  void ended(ClientConnection&, Exchange, HttpAnswer) override;
  void was_closed(ClientConnection&, Exchange) override;
  void left(ClientConnection&) override;

  base::Result<std::shared_ptr<const HttpUrl>> target(const HttpRequest&);
  void fail(Done, std::string why);
  Done finished(Exchange);
  void place(Exchange);
  ClientConnection* at_rest(Origin&);
  void won(std::unique_ptr<ClientConnection>, Exchange);
  void lost(Exchange, HttpAnswer);
  void carry_on(Origin&);  // with who waits
  void time_is_over_in_line(Origin&, const HttpExchange*);
  void let_go(ClientConnection&);
  Origin& origin_of(const ClientConnection& connection) { return origins_[connection.target().key]; }

  Loop& loop_;
  Options options_;
  ClientTrust trust_;
  CURLSH* sessions_;
  std::vector<char> read_buffer_ = std::vector<char>(16U << 10U);
  std::unordered_map<ClientConnection*, std::unique_ptr<ClientConnection>> connections_;
  std::map<std::string, Origin> origins_;
  std::map<std::string, std::shared_ptr<const HttpUrl>> targets_;  // by URL
  std::size_t in_flight_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  ClientRaces races_;
};

bool stays_here(const std::vector<Endpoint>& addresses) {
  return std::ranges::all_of(addresses, [](const Endpoint& endpoint) {
    const auto& octets = endpoint.address.octets;
    return endpoint.address.is_v4() ? octets[12] == 127 : endpoint.address == Address::parse("::1");
  });
}

Client::~Client() {
  *alive_ = false;
  for (auto& [address, connection] : connections_) connection->close();
  races_.close();
  if (sessions_ != nullptr) curl_share_cleanup(sessions_);
}

void Client::fail(Done done, std::string why) {
  loop_.post([done = std::move(done), why = std::move(why), alive = alive_]() mutable {
    if (*alive)
      done({.end = HttpEnd::local, .detail = std::move(why), .headers = {}, .body = {}, .remote_address = {}});
  });
}

base::Result<std::shared_ptr<const HttpUrl>> Client::target(const HttpRequest& request) {
  const bool by_path = !options_.unix_path.empty();
  if (request.addresses.empty() && !by_path)
    return base::failure("'" + request.url + "': no address is given for its host");
  if (is_plain(request.url) && !by_path && !(request.plain_to_this_machine && stays_here(request.addresses)))
    return base::failure("'" + request.url + "' is not an https URL, and not one of this machine");
  if (const auto found = targets_.find(request.url); found != targets_.end()) return found->second;
  auto made = url_of(request.url);
  if (!made) return std::unexpected(made.error());
  constexpr std::size_t most = 64;
  if (targets_.size() >= most) targets_.clear();
  return targets_[request.url] = std::make_shared<const HttpUrl>(std::move(*made));
}

void Client::start(HttpRequest request, Done done) {
  auto where = target(request);
  if (!where) return fail(std::move(done), where.error().what);
  auto octets = octets_of(request, **where, options_.user_agent);
  if (!octets) return fail(std::move(done), octets.error().what);
  auto exchange = std::make_unique<HttpExchange>(loop_, std::move(request), std::move(*where));
  exchange->request.body = {};
  exchange->octets = std::move(*octets);
  exchange->done = std::move(done);
  ++in_flight_;
  // Exchanges that begin in one turn of the loop are sent together.
  loop_.at_end_of_turn([this, alive = alive_, exchange = std::move(exchange)]() mutable {
    if (*alive) place(std::move(exchange));
  });
}

void Client::place(Exchange exchange) {
  auto& origin = origins_[exchange->target->key];
  const bool fresh = exchange->request.fresh_connection || exchange->once_more;
  auto* const resting = fresh ? nullptr : at_rest(origin);
  auto* const placed = exchange.get();
  const auto until = placed->begun + placed->request.limit;
  if (resting != nullptr) {
    placed->limit.at(until, [resting] { resting->time_is_over(); });
    resting->carry(std::move(exchange));
  } else if (origin.making < options_.making_limit) {
    ++origin.making;
    races_.begin(std::move(exchange));
  } else {
    placed->limit.at(until, [this, &origin, placed] { time_is_over_in_line(origin, placed); });
    origin.line.push_back(std::move(exchange));
  }
}

ClientConnection* Client::at_rest(Origin& origin) {
  const auto too_old = [&](const ClientConnection* connection) {
    return loop_.now().steady - connection->rests_since() >= options_.idle_limit;
  };
  // A few at a time: to end one is no small thing.
  for (int i = 0; i < 4 && !origin.resting.empty() && too_old(origin.resting.front()); ++i) {
    auto* const oldest = origin.resting.front();
    origin.resting.pop_front();
    oldest->close();
    let_go(*oldest);
  }
  if (origin.resting.empty() || too_old(origin.resting.back())) return nullptr;
  auto* const newest = origin.resting.back();
  origin.resting.pop_back();
  return newest;
}

void Client::won(std::unique_ptr<ClientConnection> connection, Exchange exchange) {
  auto* const made = connection.get();
  connections_.emplace(made, std::move(connection));
  exchange->limit.at(exchange->begun + exchange->request.limit, [made] { made->time_is_over(); });
  auto& origin = origin_of(*made);
  --origin.making;
  carry_on(origin);
  made->carry(std::move(exchange));
}

void Client::lost(Exchange exchange, HttpAnswer answer) {
  auto& origin = origins_[exchange->target->key];
  --origin.making;
  auto done = finished(std::move(exchange));
  const auto alive = alive_;
  carry_on(origin);
  if (*alive) done(std::move(answer));
}

void Client::ended(ClientConnection& connection, Exchange exchange, HttpAnswer answer) {
  auto& origin = origin_of(connection);
  if (!connection.is_gone() && origin.resting.size() >= options_.kept_connections) connection.close();
  if (connection.is_gone()) {
    let_go(connection);
  } else {
    origin.resting.push_back(&connection);
  }
  auto done = finished(std::move(exchange));
  const auto alive = alive_;
  carry_on(origin);
  if (*alive) done(std::move(answer));
}

void Client::was_closed(ClientConnection& connection, Exchange exchange) {
  let_go(connection);
  exchange->once_more = true;
  place(std::move(exchange));
}

void Client::left(ClientConnection& connection) {
  std::erase(origin_of(connection).resting, &connection);
  let_go(connection);
}

void Client::carry_on(Origin& origin) {
  const auto alive = alive_;
  for (auto left = origin.line.size(); *alive && left > 0; --left) {
    if (origin.resting.empty() && origin.making >= options_.making_limit) return;
    auto next = std::move(origin.line.front());
    origin.line.pop_front();
    place(std::move(next));
  }
}

void Client::time_is_over_in_line(Origin& origin, const HttpExchange* exchange) {
  const auto found = std::ranges::find(origin.line, exchange, &Exchange::get);
  auto over = std::move(*found);
  origin.line.erase(found);
  HttpAnswer answer;
  answer.end = HttpEnd::local;
  answer.detail = "no connection became free, and no more are made at a time";
  answer.ended_after = loop_.now().steady - over->begun;
  finished(std::move(over))(std::move(answer));
}

HttpClient::Done Client::finished(Exchange exchange) {
  --in_flight_;
  return std::move(exchange->done);
}

// It may be one of its own functions that says so: it goes when they have returned.
void Client::let_go(ClientConnection& connection) {
  auto gone = connections_.extract(&connection);
  loop_.post([kept = std::move(gone.mapped())] {});
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
