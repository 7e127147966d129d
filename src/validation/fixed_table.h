#pragma once
// A table of fixed size for what is counted by a keyed hash: it allocates once, never grows, and whoever is
// looked for is found in one short row. A full row gives up the entry that matters least. Entries say
// until when they mean anything (matters_until) and which of two matters less.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace sallyport::validation {

template <class Entry>  // default-constructible; matters_until(), matters_less_than(other)
class FixedTable {
 public:
  static constexpr std::size_t row_size = 8;
  explicit FixedTable(std::size_t entries) : places_(std::max(entries / row_size, std::size_t{1}) * row_size) {}

  // Nothing when it is not there, or means nothing any more.
  [[nodiscard]] const Entry* find(std::uint64_t key, base::SteadyTime now) const {
    const auto row = row_of(key);
    for (std::size_t i = row; i < row + row_size; ++i)
      if (places_[i].key == key && places_[i].entry.matters_until() > now) return &places_[i].entry;
    return nullptr;
  }
  // Its entry, or a new one in the place of the least that its row holds.
  Entry& at(std::uint64_t key, base::SteadyTime now) {
    const auto row = row_of(key);
    std::size_t least = row;
    for (std::size_t i = row; i < row + row_size; ++i) {
      auto& place = places_[i];
      const bool is_alive = place.entry.matters_until() > now;
      if (place.key == key && is_alive) return place.entry;
      const bool least_is_alive = places_[least].entry.matters_until() > now;
      if (!is_alive || (least_is_alive && place.entry.matters_less_than(places_[least].entry))) least = i;
    }
    places_[least] = {key, {}};
    return places_[least].entry;
  }
  void forget(std::uint64_t key) {
    const auto row = row_of(key);
    for (std::size_t i = row; i < row + row_size; ++i)
      if (places_[i].key == key) places_[i] = {};
  }

 private:
  struct Place {
    std::uint64_t key = 0;
    Entry entry{};
  };
  [[nodiscard]] std::size_t row_of(std::uint64_t key) const {
    return static_cast<std::size_t>(key % (places_.size() / row_size)) * row_size;
  }
  std::vector<Place> places_;
};

}  // namespace sallyport::validation
