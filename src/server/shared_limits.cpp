#include "server/shared_limits.h"

namespace sallyport::server {

void SharedLimits::set(validation::GuardLimits limits) {
  const std::lock_guard lock(guard_lock_);
  guard_.set(limits);
}

bool SharedLimits::blocks_user(std::uint64_t user, base::SteadyTime now) {
  const std::lock_guard lock(guard_lock_);
  return guard_.blocks_user(user, now);
}

SharedLimits::UnderWay SharedLimits::begin_login(std::uint64_t user, base::SteadyTime now) {
  const std::lock_guard lock(guard_lock_);
  return guard_.begin(user, now) ? UnderWay(*this, user) : UnderWay();
}

void SharedLimits::UnderWay::end() {
  if (limits_ == nullptr) return;
  const std::lock_guard lock(limits_->guard_lock_);
  std::exchange(limits_, nullptr)->guard_.over(user_);
}

bool SharedLimits::blocks_client(std::uint64_t client, base::SteadyTime now) {
  const std::lock_guard lock(guard_lock_);
  return guard_.blocks_client(client, now);
}

void SharedLimits::user_failed(std::uint64_t user, base::SteadyTime now) {
  const std::lock_guard lock(guard_lock_);
  guard_.user_failed(user, now);
}

void SharedLimits::client_failed(std::uint64_t client, base::SteadyTime now) {
  const std::lock_guard lock(guard_lock_);
  guard_.client_failed(client, now);
}

void SharedLimits::succeeded(std::uint64_t user) {
  const std::lock_guard lock(guard_lock_);
  guard_.succeeded(user);
}

validation::MayPush SharedLimits::begin_push(std::uint64_t user, base::SteadyTime until, base::SteadyTime now) {
  const std::lock_guard lock(push_lock_);
  const auto may = pushes_.ask(user, now);
  if (may == validation::MayPush::yes) pushes_.began(user, until, now);
  return may;
}

void SharedLimits::end_push(std::uint64_t user, PushEnd end, base::SteadyTime now) {
  const std::lock_guard lock(push_lock_);
  switch (end) {
    case PushEnd::not_sent:
      return pushes_.was_not_sent(user, now);
    case PushEnd::approved:
      return pushes_.approved(user);
    case PushEnd::denied:
      return pushes_.denied(user, now);
  }
}

bool SharedLimits::spend_state(std::uint64_t state, base::SteadyTime until, base::SteadyTime now) {
  const std::lock_guard lock(state_lock_);
  if (spent_.find(state, now) != nullptr) return false;
  spent_.at(state, now).until = until;
  return true;
}

void SharedLimits::service_answered(std::uint64_t user, RefusalSurge::Answer answer, bool had_success,
                                    base::SteadyTime now) {
  const std::lock_guard lock(surge_lock_);
  surge_.answered(user, answer, had_success, now);
}

RefusalSurge::Count SharedLimits::refusals(base::SteadyTime now) {
  const std::lock_guard lock(surge_lock_);
  return surge_.count(now);
}

}  // namespace sallyport::server
