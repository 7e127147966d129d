#pragma once
// What an operation of the API came to, before it is put into words: the codes for the client, what succeeded
// with them, and, for the audit log alone, why. Short octets of it are what a repeated request is answered
// from.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "delivery/outbox.h"
#include "vip/types.h"

namespace sallyport::authservice {

enum class Why : std::uint8_t {
  none,
  no_such_user,
  user_not_active,
  no_usable_credential,
  no_such_credential,
  wrong_code,
  spent_code,
  expired_code,
  second_code_asked_for,
  wrong_pin,
  locked_by_this,  // the failure that reached the limit
  secret_does_not_open,
  repeated,  // answered from what was answered before
  repeated_with_another_body,
  database_unavailable,
  too_many_waiting,
  too_many_guesses,
  too_many_pushes,   // that nobody answered
  number_not_shown,  // the account asks for the number challenge, and the client cannot show one
  too_many_sent,     // codes to one address
  nothing_carries_it,
};
inline constexpr std::size_t reasons_why = 21;
std::string_view to_string(Why);

struct SentPush {
  std::uint64_t transaction = 0;
  std::vector<std::string> credentials;  // that were asked
  bool carried = false;                  // something brings it to the devices
  std::string number;                    // of the number challenge; empty: none
};

struct Outcome {
  vip::Status status;
  std::optional<vip::Detail> detail;
  std::string credential_id;  // that was accepted; empty: none
  vip::CredentialType credential_type = vip::CredentialType::standard_otp;
  std::uint64_t authn_id = 0;
  std::optional<bool> pin_expired;          // nothing: no PIN was given
  std::optional<std::int64_t> pin_expires;  // microseconds since 1970
  std::optional<SentPush> push;
  base::Secret handed_out;  // a code or password that was drawn here; kept sealed
  base::Bytes sealed_handed_out;
  std::int64_t sealed_with = 0;

  // Not kept: a repeated request sends nothing again.
  Why why = Why::none;
  std::vector<delivery::Delivery> deliveries;  // that leave once this is on disk
};

inline Outcome outcome(vip::Status status, Why why = Why::none) {
  Outcome made;
  made.status = status;
  made.why = why;
  return made;
}
inline Outcome outcome(vip::Status status, vip::Detail detail, Why why) {
  auto made = outcome(status, why);
  made.detail = detail;
  return made;
}

base::Bytes to_octets(const Outcome&);
std::optional<Outcome> outcome_from(base::ByteView);
std::string authn_id_text(std::uint64_t);  // 16 upper-case hexadecimal digits

}  // namespace sallyport::authservice
