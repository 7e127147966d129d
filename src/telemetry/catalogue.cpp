// docs/messages.md
#include <fmt/format.h>

#include <array>

#include "telemetry/message.h"

namespace sallyport::telemetry {

std::string id_text(const Message& message) { return fmt::format("SP{:04}", message.id); }

std::string_view to_string(Level level) {
  constexpr std::array<std::string_view, 5> names{"debug", "info", "warning", "error", "audit"};
  return names[static_cast<std::size_t>(level)];
}

std::string messages_markdown() {
  constexpr std::array<std::string_view, 9> groups{"",
                                                   "Process and settings",
                                                   "RADIUS",
                                                   "User stores",
                                                   "Service channel",
                                                   "Authentication service",
                                                   "Logs and metrics",
                                                   "Delivery of codes and pushes",
                                                   "Business continuity"};
  std::string out =
      "# Messages\n\n"
      "Written by `sallyport docs messages` from the table that the program uses; do not edit.\n\n"
      "Every log line has the id of its message. An id is never used again for something else. Words in braces "
      "are fields\n"
      "of the line. What a stranger can cause by sending packets is logged at most once a second, with the "
      "number left out as\n"
      "`suppressed`.\n";
  unsigned group = 0;
  for (const auto* message : all_messages()) {
    if (message->id / 100U != group) {
      group = message->id / 100U;
      out += fmt::format(
          "\n## {}\n\n| id | level | message | what it means | what to do |\n|---|---|---|---|---|\n",
          groups.at(group));
    }
    out += fmt::format("| {} | {} | {} | {} | {} |\n", id_text(*message), to_string(message->level),
                       message->text, message->meaning, message->advice);
  }
  return out;
}

}  // namespace sallyport::telemetry
