#pragma once
// Every line for the operator has an id. The table below is the only place that names one; docs/messages.md is
// written from it (`sallyport docs messages`) and a test compares the two.
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error, audit };

// Grouped by hundreds: 1 process and settings, 2 RADIUS, 3 user stores, 4 service channel, 5 authentication service,
// 6 logs and metrics. An id is never used again for something else.
struct Message {
  std::uint16_t id;         // printed as SP0101
  Level level;
  std::string_view text;    // "user store {user_store} cannot be asked: {detail}"
  std::string_view meaning;
  std::string_view advice;  // what to do
};

namespace messages {  // message.cpp; add yours here, in order
extern const Message started, stopping, settings_loaded, settings_refused, login;
}
std::span<const Message* const> all_messages();

}  // namespace sallyport::telemetry
