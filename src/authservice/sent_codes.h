#pragma once
// Codes that are drawn here and sent to somebody (SMS, voice, e-mail), or given to a program that asks (service
// credentials): one for a credential at a time, good for a short life and once. The newest counts. At rest they
// are sealed. `judge` and `after_send` are pure; the rows belong to the database thread.
#include <cstdint>
#include <optional>
#include <string_view>

#include "authservice/session.h"

namespace sallyport::authservice {

struct SentCode {
  base::Secret code;
  std::int64_t expires = 0;
  bool spent = false;
};
// A code that was right but is spent or too old is no guess, and is told apart.
CodeOutcome judge(const SentCode&, const Codes& given, std::int64_t now);

// How often within an hour: since the last success, or since the first of the hour.
struct Sends {
  std::int64_t count = 0, since = 0;
  friend bool operator==(const Sends&, const Sends&) = default;
};
// Nothing: no more may be sent now. `limit` 0: any number.
std::optional<Sends> after_send(const Sends&, int limit, std::int64_t now);

// Draws a code for the credential, in place of the one before. Nothing: too many were sent.
std::optional<base::Secret> draw_code(Session&, const AccountPolicy&, const Credential&);
// As verify_against() of tokens; what is accepted is spent at once.
std::optional<CodeOutcome> verify_sent_code(Session&, const AccountPolicy&, const Credential&, const Codes&);
void forget_old_codes(store::Queries&, std::int64_t now);

}  // namespace sallyport::authservice
