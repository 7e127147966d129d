// ./dev sim: runs of the gateway's deciding code on a virtual clock, judged by an oracle.
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bugs.h"
#include "report.h"
#include "world.h"

namespace sallyport::sim {
namespace {

constexpr std::size_t episodes_of_a_run = 8;
// In so many each edge of the drawing must be seen so often.
constexpr std::size_t many_episodes = 5000, often = 100;

struct Wanted {
  std::uint64_t seed = 1;
  std::size_t episodes = 500;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool tells = false, bugs = false;
  std::string bug;
  std::uint32_t login = 0;
};

[[noreturn]] void explain() {
  std::fputs(
      "sim [--episodes N] [--seed N] [--jobs N] [--tell [--login N]] [--bug NAME] [--bugs]\n"
      "  --seed    of the first run of 8 episodes; the next has the next seed\n"
      "  --tell    what happens, of a single run; --login: and all that becomes of one login\n"
      "  --bug     with this planted bug; --bugs: each of them until it is found\n",
      stderr);
  std::exit(2);
}

std::uint64_t number_of(const char* text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text, text + std::strlen(text), out);
  if (error != std::errc{} || *end != '\0') explain();
  return out;
}

Wanted wanted_by(int count, char** words) {
  Wanted out;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--tell") {
      out.tells = true;
    } else if (word == "--bugs") {
      out.bugs = true;
    } else if (i + 1 == count) {
      explain();
    } else if (word == "--bug") {
      out.bug = words[++i];
    } else if (word == "--episodes") {
      out.episodes = number_of(words[++i]);
    } else if (word == "--seed") {
      out.seed = number_of(words[++i]);
    } else if (word == "--login") {
      out.login = static_cast<std::uint32_t>(number_of(words[++i]));
    } else if (word == "--jobs") {
      out.jobs = static_cast<unsigned>(number_of(words[++i]));
    } else {
      explain();
    }
  }
  return out;
}

struct Found {
  Sum sum;
  std::uint64_t seed = 0;
  std::string wrong;  // empty: nothing
};

// Runs of eight episodes, side by side, until there are enough or one goes wrong.
Found run(const Wanted& wanted) {
  Found out;
  std::mutex lock;
  std::atomic<std::size_t> next{0};
  std::atomic<bool> is_over{false};
  const auto runs = (wanted.episodes + episodes_of_a_run - 1) / episodes_of_a_run;
  const auto work = [&] {
    for (std::size_t i = next++; i < runs && !is_over; i = next++) {
      World world(wanted.seed + i, wanted.tells, wanted.login);
      const auto wrong = world.run(std::min(episodes_of_a_run, wanted.episodes - i * episodes_of_a_run));
      const std::lock_guard guard(lock);
      out.sum.add(world.sum());
      if (!wrong || (!out.wrong.empty() && out.seed < wanted.seed + i)) continue;
      out.wrong = *wrong;
      out.seed = wanted.seed + i;
      is_over = true;
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < (wanted.tells ? 1 : wanted.jobs); ++i) threads.emplace_back(work);
  threads.clear();
  return out;
}

int find_bugs(const Wanted& wanted) {
  int not_found = 0;
  for (const auto& bug : bugs) {
    plant(bug.name);
    const auto found = run(wanted);
    if (found.wrong.empty()) ++not_found;
    fmt::print("{:34} {:5} episodes  {}\n", bug.name, found.sum.episodes,
               found.wrong.empty() ? "NOT FOUND" : found.wrong);
    std::fflush(stdout);
  }
  fmt::print("{} of {} planted bugs found\n", bugs.size() - static_cast<std::size_t>(not_found), bugs.size());
  return not_found == 0 ? 0 : 1;
}

int main(int count, char** words) {
  const auto wanted = wanted_by(count, words);
  if (wanted.bugs || !wanted.bug.empty()) {
    if (!can_plant()) {
      std::fputs("sim: bugs can be planted in the flavour test alone\n", stderr);
      return 2;
    }
  }
  if (wanted.bugs) return find_bugs(wanted);
  plant(wanted.bug);
  const auto found = run(wanted);
  print(found.sum);
  const bool is_enough = found.sum.episodes < many_episodes || saw_every_edge(found.sum, often);
  if (found.wrong.empty()) return is_enough ? 0 : 1;
  fmt::print("WRONG, seed {}: {}\n./dev sim --seed {} --episodes {} --tell\n", found.seed, found.wrong,
             found.seed, episodes_of_a_run);
  return 1;
}

}  // namespace
}  // namespace sallyport::sim

int main(int count, char** words) { return sallyport::sim::main(count, words); }
