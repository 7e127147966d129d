#pragma once
// What the clients are told: `retransmitting_clients --key value ...`; see usage().
#include <netinet/in.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"

namespace sallyport::clients {

struct Options {
  std::string server, secret, users_file, journal_file;
  std::string sources;  // an IPv4 address: of the first client, the next has the next one; empty: any
  double rate = 200;    // logins a second, whoever waits
  int clients = 24;
  std::chrono::milliseconds retransmit_every{3000};
  int tries = 3;
  int wrong_password_every = 20, wrong_code_every = 20;  // 0: never
};

std::string usage();
base::Result<Options> options_of(int count, char** words);

std::optional<sockaddr_in> ipv4_of(const std::string& text);  // ADDRESS or ADDRESS:PORT

}  // namespace sallyport::clients
