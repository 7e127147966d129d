#pragma once
// What one run of the load generator is asked to do: `radius_load --key value ...`; see usage().
#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace sallyport::load {

struct Options {
  std::string server = "127.0.0.1:1812", secret, users_file;
  std::size_t in_flight = 64;  // closed loop; in an open loop the most that may be under way
  double rate = 0;             // logins a second; 0: closed loop
  std::chrono::duration<double> seconds{10}, warm_up{1}, patience{5};
  std::size_t ports = 64;     // source ports, of 256 ids each
  int wrong_every = 50;       // one login of so many carries a wrong code (or password); 0: none
  int code_digits = 6;        // 0: the password alone, and a wrong password instead of a wrong code
  bool with_password = true;  // false: the code alone
  std::chrono::duration<double> retransmit_every{0};  // byte for byte; 0: never
  std::uint64_t logins = 0;                           // and no more; 0: as many as the time allows
};

std::string usage();
base::Result<Options> options_of(int count, char** words);
// IPv4 and IPv6 literals; the length of the address that was written.
base::Result<socklen_t> address_of(const std::string& server, sockaddr_storage&);

}  // namespace sallyport::load
