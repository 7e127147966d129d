// gate LISTEN TARGET [CONDUCT...]: see gate.h.
#include <sys/resource.h>

#include <cstdio>

#include "gate.h"

namespace {

// Two descriptors a connection.
void allow_many_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** words) {
  using namespace sallyport::gate;
  const auto listen = count > 2 ? address_of(words[1]) : std::nullopt;
  const auto target = count > 2 ? address_of(words[2]) : std::nullopt;
  std::string line = count > 3 ? "" : "pass";
  for (int i = 3; i < count; ++i) line += std::string(words[i]) + ' ';
  const auto conduct = conduct_of(line);
  if (!listen || !target || !conduct) {
    std::fputs(
        "usage: gate ADDRESS:PORT ADDRESS:PORT [pass | silent | refuse | reset | delay MS | drip N ...]\n",
        stderr);
    return 2;
  }
  allow_many_descriptors();
  return Gate(*listen, *target, *conduct).run();
}
