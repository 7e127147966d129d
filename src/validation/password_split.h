#pragma once
// Where a password ends and a code begins. Exactly the last `code_digits` characters are the code, if all of
// them are ASCII digits; nothing else is tried, so that a login never costs a directory two failed binds. What
// must not reach a directory (an empty password, a NUL: RFC 4513 section 5.1.2) is refused here, before any
// bind.
#include "base/result.h"
#include "validation/login.h"

namespace sallyport::validation {

struct PasswordAndCode {
  base::Secret password;
  base::Secret code;
};

// Mode password_code. The cause is malformed_password, no_code_in_password or empty_password.
base::Result<PasswordAndCode, Cause> split_password(const base::Secret& field, int code_digits);
// Mode challenge, and a password without a code: the whole field, as a directory may be asked. The cause is
// malformed_password or empty_password.
base::Result<base::Secret, Cause> whole_password(const base::Secret& field);
// Mode code: the whole field. The cause is malformed_password or not_a_code.
base::Result<base::Secret, Cause> whole_code(const base::Secret& field, int code_digits);

}  // namespace sallyport::validation
