// radius_load: see options.cpp for what it is told, run.h for what it does. Prints one line of JSON; exit code
// 0 when no login was lost, 1 when some were, 2 when it could not run.
#include <fmt/format.h>

#include <cstdio>

#include "load/run.h"

namespace {

int failed(const std::string& what) {
  fmt::print(stderr, "{}\n", what);
  return 2;
}

}  // namespace

int main(int count, char** words) {
  using namespace sallyport::load;
  const auto options = options_of(count, words);
  if (!options) return failed(options.error().what);
  sockaddr_storage server{};
  const auto length = address_of(options->server, server);
  if (!length) return failed(length.error().what);
  auto users = Users::read(options->users_file);
  if (!users) return failed(users.error().what);
  auto ports = Ports::open(server, *length, options->ports);
  if (!ports) return failed(ports.error().what);
  auto report = Run(*options, *users, std::move(*ports)).execute();
  if (options->code_digits > 0) {
    if (const auto written = users->write(options->users_file); !written) return failed(written.error().what);
  }
  fmt::print("{}", report.json());
  return report.lost() == 0 ? 0 : 1;
}
