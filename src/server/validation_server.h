#pragma once
// One validation server as the login path needs it: policy, clients, bounds. Made from the settings, never
// changed; a login keeps the one that it began with, also across a reload. What the workers share of it are
// atomics.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/clients.h"
#include "settings/gateway.h"
#include "validation/login.h"

namespace sallyport::server {

// Shared by all workers, and kept across reloads under the validation server's name.
struct Shared {
  std::atomic<int> in_flight{0};            // logins, for admission
  std::atomic<std::int64_t> mute_until{0};  // steady nanoseconds: Status-Server is not answered before
};

struct ValidationServer {
  std::string name;
  validation::Policy policy;
  Clients clients;
  int max_logins = 0;
  bool acknowledges_accounting = false;
  bool asks_user_stores = true;
  std::vector<std::string> user_stores;  // names; empty: all
  std::shared_ptr<Shared> shared;

  static base::Result<std::shared_ptr<const ValidationServer>> make(const settings::ValidationServer&,
                                                                    const settings::Service*,
                                                                    std::shared_ptr<Shared>);
};

}  // namespace sallyport::server
