#include "base/encoding.h"

#include <array>

namespace sallyport::base {
namespace {

constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> values_of(std::string_view alphabet, bool either_case) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    const auto c = static_cast<unsigned char>(alphabet[i]);
    table[c] = static_cast<std::int8_t>(i);
    if (either_case && c >= 'A' && c <= 'Z') table[c + 32U] = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr auto base32_values = values_of(base32_alphabet, true);
constexpr auto base64_values = values_of(base64_alphabet, false);

std::string encode(ByteView octets, std::string_view alphabet, unsigned bits) {
  std::string out;
  out.reserve(octets.size() * 8 / bits + 2);
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (auto octet : octets) {
    held = held << 8U | octet;
    held_bits += 8;
    while (held_bits >= bits) {
      held_bits -= bits;
      out += alphabet[held >> held_bits & ((1U << bits) - 1U)];
    }
  }
  if (held_bits > 0) out += alphabet[held << (bits - held_bits) & ((1U << bits) - 1U)];
  return out;
}

// The bits left over at the end must be zero and fewer than one character's: else two texts meant one value.
std::optional<Bytes> decode(std::string_view text, const std::array<std::int8_t, 256>& values, unsigned bits) {
  Bytes out;
  std::uint32_t held = 0;
  unsigned held_bits = 0;
  for (char c : text) {
    const auto value = values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    held = held << bits | static_cast<std::uint32_t>(value);
    held_bits += bits;
    if (held_bits >= 8) {
      held_bits -= 8;
      out.push_back(static_cast<std::uint8_t>(held >> held_bits));
      held &= (1U << held_bits) - 1U;
    }
  }
  if (held_bits >= bits || held != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string to_hex(ByteView octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (auto octet : octets) {
    out += digits[octet >> 4U];
    out += digits[octet & 15U];
  }
  return out;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  static constexpr auto values = values_of("0123456789ABCDEF", true);
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = values[static_cast<unsigned char>(text[i])];
    const auto low = values[static_cast<unsigned char>(text[i + 1])];
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

std::string to_base32(ByteView octets) { return encode(octets, base32_alphabet, 5); }

std::optional<Bytes> from_base32(std::string_view text) {
  std::string kept;
  for (char c : text)
    if (c != ' ' && c != '-' && c != '\t') kept += c;
  while (!kept.empty() && kept.back() == '=') kept.pop_back();
  return decode(kept, base32_values, 5);
}

std::string to_base64(ByteView octets) {
  auto out = encode(octets, base64_alphabet, 6);
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return decode(text, base64_values, 6);
}

}  // namespace sallyport::base
