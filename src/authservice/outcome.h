#pragma once
// What an operation of the API came to, before it is put into words: the codes for the client, what succeeded
// with them, and, for the audit log alone, why. Short octets of it are what a repeated request is answered
// from.
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "vip/status.h"

namespace sallyport::authservice {

enum class Why : std::uint8_t {
  none,
  no_such_user,
  user_not_active,
  no_usable_credential,
  no_such_credential,
  wrong_code,
  spent_code,
  second_code_asked_for,
  wrong_pin,
  locked_by_this,  // the failure that reached the limit
  secret_does_not_open,
  repeated,  // answered from what was answered before
  repeated_with_another_body,
  database_unavailable,
  too_many_waiting,
  too_many_guesses,
};
std::string_view to_string(Why);

struct Outcome {
  vip::Status status;
  std::optional<vip::Detail> detail;
  std::string credential_id;  // that was accepted; empty: none
  std::uint64_t authn_id = 0;
  std::optional<bool> pin_expired;
  Why why = Why::none;  // not kept
};

inline Outcome outcome(vip::Status status, Why why = Why::none) { return {status, {}, {}, 0, {}, why}; }
inline Outcome outcome(vip::Status status, vip::Detail detail, Why why) {
  return {status, detail, {}, 0, {}, why};
}

base::Bytes to_octets(const Outcome&);
std::optional<Outcome> outcome_from(base::ByteView);
std::string authn_id_text(std::uint64_t);  // 16 upper-case hexadecimal digits

}  // namespace sallyport::authservice
