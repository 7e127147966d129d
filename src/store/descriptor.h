#pragma once
// A file descriptor that is closed when its owner goes; for this room's files only.
#include <unistd.h>

#include <utility>

namespace sallyport::store {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  [[nodiscard]] int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  bool close() {  // a deferred write error may be told only here
    return number_ < 0 || ::close(std::exchange(number_, -1)) == 0;
  }

 private:
  int number_ = -1;
};

}  // namespace sallyport::store
