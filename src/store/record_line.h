#pragma once
// A line of the record, and the chain of keys behind the lines, as values. A line is one JSON object,
//   {"seq":17,"time":"2026-11-26T04:38:29Z",...,"mac":"9f3c..."}
// between the first and the last member stands what the caller handed in. The MAC is HMAC-SHA-256, under a key
// of this line alone, over the octets that stand before `,"mac":"`. The next line's key is
// HMAC-SHA-256(key, "next"); the old one is wiped, so that what is in memory can write on and not write anew.
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::store {

inline constexpr std::size_t record_object_limit = std::size_t{16} << 10U;
inline constexpr std::size_t record_key_size = 32;

struct RecordLine {  // views into the text that was read
  std::uint64_t seq = 0;
  std::string_view authenticated;  // what the MAC is about
  std::string_view mac;            // 64 hexadecimal digits
};

// Nothing when the text (without its newline) has not this form. What the caller's members are is not looked
// at.
std::optional<RecordLine> parse_record_line(std::string_view text);

// Whether the text can become a line: an object in braces, of at most record_object_limit octets, with no
// control character in it (so it is one line). Whether it is JSON is the caller's affair.
bool fits_record(std::string_view object);

class RecordChain {
 public:
  explicit RecordChain(std::span<const std::uint8_t, record_key_size> first_key);
  RecordChain(const RecordChain&) = delete;
  RecordChain& operator=(const RecordChain&) = delete;
  RecordChain(RecordChain&& other) noexcept;
  RecordChain& operator=(RecordChain&& other) noexcept;
  ~RecordChain();

  // The line with its newline is appended to `out`; its MAC is given back. The key moves on.
  std::string append_line(std::string& out, std::uint64_t seq, std::string_view object);
  // Whether the line was made under the key whose turn it is. The key moves on, whatever the answer.
  bool admits(const RecordLine& line);
  void skip();  // a line that is not there

 private:
  std::array<std::uint8_t, record_key_size> key_;
};

}  // namespace sallyport::store
