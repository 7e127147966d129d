#include "settings/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>

#include "base/invariant.h"

namespace sallyport::settings {
namespace {

// Edits (insert, remove, replace, swap neighbours) that make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

// The start of a known word, or one edit in three letters of the longer word.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  for (auto candidate : known)
    if (word.size() >= 4 && (candidate.starts_with(word) || word.starts_with(candidate))) best = candidate;
  std::size_t best_distance = word.size();
  if (word.size() > 64) return best;
  for (auto candidate : known)
    if (const auto d = distance(word, candidate);
        d < best_distance && d <= std::max(word.size(), candidate.size()) / 3) {
      best_distance = d;
      best = candidate;
    }
  return best;
}

// A key can hold any character; a mistake is printed on a terminal.
std::string printable(std::string_view key) {
  std::string out;
  for (char c : key.substr(0, 64)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

}  // namespace

Spot Spot::key(std::string_view name, int line) const {
  Spot spot = *this;
  spot.path_ = path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
  spot.line_ = line;
  return spot;
}

Spot Spot::item(std::size_t index, int line) const {
  Spot spot = *this;
  spot.path_ = fmt::format("{}[{}]", path_, index);
  spot.line_ = line;
  return spot;
}

void refuse_unknown_keys(const Node& table, const std::vector<std::string_view>& known, const Spot& spot) {
  for (std::size_t i = 0; i < table.keys.size(); ++i) {
    if (std::find(known.begin(), known.end(), table.keys[i]) != known.end()) continue;
    const auto guess = nearest(table.keys[i], known);
    spot.key(printable(table.keys[i]), table.key_lines[i])
        .wrong(guess.empty() ? "expected a key that exists: this one does not"
                             : fmt::format("expected a key that exists: did you mean \"{}\"?", guess));
  }
}

Node default_node(std::string_view toml) {
  static std::mutex lock;
  static std::map<std::string, Node, std::less<>> known;
  const std::lock_guard guard(lock);
  if (const auto found = known.find(toml); found != known.end()) return found->second;
  const auto document = read_document(fmt::format("value = {}", toml));
  SALLYPORT_INVARIANT(document.has_value() && document->has("value"));
  return known.emplace(toml, *document->find("value")).first->second;
}

}  // namespace sallyport::settings
