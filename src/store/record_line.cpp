#include "store/record_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/encoding.h"
#include "base/secret.h"
#include "crypto/hmac.h"

namespace sallyport::store {
namespace {

constexpr std::string_view line_start = R"({"seq":)";
constexpr std::string_view mac_start = R"(,"mac":")";
constexpr std::string_view line_end = R"("})";
constexpr std::size_t mac_digits = 64;
constexpr std::size_t tail_size = mac_start.size() + mac_digits + line_end.size();

bool is_mac(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_blank(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == ' '; });
}

std::string_view members_of(std::string_view object) {
  const auto members = object.substr(1, object.size() - 2);
  return is_blank(members) ? std::string_view{} : members;
}

}  // namespace

std::optional<RecordLine> parse_record_line(std::string_view text) {
  if (text.size() < line_start.size() + 1 + tail_size || !text.starts_with(line_start)) return std::nullopt;
  const auto authenticated = text.substr(0, text.size() - tail_size);
  const auto tail = text.substr(authenticated.size());
  const auto mac = tail.substr(mac_start.size(), mac_digits);
  if (!tail.starts_with(mac_start) || !tail.ends_with(line_end) || !is_mac(mac)) return std::nullopt;
  RecordLine line{0, authenticated, mac};
  const char* end = authenticated.data() + authenticated.size();
  const auto [stop, fault] = std::from_chars(authenticated.data() + line_start.size(), end, line.seq);
  if (fault != std::errc{} || line.seq == 0 || (stop != end && *stop != ',')) return std::nullopt;
  return line;
}

bool fits_record(std::string_view object) {
  if (object.size() < 2 || object.size() > record_object_limit) return false;
  if (object.front() != '{' || object.back() != '}') return false;
  return std::ranges::none_of(object, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

RecordChain::RecordChain(std::span<const std::uint8_t, record_key_size> first_key) : key_{} {
  std::ranges::copy(first_key, key_.begin());
}

RecordChain::RecordChain(RecordChain&& other) noexcept : key_(other.key_) { base::wipe(other.key_); }

RecordChain& RecordChain::operator=(RecordChain&& other) noexcept {
  if (this == &other) return *this;
  key_ = other.key_;
  base::wipe(other.key_);
  return *this;
}

RecordChain::~RecordChain() { base::wipe(key_); }

void RecordChain::skip() {
  const crypto::HmacKey signing(crypto::HashAlgorithm::sha256, key_);
  signing.sign_into({base::as_bytes("next")}, key_);
}

std::string RecordChain::append_line(std::string& out, std::uint64_t seq, std::string_view object) {
  const auto start = out.size();
  const auto members = members_of(object);
  fmt::format_to(std::back_inserter(out), "{}{}", line_start, seq);
  if (!members.empty()) out += ',';
  out += members;
  const crypto::HmacKey signing(crypto::HashAlgorithm::sha256, key_);
  auto mac = base::to_hex(signing.sign({base::as_bytes(std::string_view(out).substr(start))}).octets());
  signing.sign_into({base::as_bytes("next")}, key_);
  out += mac_start;
  out += mac;
  out += line_end;
  out += '\n';
  return mac;
}

bool RecordChain::admits(const RecordLine& line) {
  const crypto::HmacKey signing(crypto::HashAlgorithm::sha256, key_);
  const auto mac = base::from_hex(line.mac);
  const bool good =
      mac && mac->size() == record_key_size && signing.verify({base::as_bytes(line.authenticated)}, *mac);
  signing.sign_into({base::as_bytes("next")}, key_);
  return good;
}

}  // namespace sallyport::store
