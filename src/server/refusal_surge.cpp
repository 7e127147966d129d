#include "server/refusal_surge.h"

#include <algorithm>

namespace sallyport::server {

// 6001: the account; 6003: the user; 6008: no credential that is enabled.
bool is_unknown_there(std::string_view status) {
  return status == "6001" || status == "6003" || status == "6008";
}

RefusalSurge::Count& RefusalSurge::of_slot(std::int64_t number) {
  auto& slot = slots_.at(static_cast<std::size_t>(number % slots));
  if (slot.number != number) slot = {number, {}};
  return slot.count;
}

// One answer a user: the one before is taken back where it is still counted.
void RefusalSurge::count_anew(User& user, bool refused) {
  if (user.slot > newest_ - slots) {
    auto& before = of_slot(user.slot);
    before.users -= 1;
    before.refused -= user.was_refused ? 1U : 0U;
  }
  auto& now = of_slot(newest_);
  now.users += 1;
  now.refused += refused ? 1U : 0U;
  user.slot = newest_;
  user.was_refused = refused;
}

void RefusalSurge::answered(std::uint64_t user, Answer answer, bool had_success, base::SteadyTime now) {
  const bool is_known = had_success || users_.find(user, now) != nullptr;
  if (!is_known && answer != Answer::accepted) return;
  auto& entry = users_.at(user, now);
  const bool refused = answer == Answer::unknown_there;
  const bool is_new = entry.known_until <= now;
  if (is_new || answer == Answer::accepted) entry.known_until = now + success_life;
  if (refused) entry.known_until = std::min(entry.known_until, now + refusal_life);
  newest_ = std::max(newest_, slot_of(now));
  if (is_known) count_anew(entry, refused);
}

RefusalSurge::Count RefusalSurge::count(base::SteadyTime now) const {
  Count out;
  const auto last = slot_of(now);
  for (const auto& slot : slots_)
    if (slot.number > last - slots) {
      out.users += slot.count.users;
      out.refused += slot.count.refused;
    }
  return out;
}

}  // namespace sallyport::server
