#pragma once
// Logins that were answered when the client's own time for a try was about to end: its retry, on a socket of
// its own, may cross the answer, and then nobody reads that. Such a retry gets the same verdict, not a new
// login whose code is spent. Kept for a second, and only where a retry may be on its way; join_rules.h says who
// may join. An accept only to who brings the digits too: who knows a password must not ride on a push that
// another has approved.
#include <cstdint>
#include <deque>
#include <memory>

#include "base/time.h"
#include "server/login.h"

namespace sallyport::server {

class JustAnswered {
 public:
  static constexpr base::Duration life = std::chrono::seconds(1);
  static constexpr std::size_t most = 4096;  // the oldest goes first

  // Whether a retry may be on its way when `login` is answered at `now`.
  static bool may_be_crossed(const Login& login, base::SteadyTime now) {
    const auto verdict = login.end->verdict;
    const bool has_digits = login.transaction && login.transaction->digits_were_typed();
    if (verdict != validation::Verdict::reject && (verdict != validation::Verdict::accept || !has_digits))
      return false;
    const auto since = now - login.answered_request().arrival.steady + life;
    return login.transaction && since * 5 >= login.first.client->join.timeout * 4;
  }

  void add(std::unique_ptr<Login> login, std::uint64_t join_key, base::SteadyTime now) {
    if (logins_.size() >= most) logins_.pop_front();
    login->transaction.reset();  // nothing is decided any more; what is secret goes
    login->stores.reset();
    login->channel.reset();
    logins_.push_back({now + life, join_key, std::move(login)});
  }

  void expire(base::SteadyTime now) {
    while (!logins_.empty() && logins_.front().until <= now) logins_.pop_front();
  }

  [[nodiscard]] bool has(std::uint64_t join_key) const {
    for (const auto& one : logins_)
      if (one.join_key == join_key) return true;
    return false;
  }

  template <class Look>
  Login* find_candidate(std::uint64_t join_key, const Look& look) const {
    for (const auto& one : logins_)
      if (one.join_key == join_key && look(*one.login)) return one.login.get();
    return nullptr;
  }

 private:
  struct Kept {
    base::SteadyTime until;
    std::uint64_t join_key;
    std::unique_ptr<Login> login;
  };
  std::deque<Kept> logins_;
};

}  // namespace sallyport::server
