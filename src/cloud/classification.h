#pragma once
// The table that turns the end of one exchange with the service into one value of evidence, and a status into
// the word about a code. Pure: what the clock, the queue and the addresses had to do with it is told by the
// caller.
#include <cstddef>
#include <optional>
#include <span>

#include "cloud/channel.h"
#include "net/http_client.h"
#include "vip/status.h"

namespace sallyport::cloud {

// What the body of an HTTP answer turned out to be.
struct SoapAnswer {
  enum class Kind { none, operation, client_fault, server_fault, unreadable, of_another_request };
  Kind kind = Kind::none;
  vip::Status status;  // these two of Kind::operation
  vip::Detail detail;
};

struct Circumstances {
  bool clock_believed = false;
  bool own_certificate_has_expired = false;  // by our own clock
  bool name_leads_home = false;  // the service's, or the proxy's where there is one: to loopback, link-local or
                                 // an own address, though the settings do not say so
  bool cut_short_by_own_queue = false;  // less time than the settings give, because of waiting here
  bool loop_was_late = false;           // by over 250 ms
};

Evidence evidence_of(const net::HttpAnswer&, const SoapAnswer&, const Circumstances&);

// One exchange was tried at several addresses in vain: whose end counts. Those that the name leads to come
// before those that were only kept, since somebody else may live there now; what looks like an attack comes
// before what looks like an outage, and that before trouble of our own (an address family that this machine
// does not have).
struct Attempt {
  Evidence evidence{};
  bool is_led_to = true;  // the name leads there
};
std::size_t counting(std::span<const Attempt>);

// The service's word about a code. What is neither a yes nor a no about this user is no verdict.
// Without a status (a fault, no answer) there is none either. `good` is what this operation succeeds with.
Outcome outcome_of(Evidence, std::optional<vip::Status>, vip::Status good = vip::status::success);

}  // namespace sallyport::cloud
