#pragma once
// One run: a gateway, its clients, and a row of episodes, from one seed.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan.h"
#include "virtual_gateway.h"

namespace sallyport::sim {

struct Count {  // of episodes of one name
  std::uint64_t episodes = 0, logins = 0, entered = 0, lost = 0;
};
struct Sum {
  std::uint64_t episodes = 0, logins = 0, by_service = 0, by_rung = 0;
  EdgeCounts edges;
  std::map<std::string, Count> by_name;
  Losses losses;
  base::Duration longest_entry{}, longest_return{};
  void add(const Sum&);
};

class World {
 public:
  explicit World(std::uint64_t seed, bool tells = false, std::uint32_t login = 0);

  // What was wrong, or nothing.
  std::optional<std::string> run(std::size_t episodes);
  [[nodiscard]] const Sum& sum() const { return sum_; }

 private:
  struct Setting {  // of the gateway, drawn from the seed
    VirtualGateway::Options options;
    static Setting draw(Chance&);
  };
  void run_episode(std::size_t number, const Plan&);
  void look_every_second();
  void begin(const Plan&);
  void set_weather(const Plan&);
  void set_trouble(const Plan&);
  void set_logins(const Plan&);
  LoginCase draw_login();
  std::optional<std::size_t> draw_user(bool unwilling);
  void finish(const Plan&);
  void go_on_until(base::SteadyTime);
  template <class Done>
  void go_on_while_not(Done done, base::SteadyTime at_most);
  void judge_entry(const Plan&);
  void judge_return(const Plan&);
  void count(const Plan&, const Losses& before);
  [[nodiscard]] base::SteadyTime at(base::Duration from_beginning) const { return began_ + from_beginning; }

  Chance chance_;
  bool tells_;
  Timeline timeline_;
  Setting setting_;
  Weather weather_;
  Service service_;
  Oracle oracle_;
  std::unique_ptr<VirtualGateway> gateway_;
  std::unique_ptr<RadiusClients> clients_;
  std::vector<base::SteadyTime> user_is_free_;
  std::uint32_t logins_ = 0;
  std::uint64_t episode_logins_ = 0;
  base::SteadyTime began_{};
  bool has_stalls_ = false;
  base::Duration longest_worry_{};  // as the episode began
  bool was_normal_ = false;         // at the first fault
  continuity::State when_healed_{};
  Sum sum_;
};

}  // namespace sallyport::sim
