#include "radius/password.h"

#include <algorithm>

#include "crypto/hash.h"

namespace sallyport::radius {
namespace {

constexpr std::size_t block_size = 16;

// The next character of UTF-8 (RFC 3629), taken off the front; -1 where there is none: overlong forms,
// surrogates and what lies beyond U+10FFFF are none.
std::int32_t take_character(base::ByteView& rest) {
  const auto first = rest[0];
  const std::size_t length = first < 0x80U   ? 1
                             : first < 0xc2U ? 0
                             : first < 0xe0U ? 2
                             : first < 0xf0U ? 3
                             : first < 0xf5U ? 4
                                             : 0;
  if (length == 0 || length > rest.size()) return -1;
  constexpr std::array<std::uint8_t, 5> payload = {0, 0x7f, 0x1f, 0x0f, 0x07};
  constexpr std::array<std::int32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  std::int32_t character = first & payload[length];
  for (const auto octet : rest.subspan(1, length - 1)) {
    if ((octet & 0xc0U) != 0x80U) return -1;
    character = character << 6 | (octet & 0x3f);
  }
  const bool surrogate = character >= 0xd800 && character <= 0xdfff;
  if (character < smallest[length] || character > 0x10ffff || surrogate) return -1;
  rest = rest.subspan(length);
  return character;
}

std::size_t size_without_nuls(base::ByteView octets) {
  std::size_t size = octets.size();
  while (size > 0 && octets[size - 1] == 0) --size;
  return size;
}

}  // namespace

std::string_view to_string(PasswordForm form) {
  switch (form) {
    case PasswordForm::text:
      return "text";
    case PasswordForm::control_characters:
      return "control_characters";
    case PasswordForm::not_utf8:
      return "not_utf8";
    case PasswordForm::not_nul_padded:
      return "not_nul_padded";
    case PasswordForm::bad_length:
      return "bad_length";
  }
  return "unknown";
}

PasswordForm form_of(base::ByteView octets) {
  auto rest = octets.first(size_without_nuls(octets));
  if (std::ranges::find(rest, 0) != rest.end()) return PasswordForm::not_nul_padded;
  auto form = PasswordForm::text;
  while (!rest.empty()) {
    const auto character = take_character(rest);
    if (character < 0) return PasswordForm::not_utf8;
    if (character < 0x20 || (character >= 0x7f && character < 0xa0)) form = PasswordForm::control_characters;
  }
  return form;
}

ClearPassword unhide_password(base::ByteView hidden, base::ByteView authenticator, const SharedSecret& secret) {
  ClearPassword clear;
  if (hidden.empty() || hidden.size() > max_password_size || hidden.size() % block_size != 0) return clear;
  auto before = authenticator;
  for (std::size_t at = 0; at < hidden.size(); at += block_size) {
    const auto mask = crypto::md5({secret.octets(), before});
    for (std::size_t i = 0; i < block_size; ++i) clear.octets_[at + i] = hidden[at + i] ^ mask[i];
    before = hidden.subspan(at, block_size);
  }
  const auto octets = base::ByteView(clear.octets_).first(hidden.size());
  clear.form_ = form_of(octets);
  clear.size_ = size_without_nuls(octets);
  return clear;
}

base::ByteView hide_password(std::string_view password, base::ByteView authenticator,
                             const SharedSecret& secret, HiddenPassword& out) {
  if (password.size() > max_password_size) return {};
  out.fill(0);
  std::ranges::copy(base::as_bytes(password), out.begin());
  const auto size = std::max(block_size, (password.size() + block_size - 1) / block_size * block_size);
  auto before = authenticator;
  for (std::size_t at = 0; at < size; at += block_size) {
    const auto mask = crypto::md5({secret.octets(), before});
    for (std::size_t i = 0; i < block_size; ++i) out[at + i] ^= mask[i];
    before = base::ByteView(out).subspan(at, block_size);
  }
  return base::ByteView(out).first(size);
}

}  // namespace sallyport::radius
