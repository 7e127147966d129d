#include "clients.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "crypto/random.h"

namespace sallyport::clients {
namespace {

constexpr int code_digits = 6, codes_ahead = 80;  // that a service with a generous look-ahead may take

base::SteadyTime clock_now() { return std::chrono::steady_clock::now(); }

Verdict verdict_of(load::Reply reply) {
  switch (reply) {
    case load::Reply::accept:
      return Verdict::accept;
    case load::Reply::reject:
      return Verdict::reject;
    case load::Reply::other_code:
      return Verdict::other;
    default:
      return Verdict::forged;
  }
}

}  // namespace

Clients::Clients(const Options& options, load::Users& users, Journal journal)
    : options_(options),
      users_(users),
      journal_(std::move(journal)),
      secret_(options.secret),
      server_(*ipv4_of(options.server)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      of_client_(static_cast<std::size_t>(options.clients)) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = STDIN_FILENO}};
  ending_ = epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event) != 0;
}

Clients::~Clients() { close(epoll_); }

std::string Clients::run() {
  std::array<epoll_event, 64> events{};
  next_due_ = clock_now();
  while (!ending_ || !logins_.empty()) {
    auto now = clock_now();
    if (!ending_) launch(now);
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds_to_next(now));
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor != STDIN_FILENO) {
        receive(descriptor);
        continue;
      }
      ending_ = true;
      epoll_ctl(epoll_, EPOLL_CTL_DEL, STDIN_FILENO, nullptr);
    }
    look_after(clock_now());
  }
  return journal_.summary();
}

void Clients::launch(base::SteadyTime now) {
  const auto gap = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1 / options_.rate));
  for (; next_due_ <= now; next_due_ += gap)
    if (!start_one(next_due_)) return;
}

bool Clients::start_one(base::SteadyTime due) {
  const auto user = users_.take();
  if (!user) return false;
  const auto number = ++started_;
  auto& login = logins_[number];
  login.number = number;
  login.client = static_cast<int>(number % of_client_.size());
  login.user = *user;
  const auto each = [number](int every, std::uint64_t rest) {
    return every > 0 && number % static_cast<std::uint64_t>(every) == rest % static_cast<std::uint64_t>(every);
  };
  login.kind = each(options_.wrong_password_every, 0) ? Kind::wrong_password
               : each(options_.wrong_code_every, 1)   ? Kind::wrong_code
                                                      : Kind::good;
  login.sent = due;
  login.password = password_of(users_[*user], login.kind);
  login.station = fmt::format("02-00-{:02X}-{:02X}-{:02X}-{:02X}", number >> 24U & 0xFFU, number >> 16U & 0xFFU,
                              number >> 8U & 0xFFU, number & 0xFFU);
  send(login, clock_now());
  return true;
}

std::string Clients::password_of(load::User& user, Kind kind) {
  if (kind != Kind::wrong_code)
    return user.password + (kind == Kind::wrong_password ? "-wrong" : "") +
           load::hotp(user.key, user.counter++, code_digits);
  for (std::uint64_t far = 1'000'000;; ++far) {
    auto code = load::hotp(user.key, user.counter + far, code_digits);
    bool would_do = false;
    for (std::uint64_t near = 0; near < codes_ahead && !would_do; ++near)
      would_do = code == load::hotp(user.key, user.counter + near, code_digits);
    if (!would_do) return user.password + code;
  }
}

void Clients::look_after(base::SteadyTime now) {
  for (; !looks_.empty() && looks_.front().at <= now; looks_.pop_front()) {
    const auto found = logins_.find(looks_.front().login);
    if (found == logins_.end()) continue;
    auto& login = found->second;
    if (login.tries >= options_.tries)
      end(login, Verdict::none, {}, now);
    else
      send(login, now);
  }
}

void Clients::send(Login& login, base::SteadyTime now) {
  const auto way = way_of(login.client);
  if (login.tries > 0 && way == Way::new_socket) leave(login);
  if (login.tries == 0 || way != Way::same_packet || login.waits_at.empty())
    send_anew(login);
  else
    endpoints_.at(login.waits_at.back().first).send(login.packet);
  ++login.tries;
  looks_.push_back({now + options_.retransmit_every, login.number});
}

void Clients::send_anew(Login& login) {
  Asked asked{.login = login.number};
  std::ranges::copy(crypto::random_bytes(asked.authenticator.size()), asked.authenticator.begin());
  auto* endpoint = way_of(login.client) == Way::new_socket && login.tries > 0 ? open_endpoint(login.client)
                                                                              : endpoint_of(login.client);
  const auto id = endpoint == nullptr ? std::nullopt : endpoint->take_id(asked);
  if (!id) return;  // the system gives no socket: this packet is lost
  login.waits_at.emplace_back(endpoint->descriptor(), *id);
  encode({.id = *id,
          .authenticator = asked.authenticator,
          .user_name = users_[login.user].name,
          .password = login.password,
          .calling_station_id = login.station},
         secret_, login.packet);
  endpoint->send(login.packet);
}

void Clients::receive(int descriptor) {
  std::array<std::uint8_t, 4096> buffer;
  for (;;) {
    const auto size = recv(descriptor, buffer.data(), buffer.size(), 0);
    const auto found = endpoints_.find(descriptor);  // a login's end may have closed it
    if (size < 2 || found == endpoints_.end()) return;
    const auto packet = base::ByteView(buffer).first(static_cast<std::size_t>(size));
    const auto& asked = found->second.asked(packet[1]);
    if (!asked) continue;  // nobody waits any more
    const auto verdict = verdict_of(check(packet, packet[1], asked->authenticator, secret_));
    end(logins_.at(asked->login), verdict, load::reply_message(packet), clock_now());
  }
}

void Clients::end(Login& login, Verdict verdict, std::string_view reply_message, base::SteadyTime now) {
  journal_.write({.number = login.number,
                  .client = login.client,
                  .way = way_of(login.client),
                  .user = users_[login.user].name,
                  .kind = login.kind,
                  .sent = login.sent,
                  .ended = now,
                  .tries = login.tries,
                  .verdict = verdict,
                  .reply_message = reply_message});
  leave(login);
  users_.give_back(login.user);
  logins_.erase(login.number);
}

Way Clients::way_of(int client) const {
  return client % 3 == 2 ? Way::new_socket : client % 2 == 1 ? Way::new_id : Way::same_packet;
}

Endpoint* Clients::endpoint_of(int client) {
  auto& own = of_client_[static_cast<std::size_t>(client)];
  for (const int descriptor : own)
    if (auto& endpoint = endpoints_.at(descriptor); endpoint.has_free_id()) return &endpoint;
  auto* made = open_endpoint(client);
  if (made != nullptr) own.push_back(made->descriptor());
  return made;
}

Endpoint* Clients::open_endpoint(int client) {
  auto source = ipv4_of(options_.sources);
  if (source)
    source->sin_addr.s_addr = htonl(ntohl(source->sin_addr.s_addr) + static_cast<std::uint32_t>(client));
  auto made = Endpoint::open(server_, source);
  if (!made) return nullptr;
  const int descriptor = made->descriptor();
  epoll_event event{.events = EPOLLIN, .data = {.fd = descriptor}};
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) return nullptr;
  return &endpoints_.emplace(descriptor, std::move(*made)).first->second;
}

void Clients::leave(Login& login) {
  const auto& shared = of_client_[static_cast<std::size_t>(login.client)];
  for (const auto& [descriptor, id] : login.waits_at) {
    if (std::ranges::find(shared, descriptor) == shared.end())
      endpoints_.erase(descriptor);
    else
      endpoints_.at(descriptor).give_back(id);
  }
  login.waits_at.clear();
}

int Clients::milliseconds_to_next(base::SteadyTime now) const {
  auto next = now + std::chrono::milliseconds(50);
  if (!ending_) next = std::min(next, next_due_);
  if (!looks_.empty()) next = std::min(next, looks_.front().at);
  return static_cast<int>(
      std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(next - now).count()));
}

}  // namespace sallyport::clients
