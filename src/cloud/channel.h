#pragma once
// One worker's channel to the authentication service: VIP User Services over mutual TLS. It does not know who
// asks or why, nor whether an HTTP proxy stands between. The end of every exchange is classified once, as
// evidence for business continuity.
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "cloud/server_clock.h"
#include "continuity/evidence.h"
#include "net/endpoint.h"
#include "net/loop.h"
#include "net/resolver.h"
#include "settings/gateway.h"

namespace sallyport::cloud {

using continuity::Evidence;
using continuity::evidence_kinds;
using continuity::Side;
using continuity::side;
using continuity::to_string;

enum class Outcome { good, refused, no_verdict };

struct Answer {  // what every answer says
  Outcome outcome{};
  Evidence evidence{};
  std::string status;         // "0000", "6009", of a push "6040", "7002", of a user "LOCKED"; empty without one
  std::string status_detail;  // "49B5"
  std::string detail;         // for the log
  bool idempotent_service = false;  // the answer carried Sallyport-Idempotent: 1
  base::Duration took{};
};
struct CodeAnswer : Answer {
  std::string credential_id;  // when good
};
struct PushAnswer : Answer {   // good: 6040, the push is on its way
  std::string transaction_id;  // when good
  std::string number;          // two digits that the user must choose on the phone; empty: none
};
struct PollAnswer : Answer {  // good: 7000, approved. Refused: denied, expired, not found, ...: see the status
  std::string credential_id;  // when approved
};

enum class Method { code, push, sms, voice, email };
struct Destination {  // of a code that the service sends
  Method method{};    // sms, voice or email
  std::string address;
};
struct UserAnswer : Answer {  // getUserInfo; good when the user may sign in, refused also one who is not ACTIVE
  bool has_code = false;      // one that is typed: of an enabled credential, or a temporary one
  bool has_push = false;
  std::vector<Destination> destinations;  // enabled ones, in the service's order
};

struct ServerTimeAnswer {  // getServerTime, for `check --connect` and the believed clock
  Evidence evidence{};
  std::string detail;
  base::WallTime server_time{};
  base::Duration took{};
  bool tunnel_opened = false;  // where there is a proxy: it let us through
};

// Where the service has answered over mutual TLS, and when last. Handed from channel to channel, and kept on
// disk.
struct KeptAddresses {
  struct One {
    net::Endpoint endpoint;
    base::SteadyTime when;
  };
  std::string name;  // whose: "vip.example.com:443", or the proxy's where there is one
  std::vector<One> all;
};

struct Elsewhere {                     // the service answers where its name does not lead
  std::string address, name, whereto;  // "192.0.2.1"; the name, and where that leads or why nowhere
};

struct Asking {  // what all questions about one user have in common
  std::string user_id;
  std::string request_id;         // the same for a second sending of the same question
  bool fresh_connection = false;  // for a second sending
  base::SteadyTime deadline;
};

class Channel {
 public:
  using CodeDone = std::move_only_function<void(CodeAnswer)>;
  using PushDone = std::move_only_function<void(PushAnswer)>;
  using PollDone = std::move_only_function<void(PollAnswer)>;
  using SentDone = std::move_only_function<void(Answer)>;
  using UserDone = std::move_only_function<void(UserAnswer)>;
  // `max_in_flight` is this worker's share. The error is a sentence for the operator (certificate, key, URL).
  static base::Result<std::unique_ptr<Channel>> make(net::Loop&, net::Resolver&, const settings::Service&,
                                                     int max_in_flight);
  virtual ~Channel() = default;

  // Each question waits for a free slot (least patience first) if max_in_flight are under way; time spent
  // waiting is not the service's. `done` is called exactly once, in the loop, at the deadline at the latest. A
  // failure on a re-used connection is repeated once on a fresh one under the same request id.

  // authenticateUser(userId, pin, otpAuthData.otp). A code or PIN that the service's schema cannot hold is
  // refused here, without asking: evidence local, no status.
  virtual void authenticate_user(Asking, base::Secret code, std::optional<base::Secret> pin, CodeDone) = 0;
  // authenticateUserWithPush; `texts` are displayParameters (values of at most 250 characters), `life` is
  // request.timeout (whole seconds).
  virtual void send_push(Asking, std::vector<std::pair<std::string, std::string>> texts,
                         std::chrono::seconds life, PushDone) = 0;
  // pollPushStatus, now and then until it is no more in progress: many transactions in one call, the calls
  // spread over the interval. A poll that fails says nothing about the push. At the deadline: no_verdict,
  // evidence and status as of the last poll ("7001": the user did not answer). One push settles one login: a
  // second wait for the same id ends at once with no_verdict, local.
  virtual void await_push(std::string transaction_id, base::SteadyTime deadline, PollDone) = 0;
  // sendOtp to one destination of the user. E-mail on interface 1.8: no_verdict, local, without asking.
  virtual void send_code(Asking, Destination, SentDone) = 0;
  // getUserInfo: what the user can sign in with, of what the interface's version has (e-mail: 1.10).
  virtual void user_methods(Asking, UserDone) = 0;
  // getServerTime. Each answer also tells the channel whether this machine's clock may be believed about
  // certificates. Who has asked hands it on to the channels that do not ask.
  virtual void server_time(base::SteadyTime deadline, bool fresh_connection,
                           std::move_only_function<void(ServerTimeAnswer)> done) = 0;
  virtual void tell_server_time(const ServerClock::Told&) {}
  [[nodiscard]] virtual std::optional<ServerClock::Told> server_told() const { return std::nullopt; }
  // The name that is resolved, with its port; empty where the settings give an address.
  [[nodiscard]] virtual std::string resolved_name() const { return {}; }
  // Those of another name are not taken.
  virtual void keep(const KeptAddresses&) {}
  // What this channel has seen since the last call: most often nothing, of an address in use once a minute.
  virtual KeptAddresses take_proven() { return {}; }
  // No more than that many exchanges begin at once; `max_in_flight` is the most.
  virtual void limit(std::size_t) {}
  // The service's name leads back to this machine now, and is not followed.
  [[nodiscard]] virtual bool name_is_bent() const { return false; }
  // The newest connection was made to an address that the name does not lead to any more, and was answered.
  [[nodiscard]] virtual std::optional<Elsewhere> elsewhere() const { return std::nullopt; }
  // When the oldest of the exchanges under way began, of those that began then or later.
  [[nodiscard]] virtual std::optional<base::SteadyTime> oldest_began(base::SteadyTime) const {
    return std::nullopt;
  }
  [[nodiscard]] virtual const std::array<std::uint64_t, evidence_kinds>& evidence_counts() const = 0;
  [[nodiscard]] virtual std::size_t in_flight() const = 0;
  [[nodiscard]] virtual std::size_t waiting() const = 0;
  // The last second in which the certificate that we show is valid, for a metric.
  [[nodiscard]] virtual std::chrono::sys_seconds own_certificate_ends() const { return {}; }
  // The same of the service's, as it was seen last. Zero: not seen yet.
  [[nodiscard]] virtual std::chrono::sys_seconds service_certificate_ends() const { return {}; }
};

// A request id that our own service treats as idempotent: "sp1_" and 22 random base-62 characters.
std::string draw_request_id();

}  // namespace sallyport::cloud
