#pragma once
// One run: logins are started (as fast as answers come, or at a rate), each reply is proven and held against
// the verdict that is expected, and what did not end so is lost. One thread.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "load/options.h"
#include "load/packet.h"
#include "load/ports.h"
#include "load/users.h"

namespace sallyport::load {

struct Report {
  double seconds = 0, cpu_seconds = 0;
  std::uint64_t in_window = 0;               // logins that ended as they should in the measured time
  std::uint64_t accepted = 0, rejected = 0;  // of the whole run, as expected
  std::uint64_t no_answer = 0, wrong_verdict = 0, bad_authenticator = 0,
                stray = 0;                           // stray: of no login under way
  std::uint64_t sent_again = 0;                      // packets
  std::vector<float> latencies_ms;                   // of the measured time
  std::map<std::string, std::uint64_t> wrong_words;  // Reply-Message of wrong verdicts

  [[nodiscard]] std::uint64_t lost() const { return no_answer + wrong_verdict + bad_authenticator; }
  [[nodiscard]] std::string json();  // sorts the latencies
};

class Run {
 public:
  Run(const Options&, Users&, Ports);
  Report execute();

 private:
  struct Flight {
    bool under_way = false, expect_accept = false;
    std::size_t user = 0;
    std::uint64_t number = 0;          // tells this login from a later one in the same slot
    base::SteadyTime began, given_up;  // when it was due, and when the client waits no longer
    Authenticator authenticator{};
    base::Bytes packet;
  };
  struct Watched {  // in the order of starting
    Slot slot;
    std::uint64_t number = 0;
    base::SteadyTime next_look;
  };

  void launch(base::SteadyTime now);
  [[nodiscard]] bool all_started() const { return options_.logins > 0 && started_ == options_.logins; }
  bool start_one(base::SteadyTime began);
  std::string password_of(User&, bool good);
  std::string wrong_code(const User&) const;
  void on_reply(Slot, base::ByteView);
  void judge(const Flight&, Reply, base::ByteView, base::SteadyTime now);
  void end(Slot);
  void look_after(base::SteadyTime now);
  [[nodiscard]] base::SteadyTime next_look(const Flight&, base::SteadyTime now) const;
  [[nodiscard]] base::Duration until_next(base::SteadyTime now) const;
  Authenticator draw();

  Options options_;
  Users& users_;
  Ports ports_;
  SharedSecret secret_;
  Report report_;
  std::vector<Flight> flights_;
  std::deque<Watched> watched_;
  std::size_t in_flight_ = 0;
  std::uint64_t started_ = 0;
  base::SteadyTime begin_, window_begin_, window_end_, next_due_, now_;
  base::Bytes random_;
};

}  // namespace sallyport::load
