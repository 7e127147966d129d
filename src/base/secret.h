#pragma once
// A password, a shared secret, a key. It cannot be printed, logged or compared by accident, and its octets are
// wiped when it goes. `reveal()` is where a reviewer looks.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::base {

// Overwrites `octets`; the compiler may not leave it out.
void wipe(std::span<std::uint8_t> octets);

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view octets) : octets_(octets) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : octets_(std::move(other.octets_)) {
    other.clear();
  }  // short ones are copied: wipe
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      clear();
      octets_ = other.octets_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      clear();
      octets_ = std::move(other.octets_);
      other.clear();
    }
    return *this;
  }
  ~Secret() { clear(); }

  [[nodiscard]] std::string_view reveal() const { return octets_; }
  [[nodiscard]] std::span<const std::uint8_t> reveal_octets() const {
    return {reinterpret_cast<const std::uint8_t*>(octets_.data()), octets_.size()};
  }
  [[nodiscard]] bool empty() const { return octets_.empty(); }
  [[nodiscard]] std::size_t size() const { return octets_.size(); }
  void clear();

 private:
  std::string octets_;
};

}  // namespace sallyport::base
