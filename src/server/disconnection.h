#pragma once
// A session that shall end, as values: from a line of the continuity record, by way of `sallyport continuity
// review --disconnect`, to the Disconnect-Request (RFC 5176) for the RADIUS client that its login came from,
// and back from that client's answer to words. What the line says names the session only: where the request
// goes, and under which secret, say this gateway's settings.
#include <boost/json/object.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "net/endpoint.h"
#include "radius/packet.h"
#include "server/plan.h"

namespace sallyport::server {

struct SessionToEnd {
  std::string login, user, server_name, client_name;  // as the line has them
  std::shared_ptr<const ValidationServer> server;
  const Client* client = nullptr;  // of `server`; nothing: it cannot be asked
  net::Endpoint nas;               // where the Access-Request came from, with the client's disconnect_port
  net::Endpoint from;              // where the server listens, if on one address; port 0: nowhere
  std::vector<std::pair<radius::AttributeType, base::Bytes>>
      attributes;  // which session: as they were received
  std::string why_not;

  [[nodiscard]] const radius::SharedSecret& secret() const;
};

// `sockets` are where the validation servers listen: a client believes the server's address, and maybe no
// other.
SessionToEnd session_of(const boost::json::object& line, const std::vector<PlannedSocket>& sockets);

// The packet; of what does not fit it goes without.
base::Bytes disconnect_request(const SessionToEnd&, std::uint8_t id, base::WallTime now);

enum class SessionEnd { disconnected, refused, no_answer, not_sent };
std::string_view to_string(SessionEnd);

struct Disconnection {
  std::string login, user, server, client;
  SessionEnd end = SessionEnd::no_answer;
  std::string why;  // a sentence; of `disconnected` mostly empty
};
Disconnection disconnection_of(const SessionToEnd&, SessionEnd, std::string why);
// `reply` is verified: an ACK or a NAK.
Disconnection disconnection_of(const SessionToEnd&, const radius::PacketView& reply);
boost::json::object json_of(const Disconnection&);

}  // namespace sallyport::server
