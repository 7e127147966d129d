#include "plan.h"

#include <array>

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;

Fault an_outage(Chance& chance, bool strict) {
  while (true) {
    const auto out = static_cast<Fault>(1 + chance.below(13));
    const bool is_certificate =
        out == Fault::own_certificate_expired || out == Fault::service_certificate_expired;
    if (!strict || !is_certificate) return out;
  }
}

Plan one_fault(Chance& chance, Fault fault, base::Duration least, base::Duration most) {
  Plan out;
  out.name = to_string(fault);
  const auto begins = chance.between(1s, 4s);
  out.faults = {{begins, fault}, {begins + chance.between(least, most), Fault::none}};
  return out;
}

Plan outage(Chance& chance, bool strict) {
  auto out = one_fault(chance, an_outage(chance, strict), 9s, 28s);
  out.none_is_lost = out.must_enter = true;
  return out;
}

Plan brief_outage(Chance& chance, bool strict) {
  auto out = one_fault(chance, an_outage(chance, strict), 50ms, 4500ms);
  out.name = "brief";
  out.none_is_lost = out.must_not_enter = true;
  return out;
}

Plan idle_outage(Chance& chance, bool strict) {
  auto out = one_fault(chance, an_outage(chance, strict), 25s, 40s);
  out.name = "idle";
  if (chance.happens(0.3)) {  // only slow, and nobody signs in who could show it
    out.name = "idle_slow";
    out.faults.front().second = Fault::slow_3s;
    out.logins_from = out.heals() - 1s;
    out.must_not_enter = true;
    return out;
  }
  out.logins_from = out.begins() + chance.between(1s, 20s);
  out.must_enter = out.none_is_lost = true;
  return out;
}

Plan flapping(Chance& chance, bool strict) {
  Plan out;
  out.name = "flapping";
  const auto fault = an_outage(chance, strict);
  auto at = chance.between(1s, 4s);
  for (std::size_t i = 2 + chance.below(4); i > 0; --i) {
    out.faults.emplace_back(at, fault);
    at += chance.between(3s, 9s);
    out.faults.emplace_back(at, Fault::none);
    at += chance.between(3s, 9s);
  }
  if (chance.happens(0.4)) {  // while the way back is long, some fail alone
    out.faults.back().second = Fault::few_users;
    out.faults.emplace_back(at + chance.between(15s, 25s), Fault::none);
  }
  return out;
}

// One fault after another, without healing between.
Plan in_turn(Chance& chance, Fault first, base::Duration first_lasts, Fault second,
             base::Duration second_lasts) {
  Plan out;
  out.name = std::string(to_string(second)) + "_after";
  const auto begins = chance.between(1s, 4s);
  out.faults = {
      {begins, first}, {begins + first_lasts, second}, {begins + first_lasts + second_lasts, Fault::none}};
  return out;
}

// Seen at the first exchange.
Fault a_quick_outage(Chance& chance) {
  static constexpr std::array all{Fault::refused, Fault::unreachable, Fault::http_error, Fault::malformed};
  return all[chance.below(all.size())];
}

Plan sequence(Chance& chance, bool strict) {
  const auto gone = an_outage(chance, strict);
  const auto barred = static_cast<Fault>(static_cast<std::size_t>(Fault::not_trusted) + chance.below(5));
  switch (chance.below(13)) {
    case 0:
      return in_turn(chance, gone, chance.between(5s, 12s), barred, chance.between(6s, 15s));
    case 1:
    case 9:
      return in_turn(chance, gone, chance.between(8s, 12s), Fault::local, chance.between(31s, 40s));
    case 2:
      return in_turn(chance, Fault::every_second, chance.between(8s, 14s), Fault::local,
                     chance.between(31s, 40s));
    case 3:
      return in_turn(chance, Fault::every_second, chance.between(8s, 14s), barred, chance.between(7s, 15s));
    case 4:
      return in_turn(chance, Fault::every_second, chance.between(8s, 14s), gone, chance.between(9s, 20s));
    case 6:
      return in_turn(chance, gone, chance.between(200ms, 2s), barred, chance.between(8s, 15s));
    case 7:
    case 8:
      return in_turn(chance, a_quick_outage(chance), chance.between(1500ms, 4s), barred,
                     chance.between(10s, 15s));
    case 5:
      return in_turn(chance, gone, chance.between(8s, 14s), Fault::slow_3s, chance.between(8s, 20s));
    default:
      return in_turn(chance, gone, chance.between(500ms, 1500ms), Fault::local, chance.between(8s, 20s));
  }
}

Plan less_than_an_outage(Chance& chance, bool has_canary) {
  static constexpr std::array all{Fault::slow_3s,       Fault::slow_7s,       Fault::every_second,
                                  Fault::throttled,     Fault::one_user,      Fault::many_users,
                                  Fault::local,         Fault::mixed,         Fault::mixed,
                                  Fault::canary_fails,  Fault::many_users,    Fault::crawling,
                                  Fault::hanging_users, Fault::hanging_users, Fault::hanging_users,
                                  Fault::hanging_users, Fault::hanging_users};
  auto fault = all[chance.below(all.size())];
  if (fault == Fault::canary_fails && !has_canary) fault = Fault::many_users;
  auto out = one_fault(chance, fault, 6s, 30s);
  out.must_not_enter =
      fault != Fault::mixed && fault != Fault::throttled && fault != Fault::slow_7s && fault != Fault::crawling;
  out.must_stay_unharmed = fault == Fault::one_user || fault == Fault::local;
  if (fault == Fault::crawling) out.record_slow = Span{0s, out.heals()};
  out.none_is_lost = fault == Fault::slow_3s || fault == Fault::canary_fails;
  return out;
}

Plan barred(Chance& chance, bool has_canary) {
  auto fault = static_cast<Fault>(static_cast<std::size_t>(Fault::not_trusted) + chance.below(6));
  if (fault == Fault::canary_lies && !has_canary) fault = Fault::not_trusted;
  auto out = one_fault(chance, fault, 4s, 25s);
  out.must_not_enter = true;
  return out;
}

Plan no_fault(Chance& chance) {
  Plan out;
  out.name = "no_fault";
  out.logins_from = 0s;
  out.none_is_lost = out.must_stay_normal = true;
  if (chance.happens(0.3)) {
    out.name = "directory";
    const auto begins = chance.between(1s, 5s);
    (chance.happens(0.5) ? out.directory_down : out.directory_slow) =
        Span{begins, begins + chance.between(3s, 12s)};
    out.none_is_lost = false;
  } else if (chance.happens(0.3)) {
    out.name = "stalled";
    const auto begins = chance.between(1s, 5s);
    out.worker_stalls = Span{begins, begins + chance.between(300ms, 4s)};
    out.none_is_lost = out.must_stay_normal = false;
    out.must_not_enter = true;
  }
  return out;
}

Plan outage_beside(Chance& chance, bool strict) {
  auto out = outage(chance, strict);
  out.none_is_lost = out.must_enter = false;
  const auto from = out.begins() + chance.between(0s, 8s);
  const Span span{from, from + chance.between(2s, 12s)};
  switch (chance.below(5)) {
    case 0:
      out.name = "record_fails";
      out.record_fails = span;
      break;
    case 1:
      out.name = "record_slow";
      out.record_slow = span;
      break;
    case 2:
      out.name = "watch_stalls";
      out.watch_stalls = span;
      break;
    case 3:
      out.name = "worker_stalls";
      out.worker_stalls = Span{from, from + chance.between(300ms, 4s)};
      break;
    default:
      out.name = "directory_too";
      out.directory_down = span;
      break;
  }
  return out;
}

void add_trouble(Plan& plan, Chance& chance) {
  if (chance.happens(0.4)) plan.link = {0.03, 0.03, 0.02};
  if (!chance.happens(0.5)) return;
  for (std::size_t i = 1 + chance.below(6); i > 0; --i) {
    const auto size = chance.happens(0.5) ? chance.between(1s, 20s) : chance.between(1min, 48h);
    plan.clock_steps.emplace_back(chance.between(0s, 30s), chance.happens(0.5) ? size : -size);
  }
}

}  // namespace

Plan draw_plan(Chance& chance, bool has_canary, bool strict) {
  const auto draw = [&] {
    switch (chance.below(32)) {
      case 0:
      case 1:
        return brief_outage(chance, strict);
      case 2:
      case 3:
        return flapping(chance, strict);
      case 4:
      case 5:
      case 20:
      case 21:
      case 22:
      case 23:
      case 24:
      case 25:
      case 26:
      case 27:
      case 31:
        return sequence(chance, strict);
      case 6:
      case 7:
      case 8:
      case 9:
      case 28:
      case 29:
      case 30:
        return less_than_an_outage(chance, has_canary);
      case 10:
      case 11:
        return barred(chance, has_canary);
      case 12:
      case 13:
        return outage_beside(chance, strict);
      case 14:
        return idle_outage(chance, strict);
      case 15:
        return no_fault(chance);
      default:
        return outage(chance, strict);
    }
  };
  auto out = draw();
  add_trouble(out, chance);
  return out;
}

Plan never_reached(Chance& chance) {
  auto out = one_fault(chance, an_outage(chance, false), 18s, 40s);
  out.faults.front().first = {};
  out.name = "never_reached";
  out.must_not_enter = true;
  return out;
}

}  // namespace sallyport::sim
