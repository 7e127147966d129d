#pragma once
// Password hashes in crypt(5) form: yescrypt ($y$), scrypt ($7$) and SHA-512 ($6$) are verified, yescrypt is
// made. Each call takes tens of milliseconds and memory on purpose: never on a worker's loop. Nothing else is
// accepted: an older or broken form is as good as no hash. Working memory that held the password is wiped.
#include <string>
#include <string_view>

#include "base/secret.h"

namespace sallyport::crypto {

// A complete hash in one of the three forms (not only a setting).
bool valid_password_hash(std::string_view hash_text);

// False too for a hash that is not valid, and for a password that is empty, holds a NUL or is over 512 octets
// long.
bool verify_password(std::string_view hash_text, const base::Secret& password);

// A new $y$ hash with a random salt, at the library's recommended cost. Empty for a password that
// verify_password() would refuse.
std::string make_password_hash(const base::Secret& password);

// What an unknown user's password is verified against, so that he costs the same time: same form and cost as
// make_password_hash(). No password fits. Where a store's hashes have another form or cost, verify against any
// of those instead and drop the result.
std::string_view dummy_password_hash();

}  // namespace sallyport::crypto
