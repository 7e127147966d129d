#pragma once
// From a directory connection of the settings to a session that is ready: name, connecting, TLS, and (for
// searches) the service account's bind, or a look at the root DSE where there is none. Every step has a time
// limit.
#include <functional>
#include <memory>
#include <string>

#include "directory/ldap_session.h"
#include "net/endpoint.h"
#include "net/link.h"
#include "net/resolver.h"
#include "settings/gateway.h"

namespace sallyport::directory {

struct SessionTarget {  // one directory connection of one store; the same for every session to it
  settings::DirectoryConnection at;
  std::shared_ptr<net::LinkTls> tls;  // empty: plain
  std::shared_ptr<net::Resolver> resolver;
  std::string service_dn;  // empty: searches are anonymous
  base::Secret service_password;
  base::Duration connect_limit{}, request_limit{};
  bool allow_clear_text = false;
  // Whether binds ask to be told of a password policy. A directory pays for the question, so it gets it only
  // until its root DSE has said that it knows none. Of one loop.
  std::shared_ptr<bool> asks_policy = std::make_shared<bool>(true);

  [[nodiscard]] std::string to_string() const;  // "ldaps://dc1.example.com:636"
};

enum class SessionUse { search, bind };

struct Opened {
  std::shared_ptr<LdapSession> session;  // empty: see detail
  std::string detail;                    // "start_tls, service account bound, result 0"
  bool credentials_refused = false;      // the service account's: trying again soon would lock it
};
using OpenedDone = std::function<void(Opened)>;

// The way to one directory: the addresses of its name, asked for again when they are old (old ones are better
// than none), and the sessions that are being opened, which end with it.
class Addresses {
 public:
  using Done = std::function<void(base::Result<std::vector<net::Endpoint>>)>;
  Addresses(net::Loop& loop, std::shared_ptr<const SessionTarget> target)
      : loop_(loop), target_(std::move(target)) {}
  static void get(const std::shared_ptr<Addresses>&, Done);
  void opening(const std::shared_ptr<LdapSession>&);
  void abandon();                     // closes the sessions that are being opened: nobody is told
  void prefer(const net::Endpoint&);  // it answered: first, the next time

 private:
  net::Loop& loop_;
  std::shared_ptr<const SessionTarget> target_;
  std::vector<std::weak_ptr<LdapSession>> opening_;
  bool abandoned_ = false;
  std::vector<net::Endpoint> known_;
  base::SteadyTime known_until_{};
};

// `done` is called exactly once, perhaps before this returns.
void open_session(net::Loop&, std::shared_ptr<const SessionTarget>, std::shared_ptr<Addresses>, SessionUse,
                  OpenedDone done);

}  // namespace sallyport::directory
