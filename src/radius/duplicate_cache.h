#pragma once
// Duplicate detection of RFC 5080 section 2.2.2: a request that comes again while its login is under way is
// ignored, and one that comes again after it gets the same octets as the first time, silence included. A value
// type without clock or socket; `Key` is whatever names a client's request slot: local endpoint, source
// endpoint, id.
//
//   (nothing) ──look_up──▶ in flight ──finish──▶ answered ──keep_until, or pushed out──▶ (nothing)
//        ▲                    │ forget              │
//        └────────────────────┴──── a new authenticator in the same slot begins anew
//
// At most `limit` entries. When it is full, the oldest answered one goes; logins in flight never do, and when
// there is nothing else, new requests are `full`.
#include <cstddef>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/time.h"
#include "radius/packet.h"

namespace sallyport::radius {

enum class Duplicate : std::uint8_t {
  fresh,      // not seen before: now in flight, and the caller owes a finish() or forget()
  in_flight,  // its first copy is under way
  answered,   // to be answered with the same octets
  full,
};

template <class Key, class Hash = std::hash<Key>>
class DuplicateCache {
 public:
  struct Found {
    Duplicate what{};
    base::ByteView answer;  // when answered; empty where silence was the answer. Valid until the next call
  };

  explicit DuplicateCache(std::size_t limit = 65'536) : limit_(limit) {}

  Found look_up(const Key& key, const Authenticator& authenticator, base::SteadyTime now) {
    if (const auto found = slots_.find(key); found != slots_.end()) {
      auto& entry = *found->second;
      const bool expired = entry.finished && entry.keep_until <= now;
      if (entry.authenticator == authenticator && !expired)
        return entry.finished ? Found{Duplicate::answered, entry.answer} : Found{Duplicate::in_flight, {}};
      drop(found->second);  // the client has moved on: nobody waits for the older login's answer
    }
    if (slots_.size() >= limit_ && !answered_.empty()) drop(answered_.begin());
    if (slots_.size() >= limit_) return {Duplicate::full, {}};
    in_flight_.push_back({key, authenticator, {}, {}, false});
    slots_.emplace(key, std::prev(in_flight_.end()));
    return {Duplicate::fresh, {}};
  }

  // The login has ended; `answer` is kept until `keep_until`. False when a newer request has taken the slot, or
  // the login had ended already: then nobody waits for this answer, and it need not be sent.
  bool finish(const Key& key, const Authenticator& authenticator, base::Bytes answer,
              base::SteadyTime keep_until) {
    const auto entry = under_way(key, authenticator);
    if (entry == in_flight_.end()) return false;
    entry->answer = std::move(answer);
    entry->keep_until = keep_until;
    entry->finished = true;
    answered_.splice(answered_.end(), in_flight_, entry);
    return true;
  }

  // As if the request had never come: its retransmit will be fresh. For those that were not admitted.
  void forget(const Key& key, const Authenticator& authenticator) {
    if (const auto entry = under_way(key, authenticator); entry != in_flight_.end()) drop(entry);
  }

  // Gives memory back: those that are due, oldest first, until one that is not. (look_up() heeds `keep_until`
  // by itself, so that clients of different patience never see each other's.)
  void expire(base::SteadyTime now) {
    while (!answered_.empty() && answered_.front().keep_until <= now) drop(answered_.begin());
  }

  [[nodiscard]] std::size_t size() const { return slots_.size(); }
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.size(); }

 private:
  struct Entry {
    Key key;
    Authenticator authenticator;
    base::Bytes answer;
    base::SteadyTime keep_until;
    bool finished;
  };
  using Entries = std::list<Entry>;

  typename Entries::iterator under_way(const Key& key, const Authenticator& authenticator) {
    const auto found = slots_.find(key);
    if (found == slots_.end() || found->second->finished || found->second->authenticator != authenticator)
      return in_flight_.end();
    return found->second;
  }
  void drop(typename Entries::iterator entry) {
    slots_.erase(entry->key);
    (entry->finished ? answered_ : in_flight_).erase(entry);
  }

  std::size_t limit_;
  Entries in_flight_;
  Entries answered_;  // by the time of their end
  std::unordered_map<Key, typename Entries::iterator, Hash> slots_;
};

}  // namespace sallyport::radius
