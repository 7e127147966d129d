#include "validation/verdict_table.h"

#include <fmt/format.h>

#include <iterator>

#include "base/invariant.h"

namespace sallyport::validation {
namespace {

template <class Enum, std::size_t N>
std::string_view word(Enum value, const std::array<std::string_view, N>& words) {
  const auto at = static_cast<std::size_t>(value);
  SALLYPORT_INVARIANT(at < N);
  return words[at];
}

std::string cell(const Judgement& judgement) {
  if (judgement.broken) return "broken invariant: reject";
  if (judgement.verdict == Verdict::accept) return "**accept** (0)";
  return fmt::format("{} ({})", to_string(judgement.verdict), static_cast<int>(judgement.reason));
}

}  // namespace

std::string_view to_string(FirstFactor value) {
  return word(value,
              std::array<std::string_view, first_factors>{"not_asked", "good", "refused", "unavailable"});
}
std::string_view to_string(SecondFactor value) {
  return word(value,
              std::array<std::string_view, second_factors>{"not_asked", "good", "refused", "unavailable"});
}
std::string_view to_string(Verdict value) {
  return word(value, std::array<std::string_view, verdicts>{"accept", "reject", "silent", "challenge"});
}
std::string_view to_string(Mode value) {
  return word(value, std::array<std::string_view, modes>{"code", "password_code", "pin_code", "challenge"});
}
std::string_view to_string(Challenged::Asks value) {
  return word(value, std::array<std::string_view, 4>{"code", "choice", "push", "again"});
}
std::string_view to_string(Method value) {
  return word(value, std::array<std::string_view, methods>{"code", "push", "sms", "voice", "email"});
}

std::string verdict_markdown() {
  std::string out =
      "## The verdict table\n\n"
      "First factor × second factor → verdict (reason). The columns in quotes are the settings\n"
      "`when_user_store_unreachable` and `when_service_unreachable`, of the factor that could not be asked;\n"
      "the last one is a grant by a rung of the ladder, in business continuity: there is no other accept.\n"
      "*Second only* is mode `code` or `pin_code` with `look_up_user = false`. A challenge is no verdict: it "
      "is\n"
      "sent only after a good first factor, and its answer is judged by this table.\n\n"
      "| asked | first factor | second factor | `\"reject\"` | `\"silent\"` | granted by a rung "
      "|\n|---|---|---|---|---|---|\n";
  for (const auto& row : table::rows)
    fmt::format_to(std::back_inserter(out), "| {} | {} | {} | {} | {} | {} |\n",
                   row.asked == Asked::both ? "both" : "second only", to_string(row.first),
                   to_string(row.second), cell(row.loud), cell(row.mute),
                   row.granted.broken ? "" : cell(row.granted));
  return out;
}

}  // namespace sallyport::validation
