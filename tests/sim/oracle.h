#pragma once
// What the oracle has found, and the facts of the episode. The first thing that is wrong ends the run.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "login_judge.h"
#include "slow_answers.h"
#include "state_judge.h"
#include "timeline.h"

namespace sallyport::sim {

using EdgeCounts = std::map<std::tuple<Sees, Sees, std::string>, std::uint64_t>;

struct EpisodeFacts {
  base::SteadyTime breaks{}, heals{};
  std::optional<base::SteadyTime> first_failure;  // of an exchange for a login, in the outage
  std::optional<base::SteadyTime> entered, left_continuity, normal_again;
  std::optional<base::SteadyTime> doubted_again, relapsed;  // after the healing
  bool left_normal = false, was_worse_than_suspect = false;
};

class Oracle {
 public:
  Oracle(Timeline& timeline, StateJudge::Rules rules, std::size_t workers, bool strict)
      : states(rules, timeline.steady()), logins(states, workers), strict_(strict), timeline_(timeline) {}

  StateJudge states;
  LoginJudge logins;
  SlowAnswers slow_answers;
  EdgeCounts edges;

  void note(const std::string& wrong);
  void name_place(const std::string& place) { wrong_ = place + ": " + wrong_.value_or(""); }
  [[nodiscard]] const std::optional<std::string>& wrong() const { return wrong_; }
  [[nodiscard]] Sign sign(continuity::Evidence evidence) const { return sign_of(evidence, strict_); }

  void begin_episode(base::SteadyTime breaks, base::SteadyTime heals);
  [[nodiscard]] const EpisodeFacts& facts() const { return facts_; }
  void changes(Sees from, Sees to, const std::string& why);
  void sees_end(Sign, base::SteadyTime began);
  void tell_probe(const ProbeSeen&) const;
  void tells(bool on, std::uint32_t login);

 private:
  bool strict_, tells_ = false;
  Timeline& timeline_;
  std::optional<std::string> wrong_;
  EpisodeFacts facts_;
};

}  // namespace sallyport::sim
