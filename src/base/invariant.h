#pragma once
// Broken invariants stop the program, in release builds too: a gateway that no longer knows what it is doing
// must not say yes.

namespace sallyport::base {

[[noreturn]] void invariant_broken(const char* expression, const char* file, int line);

}  // namespace sallyport::base

#define SALLYPORT_INVARIANT(expression) \
  ((expression) ? static_cast<void>(0) : ::sallyport::base::invariant_broken(#expression, __FILE__, __LINE__))
