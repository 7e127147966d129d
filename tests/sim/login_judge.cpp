#include "login_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;
constexpr base::Duration lease = 3s;
constexpr base::Duration kept = 8500ms;  // an answer, after it was sent
constexpr base::Duration crosses = 1s;   // a try that comes so soon after the answer to the one before,
constexpr base::Duration meets = 100ms;  // or so short before it, and waits in a mailbox

}  // namespace

void LoginJudge::tells_about(std::uint32_t number, std::function<double()> seconds) {
  told_about_ = number;
  seconds_ = std::move(seconds);
}

void LoginJudge::print(const std::string& what) const {
  fmt::print("{:10.3f}   login {}: {}\n", seconds_(), told_about_, what);
}

void LoginJudge::begins(const LoginCase& login) {
  tell(login.number,
       fmt::format("{} at {}, device {}", name_of_user(login.user), login.kind().name, login.device));
  logins_[login.number].truth = login;
  secrets_.types(login.code);
  by_user_[login.user] = login.number;
}

void LoginJudge::sends(const SlotSeen& slot, std::uint32_t number, std::uint64_t authenticator) {
  auto& sent = sent_[slot];
  if (sent.number == number && sent.authenticator == authenticator) return;
  sent = {number, authenticator, {}, {}, {}, false, {}};
}

void LoginJudge::is_disturbed(std::uint32_t number) {
  if (const auto found = logins_.find(number); found != logins_.end()) found->second.disturbed = true;
}

std::uint32_t LoginJudge::number_of(const SlotSeen& slot) const {
  const auto found = sent_.find(slot);
  return found == sent_.end() ? 0 : found->second.number;
}

void LoginJudge::arrives(const SlotSeen& slot, base::SteadyTime now) {
  const auto found = sent_.find(slot);
  if (found == sent_.end()) return;  // a copy of what is long over
  auto& sent = found->second;
  tell(sent.number, "a request arrives");
  auto& seen = logins_[sent.number];
  const bool is_first = !std::exchange(sent.arrived, true);
  seen.requests_arrived += is_first ? 1 : 0;
  if (is_first) came_.push_back(sent.arrived_at = now);
  if (is_first && seen.replied) {  // the answer to an earlier try never came to who sent this one
    const auto round = seen.round + 1;
    const bool was_spent = seen.said == Said::yes || !seen.code_requests.empty();
    auto truth = std::move(seen.truth);
    const bool store_was_good = seen.store_was_good;  // what it said once it says again
    auto last_replied_at = std::move(seen.last_replied_at);
    seen = {};
    seen.store_was_good = store_was_good;
    seen.last_replied_at = std::move(last_replied_at);
    seen.truth = std::move(truth);
    seen.round = round;
    seen.requests_arrived = 1;
    seen.disturbed = true;
    seen.was_spent_before = was_spent;
  }
  if (!sent.reply.empty() && now - sent.replied_at < kept) sent.repeated_at = now;
}

bool LoginJudge::is_to_be_repeated(const SlotSeen& slot, base::SteadyTime arrived) const {
  const auto found = sent_.find(slot);
  return found != sent_.end() && found->second.repeated_at == arrived;
}

void LoginJudge::store_answers(std::size_t user, Store store) {
  const auto found = by_user_.find(user);
  if (found == by_user_.end()) return;
  auto& seen = logins_[found->second];
  tell(found->second, fmt::format("the directory says {}", static_cast<int>(store)));
  // As far as its worker could know, who hears of it a little later.
  const bool is_doubted =
      std::ranges::any_of(words_, [](const Heard& word) { return word.state != Sees::normal; });
  if (is_doubted || states_.state() != Sees::normal) seen.service_failed = true;
  if (store == Store::good) seen.store_was_good = true;
  if (store == Store::unavailable) seen.store_was_away = true;
}

std::string LoginJudge::asks(std::uint64_t exchange, std::size_t user, Asked what,
                             const std::string& request_id) {
  const auto asked_before = by_request_.find(request_id);
  const auto by_user = by_user_.find(user);
  if (asked_before == by_request_.end() && by_user == by_user_.end()) return {};  // long over
  const auto number = asked_before == by_request_.end() ? by_user->second : asked_before->second;
  if (what != Asked::poll) by_request_[request_id] = number;
  auto& seen = logins_[number];
  tell(number, fmt::format("the service is asked ({}) {}", static_cast<int>(what), request_id));
  exchanges_[exchange] = {number, seen.round, user, what};
  if (what == Asked::poll) return {};
  auto& requests = what == Asked::push ? seen.push_requests : seen.code_requests;
  if (!seen.over) requests.insert(request_id);  // else it may be another login of the gateway
  // A try that comes long after it was sent is followed too soon by the next, which then is another login.
  if (requests.size() > 1 && !seen.replied && (what == Asked::push || !seen.disturbed))
    return fmt::format(
        "{} (login {})",
        what == Asked::push ? "a second push for one login" : "one login is asked about under two request ids",
        number);
  exchanges_[exchange].again = ++seen.sendings[request_id] > 1;
  if (seen.sendings[request_id] > 2) return "a login is sent a third time";
  const bool password_comes_first = seen.truth.kind().asks_password && !seen.truth.kind().service_first;
  if (password_comes_first && !seen.truth.right_password) return "the service is asked about a wrong password";
  return {};
}

ExchangeSeen LoginJudge::told(std::uint64_t exchange, Sign sign, Said said, base::SteadyTime began,
                              base::SteadyTime now) {
  const auto found = exchanges_.find(exchange);
  if (found == exchanges_.end()) return ExchangeSeen{sign, began, now};
  const auto one = found->second;
  exchanges_.erase(found);
  auto& seen = logins_[one.number];
  tell(one.number,
       fmt::format("the exchange ends: sign {}, said {}", static_cast<int>(sign), static_cast<int>(said)));
  const bool waits = one.round == seen.round && !seen.replied;
  ExchangeSeen out{sign, began, now, one.user};
  if (!waits && !seen.disturbed) return out;  // else it may be of the other of two logins of the gateway
  const auto& kind = seen.truth.kind();
  const bool has_vote = kind.asks_password && !kind.service_first && seen.store_was_good;
  out.votes = has_vote && waits && !seen.disturbed;
  out.again = one.again;
  out.may_vote = has_vote && seen.disturbed;
  const bool is_twice = seen.code_requests.size() > 1;  // two logins of the gateway: each is judged alone
  if (said == Said::yes || (said == Said::no && one.round == seen.round && !is_twice)) seen.said = said;
  if (sign == Sign::down || (sign == Sign::throttled && states_.throttled_for_long(now)))
    seen.ended_down = true;
  if (sign == Sign::barred) seen.ended_barred = true;
  if (sign != Sign::answered) seen.service_failed = true;
  return out;
}

void LoginJudge::word_heard(std::size_t worker, Sees state, base::SteadyTime published) {
  words_[worker] = {state, published};
}

// A rung, by what this worker was told and by what the oracle knows.
std::string LoginJudge::granting_wrongly(std::size_t worker, const Seen& seen, base::SteadyTime now) const {
  const auto& kind = seen.truth.kind();
  const auto& word = words_[worker];
  if (!kind.follows_monitor) return "a rung lets in where business continuity is disabled";
  if (kind.lets == Lets::nobody) return "a rung lets in where the ladder denies";
  if (seen.truth.second == Second::push) return "a rung lets in who typed no digits";
  if (seen.said == Said::no && !seen.may_be_two())
    return fmt::format("a rung lets in who was refused by the service (login {})", seen.truth.number);
  if (seen.ended_barred && !seen.may_be_two()) return "a rung lets in whose exchange ended barred";
  if (kind.lets == Lets::with_recent_success && !full_successes_.contains(place_of(seen.truth)))
    return "a recent success that never was";
  if (word.state != Sees::continuity && word.state != Sees::degraded)
    return fmt::format("a rung lets in while the state is {}", to_string(word.state));
  if (now > word.published + lease) return "a rung lets in by an expired lease";
  return {};
}

std::string LoginJudge::writes(std::string_view line) const {
  const auto secret = secrets_.found_in(line);
  return secret.empty() ? "" : fmt::format("{} stands in a line: {}", secret, line);
}

std::size_t LoginJudge::came_lately(base::SteadyTime now) {
  while (!came_.empty() && now - came_.front() > 15s) came_.pop_front();
  return came_.size();
}

std::string LoginJudge::submits_line(std::size_t worker, std::uint32_t number, base::SteadyTime now) {
  auto& seen = logins_[number];
  tell(number, fmt::format("a line is submitted in {}", to_string(words_[worker].state)));
  if (auto wrong = granting_wrongly(worker, seen, now); !wrong.empty()) return wrong;
  if (words_[worker].state != Sees::degraded) return {};
  if (!seen.ended_down && !seen.disturbed)
    return fmt::format("in degraded a rung lets in who was not failed by the service (login {})", number);
  if (!states_.others_were_down_at(now))
    return "in degraded a rung lets in although nobody else was failed lately";
  return {};
}

void LoginJudge::line_is_durable(std::uint32_t number) {
  tell(number, "the line is durable");
  ++logins_[number].durable_lines;
}

std::string LoginJudge::accepts(std::size_t worker, Seen& seen, base::SteadyTime now) {
  const auto& truth = seen.truth;
  if (truth.kind().asks_password && !truth.right_password) return "an accept with a wrong password";
  if (!seen.store_was_good) return "an accept although no user store said yes";
  if (seen.said == Said::yes) {
    if (!truth.is_right()) return "the service said yes to what was not right";
    ++let_in_by_service_;
    if (truth.kind().lets == Lets::with_recent_success) full_successes_.insert(place_of(truth));
    return {};
  }
  if (seen.said == Said::no && !seen.may_be_two()) return "a refused login ends in accept";
  if (auto wrong = granting_wrongly(worker, seen, now); !wrong.empty()) return wrong;
  if (words_[worker].state == Sees::degraded && !seen.ended_down && !seen.disturbed)
    return "in degraded an accept by a rung without asking the service";
  // One a login of the gateway, of which one login of a client may have two.
  if (seen.durable_lines <= seen.rung_accepts) return "an accept by a rung before its line is durable";
  ++seen.rung_accepts;
  ++let_in_by_rung_;
  return {};
}

std::string LoginJudge::replies(std::size_t worker, const SlotSeen& slot, Reply reply, base::ByteView octets,
                                base::SteadyTime now) {
  const auto found = sent_.find(slot);
  if (found == sent_.end()) return {};  // to a copy of what is long over
  auto& sent = found->second;
  tell(sent.number, reply == Reply::accept ? "accept leaves" : "reject leaves");
  if (!sent.reply.empty()) {
    sent.repeated_at = {};
    return std::ranges::equal(sent.reply, octets) ? "" : "the same request gets another answer";
  }
  sent.reply.assign(octets.begin(), octets.end());
  sent.replied_at = now;
  auto& seen = logins_[sent.number];
  const auto last = seen.last_replied_at.find(reply);
  const auto after =
      last == seen.last_replied_at.end() ? base::Duration::max() : sent.arrived_at - last->second;
  const bool may_be_repeated = reply == Reply::reject || seen.truth.second != Second::push;
  if (may_be_repeated && after >= -meets && after <= crosses) {
    seen.replied = true;  // the same verdict once more
    return {};
  }
  seen.last_replied_at[reply] = now;
  // A try that met the answer to the one before on its way is another login, and its code is spent.
  if (std::exchange(seen.replied, true) && reply == Reply::reject) {
    seen.was_spent_before = true;
    return {};
  }
  const auto wrong = reply == Reply::accept ? accepts(worker, seen, now) : rejects(seen);
  return wrong.empty() ? wrong : fmt::format("{} (login {} at {})", wrong, sent.number, seen.truth.kind().name);
}

std::string LoginJudge::rejects(Seen& seen) {
  if (!seen.truth.is_right() || seen.store_was_away || seen.disturbed) return {};
  // A push under way in an outage is rejected for want of digits, and may be approved before that leaves.
  if (seen.said == Said::yes && seen.truth.second != Second::push)
    return "a login that was right twice is rejected";
  if (seen.said == Said::no && !seen.was_spent_before) return "the service refused what was right";
  // An earlier push that went unanswered makes the user's next one wait.
  const bool may_be_paused = seen.truth.second == Second::push;
  const bool trouble =
      may_be_paused || seen.service_failed || seen.was_spent_before || states_.state() != Sees::normal;
  return trouble ? "" : "a right login is rejected while nothing was wrong";
}

std::string LoginJudge::lost(Seen& seen, std::string_view how) {
  const auto& truth = seen.truth;
  if (seen.was_spent_before) return ++losses_.spent_before, "";
  if (seen.disturbed) return ++losses_.links, "";
  if (seen.store_was_away) return ++losses_.store, "";
  if (truth.second == Second::push) return ++losses_.push, "";
  // With the service first the password is untried while the service is asked: no rung can be judged beside it.
  const bool could_be_known =
      truth.kind().follows_monitor && truth.kind().lets == Lets::with_any_code && !truth.kind().service_first;
  if (!could_be_known || !promise_.none_is_lost) return ++losses_.service, "";
  ++losses_.promised_none;
  return fmt::format("login {} of {} at {} is lost: {}", truth.number, name_of_user(truth.user),
                     truth.kind().name, how);
}

std::string LoginJudge::answered(std::uint32_t number, Reply reply) {
  auto& seen = logins_[number];
  seen.over = true;
  return reply == Reply::reject && seen.truth.is_right() ? lost(seen, "rejected") : "";
}

std::string LoginJudge::gives_up(std::uint32_t number) {
  auto& seen = logins_[number];
  seen.over = true;
  return seen.truth.is_right() ? lost(seen, "no answer") : "";
}

void LoginJudge::forget_what_is_over() {
  std::erase_if(logins_, [](const auto& one) { return one.second.over; });
  std::erase_if(by_user_, [&](const auto& one) { return !logins_.contains(one.second); });
  std::erase_if(by_request_, [&](const auto& one) { return !logins_.contains(one.second); });
  std::erase_if(sent_, [&](const auto& one) { return !logins_.contains(one.second.number); });
}

}  // namespace sallyport::sim
