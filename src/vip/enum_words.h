#pragma once
// Private to the room: the words of each enumeration, in its order; `other` has none.
#include <array>
#include <optional>
#include <string_view>

#include "vip/types.h"

namespace sallyport::vip {

struct EnumSchema {
  std::string_view type;                   // the schema's name
  std::array<std::string_view, 10> words;  // empty ones at the end
  std::size_t newer = 10;                  // from here on, words of 1.10
};

template <class E>
constexpr EnumSchema enum_schema() = delete;
template <>
constexpr EnumSchema enum_schema<CredentialType>() {
  return {"CredentialTypeEnum",
          {"STANDARD_OTP", "SMS_OTP", "VOICE_OTP", "SERVICE_OTP", "CERTIFICATE", "IA", "EMAIL_OTP"},
          6};
}
template <>
constexpr EnumSchema enum_schema<UserStatus>() {
  return {"UserStatusEnum", {"ACTIVE", "DISABLED", "LOCKED"}};
}
template <>
constexpr EnumSchema enum_schema<BindStatus>() {
  return {"BindStatusEnum", {"ENABLED", "DISABLED"}};
}
template <>
constexpr EnumSchema enum_schema<MovingFactor>() {
  return {"MovingFactorEnum", {"NONE", "TIME", "EVENT"}};
}
template <>
constexpr EnumSchema enum_schema<OtpGeneratedBy>() {
  return {"OtpGeneratedByEnum", {"HARDWARE", "SOFTWARE", "SERVER"}};
}
template <>
constexpr EnumSchema enum_schema<Adapter>() {
  return {"AdapterEnum",
          {"OATH_EVENT_BASIC", "OATH_EVENT_ADVANCED_1", "OATH_EVENT_ADVANCED_2", "VASCO_TIME", "SERVER_OTP",
           "OATH_TIME", "SMS_OTP", "VOICE_OTP", "SECURID", "OCRA"}};
}
template <>
constexpr EnumSchema enum_schema<TokenStatus>() {
  return {"TokenStatusEnum", {"NEW", "ENABLED", "DISABLED", "LOCKED", "INACTIVE", "UNKNOWN"}};
}

template <class E>
concept Enumeration = requires(E e) {
  E::other;
  enum_schema<E>();
};

template <Enumeration E>
inline constexpr EnumSchema schema_of = enum_schema<E>();

template <Enumeration E>
std::string_view word_of(E value) {
  return value >= E::other ? std::string_view{} : schema_of<E>.words[static_cast<std::size_t>(value)];
}

template <Enumeration E>
constexpr bool known_to(E value, int minor) {
  return minor >= 10 || static_cast<std::size_t>(value) < schema_of<E>.newer;
}

template <Enumeration E>
std::optional<E> enum_of(std::string_view word) {
  if (word.empty()) return std::nullopt;
  for (std::size_t i = 0; i < schema_of<E>.words.size(); ++i)
    if (schema_of<E>.words[i] == word) return static_cast<E>(i);
  return std::nullopt;
}

}  // namespace sallyport::vip
