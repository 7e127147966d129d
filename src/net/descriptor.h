#pragma once
// A file descriptor that is closed when it goes, for files of this room and of those that give a loop
// descriptors of their own to watch.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace sallyport::net {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int native) : native_(native) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : native_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      native_ = other.release();
    }
    return *this;
  }
  [[nodiscard]] int get() const { return native_; }
  [[nodiscard]] int release() { return std::exchange(native_, -1); }
  explicit operator bool() const { return native_ >= 0; }
  void reset() {
    if (native_ >= 0) ::close(native_);
    native_ = -1;
  }

 private:
  int native_ = -1;
};

inline std::string system_words(int error) {
  return std::strerror(error);
}  // NOLINT(concurrency-mt-unsafe): glibc's is

}  // namespace sallyport::net
