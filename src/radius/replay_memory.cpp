#include "radius/replay_memory.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/invariant.h"
#include "radius/attribute.h"

namespace sallyport::radius {

ReplayMemory::ReplayMemory(std::size_t limit, const crypto::KeyedHash& hash)
    : hash_(hash),
      limit_(limit),
      slot_mask_(2 * limit - 1),
      ring_(static_cast<std::uint64_t*>(std::calloc(limit, sizeof(std::uint64_t)))),
      slots_(static_cast<std::uint32_t*>(std::calloc(2 * limit, sizeof(std::uint32_t)))) {
  SALLYPORT_INVARIANT(std::has_single_bit(limit) && limit <= (1U << 24U) && ring_ && slots_);
}

bool ReplayMemory::insert_if_new(std::uint64_t client, base::ByteView request_authenticator) {
  SALLYPORT_INVARIANT(request_authenticator.size() == authenticator_size);
  std::array<std::uint8_t, sizeof client + authenticator_size> octets{};
  const auto id = std::bit_cast<std::array<std::uint8_t, sizeof client>>(client);
  std::ranges::copy(request_authenticator, std::ranges::copy(id, octets.begin()).out);
  const auto hash = hash_(octets);
  for (auto at = home_of(hash); slots_[at] != 0; at = (at + 1) & slot_mask_) {
    if (ring_[slots_[at] - 1] == hash) return false;
  }
  if (size_ == limit_) erase_oldest();
  auto at = home_of(hash);  // looked for again: erasing may have moved others
  while (slots_[at] != 0) at = (at + 1) & slot_mask_;
  ring_[next_] = hash;
  slots_[at] = static_cast<std::uint32_t>(next_ + 1);
  next_ = (next_ + 1) & (limit_ - 1);
  ++size_;
  return true;
}

// Linear probing without tombstones: what follows the gap moves into it unless that were before its home.
void ReplayMemory::erase_oldest() {
  auto gap = home_of(ring_[next_]);
  while (slots_[gap] != next_ + 1) gap = (gap + 1) & slot_mask_;
  for (auto at = (gap + 1) & slot_mask_; slots_[at] != 0; at = (at + 1) & slot_mask_) {
    const auto home = home_of(ring_[slots_[at] - 1]);
    if (((at - home) & slot_mask_) < ((at - gap) & slot_mask_)) continue;
    slots_[gap] = slots_[at];
    gap = at;
  }
  slots_[gap] = 0;
  --size_;
}

}  // namespace sallyport::radius
