#include "conduct.h"

#include <functional>
#include <map>
#include <sstream>
#include <string_view>

namespace sallyport::gate {
namespace {

template <class Value>
using Words = std::map<std::string_view, Value, std::less<>>;

const Words<Door> doors{
    {"pass", Door::open}, {"silent", Door::silent}, {"refuse", Door::refused}, {"reset", Door::reset}};
const Words<End> ends{{"client", End::client}, {"target", End::target}};
const Words<Ending> endings{
    {"reset", Ending::reset}, {"close", Ending::close}, {"half_close", Ending::half_close}};

using Set = std::function<void(Conduct&, unsigned)>;
using Milliseconds = std::chrono::milliseconds;
const Words<Set> numbers{
    {"delay", [](auto& c, auto n) { c.delay = Milliseconds(n); }},
    {"jitter", [](auto& c, auto n) { c.jitter = Milliseconds(n); }},
    {"late", [](auto& c, auto n) { c.late = Milliseconds(n); }},
    {"after", [](auto& c, auto n) { c.breaks.after = Milliseconds(n); }},
    {"drip", [](auto& c, auto n) { c.drip = n; }},
    {"truncate", [](auto& c, auto n) { c.truncate = n; }},
    {"corrupt", [](auto& c, auto n) { c.corrupt = n; }},
    {"drop", [](auto& c, auto n) { c.drop = n; }},
    {"drop_answers", [](auto& c, auto n) { c.drop_answers = n; }},
    {"duplicate", [](auto& c, auto n) { c.duplicate = n; }},
    {"reorder", [](auto& c, auto n) { c.reorder = n; }},
};

template <class Value>
bool find(const Words<Value>& words, const std::string& word, Value& out) {
  const auto found = words.find(word);
  if (found == words.end()) return false;
  out = found->second;
  return true;
}

bool number(std::istringstream& words, unsigned& out) {
  long read = 0;
  if (!(words >> read) || read < 0 || read > 1'000'000'000) return false;
  out = static_cast<unsigned>(read);
  return true;
}

bool heed(const std::string& word, std::istringstream& words, Conduct& conduct) {
  if (find(doors, word, conduct.door)) return true;
  std::string which;
  unsigned read = 0;
  if (word == "by") return words >> which && find(endings, which, conduct.breaks.how);
  if (word == "break") {
    if (!(words >> which) || !find(ends, which, conduct.breaks.end) || !number(words, read)) return false;
    conduct.breaks.turn = static_cast<int>(read);
    return true;
  }
  Set set;
  if (!find(numbers, word, set) || !number(words, read)) return false;
  set(conduct, read);
  return true;
}

}  // namespace

std::optional<Conduct> conduct_of(const std::string& line) {
  Conduct conduct;
  std::istringstream words(line);
  std::string word;
  bool said = false;
  for (; words >> word; said = true)
    if (!heed(word, words, conduct)) return std::nullopt;
  return said ? std::optional(conduct) : std::nullopt;
}

}  // namespace sallyport::gate
