#include "world.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace sallyport::sim {
namespace {

using namespace std::chrono_literals;
using continuity::State;

constexpr std::size_t least_logins = 200;
constexpr std::size_t willing_users = 400;    // whose phones approve
constexpr base::Duration after_healing = 5s;  // logins go on
// Continuity then comes within the patience of whoever the outage hits first.
constexpr base::Duration latest_good_worry = 2s;

const base::Time start{base::SteadyTime(100'000s), base::WallTime(1'700'000'000s), true};

std::uint64_t all_of(const Losses& losses) { return losses.promised_none + losses.service; }

}  // namespace

void Sum::add(const Sum& other) {
  episodes += other.episodes;
  logins += other.logins;
  by_service += other.by_service;
  by_rung += other.by_rung;
  for (const auto& [edge, count] : other.edges) edges[edge] += count;
  for (const auto& [name, one] : other.by_name) {
    auto& mine = by_name[name];
    mine.episodes += one.episodes;
    mine.logins += one.logins;
    mine.entered += one.entered;
    mine.lost += one.lost;
  }
  losses.promised_none += other.losses.promised_none;
  losses.service += other.losses.service;
  losses.links += other.losses.links;
  losses.spent_before += other.losses.spent_before;
  losses.store += other.losses.store;
  losses.push += other.losses.push;
  longest_entry = std::max(longest_entry, other.longest_entry);
  longest_return = std::max(longest_return, other.longest_return);
}

World::Setting World::Setting::draw(Chance& chance) {
  Setting out;
  out.options.workers = 1 + chance.below(4);
  out.options.has_canary = chance.happens(0.5);
  out.options.strict = chance.happens(0.2);
  out.options.is_armed = !chance.happens(0.1);
  return out;
}

World::World(std::uint64_t seed, bool tells, std::uint32_t login)
    : chance_(seed),
      tells_(tells),
      timeline_(start),
      setting_((seed_kernel_randomness(chance_.draw()), Setting::draw(chance_))),
      weather_(chance_.branch()),
      oracle_(timeline_,
              {.has_canary = setting_.options.has_canary, .was_ever_reached = setting_.options.is_armed},
              setting_.options.workers, setting_.options.strict),
      user_is_free_(users) {
  oracle_.tells(tells, login);
  clients_ = std::make_unique<RadiusClients>(
      RadiusClients::Place{
          .timeline = timeline_,
          .oracle = oracle_,
          .to_gateway = [this](int socket, const net::Endpoint& peer,
                               const base::Bytes& octets) { gateway_->receive(socket, peer, octets); },
          .over = [this](const LoginCase& login) { user_is_free_[login.user] = timeline_.steady() + 6s; }},
      chance_.branch());
  if (!setting_.options.is_armed) weather_.set(Fault::refused, timeline_.steady());
  gateway_ = std::make_unique<VirtualGateway>(
      VirtualGateway::Place{
          .timeline = timeline_,
          .weather = weather_,
          .service = service_,
          .oracle = oracle_,
          .send = [this](
                      std::size_t worker, int socket, const net::Endpoint& to,
                      base::Bytes octets) { clients_->leaves_gateway(worker, socket, to, std::move(octets)); },
          .arrives =
              [this](int socket, const net::Endpoint& peer, const base::Bytes& octets) {
                clients_->arrives_at_gateway(socket, peer, octets, !has_stalls_);
              }},
      setting_.options, chance_.branch());
  look_every_second();
}

void World::look_every_second() {
  oracle_.note(gateway_->queues_out_of_bounds());
  timeline_.after(1s, [this] { look_every_second(); });
}

void World::go_on_until(base::SteadyTime when) {
  const auto is_over = std::make_shared<bool>(false);
  timeline_.at(when, [is_over] { *is_over = true; });
  while (!*is_over && !oracle_.wrong() && timeline_.go_on()) {
  }
}

template <class Done>
void World::go_on_while_not(Done done, base::SteadyTime at_most) {
  while (!oracle_.wrong() && !done() && timeline_.steady() < at_most)
    go_on_until(std::min(timeline_.steady() + 100ms, at_most));
}

std::optional<std::string> World::run(std::size_t episodes) {
  for (std::size_t i = 0; i < episodes && !oracle_.wrong(); ++i) {
    const bool is_first_contact = i == 0 && !setting_.options.is_armed;
    auto plan = is_first_contact ? never_reached(chance_)
                                 : draw_plan(chance_, setting_.options.has_canary, setting_.options.strict);
    run_episode(i, plan);
  }
  sum_.edges = oracle_.edges;
  sum_.losses = oracle_.logins.losses();
  sum_.by_rung = oracle_.logins.let_in_by_rung();
  sum_.by_service = oracle_.logins.let_in_by_service();
  return oracle_.wrong();
}

void World::run_episode(std::size_t number, const Plan& plan) {
  const auto before = oracle_.logins.losses();
  const bool is_first_contact = number == 0 && !setting_.options.is_armed;
  if (!is_first_contact)
    go_on_while_not([this] { return gateway_->state() == State::normal; }, timeline_.steady() + 60s);
  if (gateway_->state() != State::normal && !is_first_contact) oracle_.note("normal is not reached at rest");
  if (tells_)
    std::printf("%10.3f episode %zu: %s\n",
                std::chrono::duration<double>(timeline_.steady() - start.steady).count(), number,
                plan.name.c_str());
  begin(plan);
  go_on_until(at(plan.begins()));
  was_normal_ = gateway_->state() == State::normal;
  go_on_until(at(plan.heals()));
  when_healed_ = gateway_->state();
  finish(plan);
  if (oracle_.wrong()) {
    oracle_.name_place(fmt::format("episode {} ({})", number, plan.name));
    return;
  }
  count(plan, before);
  service_.forget_what_is_over();
  oracle_.logins.forget_what_is_over();
  go_on_until(timeline_.steady() +
              (chance_.happens(0.3) ? chance_.between(10min, 12min) : chance_.between(1s, 20s)));
}

void World::begin(const Plan& plan) {
  began_ = timeline_.steady();
  has_stalls_ = plan.has_stalls();
  oracle_.begin_episode(at(plan.begins()), at(plan.heals()));
  set_weather(plan);
  longest_worry_ = oracle_.slow_answers.longest_worry();
  // Where answers were slow lately, a login must be late for longer before anybody worries.
  const bool worries_late = longest_worry_ > latest_good_worry && (plan.must_enter || plan.name == "brief");
  oracle_.logins.promises({.none_is_lost = plan.none_is_lost && !worries_late});
  set_trouble(plan);
  set_logins(plan);
}

void World::set_weather(const Plan& plan) {
  for (const auto& [when, fault] : plan.faults)
    timeline_.at(at(when), [this, fault] {
      if (tells_) std::printf("           fault: %s\n", std::string(to_string(fault)).c_str());
      weather_.set(fault, timeline_.steady());
    });
}

void World::set_trouble(const Plan& plan) {
  clients_->link_becomes(plan.link);
  for (const auto& [when, by] : plan.clock_steps)
    timeline_.at(at(when), [this, by] { timeline_.step_wall_clock(by); });
  const auto during = [this](const std::optional<Span>& span, auto begins, auto ends) {
    if (!span) return;
    timeline_.at(at(span->from), begins);
    timeline_.at(at(span->until), ends);
  };
  auto& directory = gateway_->directory();
  during(
      plan.directory_down, [&directory] { directory.is_down = true; },
      [&directory] { directory.is_down = false; });
  during(plan.directory_slow, [&directory] { directory.usual = 1s; }, [&directory] { directory.usual = 6ms; });
  auto& record = gateway_->record();
  during(
      plan.record_fails, [&record] { record.becomes(true, 4ms); }, [&record] { record.becomes(false, 4ms); });
  during(
      plan.record_slow, [&record] { record.becomes(false, 900ms); }, [&record] { record.becomes(false, 4ms); });
  if (const auto& span = plan.watch_stalls)
    timeline_.at(at(span->from), [this, length = span->until - span->from] { gateway_->stall_watch(length); });
  if (const auto& span = plan.worker_stalls)
    timeline_.at(at(span->from), [this, length = span->until - span->from, worker = chance_.below(4)] {
      gateway_->stall_worker(worker, length);
    });
}

void World::set_logins(const Plan& plan) {
  episode_logins_ = 0;
  auto last = plan.heals() + after_healing;
  if (plan.faults.empty()) last = 25s;
  const auto many = least_logins + chance_.below(20);
  // Where a worker sleeps, tries are read late and close together.
  const auto begin_one = [this, sleeps = plan.worker_stalls.has_value()] {
    clients_->begin(draw_login());
    if (sleeps) oracle_.logins.is_disturbed(logins_);
    ++episode_logins_;
  };
  for (std::size_t i = 0; i < many; ++i) timeline_.at(at(chance_.between(plan.logins_from, last)), begin_one);
}

LoginCase World::draw_login() {
  LoginCase out;
  out.number = ++logins_;
  static constexpr std::array servers{0U, 0U, 0U, 0U, 0U, 1U, 2U, 2U, 3U, 4U, 5U};
  out.server = servers[chance_.below(servers.size())];
  out.device = chance_.below(RadiusClients::devices);
  out.right_password = !chance_.happens(0.08);
  const auto what = chance_.below(20);
  const bool may_push = out.kind().asks_password && !out.kind().service_first;
  out.second = what < 2 ? Second::wrong_code : what < 4 && may_push ? Second::push : Second::right_code;
  const bool is_unwilling = out.second == Second::push && chance_.happens(0.3);
  if (is_unwilling) out.phone = chance_.happens(0.5) ? Service::Phone::denies : Service::Phone::lies_there;
  out.user = draw_user(is_unwilling).value_or(0);
  user_is_free_[out.user] = base::SteadyTime::max();
  out.code = code_of_login(out.number);
  out.station = fmt::format("02-00-00-00-{:02x}-{:02x}", out.user / 256 + (chance_.happens(0.1) ? 16 : 0),
                            out.user % 256);
  const auto expected = out.second == Second::wrong_code ? "none" : out.code;
  service_.expect(name_of_user(out.user), expected, out.phone, chance_.between(500ms, 4s));
  return out;
}

// Somebody who is not signing in just now.
std::optional<std::size_t> World::draw_user(bool unwilling) {
  const auto first = unwilling ? willing_users : 0;
  const auto many = unwilling ? users - willing_users : willing_users;
  const auto from = chance_.below(many);
  for (std::size_t i = 0; i < many; ++i) {
    const auto user = first + (from + i) % many;
    if (user_is_free_[user] <= timeline_.steady()) return user;
  }
  oracle_.note("no user is free: the simulation asks for too much");
  return std::nullopt;
}

void World::finish(const Plan& plan) {
  const auto quiet = [this] {
    return gateway_->state() == State::normal && clients_->waiting() == 0 && gateway_->is_idle();
  };
  go_on_until(at(plan.heals() + after_healing));
  if (plan.faults.empty()) go_on_until(at(25s));
  go_on_while_not(quiet, timeline_.steady() + 400s);
  if (!quiet()) oracle_.note("the gateway does not come to rest in normal");
  judge_entry(plan);
  judge_return(plan);
}

void World::judge_entry(const Plan& plan) {
  const auto& facts = oracle_.facts();
  if (facts.entered && plan.must_not_enter) oracle_.note("continuity, although the service was not lost");
  if (facts.was_worse_than_suspect && plan.must_stay_unharmed)
    oracle_.note("degraded or continuity, although the service was well");
  if (facts.left_normal && plan.must_stay_normal) oracle_.note("not in normal, although the service was well");
  if (!plan.must_enter) return;
  const auto idle_bound = at(plan.begins()) + 16s;
  if (!facts.entered || *facts.entered > idle_bound) oracle_.note("no continuity 16 s after the outage began");
  if (!facts.entered || !facts.first_failure || !was_normal_) return;
  const auto took = *facts.entered - *facts.first_failure;
  if (longest_worry_ == 1s) sum_.longest_entry = std::max(sum_.longest_entry, took);
  // A tenth for the look of the worker, and what messages take; where answers were slow, one for the worry too,
  // of which the oracle has an estimate.
  const auto room = longest_worry_ == 1s ? 5110ms : 5250ms;
  if (took > longest_worry_ + room)
    oracle_.note(fmt::format("continuity {} ms after the first login that failed", took / 1ms));
}

void World::judge_return(const Plan& plan) {
  const auto& facts = oracle_.facts();
  if (plan.faults.empty() || has_stalls_) return;
  const auto healed = at(plan.heals());
  if (when_healed_ == State::continuity && facts.left_continuity && *facts.left_continuity > healed + 1200ms)
    oracle_.note("continuity lasts over 1.2 s after the healing");
  // Whoever asked before it may have no answer until the time for a request has passed, and counts for two
  // seconds.
  if (facts.relapsed && *facts.relapsed > healed + 7200ms)
    oracle_.note("degraded again, long after the healing");
  if (!facts.normal_again) return;
  const auto needed = oracle_.states.most_good_needed_then();
  const auto from = std::max({healed, oracle_.states.poll_was_bad_at(), facts.doubted_again.value_or(healed)});
  const auto most = needed <= 3 ? 3500ms : base::Duration(needed * 1s + 500ms);
  const auto took = *facts.normal_again - from;
  if (needed <= 3) sum_.longest_return = std::max(sum_.longest_return, took);
  if (took > most)
    oracle_.note(fmt::format("normal {} ms after the healing, with {} good probes needed", took / 1ms, needed));
}

void World::count(const Plan& plan, const Losses& before) {
  ++sum_.episodes;
  sum_.logins += episode_logins_;
  auto& one = sum_.by_name[plan.name];
  ++one.episodes;
  one.logins += episode_logins_;
  if (oracle_.facts().entered) ++one.entered;
  one.lost += all_of(oracle_.logins.losses()) - all_of(before);
}

}  // namespace sallyport::sim
