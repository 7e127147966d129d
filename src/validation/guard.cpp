#include "validation/guard.h"

namespace sallyport::validation {

bool Guard::blocks_user(std::uint64_t user, base::SteadyTime now) const {
  const auto* known = users_.find(user, now);
  if (known == nullptr) return false;
  if (known->rate.is_used_up(limits_.user_failures, limits_.user_time, now)) return true;
  return limits_.in_a_row > 0 && known->in_a_row >= limits_.in_a_row && known->counted_until > now;
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
