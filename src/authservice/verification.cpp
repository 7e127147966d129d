#include "authservice/verification.h"

#include <algorithm>
#include <cstdlib>

namespace sallyport::authservice {
namespace {

// How far below `next` a spent HOTP code is still recognized as a replay.
constexpr std::int64_t replays_looked_for = 10;

struct Span {  // of moving factors, both ends included
  std::int64_t first, last;
  [[nodiscard]] bool holds(std::int64_t place) const { return place >= first && place <= last; }
};

struct Search {
  const OathKey& key;
  Moving moving;
  Span accepted, sync;

  // The drift is what the caller makes of the place.
  [[nodiscard]] Verification accept(std::int64_t last_spent) const {
    return {CodeOutcome::accepted, {last_spent + 1, moving.drift}};
  }
  [[nodiscard]] Verification unchanged(CodeOutcome outcome) const { return {outcome, moving}; }
};

// From the likeliest place outward: a token in step costs one HMAC.
std::int64_t place_at(std::int64_t centre, std::int64_t turn) {
  return turn % 2 == 1 ? centre + (turn + 1) / 2 : centre - turn / 2;
}

Verification single(const Search& search, std::uint32_t code, std::int64_t centre) {
  bool spent = false;
  const auto furthest = std::max(search.accepted.last - centre, centre - search.accepted.first);
  for (std::int64_t turn = 0; turn <= 2 * furthest; ++turn) {
    const auto place = place_at(centre, turn);
    if (place < 0 || !search.accepted.holds(place) || search.key.code(place) != code) continue;
    if (place >= search.moving.next) return search.accept(place);
    spent = true;
  }
  if (spent) return search.unchanged(CodeOutcome::replay);
  for (auto place = std::max(search.sync.first, search.moving.next); place <= search.sync.last; ++place) {
    if (!search.accepted.holds(place) && search.key.code(place) == code) {
      return search.unchanged(CodeOutcome::needs_second_code);
    }
  }
  return search.unchanged(CodeOutcome::refused);
}

Verification pair(const Search& search, std::uint32_t first, std::uint32_t second) {
  bool spent = false;
  auto place = std::max<std::int64_t>(search.sync.first, 0);
  auto here = search.key.code(place);
  for (; place <= search.sync.last; ++place) {
    const auto next = search.key.code(place + 1);
    if (here == first && next == second) {
      if (place >= search.moving.next) return search.accept(place + 1);
      spent = true;
    }
    here = next;
  }
  return search.unchanged(spent ? CodeOutcome::replay : CodeOutcome::refused);
}

Search totp_search(const OathKey& key, const Moving& moving, const Windows& windows, std::int64_t now_step) {
  const auto sync = std::max(windows.totp_sync, windows.totp);
  // A drift from a time of wider windows must not reach outside today's.
  const auto drift = std::clamp<std::int64_t>(moving.drift, -sync, sync);
  const Span all{now_step - sync, now_step + sync};
  const auto centre = now_step + drift;
  return {key,
          moving,
          {std::max(centre - windows.totp, all.first), std::min(centre + windows.totp, all.last)},
          all};
}

Search hotp_search(const OathKey& key, const Moving& moving, const Windows& windows) {
  const auto from = std::max<std::int64_t>(moving.next - replays_looked_for, 0);
  const auto sync = std::max(windows.hotp_sync, windows.hotp);
  return {key, moving, {from, moving.next + windows.hotp}, {from, moving.next + sync}};
}

}  // namespace

Verification verify_code(CredentialKind kind, const OathKey& key, int period_seconds, const Moving& moving,
                         const Codes& codes, const Windows& windows, base::WallTime now) {
  const auto first = read_code(codes.first, key.digits());
  if (!first) return {CodeOutcome::refused, moving};
  std::optional<std::uint32_t> second;
  if (codes.second) {
    second = read_code(*codes.second, key.digits());
    if (!second) return {CodeOutcome::refused, moving};
  }
  const auto now_step = kind == CredentialKind::totp ? totp_step(now, period_seconds) : 0;
  const auto search = kind == CredentialKind::totp ? totp_search(key, moving, windows, now_step)
                                                   : hotp_search(key, moving, windows);
  const auto centre = kind == CredentialKind::totp
                          ? std::clamp(now_step + moving.drift, search.accepted.first, search.accepted.last)
                          : moving.next;
  auto verified = second ? pair(search, *first, *second) : single(search, *first, centre);
  if (verified.outcome == CodeOutcome::accepted && kind == CredentialKind::totp) {
    verified.moving.drift = verified.moving.next - 1 - now_step;
  }
  return verified;
}

}  // namespace sallyport::authservice
