#include "server/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <future>
#include <utility>

namespace sallyport::server {
namespace {

constexpr std::size_t remembered_authenticators = 1U << 20U;  // of a gateway
constexpr std::size_t mailbox_limit = 8192;

std::size_t share_of_memory(std::size_t workers) { return std::bit_floor(remembered_authenticators / workers); }

void add_wanted(directory::Wanted& to, const directory::Wanted& more) {
  const auto add = [](auto& list, const auto& others) {
    for (const auto& one : others)
      if (std::ranges::find(list, one) == list.end()) list.push_back(one);
  };
  add(to.attributes, more.attributes);
  add(to.groups, more.groups);
}

}  // namespace

Worker::Worker(Place place)
    : place_(std::move(place)),
      loop_(place_.loop),
      logger_(place_.log.make_logger()),
      tally_(place_.metrics),
      outside_(make_outside()),
      owner_(outside_, share_of_memory(place_.count)),
      reception_(outside_, [this](Request request) { owner_.take(std::move(request)); }),
      mailbox_(loop_, mailbox_limit,
               [this](std::vector<Request>& batch) {
                 for (auto& request : batch) owner_.take(std::move(request));
               }),
      watch_(place_.metrics, *logger_, place_.number == 0),
      due_(loop_),
      second_(loop_),
      tenth_(loop_) {
  loop_.post([this] {
    every_second();
    if (place_.watch != nullptr) every_tenth();
  });
}

void Worker::run(const std::function<void()>& task) {
  std::promise<void> done;
  loop_.post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

Outside Worker::make_outside() {
  Outside out{.now = [this] { return loop_.now(); },
              .send =
                  [this](int number, const net::Endpoint& to, const net::Endpoint& from, base::Bytes octets) {
                    if (const auto socket = held_socket(number)) socket->send(to, from, std::move(octets));
                  },
              .hand_over = place_.hand_over,
              .wake_at = [this](base::SteadyTime when) { wake_at(when); },
              .report = {},
              .record = {},
              .recent = place_.watch == nullptr ? nullptr : &place_.watch->recent(),
              .logger = *logger_,
              .tally = tally_,
              .limits = place_.limits,
              .hash = place_.hash,
              .worker = place_.number,
              .workers = place_.count};
  if (place_.watch == nullptr) return out;
  out.report = [this](const continuity::LoginEnd& end) { report(end); };
  out.record = [this](std::string line, std::move_only_function<void(bool)> done) {
    place_.watch->record(std::move(line), [this, done = std::move(done)](bool is_durable) mutable {
      net::Together::post(loop_, [done = std::move(done), is_durable]() mutable { done(is_durable); });
    });
  };
  return out;
}

// One timer for all logins: it is armed anew only for what is due sooner.
void Worker::wake_at(base::SteadyTime when) {
  if (armed_ && *armed_ <= when) return;
  armed_ = when;
  due_.at(when, [this] { wake(); });
}

void Worker::wake() {
  armed_.reset();
  owner_.tick();
  if (const auto next = owner_.next_due()) wake_at(*next);
}

void Worker::every_second() {
  owner_.tick();
  in_flight_.store(owner_.in_flight(), std::memory_order_relaxed);
  if (owner_.in_flight() == 0) closing_.clear();
  watch_.look(loop_.now());
  if (place_.number == 0) look_at_certificates();
  if (place_.number == 0) place_.refusals.look(loop_.now());
  if (const auto channel = channel_.lock(); channel && place_.watch != nullptr)
    if (auto proven = channel->take_proven(); !proven.all.empty()) place_.watch->proven(std::move(proven));
  second_.after(std::chrono::seconds(1), [this] { every_second(); });
}

// The first worker's channel stands for all; without probes it is the only one to see the service's.
void Worker::look_at_certificates() {
  const auto channel = channel_.lock();
  if (channel) place_.certificates.see(*channel);
  if (channel && place_.watch == nullptr) place_.name.look(*channel, loop_.now());
  place_.certificates.look(loop_.now());
}

base::Result<void> Worker::prepare(const Plan& plan) {
  Prepared next;
  next.servers = plan.servers;
  if (auto done = prepare_backings(plan, next); !done) return done;
  if (auto done = prepare_sockets(plan, next); !done) return done;
  prepared_ = std::move(next);
  return {};
}

base::Result<std::shared_ptr<cloud::Channel>> Worker::make_channel(const settings::Service& service) const {
  const auto share = std::max(1, service.max_in_flight / static_cast<int>(place_.count));
  auto made = cloud::Channel::make(loop_, place_.resolver, service, share);
  if (!made) return std::unexpected(made.error());
  return std::shared_ptr<cloud::Channel>(std::move(*made));
}

base::Result<void> Worker::prepare_channel(const settings::Service& service) {
  auto made = make_channel(service);
  if (!made) return std::unexpected(made.error());
  prepared_channel_ = std::move(*made);
  return {};
}

// The old one goes with its connections and TLS sessions when the last login that uses it has ended.
void Worker::commit_channel() {
  auto backings = owner_.backings();
  for (auto& [name, backing] : backings) backing.channel = prepared_channel_;
  watch_.adopt(prepared_channel_);
  channel_ = prepared_channel_;
  if (server_time_) prepared_channel_->tell_server_time(*server_time_);
  prepared_channel_.reset();
  owner_.adopt(std::move(backings));
}

// Validation servers with the same list of user stores share one set of connections.
base::Result<void> Worker::prepare_backings(const Plan& plan, Prepared& next) {
  std::shared_ptr<cloud::Channel> channel;
  if (const auto& service = plan.settings.service) {
    auto made = make_channel(*service);
    if (!made) return std::unexpected(made.error());
    channel = std::move(*made);
    next.max_in_flight = static_cast<std::size_t>(service->max_in_flight);
    next.worry = plan.settings.continuity.worry;
  }
  // What is wanted of entries is asked for everybody who shares the connections: a search is one search.
  std::map<std::vector<std::string>, directory::Wanted> wanted;
  for (const auto& server : plan.servers) add_wanted(wanted[server->user_stores], server->wanted);
  std::map<std::vector<std::string>, std::shared_ptr<directory::UserStores>> by_list;
  for (const auto& server : plan.servers) {
    auto& backing = next.backings[server->name];
    backing.channel = channel;
    if (!server->asks_user_stores || plan.settings.user_stores.empty()) continue;
    auto& stores = by_list[server->user_stores];
    if (!stores) {
      auto made = directory::UserStores::make(loop_, plan.settings.user_stores, server->user_stores,
                                              wanted[server->user_stores]);
      if (!made) return std::unexpected(made.error());
      stores = std::move(*made);
    }
    backing.stores = stores;
  }
  return {};
}

base::Result<void> Worker::prepare_sockets(const Plan& plan, Prepared& next) {
  for (const auto& planned : plan.sockets) {
    next.listenings[planned.number] = {planned.server, planned.port};
    if (auto held = held_socket(planned.number)) {
      next.sockets[planned.number] = std::move(held);
      continue;
    }
    auto opened = open(planned);
    if (!opened) {
      logger_->log(telemetry::messages::cannot_listen, loop_.now().wall,
                   {{"server", planned.server->name},
                    {"address", planned.address.to_string()},
                    {"detail", opened.error().what}});
      return base::failure(fmt::format("validation server {}: {}", planned.server->name, opened.error().what));
    }
    next.sockets[planned.number] = std::move(*opened);
  }
  return {};
}

std::shared_ptr<net::UdpSocket> Worker::held_socket(int number) const {
  for (const auto* sockets : {&sockets_, &closing_})
    if (const auto found = sockets->find(number); found != sockets->end()) return found->second;
  return nullptr;
}

base::Result<std::shared_ptr<net::UdpSocket>> Worker::open(const PlannedSocket& planned) {
  net::UdpSocket::Options options;
  options.reuse_port = place_.count > 1;
  // Sharing a port among workers would let another process share it too: the first worker makes sure that none
  // does.
  if (options.reuse_port && place_.number == 0 && planned.address.port != 0) {
    auto alone = net::UdpSocket::open(loop_, planned.address, {}, [](auto) {});
    if (!alone) return std::unexpected(alone.error());
  }
  auto opened =
      net::UdpSocket::open(loop_, planned.address, options, [this, number = planned.number](auto datagrams) {
        const net::Together others_wake_once;
        for (const auto& datagram : datagrams) reception_.receive(number, datagram);
      });
  if (!opened) return std::unexpected(opened.error());
  return std::shared_ptr<net::UdpSocket>(std::move(*opened));
}

void Worker::know(const Plan& plan) {
  for (const auto& server : plan.servers) tally_.know(*server);
}

void Worker::commit() {
  auto next = std::move(prepared_.value());
  prepared_.reset();
  for (auto& [number, socket] : sockets_)
    if (!next.sockets.contains(number)) closing_[number] = std::move(socket);
  sockets_ = std::move(next.sockets);
  std::erase_if(closing_, [&](const auto& closing) { return sockets_.contains(closing.first); });
  watch_.adopt(next.servers, next.backings);
  channel_.reset();
  for (const auto& [name, backing] : next.backings) channel_ = backing.channel;
  if (const auto channel = channel_.lock(); channel && server_time_) channel->tell_server_time(*server_time_);
  if (place_.watch != nullptr) open_window(next.max_in_flight);
  worry_ = next.worry;
  owner_.adopt(std::move(next.backings));
  reception_.adopt(std::move(next.listenings));
}

void Worker::leave() {
  reception_.leave();
  owner_.leave();
}

std::optional<net::Endpoint> Worker::local_of(int number) const {
  const auto* sockets = prepared_ ? &prepared_->sockets : &sockets_;
  const auto found = sockets->find(number);
  if (found == sockets->end()) return std::nullopt;
  return found->second->local();
}

}  // namespace sallyport::server
