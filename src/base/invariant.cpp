#include "base/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace sallyport::base {

void invariant_broken(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "sallyport: invariant broken: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace sallyport::base
