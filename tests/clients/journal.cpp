#include "journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sallyport::clients {
namespace {

constexpr std::array kinds{"good", "wrong_password", "wrong_code"};
constexpr std::array ways{"same_packet", "new_id", "new_socket"};
constexpr std::array verdicts{"none", "accept", "reject", "other", "forged"};

template <class Word, std::size_t count>
const char* word(const std::array<const char*, count>& words, Word value) {
  return words[static_cast<std::size_t>(value)];
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c >= ' ' && c < 0x7f ? c : '?';
  }
  return out + "\"";
}

double seconds(base::SteadyTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

}  // namespace

base::Result<Journal> Journal::open(const std::string& file) {
  Journal journal;
  journal.file_.reset(std::fopen(file.c_str(), "we"));
  if (!journal.file_) return base::failure(fmt::format("cannot write {}: {}", file, std::strerror(errno)));
  return journal;
}

void Journal::write(const Entry& entry) {
  const bool answered = entry.verdict != Verdict::none;
  const auto expected = entry.kind == Kind::good ? Verdict::accept : Verdict::reject;
  ++logins_;
  packets_ += static_cast<std::uint64_t>(entry.tries);
  accepted_ += entry.verdict == Verdict::accept ? 1U : 0U;
  rejected_ += entry.verdict == Verdict::reject ? 1U : 0U;
  forged_ += entry.verdict == Verdict::forged ? 1U : 0U;
  no_answer_ += answered ? 0U : 1U;
  unexpected_ += answered && entry.verdict != expected ? 1U : 0U;
  if (answered)
    milliseconds_.push_back(std::chrono::duration<float, std::milli>(entry.ended - entry.sent).count());
  fmt::print(
      file_.get(),
      "{{\"number\": {}, \"client\": {}, \"way\": \"{}\", \"user\": {}, \"kind\": \"{}\", \"expected\": "
      "\"{}\", \"sent\": {:.6f}, \"answered\": {}, \"tries\": {}, \"verdict\": \"{}\", \"reply_message\": "
      "{}}}\n",
      entry.number, entry.client, word(ways, entry.way), quoted(entry.user), word(kinds, entry.kind),
      word(verdicts, expected), seconds(entry.sent),
      answered ? fmt::format("{:.6f}", seconds(entry.ended)) : "null", entry.tries,
      word(verdicts, entry.verdict), quoted(entry.reply_message));
}

std::string Journal::summary() {
  std::fflush(file_.get());
  std::ranges::sort(milliseconds_);
  const auto at = [this](double share) {
    if (milliseconds_.empty()) return 0.0F;
    const auto index = static_cast<std::size_t>(share * static_cast<double>(milliseconds_.size()));
    return milliseconds_[std::min(index, milliseconds_.size() - 1)];
  };
  return fmt::format(
      "{{\"logins\": {}, \"accepted\": {}, \"rejected\": {}, \"no_answer\": {}, \"forged\": {}, "
      "\"unexpected\": "
      "{}, \"packets\": {}, \"p50_ms\": {:.1f}, \"p99_ms\": {:.1f}, \"max_ms\": {:.1f}}}\n",
      logins_, accepted_, rejected_, no_answer_, forged_, unexpected_, packets_, at(0.5), at(0.99), at(1));
}

}  // namespace sallyport::clients
