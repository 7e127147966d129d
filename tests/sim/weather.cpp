#include "weather.h"

#include <array>

namespace sallyport::sim {
namespace {

using continuity::Evidence;
using namespace std::chrono_literals;
using Asks = Call::Asks;

Evidence barred_evidence(Fault fault) {
  switch (fault) {
    case Fault::own_certificate_refused:
      return Evidence::own_certificate_refused;
    case Fault::refused_by_service:
      return Evidence::refused_by_service;
    case Fault::redirected:
      return Evidence::redirected;
    case Fault::clock_doubtful:
      return Evidence::clock_doubtful;
    default:
      return Evidence::service_not_trusted;
  }
}

Evidence outage_evidence(Fault fault) {
  switch (fault) {
    case Fault::unreachable:
      return Evidence::unreachable;
    case Fault::nameless:
      return Evidence::name_not_resolved;
    case Fault::proxy_gone:
      return Evidence::proxy_failed;
    case Fault::http_error:
      return Evidence::http_error;
    case Fault::malformed:
      return Evidence::malformed;
    case Fault::reset:
      return Evidence::reset;
    case Fault::service_error:
      return Evidence::service_error;
    case Fault::own_certificate_expired:
      return Evidence::own_certificate_expired;
    case Fault::service_certificate_expired:
      return Evidence::service_certificate_expired;
    default:
      return Evidence::refused;
  }
}

}  // namespace

std::string_view to_string(Fault fault) {
  static constexpr std::array<std::string_view, faults> names{"none",
                                                              "refused",
                                                              "blackhole",
                                                              "silent",
                                                              "unreachable",
                                                              "nameless",
                                                              "proxy_gone",
                                                              "http_error",
                                                              "malformed",
                                                              "reset",
                                                              "service_error",
                                                              "own_certificate_expired",
                                                              "service_certificate_expired",
                                                              "slow_10s",
                                                              "slow_3s",
                                                              "slow_7s",
                                                              "crawling",
                                                              "every_second",
                                                              "throttled",
                                                              "one_user",
                                                              "few_users",
                                                              "many_users",
                                                              "hanging_users",
                                                              "canary_fails",
                                                              "local",
                                                              "mixed",
                                                              "not_trusted",
                                                              "own_certificate_refused",
                                                              "refused_by_service",
                                                              "redirected",
                                                              "clock_doubtful",
                                                              "canary_lies"};
  return names[static_cast<std::size_t>(fault)];
}

void Weather::set(Fault fault, base::SteadyTime now) {
  if (is_outage(fault) && fault != Fault::slow_10s && !is_outage(fault_)) {
    broke_at_ = now;
    breaks_silently_ = fault == Fault::blackhole || fault == Fault::silent;
  }
  fault_ = fault;
  victim_ = chance_.below(512);
  share_ = 0.3 + 0.7 * chance_.share();
  mixture_.clear();
  for (int i = 0; i < 7; ++i) mixture_.push_back(chance_.happens(0.5) ? chance_.share() : 0);
  mixture_[chance_.below(mixture_.size())] += 0.2;
}

Fate Weather::answered_in(base::Duration after, const Call& call) {
  if (after < call.limit) return {after, Evidence::answered, true};
  return {call.limit, Evidence::timed_out, true};
}

Fate Weather::failed(base::Duration after, Evidence evidence, const Call& call) {
  if (after < call.limit) return {after, evidence, false};
  return {call.limit, Evidence::timed_out, false};
}

// A connection from before is given up after two seconds without an acknowledgement, and a new one is not made
// in two more.
Fate Weather::silence(const Call& call) {
  if (fault_ == Fault::silent) return {call.limit, Evidence::timed_out, chance_.happens(0.5)};
  return failed(call.fresh ? 2s : 4s, Evidence::connect_timed_out, call);
}

Fate Weather::outage(const Call& call) {
  if (fault_ == Fault::blackhole || fault_ == Fault::silent) return silence(call);
  auto out = failed(soon(), outage_evidence(fault_), call);
  if (fault_ == Fault::reset) out.reaches_service = chance_.happens(0.5);
  return out;
}

Fate Weather::mixture(const Call& call) {
  double sum = 0;
  for (const auto weight : mixture_) sum += weight;
  auto left = chance_.share() * sum;
  std::size_t what = 0;
  while (what + 1 < mixture_.size() && left >= mixture_[what]) left -= mixture_[what++];
  switch (what) {
    case 0:
      return answered_in(chance_.answer_time(usual_), call);
    case 1:
      return answered_in(chance_.between(500ms, 1900ms), call);
    case 2:
      return answered_in(chance_.between(2100ms, 4500ms), call);
    case 3:
      return failed(soon(), Evidence::http_error, call);
    case 4:
      return failed(soon(), Evidence::throttled, call);
    case 5:
      return {soon(), Evidence::local, false};
    default:
      return {call.limit, Evidence::timed_out, chance_.happens(0.5)};
  }
}

Fate Weather::fate_of(const Call& call) {
  const auto usual = [&] { return answered_in(chance_.answer_time(usual_), call); };
  const bool is_user = call.asks == Asks::user;
  if (fault_ == Fault::slow_10s) return answered_in(10s, call);
  if (is_outage(fault_)) return outage(call);
  if (is_barred(fault_)) return failed(soon(), barred_evidence(fault_), call);
  switch (fault_) {
    case Fault::slow_3s:
      return answered_in(chance_.between(2900ms, 3100ms), call);
    case Fault::slow_7s:
      return answered_in(chance_.between(6900ms, 7100ms), call);
    case Fault::crawling:
      return answered_in(is_user ? chance_.between(4850ms, 4980ms) : base::Duration(1h), call);
    case Fault::every_second:
      return ++asked_ % 2 == 0 ? usual() : failed(soon(), Evidence::http_error, call);
    case Fault::throttled:
      return failed(soon(), Evidence::throttled, call);
    case Fault::one_user:
      return is_user && call.user == victim_ ? failed(soon(), Evidence::service_error, call) : usual();
    case Fault::few_users:
      return is_user && call.user % 32 == victim_ % 32 ? failed(soon(), Evidence::service_error, call)
                                                       : usual();
    case Fault::many_users:
      return is_user && static_cast<double>(call.user * 37 % 100) < 100 * share_
                 ? failed(soon(), Evidence::service_error, call)
                 : usual();
    case Fault::hanging_users:
      if (!is_user || static_cast<double>(call.user * 37 % 100) >= 100 * share_ + 20) return usual();
      return {call.limit, Evidence::timed_out, chance_.happens(0.5)};
    case Fault::canary_fails:
      return call.asks == Asks::canary ? failed(soon(), Evidence::service_error, call) : usual();
    case Fault::canary_lies:
      return call.asks == Asks::canary ? failed(soon(), Evidence::service_not_trusted, call) : usual();
    case Fault::local:
      return {soon(), Evidence::local, false};
    case Fault::mixed:
      return mixture(call);
    default:
      return usual();
  }
}

}  // namespace sallyport::sim
