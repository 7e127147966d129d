#pragma once
// The part of the oracle that judges what becomes of logins: who may be let in and why, that the same request
// gets the same octets, that one login is one push and one question, and that nobody is lost.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "login_case.h"
#include "secrets.h"
#include "signs.h"
#include "state_judge.h"

namespace sallyport::sim {

struct SlotSeen {  // where a request came from
  std::size_t device = 0;
  std::uint16_t port = 0;
  std::uint8_t id = 0;
  std::size_t server = 0;
  auto operator<=>(const SlotSeen&) const = default;
};
enum class Reply : std::uint8_t { accept, reject };
enum class Said : std::uint8_t { nothing, yes, no };  // by the service
enum class Asked : std::uint8_t { code, push, poll };
enum class Store : std::uint8_t { good, refused, unavailable };

struct Losses {  // right logins that were not let in
  std::uint64_t promised_none = 0, service = 0, links = 0, spent_before = 0, store = 0, push = 0;
};

class LoginJudge {
 public:
  LoginJudge(StateJudge& states, std::size_t workers) : states_(states), words_(workers) {}
  struct Promise {
    bool none_is_lost = false;
  };
  void promises(Promise promise) { promise_ = promise; }

  // Clients.
  void begins(const LoginCase&);
  void sends(const SlotSeen&, std::uint32_t number, std::uint64_t authenticator);
  void is_disturbed(std::uint32_t number);  // a datagram was lost, or late
  void arrives(const SlotSeen&, base::SteadyTime now);
  // The request that arrived then was answered before, and has not been answered again since.
  [[nodiscard]] bool is_to_be_repeated(const SlotSeen&, base::SteadyTime arrived) const;
  [[nodiscard]] std::uint32_t number_of(const SlotSeen&) const;
  std::string answered(std::uint32_t number, Reply);
  std::string gives_up(std::uint32_t number);

  // What the gateway learns, just before it does.
  void store_answers(std::size_t user, Store);
  std::string asks(std::uint64_t exchange, std::size_t user, Asked, const std::string& request_id);
  ExchangeSeen told(std::uint64_t exchange, Sign, Said, base::SteadyTime began, base::SteadyTime now);
  void word_heard(std::size_t worker, Sees, base::SteadyTime published);
  // What it does.
  std::string writes(std::string_view line) const;  // into a log, or into the record
  std::string submits_line(std::size_t worker, std::uint32_t number, base::SteadyTime now);
  void line_is_durable(std::uint32_t number);
  std::string replies(std::size_t worker, const SlotSeen&, Reply, base::ByteView octets, base::SteadyTime now);

  // Requests that came in the last quarter of a minute: no login of the gateway is older.
  [[nodiscard]] std::size_t came_lately(base::SteadyTime now);
  [[nodiscard]] const Losses& losses() const { return losses_; }
  [[nodiscard]] std::uint64_t let_in_by_rung() const { return let_in_by_rung_; }
  [[nodiscard]] std::uint64_t let_in_by_service() const { return let_in_by_service_; }
  void forget_what_is_over();
  // Every step of one login is printed.
  void tells_about(std::uint32_t number, std::function<double()> seconds);

 private:
  void tell(std::uint32_t number, const std::string& what) const {
    if (number == told_about_ && told_about_ != 0) print(what);
  }
  void print(const std::string& what) const;
  struct Seen {
    LoginCase truth;
    int round = 0;  // a try that comes after the answer to an earlier one is another login of the gateway
    bool store_was_good = false, store_was_away = false, service_failed = false;
    bool ended_down = false, ended_barred = false, granted_in_doubt = false;
    Said said = Said::nothing;
    std::set<std::string> code_requests, push_requests;
    std::map<std::string, int> sendings;
    int durable_lines = 0, rung_accepts = 0, requests_arrived = 0;
    std::map<Reply, base::SteadyTime>
        last_replied_at;  // of each verdict: two logins of the gateway may have both
    bool replied = false, disturbed = false, was_spent_before = false, over = false;
    // What its links do to the rhythm of its tries may make two logins of the gateway of it: each is judged
    // alone.
    [[nodiscard]] bool may_be_two() const { return disturbed && requests_arrived > 1; }
  };
  struct Sent {  // a request
    std::uint32_t number = 0;
    std::uint64_t authenticator = 0;
    base::Bytes reply;
    base::SteadyTime replied_at{}, repeated_at{};
    bool arrived = false;
    base::SteadyTime arrived_at{};
  };
  struct Exchange {
    std::uint32_t number = 0;
    int round = 0;
    std::size_t user = 0;
    Asked what{};
    bool again = false;
  };
  struct Heard {
    Sees state = Sees::suspect;
    base::SteadyTime published{};
  };
  [[nodiscard]] std::string granting_wrongly(std::size_t worker, const Seen&, base::SteadyTime now) const;
  [[nodiscard]] std::string accepts(std::size_t worker, Seen&, base::SteadyTime now);
  std::string rejects(Seen&);
  std::string lost(Seen&, std::string_view how);
  using Place = std::tuple<std::size_t, std::size_t, std::string>;  // user, RADIUS client, station
  static Place place_of(const LoginCase& one) { return {one.user, one.device % radius_clients, one.station}; }

  StateJudge& states_;
  Secrets secrets_;
  std::deque<base::SteadyTime> came_;  // each request once
  std::vector<Heard> words_;
  Promise promise_;
  std::unordered_map<std::uint32_t, Seen> logins_;
  std::unordered_map<std::size_t, std::uint32_t> by_user_;  // the last of each
  std::unordered_map<std::string, std::uint32_t> by_request_;
  std::map<SlotSeen, Sent> sent_;
  std::unordered_map<std::uint64_t, Exchange> exchanges_;
  std::set<Place> full_successes_;  // with both factors, through a server that asks for them
  std::uint32_t told_about_ = 0;
  std::function<double()> seconds_;
  Losses losses_;
  std::uint64_t let_in_by_rung_ = 0, let_in_by_service_ = 0;
};

}  // namespace sallyport::sim
