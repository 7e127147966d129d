#pragma once
// One login as it is in truth: who asks, what they know, and where.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "service.h"

namespace sallyport::sim {

enum class Lets : std::uint8_t { nobody, with_any_code, with_recent_success };  // in by a rung
struct ServerKind {  // a validation server of the gateway that is tried
  std::string_view name;
  bool follows_monitor = true;  // else business continuity is disabled
  Lets lets = Lets::with_any_code;
  bool service_first = false;
  bool asks_password = true;  // else a look-up finds the user
};
inline constexpr std::array server_kinds{
    ServerKind{"open"},
    ServerKind{"shut", false},
    ServerKind{"recent", true, Lets::with_recent_success},
    ServerKind{"careful", true, Lets::with_any_code, true},
    ServerKind{"denying", true, Lets::nobody},
    ServerKind{"codes", true, Lets::with_any_code, false, false},
};
inline constexpr std::size_t users = 512;
inline constexpr std::size_t radius_clients = 3;

enum class Second : std::uint8_t { right_code, wrong_code, push };
struct LoginCase {
  std::uint32_t number = 0;  // NAS-Port of its requests
  std::size_t server = 0, user = 0, device = 0;
  bool right_password = true;
  Second second{};
  std::string code;
  Service::Phone phone{};
  std::string station;

  [[nodiscard]] const ServerKind& kind() const { return server_kinds[server]; }
  [[nodiscard]] bool is_right() const {
    if (kind().asks_password && !right_password) return false;
    return second == Second::push ? phone == Service::Phone::approves : second == Second::right_code;
  }
};

inline std::string name_of_user(std::size_t user) { return "user" + std::to_string(1000 + user); }
inline std::string code_of_login(std::uint32_t number) {
  auto out = std::to_string(number % 1'000'000);
  return out.insert(0, 6 - out.size(), '0');
}
inline std::size_t user_of_name(std::string_view name) {
  std::size_t out = 0;
  for (const auto letter : name.substr(4)) out = 10 * out + static_cast<std::size_t>(letter - '0');
  return out - 1000;
}

}  // namespace sallyport::sim
