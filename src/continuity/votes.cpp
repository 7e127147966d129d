#include "continuity/votes.h"

#include <algorithm>

namespace sallyport::continuity {

bool Votes::add(const Vote& given, base::SteadyTime now) {
  expire(now);
  auto vote = given;
  const auto found = by_user_.find(vote.user);
  if (found == by_user_.end()) {
    if (by_user_.size() >= limit) return false;
  } else {
    if (vote.began < found->second.vote.began) return false;  // an older exchange that ended later
    vote.down = vote.down || (vote.again && found->second.vote.down);
    count(found->second.vote, -1);
  }
  by_user_[vote.user] = {vote, now + life, ++casts_};
  order_.emplace_back(vote.user, casts_);
  count(vote, 1);
  return true;
}

void Votes::count(const Vote& vote, int by) {
  const auto move = [by](std::size_t& number) { number += static_cast<std::size_t>(by); };
  auto& client = by_client_[vote.client];
  for (auto* one : {&client, &total_}) {
    move(one->all);
    if (vote.down) move(one->down);
  }
  if (client.all == 0) by_client_.erase(vote.client);
}

void Votes::expire(base::SteadyTime now) {
  while (!order_.empty()) {
    const auto [user, number] = order_.front();
    const auto found = by_user_.find(user);
    const bool is_newest = found != by_user_.end() && found->second.number == number;
    if (is_newest && now < found->second.until) return;
    if (is_newest) {
      count(found->second.vote, -1);
      by_user_.erase(found);
    }
    order_.pop_front();
  }
}

bool Votes::one_in_are_down(std::size_t part, base::SteadyTime now) {
  expire(now);
  if (total_.down < needed_users || part * total_.down < total_.all) return false;
  const auto with_down = std::ranges::count_if(by_client_, [](const auto& one) { return one.second.down > 0; });
  return by_client_.size() < 2 || with_down >= 2;
}

void Votes::clear() { *this = {}; }

}  // namespace sallyport::continuity
