#pragma once
// Where the authentication service has answered over mutual TLS in the last week, on disk, so that a gateway
// that starts while the name server is dead or lies still asks for both factors. TLS proves who answers; what
// stands here is a place to try. A small file of its own: one that is damaged costs nothing but that.
//
// The file's times are the service's where it has told us (getServerTime), else the wall clock's. A time to
// come counts as now; one that seems to be too long ago is not used, and stays in the file until the service
// has answered somewhere: until then it may be the clock that is wrong.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cloud/channel.h"

namespace sallyport::server {

class AddressBook {
 public:
  static constexpr base::Duration life = std::chrono::days(7);
  static constexpr std::size_t most_addresses = 16;      // of one name
  static constexpr std::size_t most_names = 8;           // the settings change now and then
  using Told = std::optional<cloud::ServerClock::Told>;  // by the service

  void remember(const cloud::KeptAddresses&, base::Time now, const Told&);
  [[nodiscard]] cloud::KeptAddresses of(const std::string& name, base::Time now, const Told&) const;
  // Something new is to be written: an address, or a time that is an hour newer than the file's.
  [[nodiscard]] bool is_changed() const { return is_changed_; }

  // A file that is not there is an empty book. The error is a sentence, and the book is empty then.
  base::Result<void> read(const std::string& file);
  base::Result<void> write(const std::string& file);

 private:
  struct One {
    net::Endpoint endpoint;
    base::WallTime seen;
  };
  void note(std::vector<One>&, const net::Endpoint&, base::WallTime seen);
  void forget_a_name();

  std::map<std::string, std::vector<One>> names_;
  bool is_changed_ = false;
};

}  // namespace sallyport::server
