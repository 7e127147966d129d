#include "authservice/answered.h"

#include <algorithm>
#include <cstring>

#include "crypto/hash.h"

namespace sallyport::authservice {
namespace {

bool base62(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

}  // namespace

bool is_idempotent_id(std::string_view request_id) {
  constexpr std::string_view prefix = "sp1_";
  if (!request_id.starts_with(prefix)) return false;
  request_id.remove_prefix(prefix.size());
  return request_id.size() >= 22 && std::ranges::all_of(request_id, base62);
}

std::optional<RequestMark> mark_request(std::string_view certificate_fingerprint, std::string_view request_id,
                                        std::string_view body) {
  if (!is_idempotent_id(request_id)) return std::nullopt;
  RequestMark mark;
  // The id holds no NUL, so the two parts cannot run into each other.
  mark.request = crypto::sha256({base::as_bytes(request_id), base::as_bytes(std::string_view("\0", 1)),
                                 base::as_bytes(certificate_fingerprint)});
  mark.body = crypto::sha256({base::as_bytes(body)});
  return mark;
}

std::uint64_t Answered::place_of(const RequestMark& mark) {
  std::uint64_t place = 0;
  std::memcpy(&place, mark.request.data(), sizeof place);
  return place;
}

void Answered::load(base::Time now) {
  const auto oldest = (now.wall - life).time_since_epoch().count();
  queries_.run("DELETE FROM answered WHERE at < ?", static_cast<std::int64_t>(oldest));
  for (auto rows = queries_.ask("SELECT id, request, at FROM answered ORDER BY id"); rows.next();) {
    RequestMark mark;
    const auto request = rows.blob(1);
    std::copy_n(request.begin(), std::min(request.size(), mark.request.size()), mark.request.begin());
    // A row from a clock that ran ahead still lives only a minute.
    const auto left =
        std::clamp<std::int64_t>(rows.integer(2) - oldest, 0, std::chrono::microseconds(life).count());
    places_[place_of(mark)] = rows.integer(0);
    aging_.push_back({now.steady + std::chrono::microseconds(left), rows.integer(0), place_of(mark)});
    next_row_ = rows.integer(0) + 1;
  }
}

std::expected<Outcome, Repeated> Answered::find(const RequestMark& mark, base::Time now) {
  const auto found = places_.find(place_of(mark));
  if (found == places_.end()) {
    return std::unexpected(places_.size() >= limit ? Repeated::full : Repeated::first_time);
  }
  auto rows = queries_.ask("SELECT request, body, answer, at FROM answered WHERE id = ?", found->second);
  if (!rows.next() || !std::ranges::equal(rows.blob(0), mark.request))
    return std::unexpected(Repeated::first_time);
  const auto age = now.wall.time_since_epoch().count() - rows.integer(3);
  if (age > std::chrono::microseconds(life).count()) return std::unexpected(Repeated::first_time);
  if (!std::ranges::equal(rows.blob(1), mark.body)) return std::unexpected(Repeated::another_body);
  auto answer = outcome_from(rows.blob(2));
  if (!answer) return std::unexpected(Repeated::first_time);
  return *answer;
}

void Answered::keep(const RequestMark& mark, const Outcome& outcome, base::Time now) {
  const auto octets = to_octets(outcome);
  queries_.run("INSERT INTO answered VALUES(?, ?, ?, ?, ?)", next_row_, base::ByteView(mark.request),
               base::ByteView(mark.body), static_cast<std::int64_t>(now.wall.time_since_epoch().count()),
               base::ByteView(octets));
  const auto place = place_of(mark);
  places_[place] = next_row_;
  aging_.push_back({now.steady + life, next_row_, place});
  fresh_.push_back(place);
  ++fresh_aging_;
  ++next_row_;
}

bool Answered::has_expired(base::Time now) const {
  return !aging_.empty() && aging_.front().until <= now.steady;
}

void Answered::purge(base::Time now) {
  std::int64_t last = 0;
  // What this transaction itself kept stays, so that a rollback finds it at the end of the queue.
  while (aging_.size() > fresh_aging_ && has_expired(now)) {
    const auto& oldest = aging_.front();
    last = oldest.row;
    if (auto place = places_.find(oldest.place); place != places_.end() && place->second == last)
      places_.erase(place);
    aging_.pop_front();
  }
  // Should the transaction fail, the rows outlive their places until the next purge takes all rows up to a
  // later one.
  if (last != 0) queries_.run("DELETE FROM answered WHERE id <= ?", last);
}

void Answered::committed() {
  fresh_.clear();
  fresh_aging_ = 0;
}

void Answered::rolled_back() {
  for (const auto place : fresh_) places_.erase(place);
  aging_.erase(aging_.end() - static_cast<std::ptrdiff_t>(fresh_aging_), aging_.end());
  committed();
}

}  // namespace sallyport::authservice
