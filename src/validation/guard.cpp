#include "validation/guard.h"

namespace sallyport::validation {

bool Guard::blocks_user(std::uint64_t user, base::SteadyTime now) const {
  const auto* known = users_.find(user, now);
  if (known == nullptr) return false;
  if (known->rate.is_used_up(limits_.user_failures, limits_.user_time, now)) return true;
  return limits_.in_a_row > 0 && known->in_a_row >= limits_.in_a_row && known->counted_until > now;
}

bool Guard::begin(std::uint64_t user, base::SteadyTime now) {
  if (blocks_user(user, now)) return false;
  const auto* known = users_.find(user, now);
  const User nothing;
  const auto& user_so_far = known == nullptr ? nothing : *known;
  auto& under_way = under_way_[user];
  const bool rate_has_room = limits_.user_failures <= 0 ||
                             under_way < user_so_far.rate.room(limits_.user_failures, limits_.user_time, now);
  const bool row_has_room = limits_.in_a_row <= 0 || under_way < limits_.in_a_row - user_so_far.in_a_row;
  if (rate_has_room && row_has_room) return ++under_way, true;
  if (under_way == 0) under_way_.erase(user);
  return false;
}

void Guard::over(std::uint64_t user) {
  const auto found = under_way_.find(user);
  if (found != under_way_.end() && --found->second <= 0) under_way_.erase(found);
}

bool Guard::blocks_client(std::uint64_t client, base::SteadyTime now) const {
  const auto* known = clients_.find(client, now);
  return known != nullptr && known->rate.is_used_up(limits_.client_failures, limits_.client_time, now);
}

void Guard::user_failed(std::uint64_t user, base::SteadyTime now) {
  if (limits_.user_failures <= 0 && limits_.in_a_row <= 0) return;
  auto& known = users_.at(user, now);
  known.rate.add(limits_.user_failures, limits_.user_time, now);
  ++known.in_a_row;
  known.counted_until = now + limits_.pause_after_row;
}

void Guard::client_failed(std::uint64_t client, base::SteadyTime now) {
  if (limits_.client_failures > 0)
    clients_.at(client, now).rate.add(limits_.client_failures, limits_.client_time, now);
}

}  // namespace sallyport::validation
