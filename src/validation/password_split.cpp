#include "validation/password_split.h"

#include <algorithm>

#include "base/invariant.h"

namespace sallyport::validation {
namespace {

bool all_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}
bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

base::Result<PasswordAndCode, Cause> split_password(const base::Secret& field, int code_digits) {
  SALLYPORT_INVARIANT(code_digits > 0);
  const auto digits = static_cast<std::size_t>(code_digits);
  const auto text = field.reveal();
  if (text.empty()) return std::unexpected(Cause::empty_password);
  if (holds_nul(text)) return std::unexpected(Cause::malformed_password);
  if (text.size() < digits) return std::unexpected(Cause::no_code_in_password);
  const auto password = text.substr(0, text.size() - digits);
  const auto code = text.substr(password.size());
  if (!all_digits(code)) return std::unexpected(Cause::no_code_in_password);
  if (password.empty()) return std::unexpected(Cause::empty_password);
  return PasswordAndCode{base::Secret(password), base::Secret(code)};
}

base::Result<base::Secret, Cause> whole_password(const base::Secret& field) {
  if (field.empty()) return std::unexpected(Cause::empty_password);
  if (holds_nul(field.reveal())) return std::unexpected(Cause::malformed_password);
  return field;
}

base::Result<base::Secret, Cause> whole_code(const base::Secret& field, int code_digits) {
  SALLYPORT_INVARIANT(code_digits > 0);
  const auto text = field.reveal();
  if (holds_nul(text)) return std::unexpected(Cause::malformed_password);
  if (text.size() != static_cast<std::size_t>(code_digits) || !all_digits(text))
    return std::unexpected(Cause::not_a_code);
  return field;
}

}  // namespace sallyport::validation
