#pragma once
// Is this code good, and what may still be good after it? A code is accepted once: what is accepted moves
// `next` past it, and `next` never goes back, whatever the clock does.
//
//            within the look-ahead, not spent                       accepted: next = the match + 1, drift
//            remembered
//   code ──▶ within the sync window only, alone                     needs_second_code (4923)
//            within the sync window, followed by its successor      accepted: next = the second match + 1
//            spent (below `next`)                                   replay
//            anything else                                          refused
#include <cstdint>
#include <optional>
#include <string_view>

#include "authservice/oath.h"
#include "base/time.h"

namespace sallyport::authservice {

// Kept in the database. The codes of those after hotp are drawn here and sent: sent_codes.h.
enum class CredentialKind : std::uint8_t { totp = 1, hotp = 2, sms = 3, voice = 4, service = 5, email = 6 };
constexpr bool is_token(CredentialKind kind) {
  return kind == CredentialKind::totp || kind == CredentialKind::hotp;
}

// What moves, and is written in the transaction that accepts a code.
struct Moving {
  std::int64_t next = 0;   // the lowest counter or step that may still be accepted
  std::int64_t drift = 0;  // TOTP: steps by which the token's clock is ahead of ours
  friend bool operator==(const Moving&, const Moving&) = default;
};

// The account's policy; see settings::Account.
struct Windows {
  int totp = 10;       // steps each way of the token's own time
  int totp_sync = 64;  // steps each way of our time
  int hotp = 10;       // counters after the next one
  int hotp_sync = 100;
};

enum class CodeOutcome { accepted, refused, needs_second_code, expired, replay };

struct Verification {
  CodeOutcome outcome = CodeOutcome::refused;
  Moving moving;  // after it; the same as before unless accepted
};

struct Codes {
  std::string_view first;
  std::optional<std::string_view> second;  // the code that the token shows next: resynchronizes
};

// `period_seconds` and `now` matter to TOTP alone. Cost: one HMAC for a code that is exactly in step, at most
// one for each place of the sync window (and ten more for HOTP) for a wrong one.
Verification verify_code(CredentialKind kind, const OathKey& key, int period_seconds, const Moving& moving,
                         const Codes& codes, const Windows& windows, base::WallTime now);

}  // namespace sallyport::authservice
