#pragma once
// What a PIN must be, and how long it is good. Pure.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "authservice/records.h"

namespace sallyport::authservice {

struct PinPolicy {
  bool enabled = true;
  int min_length = 4;  // characters
  bool simple_allowed = true;
  std::chrono::seconds life{0};  // 0: for ever
};

// One character again and again, or a row like 1234 or 9876.
bool is_simple(std::string_view pin);
bool meets(const PinPolicy&, std::string_view pin);

struct PinAge {
  bool expired = false;
  std::optional<std::int64_t> expires;  // microseconds since 1970; nothing: never
};
// Of a user who has one; `now` in microseconds since 1970.
PinAge pin_age(const User&, const PinPolicy&, std::int64_t now);

}  // namespace sallyport::authservice
