#pragma once
// The user stores of one worker, in their order. A user belongs to the first store that knows it; a wrong
// password does not go on to the next store; a store that cannot be asked ends the search unless it may be
// skipped. One login costs at most one bind with the user's password. Nothing here blocks the loop.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "net/loop.h"
#include "settings/gateway.h"

namespace sallyport::directory {

// What is wanted of an entry besides its name: set once, the same for every login.
struct Wanted {
  std::vector<std::string> attributes;  // types; asked for with the search, none in stores of kind file
  std::vector<std::string> groups;      // DNs, nested membership counts; a file's groups are plain
};
struct AttributeValues {
  std::string type;                 // as in Wanted
  std::vector<std::string> values;  // at most 64, of at most 1,024 octets: what is over is left out
};

struct Entry {
  std::string user_store;  // its name
  std::string dn;
  std::string canonical_user;               // the value of user_name_attribute, prepared (text::)
  std::vector<AttributeValues> attributes;  // of the wanted ones, those that the entry has
  std::vector<std::string> groups;          // of the wanted ones, those that it is a member of
};

enum class Outcome {
  good,            // exactly one entry; and, where a password was given, result code 0 for its bind
  unknown_user,    // no store knows it; the time of a bind or a hash was spent all the same
  ambiguous_user,  // two entries in one store
  wrong_password,
  password_expired,  // these of Active Directory (data 532, 773, 533, 775, 701), and of ppolicy where it says
                     // so
  password_must_change,
  account_disabled,
  account_locked,
  account_expired,
  account_unusable,  // the directory refused for another reason than the password
  unavailable,       // a store that had to be asked could not be
};

struct Answer {
  Outcome outcome{};
  Entry entry;  // when an entry was found
  std::string
      detail;  // for the log, no secret: "result 49: 80090308 ... data 52e", "dc1:636 connect timed out"
  base::Duration search_took{}, bind_took{};
};

struct ConnectionReport {              // for `check --connect`, /metrics and /readyz
  std::string user_store, connection;  // "corp", "ldaps://dc1.example.com:636"
  bool up = false;
  bool in_use = false;      // the preferred of those that live
  std::string detail;       // why it is down, or "TLSv1.3, result 0"; empty before the first try has ended
  bool refuses_us = false;  // the service account
  bool skip_when_unreachable = false;  // the store's setting
};

// What only this room can judge of a store's settings, the files that they name included. Makes no thread and
// connects to nothing. The error: "KEY: what is expected".
base::Result<void> check(const settings::UserStore&);

// Of a group that is wanted of these stores (`names` as in UserStores::make): directories know groups by DN, a
// file's are plain. The error: what is expected.
base::Result<void> check_group(const std::vector<settings::UserStore>&, const std::vector<std::string>& names,
                               const std::string& group);

class UserStores {
 public:
  using Done = std::move_only_function<void(Answer)>;
  // `names`: which stores, in this order (empty: all). An entry whose wanted groups cannot be told is
  // `unavailable`. The error is a sentence for the operator.
  static base::Result<std::unique_ptr<UserStores>> make(net::Loop&, const std::vector<settings::UserStore>&,
                                                        const std::vector<std::string>& names,
                                                        const Wanted& wanted = {});
  virtual ~UserStores() = default;  // `done` of what is under way is not called any more

  // `done` is called exactly once, in the loop, before or soon after `deadline`, never from inside the call.
  virtual void look_up(std::string user_name, base::SteadyTime deadline, Done done) = 0;
  // An empty password, or one with NUL, is refused here too: it never reaches a bind (RFC 4513 section 5.1.2).
  virtual void check_first_factor(std::string user_name, base::Secret password, base::SteadyTime deadline,
                                  Done done) = 0;
  [[nodiscard]] virtual std::vector<ConnectionReport> report() const = 0;
  // Connects everything once, binds the service accounts, and reports; for `check --connect`.
  virtual void try_connections(std::function<void(std::vector<ConnectionReport>)> done) = 0;
};

}  // namespace sallyport::directory
