#include "load/run.h"

#include <sys/resource.h>

#include <algorithm>

#include "crypto/random.h"

namespace sallyport::load {
namespace {

using namespace std::chrono_literals;

base::SteadyTime clock_now() { return std::chrono::steady_clock::now(); }

base::Duration whole(std::chrono::duration<double> seconds) {
  return std::chrono::duration_cast<base::Duration>(seconds);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace

Run::Run(const Options& options, Users& users, Ports ports)
    : options_(options),
      users_(users),
      ports_(std::move(ports)),
      secret_(options.secret),
      flights_(options.ports * 256) {}

Report Run::execute() {
  begin_ = next_due_ = now_ = clock_now();
  window_begin_ = begin_ + whole(options_.warm_up);
  window_end_ = window_begin_ + whole(options_.seconds);
  double cpu_before = cpu_seconds();
  bool warm = false;
  const auto receive = [this](Slot slot, base::ByteView packet) { on_reply(slot, packet); };
  while (now_ < window_end_ && !(all_started() && in_flight_ == 0)) {
    if (!warm && now_ >= window_begin_) {
      warm = true;
      cpu_before = cpu_seconds();
    }
    launch(now_);
    ports_.flush();
    ports_.wait(until_next(now_), receive);
    now_ = clock_now();
    look_after(now_);
  }
  report_.cpu_seconds = cpu_seconds() - cpu_before;
  report_.seconds = std::min(options_.seconds, std::chrono::duration<double>(now_ - window_begin_)).count();
  while (in_flight_ > 0) {  // what is under way is judged too, but its end lies outside of the measured time
    ports_.flush();
    ports_.wait(50ms, receive);
    now_ = clock_now();
    look_after(now_);
  }
  return std::move(report_);
}

void Run::launch(base::SteadyTime now) {
  if (options_.rate <= 0) {
    while (in_flight_ < options_.in_flight && start_one(now)) {
    }
    return;
  }
  const auto gap = std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(1 / options_.rate));
  while (next_due_ <= now && in_flight_ < options_.in_flight && start_one(next_due_)) next_due_ += gap;
}

bool Run::start_one(base::SteadyTime began) {
  if (all_started()) return false;
  const auto user = users_.take();
  if (!user) return false;
  const auto slot = ports_.take();
  if (!slot) {
    users_.give_back(*user);
    return false;
  }
  auto& flight = flights_[slot->index()];
  flight.under_way = true;
  auto& who = users_[*user];
  flight.authenticator = draw();
  // By lot, run after run, so that nobody gets ten wrong codes in a row and is locked.
  const int lot = flight.authenticator[0] << 8 | flight.authenticator[1];
  const bool good = who.accepted || options_.wrong_every == 0 || lot % options_.wrong_every != 0;
  flight.expect_accept = who.accepted.value_or(good);
  flight.user = *user;
  flight.number = ++started_;
  flight.began = began;
  flight.given_up = now_ + whole(options_.patience);
  const auto password = password_of(who, good);
  encode({slot->id, flight.authenticator, who.name, password}, secret_, flight.packet);
  ports_.queue(*slot, flight.packet);
  watched_.push_back({*slot, flight.number, next_look(flight, now_)});
  ++in_flight_;
  return true;
}

std::string Run::password_of(User& user, bool good) {
  std::string text = options_.with_password ? user.password : "";
  if (options_.code_digits == 0) return good ? text : text + "-wrong";
  return text + (good ? hotp(user.key, user.counter++, options_.code_digits) : wrong_code(user));
}

// None of those that a service with a generous look-ahead would take.
std::string Run::wrong_code(const User& user) const {
  for (std::uint64_t far = 1'000'000;; ++far) {
    auto code = hotp(user.key, user.counter + far, options_.code_digits);
    bool would_do = false;
    for (std::uint64_t near = 0; near < 16 && !would_do; ++near)
      would_do = code == hotp(user.key, user.counter + near, options_.code_digits);
    if (!would_do) return code;
  }
}

void Run::on_reply(Slot slot, base::ByteView packet) {
  auto& flight = flights_[slot.index()];
  if (!flight.under_way) {
    ++report_.stray;
    return;
  }
  judge(flight, check(packet, slot.id, flight.authenticator, secret_), packet, clock_now());
  end(slot);
}

void Run::judge(const Flight& flight, Reply reply, base::ByteView packet, base::SteadyTime now) {
  if (now >= flight.given_up) {  // nobody waits for it any more
    ++report_.no_answer;
    return;
  }
  if (reply == Reply::malformed || reply == Reply::bad_authenticator) {
    ++report_.bad_authenticator;
    return;
  }
  if (reply != (flight.expect_accept ? Reply::accept : Reply::reject)) {
    ++report_.wrong_verdict;
    const std::string verdict = reply == Reply::accept ? "accept" : reply == Reply::reject ? "reject" : "other";
    if (report_.wrong_words.size() < 8)
      ++report_.wrong_words[verdict + ": " + std::string(reply_message(packet))];
    return;
  }
  ++(flight.expect_accept ? report_.accepted : report_.rejected);
  if (now < window_begin_ || now >= window_end_) return;
  ++report_.in_window;
  report_.latencies_ms.push_back(std::chrono::duration<float, std::milli>(now - flight.began).count());
}

void Run::end(Slot slot) {
  auto& flight = flights_[slot.index()];
  flight.under_way = false;
  users_.give_back(flight.user);
  ports_.give_back(slot);
  --in_flight_;
}

// Looks stand in the order of their time: every login waits equally long for its next one.
void Run::look_after(base::SteadyTime now) {
  while (!watched_.empty()) {
    auto next = watched_.front();
    auto& flight = flights_[next.slot.index()];
    const bool ended = !flight.under_way || flight.number != next.number;
    if (!ended && next.next_look > now) return;
    watched_.pop_front();
    if (ended) continue;
    if (now >= flight.given_up) {
      ++report_.no_answer;
      end(next.slot);
    } else {
      ports_.queue(next.slot, flight.packet);
      ++report_.sent_again;
      next.next_look = next_look(flight, now);
      watched_.push_back(next);
    }
  }
}

base::SteadyTime Run::next_look(const Flight& flight, base::SteadyTime now) const {
  if (options_.retransmit_every.count() <= 0) return flight.given_up;
  return std::min(now + whole(options_.retransmit_every), flight.given_up);
}

// In an open loop several logins leave together when the rate is high: a wake-up for each would cost more than
// the login does, here and in the server. The time that one waits for that counts as latency.
base::Duration Run::until_next(base::SteadyTime now) const {
  constexpr base::Duration idle = 50ms, together = 200us;
  if (options_.rate <= 0 || in_flight_ >= options_.in_flight) return idle;
  return std::clamp(next_due_ - now, together, idle);
}

Authenticator Run::draw() {
  if (random_.size() < 16) random_ = crypto::random_bytes(16 * 256);
  Authenticator drawn;
  std::copy_n(random_.end() - 16, 16, drawn.begin());
  random_.resize(random_.size() - 16);
  return drawn;
}

}  // namespace sallyport::load
