#include "validation/push_rules.h"

namespace sallyport::validation {
namespace {

constexpr base::Duration first_pause = std::chrono::minutes(1), longest_pause = std::chrono::hours(1);
constexpr base::Duration remembered = std::chrono::hours(2);  // how often it was in vain

base::Duration pause_after(int in_vain) {
  base::Duration pause = first_pause;
  for (int i = 1; i < in_vain && pause < longest_pause; ++i) pause *= 2;
  return std::min(pause, longest_pause);
}

}  // namespace

MayPush PushRules::ask(std::uint64_t user, base::SteadyTime now) const {
  const auto* known = users_.find(user, now);
  if (known == nullptr) return MayPush::yes;
  if (known->waits_until > now) return MayPush::one_is_waiting;
  // One that nobody reported the end of was not answered.
  const bool left =
      known->waits_until != base::SteadyTime{} && now < known->waits_until + pause_after(known->in_vain + 1);
  return left || known->paused_until > now ? MayPush::paused : MayPush::yes;
}

void PushRules::began(std::uint64_t user, base::SteadyTime until, base::SteadyTime now) {
  auto& known = users_.at(user, now);
  if (known.waits_until != base::SteadyTime{}) ++known.in_vain;
  known.waits_until = until;
  known.remembered_until = until + remembered;
}

void PushRules::was_not_sent(std::uint64_t user, base::SteadyTime now) {
  users_.at(user, now).waits_until = {};
}

void PushRules::denied(std::uint64_t user, base::SteadyTime now) {
  auto& known = users_.at(user, now);
  known.waits_until = {};
  known.paused_until = now + pause_after(++known.in_vain);
  known.remembered_until = now + remembered;
}

}  // namespace sallyport::validation
