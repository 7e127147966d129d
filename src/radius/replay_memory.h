#pragma once
// Remembers which Request Authenticators were seen, so that a captured packet without Message-Authenticator, or
// one whose kept answer is gone, cannot start a login once more. It keeps keyed hashes of 64 bits, the newest
// `limit` of them, the oldest out first; age alone forgets nothing, since a replay next week is a replay.
// Octets: 16 for each of `limit`, touched only as they fill; nothing is allocated after construction, and a
// call takes constant time.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "base/bytes.h"
#include "crypto/keyed_hash.h"

namespace sallyport::radius {

class ReplayMemory {
 public:
  // `limit` is a power of two; 2^20 for a gateway, so that many divided by its workers.
  explicit ReplayMemory(std::size_t limit,
                        const crypto::KeyedHash& hash = crypto::KeyedHash::with_random_key());

  // False when it was inserted before and is still remembered. `client` keeps apart clients whose bad random
  // numbers make them draw the same authenticators.
  bool insert_if_new(std::uint64_t client, base::ByteView request_authenticator);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  template <class T>
  using LazyArray = std::unique_ptr<T[], Free>;  // zeros that cost no memory until they are written

  [[nodiscard]] std::size_t home_of(std::uint64_t hash) const { return hash & slot_mask_; }
  void erase_oldest();

  crypto::KeyedHash hash_;
  std::size_t limit_;
  std::size_t slot_mask_;
  std::size_t size_ = 0;
  std::size_t next_ = 0;            // where in ring_ the next goes: once full, the oldest
  LazyArray<std::uint64_t> ring_;   // hashes in the order of their coming
  LazyArray<std::uint32_t> slots_;  // open addressing, half full at most: 1 + index in ring_; 0 is free
};

}  // namespace sallyport::radius
