#pragma once
// Has a running gateway end the sessions of logins, by Disconnect-Requests (RFC 5176) to the RADIUS clients
// that they came from.
#include <boost/json/array.hpp>

#include "app/commands.h"
#include "base/result.h"

namespace sallyport::app {

// `logins` are lines of the record; each gets "disconnect" ("disconnected", "refused", "no answer", "not sent")
// and "why". Two that the client could not tell apart are asked for once, and one that was ended not again.
// True when each was disconnected. The error: the gateway could not be asked; those before it have their
// answers.
base::Result<bool> end_sessions(const ControlOptions&, boost::json::array& logins);

}  // namespace sallyport::app
