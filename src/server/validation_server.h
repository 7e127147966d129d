#pragma once
// One validation server as the login path needs it: policy, clients, bounds. Made from the settings, never
// changed; a login keeps the one that it began with, also across a reload. What the workers share of it are
// atomics.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/clients.h"
#include "server/outage_limits.h"
#include "server/rehearsal.h"
#include "server/reply_attributes.h"
#include "server/sealed_state.h"
#include "settings/gateway.h"
#include "validation/login.h"

namespace sallyport::server {

// Shared by all threads, and kept across reloads under the validation server's name.
struct Shared {
  std::atomic<int> in_flight{0};             // logins, for admission
  std::atomic<std::int64_t> mute_until{0};   // steady nanoseconds: Status-Server is not answered before
  std::atomic<bool> service_is_lost{false};  // as far as the last login that asked it knows
  std::atomic<continuity::Mode> mode{continuity::Mode::disabled};  // the settings', or by hand
  std::atomic<bool> is_by_hand{false};
  std::array<std::atomic<std::uint64_t>, continuity::rungs> let_in{};
  OutageLimits outage;
  Rehearsal rehearsal;
};

// When the password was changed last: Active Directory's, and ppolicy's.
inline constexpr std::array<std::string_view, 2> password_change_attributes{"pwdLastSet", "pwdChangedTime"};

struct ValidationServer {
  std::string name;
  validation::Policy policy;
  continuity::Mode mode = continuity::Mode::disabled;  // as the settings say
  Clients clients;
  int max_logins = 0;
  bool acknowledges_accounting = false;
  bool asks_user_stores = true;
  bool asks_recent_success = false;  // some rung does
  base::Duration recent_life{};
  OutageLimits::Rules outage_rules;
  // Of an Access-Accept by a rung: a Class attribute that names it; a Session-Timeout, 0: none.
  bool tells_rung = false;
  std::chrono::seconds rung_session{};
  std::vector<std::string> user_stores;  // names; empty: all
  settings::Prompts prompts;
  ReplyAttributes reply_attributes;
  directory::Wanted wanted;  // of every entry
  base::Duration challenge_life{};
  std::uint64_t policy_digest = 0;        // of what a State's login was judged by
  std::shared_ptr<const StateSeal> seal;  // none: no client shows challenges
  std::shared_ptr<Shared> shared;

  static base::Result<std::shared_ptr<const ValidationServer>> make(const settings::ValidationServer&,
                                                                    const settings::Service*,
                                                                    std::shared_ptr<const StateSeal>,
                                                                    std::shared_ptr<Shared>,
                                                                    const continuity::Profile& = {});
};

}  // namespace sallyport::server
