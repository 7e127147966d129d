#include "net/client_race.h"

#include <algorithm>
#include <utility>

namespace sallyport::net {
namespace {

constexpr base::Duration apart = std::chrono::milliseconds(250);  // of RFC 8305, section 8
// When the service is slow for everybody, handshakes at its other addresses would make it slower.
constexpr std::size_t most_beside = 16;

}  // namespace

struct ClientRaces::Race {
  Race(Loop& loop, Exchange of) : exchange(std::move(of)), next(loop) {}

  Exchange exchange;      // until it is over
  std::size_t begun = 0;  // of its addresses
  std::vector<ClientConnection*> running;
  std::vector<HttpAnswer> failed;
  base::SteadyTime until{};
  base::Duration apart{};
  Timer next;
};

ClientRaces::Maker::Maker(Loop& loop)
    : multi(loop,
            [](CURL* easy, CURLcode code) { told<ClientConnection*>(easy, CURLINFO_PRIVATE)->made(code); }) {}

ClientRaces::ClientRaces(ClientConnections& client, Won won, Lost lost)
    : client_(client), won_(std::move(won)), lost_(std::move(lost)) {}

void ClientRaces::close() {
  *alive_ = false;
  for (auto& [address, runner] : runners_) runner.connection->close();
  for (const auto& one : makers_) one->multi.close();
}

ClientRaces::Maker* ClientRaces::maker() {
  constexpr std::size_t most = 64;
  for (const auto& one : makers_)
    if (one->multi.handles() < most) return one.get();
  auto another = std::make_unique<Maker>(client_.loop());
  return another->multi.good() ? makers_.emplace_back(std::move(another)).get() : nullptr;
}

void ClientRaces::begin(Exchange exchange) {
  auto& loop = client_.loop();
  const auto now = loop.now().steady;
  const auto race = std::make_shared<Race>(loop, std::move(exchange));
  auto& of = *race->exchange;
  const auto end = of.begun + of.request.limit;
  const auto limit = std::min(of.request.connect_limit, end - now);
  race->until = now + limit;
  // All of them have their turn, and the last a quarter of the time.
  race->apart = std::min(apart, limit * 3 / (4 * static_cast<std::int64_t>(of.request.addresses.size() + 1)));
  of.limit.at(end, [this, weak = std::weak_ptr(race)] {
    if (const auto race = weak.lock()) time_is_over(race);
  });
  attempt(race);
}

void ClientRaces::attempt(const RacePtr& race) {
  race->next.cancel();
  if (race->running.size() == 1 && beside_ >= most_beside) return attempt_soon(race, race->apart / 10);
  const auto& addresses = race->exchange->request.addresses;
  std::optional<Endpoint> address;  // none for a Unix socket
  if (race->begun < addresses.size()) address = addresses[race->begun];
  if (++race->begun < addresses.size()) attempt_soon(race, race->apart);
  auto connection = connect(*race, address);
  if (!connection) {
    HttpAnswer answer;
    answer.end = HttpEnd::local;
    answer.detail = std::move(connection.error().what);
    answer.tried = address.value_or(Endpoint{});
    return client_.loop().post([this, alive = alive_, race, answer = std::move(answer)]() mutable {
      if (*alive) has_failed(race, std::move(answer));
    });
  }
  auto* const runner = connection->get();
  race->running.push_back(runner);
  if (race->running.size() == 2) ++beside_;
  runners_[runner] = {std::move(*connection), race};
}

void ClientRaces::attempt_soon(const RacePtr& race, base::Duration wait) {
  race->next.after(wait, [this, weak = std::weak_ptr(race)] {
    if (const auto race = weak.lock()) attempt(race);
  });
}

base::Result<std::unique_ptr<ClientConnection>> ClientRaces::connect(Race& race,
                                                                     const std::optional<Endpoint>& address) {
  auto* const by = maker();
  if (by == nullptr) return base::failure("libcurl has no memory or no descriptor left");
  const auto& target = race.exchange->target;
  const auto& proxy = client_.options().proxy;
  auto connection = std::make_unique<ClientConnection>(client_, by->multi, target);
  auto& known = by->known[proxy ? proxy->text() : target->key];
  // libcurl is told when it comes to a connection's turn: which of several it knows by then is not certain.
  const bool is_one_of_several = race.exchange->request.addresses.size() > 1;
  const bool is_known = !is_one_of_several && known == address;
  known = is_one_of_several ? std::nullopt : address;
  if (auto good = connection->make(address, is_known, race.until - client_.loop().now().steady); !good) {
    known.reset();
    return std::unexpected(good.error());
  }
  return connection;
}

ClientRaces::Runner ClientRaces::take(ClientConnection& connection) {
  auto out = std::move(runners_.extract(&connection).mapped());
  std::erase(out.race->running, &connection);
  if (out.race->running.size() == 1) --beside_;
  return out;
}

// It may be one of its own functions that says so: it goes when they have returned.
void ClientRaces::let_go(std::unique_ptr<ClientConnection> connection) {
  client_.loop().post([kept = std::move(connection)] {});
}

void ClientRaces::made(ClientConnection& connection) {
  auto [winner, race] = take(connection);
  race->next.cancel();
  while (!race->running.empty()) {
    auto slower = take(*race->running.back()).connection;
    slower->close();
    let_go(std::move(slower));
  }
  won_(std::move(winner), std::move(race->exchange));
}

void ClientRaces::not_made(ClientConnection& connection, HttpAnswer answer) {
  auto [gone, race] = take(connection);
  let_go(std::move(gone));
  has_failed(race, std::move(answer));
}

void ClientRaces::has_failed(const RacePtr& race, HttpAnswer answer) {
  if (!race->exchange) return;
  race->failed.push_back(std::move(answer));
  if (race->begun < race->exchange->request.addresses.size()) return attempt(race);
  if (!race->running.empty()) return;
  auto exchange = std::move(race->exchange);
  auto first = std::move(race->failed.front());
  race->failed.erase(race->failed.begin());
  first.others = std::move(race->failed);
  first.ended_after = client_.loop().now().steady - exchange->begun;
  lost_(std::move(exchange), std::move(first));
}

void ClientRaces::time_is_over(const RacePtr& race) {
  race->begun = race->exchange->request.addresses.size();
  race->next.cancel();
  const auto running = race->running;
  for (auto* const one : running) one->time_is_over();
}

}  // namespace sallyport::net
