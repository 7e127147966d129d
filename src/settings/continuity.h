#pragma once
// The settings of business continuity: [continuity], and what a [[validation_server]] lets in while the
// authentication service is lost. Whoever can cut every path to the service gets what a ladder grants, so the
// checks refuse a rung that would stand alone (continuity_checks.cpp), and warnings say the rest in plain
// words.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/delivery.h"

namespace sallyport::settings {

enum class ContinuityMode {
  disabled,
  automatic,  // the monitor says when
  enabled,    // always on, whatever the service does
};
std::string_view to_string(ContinuityMode);

// What is still checked in place of the second factor; the first rung that can decide does.
enum class Rung {
  any_code,        // as many digits as a code has
  recent_success,  // the same, from a user who has signed in there with both factors in the last days
  deny,
  silent,
};
std::string_view to_string(Rung);

struct LadderFor {               // [[validation_server.ladder_for]]; the first that fits wins
  std::string group;             // a DN; or:
  std::string attribute, value;  // an LDAP attribute that has this value, in whatever case
  std::vector<Rung> ladder;
};

struct Notice : DeliveryChannel {  // [[continuity.notice]]: who is told; `kinds` is always {notice}
  std::vector<std::string> to;     // smtp
};

enum class Meaning {  // of a cause
  outage,
  alarm,  // it never opens continuity
  load,   // we ask more slowly; an outage when that has gone on for long
};

struct Causes {  // [continuity.causes]: those that are a matter of taste; none: as the profile says
  std::optional<Meaning> own_certificate_expired, service_certificate_expired;
  Meaning http_error = Meaning::outage, service_error = Meaning::outage;
  Meaning throttled = Meaning::load;
};

struct Continuity {  // [continuity]
  enum Profile {
    article,  // expired certificates count as an outage
    strict,   // they are an alarm, and never open continuity
  };
  Profile profile = article;
  Causes causes;
  std::chrono::milliseconds worry{1000}, threshold{5000};
  std::chrono::seconds probe_interval{10};  // in `normal`
  std::string folder;                       // private; state and record
  std::string control_socket;               // empty: see control_socket_of
  std::string auditor_certificate_file;     // empty: a segment's first key lies beside it
  std::string canary_user;                  // empty: no canary
  std::vector<Notice> notices;
};

// Where the gateway listens for `sallyport continuity`: "control" in the folder where no other place is named.
// Empty: nowhere.
std::string control_socket_of(const Continuity&);

struct ValidationServer;
// What the ladders let in while the service is lost, one sentence a ladder, each for a person.
std::vector<std::string> continuity_words(const ValidationServer&);

}  // namespace sallyport::settings
