// Sixteen octets of authenticator, then what came as User-Password; and a password hidden comes back.
#include "radius/password.h"
#include "target.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  static const radius::SharedSecret secret{base::Secret("a secret of the fuzzer")};
  if (size < radius::authenticator_size) return 0;
  const base::ByteView authenticator(octets, radius::authenticator_size);
  const base::ByteView value(octets + radius::authenticator_size, size - radius::authenticator_size);
  const auto clear = radius::unhide_password(value, authenticator, secret);
  SALLYPORT_INVARIANT(clear.size() <= radius::max_password_size);
  if (clear.form() == radius::PasswordForm::text)
    SALLYPORT_INVARIANT(clear.reveal().find('\0') == std::string_view::npos);
  radius::HiddenPassword buffer;
  const auto hidden = radius::hide_password(base::as_text(value), authenticator, secret, buffer);
  SALLYPORT_INVARIANT(hidden.empty() == (value.size() > radius::max_password_size));
  if (hidden.empty()) return 0;
  const auto again = radius::unhide_password(hidden, authenticator, secret);
  auto padded = base::as_text(value);
  while (padded.ends_with('\0')) padded.remove_suffix(1);
  if (again.form() == radius::PasswordForm::text) SALLYPORT_INVARIANT(again.reveal() == padded);
  return 0;
}
