#pragma once
// A bounded memory of rows in two generations: what was not asked for while the younger half filled up is
// dropped. Pointers stay good until `age()`, `erase()` or `clear()`.
#include <cstddef>
#include <memory>
#include <unordered_map>
#include <utility>

namespace sallyport::authservice {

template <class Key, class Row>
class Remembered {
 public:
  explicit Remembered(std::size_t limit) : half_(limit / 2 + 1) {}

  Row* find(const Key& key) {
    if (auto found = young_.find(key); found != young_.end()) return found->second.get();
    auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    auto* row = found->second.get();
    young_.insert(old_.extract(found));
    return row;
  }
  Row* insert(const Key& key, std::unique_ptr<Row> row) {
    old_.erase(key);
    return (young_[key] = std::move(row)).get();
  }
  void erase(const Key& key) {
    young_.erase(key);
    old_.erase(key);
  }
  void age() {
    if (young_.size() <= half_) return;
    old_ = std::move(young_);
    young_.clear();
  }
  void clear() {
    young_.clear();
    old_.clear();
  }
  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  std::size_t half_;
  std::unordered_map<Key, std::unique_ptr<Row>> young_, old_;
};

}  // namespace sallyport::authservice
