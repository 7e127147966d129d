#include "virtual_gateway.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

#include "base/planted.h"

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;

settings::ValidationServer settings_of(const ServerKind& kind) {
  settings::ValidationServer out;
  out.name = kind.name;
  out.listen = {"192.0.2.1:1812"};
  out.mode = kind.asks_password ? settings::Mode::password_code : settings::Mode::code;
  out.methods = {settings::Method::push};
  out.second_factor_first = kind.service_first;
  out.continuity =
      kind.follows_monitor ? settings::ContinuityMode::automatic : settings::ContinuityMode::disabled;
  if (kind.lets == Lets::nobody) out.ladder = {settings::Rung::deny};
  if (kind.lets == Lets::with_recent_success)
    out.ladder = {settings::Rung::recent_success, settings::Rung::deny};
  for (std::size_t i = 0; i < radius_clients; ++i) {
    settings::RadiusClient client;
    client.name = fmt::format("vpn{}", i);
    client.addresses = {fmt::format("10.0.{}.0/24", i)};
    client.secret = base::Secret(radius_secret);
    out.clients.push_back(std::move(client));
  }
  return out;
}

const continuity::Profile& profile_of(const VirtualGateway::Options& options) {
  return options.strict ? continuity::Profile::strict : continuity::Profile::article;
}

// Which of the workers' sockets the kernel picks: always the same for one peer.
std::size_t receiver_of(const net::Endpoint& peer) {
  std::size_t out = peer.port;
  for (const auto octet : peer.address.octets) out = out * 31 + octet;
  return out * 2654435761U >> 8U;
}

// Which login a line of the record is of, if of one.
std::optional<std::uint32_t> login_of(std::string_view line) {
  static constexpr std::string_view name = "\"nas_port\":";
  const auto at = line.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint32_t out = 0;
  std::from_chars(line.data() + at + name.size(), line.data() + line.size(), out);
  return out;
}

}  // namespace

VirtualGateway::VirtualGateway(Place place, const Options& options, Chance chance)
    : place_(std::move(place)),
      watch_loop_(place_.timeline, chance.branch()),
      disk_loop_(place_.timeline, chance.branch()) {
  make_servers(profile_of(options));
  record_ = std::make_unique<Record>(disk_loop_, chance.branch(), [this](const std::string& line) {
    if (const auto number = login_of(line)) place_.oracle.logins.line_is_durable(*number);
  });
  const VirtualWorker::Shared shared{
      metrics_, limits_,        recent_,        crypto::KeyedHash::with_random_key(),
      servers_, place_.weather, place_.service, directory_};
  for (std::size_t i = 0; i < options.workers; ++i) {
    workers_.push_back(std::make_unique<VirtualWorker>(
        VirtualWorker::Place{
            .timeline = place_.timeline,
            .oracle = place_.oracle,
            .number = i,
            .count = options.workers,
            .most_exchanges = options.most_exchanges,
            .watch = [this]() -> VirtualWatch& { return *watch_; },
            .send = [this, i](int socket, const net::Endpoint& to,
                              base::Bytes octets) { place_.send(i, socket, to, std::move(octets)); },
            .hand_over =
                [this](std::size_t other, server::Request request) {
                  workers_[other]->take(std::move(request));
                  return true;
                },
            .record =
                [this, i](std::string line, std::move_only_function<void(bool)> done) {
                  write_record(i, std::move(line), std::move(done));
                }},
        shared, chance.branch()));
  }
  make_watch(options, chance);
}

void VirtualGateway::make_servers(const continuity::Profile& profile) {
  settings::Service service;
  for (const auto& kind : server_kinds) {
    auto shared = std::make_shared<server::Shared>();
    auto server = server::ValidationServer::make(settings_of(kind), &service, nullptr, shared, profile).value();
    shared->mode = server->mode;
    servers_.push_back(std::move(server));
    shared_.push_back(std::move(shared));
  }
}

void VirtualGateway::make_watch(const Options& options, Chance chance) {
  continuity::Rules rules;
  rules.has_canary = options.has_canary;
  rules.profile = profile_of(options);
  auto channel = std::make_unique<VirtualChannel>(VirtualChannel::Place{.loop = watch_loop_,
                                                                        .weather = place_.weather,
                                                                        .service = place_.service,
                                                                        .oracle = place_.oracle,
                                                                        .is_for_probes = true,
                                                                        .most = 20,
                                                                        .request_limit = 8500ms,
                                                                        .has_begun = {},
                                                                        .has_ended = {}});
  watch_ = std::make_unique<VirtualWatch>(
      VirtualWatch::Place{.loop = watch_loop_,
                          .oracle = place_.oracle,
                          .channel = std::move(channel),
                          .rules = rules,
                          .is_armed = options.is_armed,
                          .tell_workers =
                              [this](const VirtualWatch::Word& word) {
                                for (auto& worker : workers_) worker->hear(word);
                              },
                          .oldest_waiting =
                              [this](base::SteadyTime since) {
                                std::optional<base::SteadyTime> out;
                                for (const auto& worker : workers_)
                                  if (const auto one = worker->channel().oldest_began(since);
                                      one && (!out || *one < *out))
                                    out = one;
                                return out;
                              }},
      chance);
  watch_->begin();
}

void VirtualGateway::receive(int socket, const net::Endpoint& peer, const base::Bytes& octets) {
  auto& worker = *workers_[receiver_of(peer) % workers_.size()];
  worker.loop().at(place_.timeline.steady(), [this, &worker, socket, peer, octets] {
    place_.arrives(socket, peer, octets);
    worker.receive(socket, peer, local_, octets);
  });
}

void VirtualGateway::write_record(std::size_t worker, std::string line,
                                  std::move_only_function<void(bool)> done) {
  const auto number = login_of(line);
  if (number && base::planted("a_secret_in_the_record"))
    line.insert(1, fmt::format(R"("typed":"{}",)", code_of_login(*number)));
  place_.oracle.note(place_.oracle.logins.writes(line));
  if (number && line.contains("\"let_in\""))
    place_.oracle.note(place_.oracle.logins.submits_line(worker, *number, place_.timeline.steady()));
  disk_loop_.post([this, line = std::move(line), done = std::move(done)]() mutable {
    record_->write(std::move(line), std::move(done));
  });
}

bool VirtualGateway::is_idle() const {
  for (const auto& worker : workers_)
    if (!worker->is_idle()) return false;
  return true;
}

std::string VirtualGateway::queues_out_of_bounds() const {
  std::size_t asked = 0, logins = 0;
  for (const auto& worker : workers_) {
    asked += worker->channel().in_flight();
    logins += worker->logins();
  }
  if (logins > place_.oracle.logins.came_lately(place_.timeline.steady()))
    return "more logins under way than requests came";
  if (asked > std::max<std::size_t>(4096, workers_.size())) return "more exchanges than max_in_flight";
  if (watch_->probes_running() > 20) return "more than ten probes of a kind under way";
  return {};
}

}  // namespace sallyport::sim
