#include "virtual_channel.h"

#include <algorithm>
#include <utility>

namespace sallyport::sim {
namespace {

using cloud::Evidence;
using cloud::Outcome;
using namespace std::chrono_literals;
constexpr base::Duration late = 250ms;
constexpr base::Duration poll_interval = 1s;

template <class Answer>
Answer answer_of(Evidence evidence, base::Duration took) {
  Answer out;
  out.outcome = Outcome::no_verdict;
  out.evidence = evidence;
  out.took = took;
  return out;
}

}  // namespace

thread_local std::uint64_t VirtualChannel::exchanges_ = 0;

VirtualChannel::ExchangePtr VirtualChannel::make(Call::Asks asks, base::SteadyTime deadline, bool fresh) {
  auto out = std::make_unique<Exchange>();
  out->number = ++exchanges_;
  out->call.asks = asks;
  out->call.fresh = fresh;
  out->deadline = deadline;
  out->said = [] { return Said::nothing; };
  return out;
}

void VirtualChannel::authenticate_user(cloud::Asking who, base::Secret code, std::optional<base::Secret>,
                                       CodeDone done) {
  auto exchange =
      make(place_.is_for_probes ? Call::Asks::canary : Call::Asks::user, who.deadline, who.fresh_connection);
  auto word = std::make_shared<Service::Word>(Service::Word::unknown_user);
  if (!place_.is_for_probes) {
    exchange->call.user = user_of_name(who.user_id);
    place_.oracle.note(
        place_.oracle.logins.asks(exchange->number, exchange->call.user, Asked::code, who.request_id));
    exchange->at_service = [this, word, who, code = std::string(code.reveal())] {
      *word = place_.service.authenticate(who.user_id, code, who.request_id);
    };
    exchange->said = [word] { return *word == Service::Word::good ? Said::yes : Said::no; };
  }
  exchange->done = [word, done = std::move(done)](const End& end) mutable {
    auto answer = answer_of<cloud::CodeAnswer>(end.evidence, end.took);
    if (end.evidence == Evidence::service_error) answer.status = "6005";
    if (end.evidence == Evidence::answered) {
      answer.outcome = *word == Service::Word::good ? Outcome::good : Outcome::refused;
      answer.status = *word == Service::Word::good ? "0000" : *word == Service::Word::refused ? "6009" : "6003";
      if (*word == Service::Word::good) answer.credential_id = "VSMT12345678";
    }
    done(std::move(answer));
  };
  ask(std::move(exchange));
}

void VirtualChannel::send_push(cloud::Asking who, std::vector<std::pair<std::string, std::string>>,
                               std::chrono::seconds, PushDone done) {
  auto exchange = make(Call::Asks::user, who.deadline, who.fresh_connection);
  exchange->call.user = user_of_name(who.user_id);
  place_.oracle.note(
      place_.oracle.logins.asks(exchange->number, exchange->call.user, Asked::push, who.request_id));
  auto transaction = std::make_shared<std::string>();
  exchange->at_service = [this, transaction, who] {
    *transaction = place_.service.push(who.user_id, who.request_id, place_.loop.now().steady);
  };
  exchange->done = [transaction, done = std::move(done)](const End& end) mutable {
    auto answer = answer_of<cloud::PushAnswer>(end.evidence, end.took);
    if (end.evidence == Evidence::answered) {
      answer.outcome = Outcome::good;
      answer.status = "6040";
      answer.transaction_id = *transaction;
    }
    done(std::move(answer));
  };
  ask(std::move(exchange));
}

struct VirtualChannel::Poll {
  std::uint64_t number = 0;  // for the oracle
  std::string transaction;
  base::SteadyTime since, deadline;
  cloud::PollAnswer latest;
  PollDone done;
};

void VirtualChannel::await_push(std::string transaction, base::SteadyTime deadline, PollDone done) {
  const auto now = place_.loop.now().steady;
  auto poll = std::make_shared<Poll>(++exchanges_, std::move(transaction), now, deadline,
                                     answer_of<cloud::PollAnswer>(Evidence::local, {}), std::move(done));
  const auto* push = place_.service.find_push(poll->transaction);
  if (push == nullptr) return;
  ++polls_;
  (void)place_.oracle.logins.asks(poll->number, user_of_name(push->user), Asked::poll, poll->transaction);
  ask_about(std::move(poll));
}

// One poll a second, and what it told last at the deadline.
void VirtualChannel::ask_about(std::shared_ptr<Poll> poll) {
  const auto now = place_.loop.now().steady;
  if (now >= poll->deadline) return poll_ends(*poll, Said::nothing);
  auto exchange = make(Call::Asks::user, std::min(poll->deadline, now + place_.request_limit), false);
  exchange->number = 0;
  const auto* push = place_.service.find_push(poll->transaction);
  exchange->call.user = user_of_name(push->user);
  auto said = std::make_shared<Said>(Said::nothing);
  exchange->at_service = [this, said, push] {
    if (push->touched > place_.loop.now().steady || push->phone == Service::Phone::lies_there) return;
    *said = push->phone == Service::Phone::approves ? Said::yes : Said::no;
  };
  exchange->done = [this, said, poll](const End& end) {
    poll->latest = answer_of<cloud::PollAnswer>(end.evidence, {});
    const bool is_answered = end.evidence == Evidence::answered;
    if (is_answered) poll->latest.status = "7001";
    if (is_answered && *said != Said::nothing) return poll_ends(*poll, *said);
    const auto next = std::min(place_.loop.now().steady + poll_interval, poll->deadline);
    place_.loop.at(next, [this, poll] { ask_about(poll); });
  };
  ask(std::move(exchange));
}

void VirtualChannel::poll_ends(Poll& poll, Said said) {
  --polls_;
  auto answer = poll.latest;
  answer.took = place_.loop.now().steady - poll.since;
  if (said != Said::nothing) {
    answer.outcome = said == Said::yes ? Outcome::good : Outcome::refused;
    answer.status = said == Said::yes ? "7000" : "7002";
  }
  tell(poll.number, answer.evidence, said, poll.since);
  poll.done(std::move(answer));
}

void VirtualChannel::server_time(base::SteadyTime deadline, bool fresh,
                                 std::move_only_function<void(cloud::ServerTimeAnswer)> done) {
  auto exchange = make(Call::Asks::time, deadline, fresh);
  exchange->done = [done = std::move(done)](const End& end) mutable {
    cloud::ServerTimeAnswer answer;
    answer.evidence = end.evidence;
    answer.took = end.took;
    done(std::move(answer));
  };
  ask(std::move(exchange));
}

void VirtualChannel::ask(ExchangePtr exchange) {
  if (exchange->deadline <= place_.loop.now().steady) return finish_soon(std::move(exchange), Evidence::local);
  if (in_flight_ < limit_) {
    ++in_flight_;
    return start(std::move(exchange));
  }
  if (line_.full()) return finish_soon(std::move(exchange), Evidence::local);
  exchange->waited = true;
  const auto deadline = exchange->deadline;
  line_.add(deadline, std::move(exchange));
  place_.loop.at(deadline, [this, deadline] { expire(deadline); });
  if (place_.has_begun) place_.has_begun();
}

void VirtualChannel::expire(base::SteadyTime deadline) {
  while (auto one = line_.expired(deadline)) finish_soon(std::move(*one), Evidence::local);
}

void VirtualChannel::start(ExchangePtr exchange) {
  auto& e = *exchange;
  e.began = place_.loop.now().steady;
  begun_.insert(e.began);
  e.limit = std::min(place_.request_limit, e.deadline - e.began);
  e.call.limit = e.limit;
  e.fate = place_.weather.fate_of(e.call);
  const bool goes_lost = e.fate.reaches_service && e.fate.evidence != Evidence::answered;
  if (goes_lost && e.at_service) e.at_service();
  if (place_.has_begun) place_.has_begun();
  const auto ends = e.began + e.fate.after;
  place_.loop.at(ends,
                 [this, exchange = std::move(exchange)]() mutable { its_time_has_come(std::move(exchange)); });
}

// The question reaches the service after two fifths of the time, if no outage has begun before.
void VirtualChannel::its_time_has_come(ExchangePtr exchange) {
  auto& e = *exchange;
  const auto now = place_.loop.now().steady;
  if (e.fate.evidence != Evidence::answered) {
    const bool timed_out =
        e.fate.evidence == Evidence::timed_out || e.fate.evidence == Evidence::connect_timed_out;
    const bool ours = (e.waited && e.limit < place_.request_limit) || now - e.began > e.limit + late;
    return finish(std::move(exchange), timed_out && ours ? Evidence::local : e.fate.evidence);
  }
  const auto& weather = place_.weather;
  const bool is_answered = !weather.broke_since(e.began);
  const bool arrived = is_answered || weather.broke_at() > e.began + 2 * e.fate.after / 5;
  if (arrived && e.at_service) e.at_service();
  if (is_answered) return finish(std::move(exchange), Evidence::answered);
  if (!weather.broke_silently()) return finish(std::move(exchange), Evidence::reset);
  e.fate = {e.limit, Evidence::timed_out, arrived};
  const auto ends = e.began + e.limit;
  place_.loop.at(ends,
                 [this, exchange = std::move(exchange)]() mutable { its_time_has_come(std::move(exchange)); });
}

void VirtualChannel::finish(ExchangePtr exchange, Evidence evidence) {
  --in_flight_;
  begun_.erase(begun_.find(exchange->began));
  const auto took = place_.loop.now().steady - exchange->began;
  if (evidence == Evidence::answered) usual_time_ += (std::min<base::Duration>(took, 500ms) - usual_time_) / 8;
  serve_line();
  const bool is_logins = exchange->number != 0 && !place_.is_for_probes;
  if (is_logins && evidence == Evidence::answered) place_.oracle.slow_answers.answer(took);
  tell(*exchange, evidence);
  exchange->done({evidence, took});
}

void VirtualChannel::finish_soon(ExchangePtr exchange, Evidence evidence) {
  exchange->began = place_.loop.now().steady;
  place_.loop.post([this, exchange = std::move(exchange), evidence]() mutable {
    tell(*exchange, evidence);
    exchange->done({evidence, {}});
  });
}

void VirtualChannel::tell(const Exchange& exchange, Evidence evidence) {
  ++counts_[static_cast<std::size_t>(evidence)];
  if (exchange.number == 0 || place_.is_for_probes) return;
  place_.oracle.sees_end(place_.oracle.sign(evidence), exchange.began);
  tell(exchange.number, evidence, evidence == Evidence::answered ? exchange.said() : Said::nothing,
       exchange.began);
}

void VirtualChannel::tell(std::uint64_t number, Evidence evidence, Said said, base::SteadyTime began) {
  const auto seen =
      place_.oracle.logins.told(number, place_.oracle.sign(evidence), said, began, place_.loop.now().steady);
  if (place_.has_ended) place_.has_ended(seen);
}

void VirtualChannel::limit(std::size_t exchanges) {
  limit_ = std::clamp<std::size_t>(exchanges, 1, place_.most);
  serve_line();
}

void VirtualChannel::serve_line() {
  while (line_.size() != 0 && in_flight_ < limit_) {
    auto next = line_.next(place_.loop.now().steady, usual_time_);
    if (!next) return;
    ++in_flight_;
    start(std::move(*next));
  }
}

std::optional<base::SteadyTime> VirtualChannel::oldest_began(base::SteadyTime since) const {
  const auto found = begun_.lower_bound(since);
  if (found == begun_.end()) return std::nullopt;
  return *found;
}

}  // namespace sallyport::sim
