#pragma once
// Stands for the directory: it knows every user, and who types a wrong password; it can be down, or slow.
#include <utility>

#include "directory/user_stores.h"
#include "login_case.h"
#include "oracle.h"
#include "secrets.h"
#include "timeline.h"

namespace sallyport::sim {

struct DirectoryWeather {
  bool is_down = false;
  base::Duration usual = std::chrono::milliseconds(6);
};

class VirtualStores final : public directory::UserStores {
 public:
  VirtualStores(Loop& loop, Chance chance, const DirectoryWeather& weather, Oracle& oracle)
      : loop_(loop), chance_(chance), weather_(weather), oracle_(oracle) {}

  void look_up(std::string user, base::SteadyTime deadline, Done done) override {
    answer(std::move(user), true, deadline, std::move(done));
  }
  void check_first_factor(std::string user, base::Secret password, base::SteadyTime deadline,
                          Done done) override {
    answer(std::move(user), password.reveal() == right_password, deadline, std::move(done));
  }
  [[nodiscard]] std::vector<directory::ConnectionReport> report() const override { return {}; }
  void try_connections(std::function<void(std::vector<directory::ConnectionReport>)>) override {}

 private:
  void answer(std::string user, bool is_good, base::SteadyTime deadline, Done done) {
    const auto ready = loop_.now().steady + chance_.answer_time(weather_.usual);
    const bool is_in_time = ready < deadline;
    loop_.at(std::min(ready, deadline),
             [this, user = std::move(user), is_good, is_in_time, done = std::move(done)]() mutable {
               directory::Answer out;
               out.bind_took = std::chrono::milliseconds(1);
               const bool answers = is_in_time && !weather_.is_down;
               out.outcome = !answers  ? directory::Outcome::unavailable
                             : is_good ? directory::Outcome::good
                                       : directory::Outcome::wrong_password;
               if (answers) out.entry = {"corp", "uid=" + user, user, {}, {}};
               const auto told = !answers ? Store::unavailable : is_good ? Store::good : Store::refused;
               oracle_.logins.store_answers(user_of_name(user), told);
               done(std::move(out));
             });
  }

  Loop& loop_;
  Chance chance_;
  const DirectoryWeather& weather_;
  Oracle& oracle_;
};

}  // namespace sallyport::sim
