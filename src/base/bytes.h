#pragma once
// Octets, and a reader and a writer for network byte order. The reader never reads past its end: a read that
// does not fit makes it `failed()`, gives zero octets, and stays failed.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sallyport::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

class ByteReader {
 public:
  explicit ByteReader(ByteView octets) : rest_(octets) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  ByteView octets(std::size_t count) {
    if (failed_ || count > rest_.size()) {
      failed_ = true;
      return {};
    }
    auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (auto octet : octets(width)) value = value << 8U | octet;
    return value;
  }

  ByteView rest_;
  bool failed_ = false;
};

class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(std::uint8_t v) { out_.push_back(v); }
  void u16(std::uint16_t v) { number(v, 2); }
  void u32(std::uint32_t v) { number(v, 4); }
  void u64(std::uint64_t v) { number(v, 8); }
  void octets(ByteView v) { out_.insert(out_.end(), v.begin(), v.end()); }

 private:
  void number(std::uint64_t value, unsigned width) {
    while (width-- > 0) out_.push_back(static_cast<std::uint8_t>(value >> (8U * width)));
  }

  Bytes& out_;
};

}  // namespace sallyport::base
