#pragma once
// User-Password as RFC 2865 section 5.2 hides it: up to 128 octets, filled with NULs to blocks of 16. With a
// wrong secret, or in a forged packet, what comes out is noise; `form()` tells noise from text before anybody
// is asked about it. The clear octets lie in a fixed buffer, which is wiped when it goes; nothing is allocated.
#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "radius/authenticator.h"

namespace sallyport::radius {

constexpr std::size_t max_password_size = 128;

enum class PasswordForm : std::uint8_t {
  text,                // UTF-8 without control characters, then NULs only; may be empty
  control_characters,  // UTF-8 and NULs, but with C0, DEL or C1 characters in it
  not_utf8,
  not_nul_padded,  // something follows a NUL
  bad_length,      // not 16, 32, ... 128 octets: not unhidden at all
};
std::string_view to_string(PasswordForm);

class ClearPassword {
 public:
  ClearPassword() = default;
  ClearPassword(const ClearPassword&) = default;
  ClearPassword& operator=(const ClearPassword&) = default;
  ~ClearPassword() { base::wipe(octets_); }

  [[nodiscard]] PasswordForm form() const { return form_; }
  // Without the NULs at its end.
  [[nodiscard]] std::string_view reveal() const { return base::as_text(base::ByteView(octets_).first(size_)); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] base::Secret secret() const { return base::Secret(reveal()); }

 private:
  friend ClearPassword unhide_password(base::ByteView, base::ByteView, const SharedSecret&);
  std::array<std::uint8_t, max_password_size> octets_{};
  std::size_t size_ = 0;
  PasswordForm form_ = PasswordForm::bad_length;
};

// `hidden` is the attribute's value, `authenticator` the request's.
ClearPassword unhide_password(base::ByteView hidden, base::ByteView authenticator, const SharedSecret& secret);

using HiddenPassword = std::array<std::uint8_t, max_password_size>;

// The octets of `out` that make the value; none when `password` is over 128 octets. An empty one becomes one
// block.
base::ByteView hide_password(std::string_view password, base::ByteView authenticator,
                             const SharedSecret& secret, HiddenPassword& out);

// What `octets`, the unhidden blocks, are.
PasswordForm form_of(base::ByteView octets);

}  // namespace sallyport::radius
