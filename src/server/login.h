#pragma once
// One login that a worker owns, from its Access-Request to its answer: the transaction that decides, where the
// answer goes, and what the audit line will say. It outlives the answer by a second at most (just_answered.h).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "cloud/channel.h"
#include "directory/user_stores.h"
#include "radius/packet.h"
#include "server/shared_limits.h"
#include "server/validation_server.h"
#include "validation/transaction.h"

namespace sallyport::server {

// A request as the receiving worker hands it to the owner: checked, and with its octets.
struct Request {
  std::shared_ptr<const ValidationServer> server;
  const Client* client = nullptr;  // lives as long as `server`
  int socket = 0;                  // each worker has its own socket of that number
  net::Endpoint peer, local;
  base::Time arrival;
  bool authentic = false;  // proven by a Message-Authenticator
  base::Bytes octets;

  // The octets were decoded before they came here.
  [[nodiscard]] radius::PacketView packet() const;
};

struct Evidence {  // for the audit line only
  std::string user_store, first_detail, second_detail, status, credential_id;
  std::optional<cloud::Evidence> service;
  base::Duration search_took{}, bind_took{}, service_took{};
  int sendings = 0;
  std::string method;       // how the second factor was asked for, where no code was typed
  std::string transaction;  // of a push
};

struct Login {
  std::uint64_t number = 0;
  std::string id;              // of the audit line
  Request first;               // joins are compared with it
  Request newest;              // gets the answer; empty octets: it is `first`
  std::uint64_t password = 0;  // keyed hash of the password field
  int joined = 0;
  std::string user_name;      // as a directory is asked for it
  std::string prepared_name;  // as names are compared
  std::string canonical_user;
  std::optional<validation::Transaction> transaction;  // none: refused unasked
  std::optional<validation::Finish> end;               // decided, waiting for its time
  std::optional<validation::Challenge> challenge;      // with `end`'s verdict challenge
  std::optional<Carried> continues;                    // the challenge that this one answers
  directory::Entry entry;                              // for the reply's attributes
  bool had_recent_success = false;                     // where the ladder asks for it
  base::Time decided;
  SharedLimits::UnderWay under_way;          // until then
  std::optional<continuity::Rung> recorded;  // a rung whose line is, or will be, in the record
  Evidence evidence;
  // What it began with stays alive as long as it does, also across a reload.
  std::shared_ptr<directory::UserStores> stores;
  std::shared_ptr<cloud::Channel> channel;

  [[nodiscard]] const Request& answered_request() const { return newest.octets.empty() ? first : newest; }
};

// What a State of this request is bound to.
BoundTo bound_to(const Request&, const radius::PacketView&);

}  // namespace sallyport::server
