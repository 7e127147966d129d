#include "validation/password_split.h"

#include <gtest/gtest.h>

namespace sallyport::validation {
namespace {

using namespace std::string_view_literals;
using base::Secret;

struct SplitCase {
  std::string_view field;
  int digits;
  std::string_view password, code;  // both empty: refused
  Cause cause = Cause::none;
};

const SplitCase split_cases[] = {
    {"hunter2123456", 6, "hunter2", "123456"},
    {"a123456", 6, "a", "123456"},
    {"hunter212345678", 8, "hunter2", "12345678"},
    {"hunter2", 6, "", "", Cause::no_code_in_password},
    {"pass12345", 6, "", "", Cause::no_code_in_password},
    {"hunter2 123456", 6, "hunter2 ", "123456"},  // nothing is trimmed
    {"hunter2123456 ", 6, "", "", Cause::no_code_in_password},
    {"hunter2123 456", 6, "", "", Cause::no_code_in_password},
    {"9999999123456", 6, "9999999", "123456"},  // exactly the last six
    {"p\u00e4ss123456", 6, "p\u00e4ss", "123456"},
    {"hunter2\u0661\u0662\u0663\u0664\u0665\u0666", 6, "", "", Cause::no_code_in_password},  // Arabic digits
    {"hunter2\uff11\uff12", 6, "", "", Cause::no_code_in_password},  // full-width digits
    {"123456", 6, "", "", Cause::empty_password},
    {"12345678", 8, "", "", Cause::empty_password},
    {"12345", 6, "", "", Cause::no_code_in_password},
    {"", 6, "", "", Cause::empty_password},
    {"\0"
     "123456"sv,
     6, "", "", Cause::malformed_password},
    {"hun\0ter123456"sv, 6, "", "", Cause::malformed_password},
    {"hunter2123456\0"sv, 6, "", "", Cause::malformed_password},
};

TEST(PasswordSplit, takes_exactly_the_last_digits_or_refuses) {
  for (const auto& c : split_cases) {
    const auto parts = split_password(Secret(c.field), c.digits);
    if (c.cause == Cause::none) {
      ASSERT_TRUE(parts.has_value()) << c.field;
      EXPECT_EQ(parts->password.reveal(), c.password);
      EXPECT_EQ(parts->code.reveal(), c.code);
    } else {
      ASSERT_FALSE(parts.has_value()) << c.field;
      EXPECT_EQ(parts.error(), c.cause) << c.field << ": " << to_string(parts.error());
    }
  }
}

TEST(PasswordSplit, never_gives_an_empty_password_or_one_with_a_nul) {
  std::uint32_t seed = 1;
  for (int round = 0; round < 20'000; ++round) {
    std::string field;
    const auto length = (seed = seed * 1664525U + 1013904223U) >> 27U;
    for (std::uint32_t i = 0; i < length; ++i)
      field += "0123456789\0a"sv[((seed = seed * 1664525U + 1013904223U) >> 16U) % 12];
    const auto parts = split_password(Secret(field), 6);
    if (!parts) continue;
    EXPECT_FALSE(parts->password.empty());
    EXPECT_EQ(parts->password.reveal().find('\0'), std::string_view::npos);
    EXPECT_EQ(parts->code.size(), 6U);
    EXPECT_EQ(std::string(parts->password.reveal()) + std::string(parts->code.reveal()), field);
  }
}

TEST(WholeCode, is_exactly_as_many_digits_as_the_server_says) {
  const std::pair<std::string_view, Cause> cases[] = {
      {"123456", Cause::none},        {"000000", Cause::none},       {"12345", Cause::not_a_code},
      {"1234567", Cause::not_a_code}, {"", Cause::not_a_code},       {"12345a", Cause::not_a_code},
      {" 123456", Cause::not_a_code}, {"+12345", Cause::not_a_code}, {"12345\0"sv, Cause::malformed_password}};
  for (const auto& [field, cause] : cases) {
    const auto code = whole_code(Secret(field), 6);
    EXPECT_EQ(code.has_value() ? Cause::none : code.error(), cause) << field;
    if (code) EXPECT_EQ(code->reveal(), field);
  }
  EXPECT_TRUE(whole_code(Secret("12345678"), 8).has_value());
  EXPECT_FALSE(whole_code(Secret("123456"), 8).has_value());
}

}  // namespace
}  // namespace sallyport::validation
