// retransmitting_clients: see options.cpp for what it is told, clients.h for what it does. Prints one line of
// JSON at the end; exit code 2 when it could not run.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>

#include "clients.h"

namespace {

int failed(const std::string& what) {
  fmt::print(stderr, "{}\n", what);
  return 2;
}

void allow_many_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** words) {
  using namespace sallyport;
  const auto options = clients::options_of(count, words);
  if (!options) return failed(options.error().what);
  auto users = load::Users::read(options->users_file);
  if (!users) return failed(users.error().what);
  auto journal = clients::Journal::open(options->journal_file);
  if (!journal) return failed(journal.error().what);
  allow_many_descriptors();
  const auto summary = clients::Clients(*options, *users, std::move(*journal)).run();
  if (const auto written = users->write(options->users_file); !written) return failed(written.error().what);
  fmt::print("{}", summary);
  return 0;
}
