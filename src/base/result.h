#pragma once
// What can be expected to happen (a bad password, a store that is down, a malformed packet) is a value, not an
// exception. A room that a caller must tell reasons apart for returns `Result<T, its own enum>`; where a person
// is the only reader, `Result<T>` carries a sentence for them.
#include <expected>
#include <string>
#include <utility>

namespace sallyport::base {

struct Error {
  std::string what;  // one sentence for a person: what is wrong, with which thing, and what is expected
};

template <class T, class E = Error>
using Result = std::expected<T, E>;

inline std::unexpected<Error> failure(std::string what) { return std::unexpected(Error{std::move(what)}); }

}  // namespace sallyport::base
