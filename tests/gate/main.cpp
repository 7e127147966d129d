// gate [udp] LISTEN TARGET [CONDUCT...]: see gate.h, datagrams.h.
#include <sys/resource.h>

#include <cstdio>
#include <span>
#include <string_view>

#include "datagrams.h"
#include "gate.h"

namespace {

using namespace sallyport::gate;

// Two descriptors a connection.
void allow_many_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int misused() {
  std::fputs("usage: gate [udp] ADDRESS:PORT ADDRESS:PORT [CONDUCT]; its words stand in conduct.h\n", stderr);
  return 2;
}

}  // namespace

int main(int count, char** words) {
  std::span<char*> rest(words + 1, static_cast<std::size_t>(count - 1));
  const bool datagrams = !rest.empty() && std::string_view(rest[0]) == "udp";
  if (datagrams) rest = rest.subspan(1);
  if (rest.size() < 2) return misused();
  const auto listen = address_of(rest[0]), target = address_of(rest[1]);
  std::string line = rest.size() > 2 ? "" : "pass";
  for (const char* word : rest.subspan(2)) line += std::string(word) + ' ';
  const auto conduct = conduct_of(line);
  if (!listen || !target || !conduct) return misused();
  allow_many_descriptors();
  return datagrams ? Datagrams(*listen, *target, *conduct).run() : Gate(*listen, *target, *conduct).run();
}
