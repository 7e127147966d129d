#include "server/outcomes.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using validation::Cause;
using validation::FirstFactor;
using validation::SecondFactor;

TEST(Outcomes, of_a_directory_are_good_only_when_it_said_yes) {
  using directory::Outcome;
  const std::tuple<Outcome, FirstFactor, Cause> cases[] = {
      {Outcome::good, FirstFactor::good, Cause::none},
      {Outcome::unknown_user, FirstFactor::refused, Cause::unknown_user},
      {Outcome::ambiguous_user, FirstFactor::refused, Cause::ambiguous_user},
      {Outcome::wrong_password, FirstFactor::refused, Cause::wrong_password},
      {Outcome::password_expired, FirstFactor::refused, Cause::password_expired},
      {Outcome::password_must_change, FirstFactor::refused, Cause::password_must_change},
      {Outcome::account_disabled, FirstFactor::refused, Cause::account_disabled},
      {Outcome::account_locked, FirstFactor::refused, Cause::account_locked},
      {Outcome::account_expired, FirstFactor::refused, Cause::account_expired},
      {Outcome::account_unusable, FirstFactor::refused, Cause::account_unusable},
      {Outcome::unavailable, FirstFactor::unavailable, Cause::user_store_unreachable}};
  for (const auto& [outcome, factor, cause] : cases) {
    directory::Answer answer;
    answer.outcome = outcome;
    answer.entry.canonical_user = "alice";
    const auto result = first_factor_of(answer);
    EXPECT_EQ(result.outcome, factor);
    EXPECT_EQ(result.cause, cause);
    EXPECT_EQ(result.canonical_user, factor == FirstFactor::good ? "alice" : "");
  }
}

TEST(Outcomes, of_the_service_are_told_apart_by_status_in_either_case) {
  const std::pair<const char*, Cause> cases[] = {{"6009", Cause::wrong_code},
                                                 {"6003", Cause::unknown_at_service},
                                                 {"6007", Cause::no_credential},
                                                 {"6008", Cause::no_credential},
                                                 {"601B", Cause::user_disabled_at_service},
                                                 {"LOCKED", Cause::user_disabled_at_service},
                                                 {"DISABLED", Cause::user_disabled_at_service},
                                                 {"INACTIVE", Cause::user_disabled_at_service},
                                                 {"601b", Cause::user_disabled_at_service},
                                                 {"6001", Cause::refused_by_service},
                                                 {"0000", Cause::refused_by_service},
                                                 {"", Cause::refused_by_service}};
  for (const auto& [status, cause] : cases) {
    cloud::CodeAnswer answer;
    answer.outcome = cloud::Outcome::refused;
    answer.status = status;
    EXPECT_EQ(second_factor_of(answer).outcome, SecondFactor::refused);
    EXPECT_EQ(second_factor_of(answer).cause, cause) << status;
  }
}

TEST(Outcomes, of_the_service_without_a_verdict_are_neither_good_nor_refused) {
  cloud::CodeAnswer answer;
  answer.outcome = cloud::Outcome::no_verdict;
  answer.status = "0000";
  EXPECT_EQ(second_factor_of(answer).outcome, SecondFactor::unavailable);
  answer.outcome = cloud::Outcome::good;
  EXPECT_EQ(second_factor_of(answer).outcome, SecondFactor::good);
}

}  // namespace
}  // namespace sallyport::server
