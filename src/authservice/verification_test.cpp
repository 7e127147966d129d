#include "authservice/verification.h"

#include <gtest/gtest.h>

#include "authservice/lockout.h"

namespace sallyport::authservice {
namespace {

const OathKey key(OathAlgorithm::sha1, 6, base::as_bytes("12345678901234567890"));
constexpr Windows windows{.totp = 10, .totp_sync = 64, .hotp = 10, .hotp_sync = 100};
constexpr std::int64_t now_step = 55'000'000;

std::string code(std::int64_t place) { return write_code(key.code(place), 6); }
base::WallTime time_of(std::int64_t step) { return base::WallTime(std::chrono::seconds(step * 30 + 7)); }

Verification totp(const Moving& moving, std::int64_t shown, std::int64_t now = now_step) {
  return verify_code(CredentialKind::totp, key, 30, moving, {code(shown), {}}, windows, time_of(now));
}
Verification totp_pair(const Moving& moving, std::int64_t first, std::int64_t second,
                       std::int64_t now = now_step) {
  const auto other = code(second);
  return verify_code(CredentialKind::totp, key, 30, moving, {code(first), other}, windows, time_of(now));
}
Verification hotp(const Moving& moving, std::int64_t shown) {
  return verify_code(CredentialKind::hotp, key, 0, moving, {code(shown), {}}, windows, {});
}
Verification hotp_pair(const Moving& moving, std::int64_t first, std::int64_t second) {
  const auto other = code(second);
  return verify_code(CredentialKind::hotp, key, 0, moving, {code(first), other}, windows, {});
}

TEST(Totp, accepts_within_its_window_each_way_and_remembers_the_drift) {
  for (std::int64_t off : {0, 1, -1, 7, 10, -10}) {
    const auto verified = totp({}, now_step + off);
    EXPECT_EQ(verified.outcome, CodeOutcome::accepted) << off;
    EXPECT_EQ(verified.moving, (Moving{now_step + off + 1, off}));
  }
}

TEST(Totp, asks_for_a_second_code_outside_the_window_and_refuses_outside_the_sync_window) {
  for (std::int64_t off : {11, -11, 64, -64}) {
    EXPECT_EQ(totp({}, now_step + off).outcome, CodeOutcome::needs_second_code) << off;
    EXPECT_EQ(totp({}, now_step + off).moving, Moving{});
  }
  for (std::int64_t off : {65, -65, 500})
    EXPECT_EQ(totp({}, now_step + off).outcome, CodeOutcome::refused) << off;
}

TEST(Totp, accepts_a_code_once_and_none_before_it) {
  const auto first = totp({}, now_step);
  EXPECT_EQ(totp(first.moving, now_step).outcome, CodeOutcome::replay);
  EXPECT_EQ(totp(first.moving, now_step - 3).outcome, CodeOutcome::replay);
  EXPECT_EQ(totp(first.moving, now_step).moving, first.moving);
  EXPECT_EQ(totp(first.moving, now_step + 1).outcome, CodeOutcome::accepted);
}

TEST(Totp, accepts_no_spent_code_when_the_clock_steps_back) {
  const auto first = totp({}, now_step);
  for (std::int64_t back = 0; back <= 64; ++back) {
    EXPECT_NE(totp(first.moving, now_step, now_step - back).outcome, CodeOutcome::accepted) << back;
  }
}

TEST(Totp, follows_a_token_whose_clock_runs_away) {
  Moving moving;
  for (std::int64_t drift = 0; drift <= 60; drift += 6) {
    const auto verified = totp(moving, now_step + drift * 100 + drift, now_step + drift * 100);
    ASSERT_EQ(verified.outcome, CodeOutcome::accepted) << drift;
    moving = verified.moving;
  }
  EXPECT_EQ(moving.drift, 60);
}

TEST(Totp, never_drifts_out_of_the_sync_window) {
  const Moving far{0, 60};
  EXPECT_EQ(totp(far, now_step + 64).outcome, CodeOutcome::accepted);
  EXPECT_EQ(totp(far, now_step + 65).outcome, CodeOutcome::refused);
  EXPECT_EQ(totp({0, 5000}, now_step + 5000).outcome, CodeOutcome::refused) << "a drift of wider days";
}

TEST(Totp, resynchronizes_by_two_consecutive_codes_and_spends_both) {
  const auto verified = totp_pair({}, now_step + 40, now_step + 41);
  ASSERT_EQ(verified.outcome, CodeOutcome::accepted);
  EXPECT_EQ(verified.moving, (Moving{now_step + 42, 41}));
  EXPECT_EQ(totp_pair(verified.moving, now_step + 40, now_step + 41).outcome, CodeOutcome::replay);
  EXPECT_EQ(totp(verified.moving, now_step + 41).outcome, CodeOutcome::replay);
  EXPECT_EQ(totp(verified.moving, now_step + 43, now_step + 1).outcome, CodeOutcome::accepted);
}

TEST(Totp, refuses_two_codes_that_do_not_follow_each_other) {
  EXPECT_EQ(totp_pair({}, now_step, now_step + 2).outcome, CodeOutcome::refused);
  EXPECT_EQ(totp_pair({}, now_step, now_step).outcome, CodeOutcome::refused);
  EXPECT_EQ(totp_pair({}, now_step + 1, now_step).outcome, CodeOutcome::refused);
  EXPECT_EQ(totp_pair({}, now_step + 70, now_step + 71).outcome, CodeOutcome::refused);
}

TEST(Totp, refuses_a_pair_of_which_the_first_is_spent) {
  EXPECT_NE(totp_pair({now_step + 1, 0}, now_step, now_step + 1).outcome, CodeOutcome::accepted);
}

TEST(Totp, refuses_what_is_no_code_of_its_length) {
  for (const auto* text : {"", "12345", "1234567", "abcdef", "12345678"}) {
    EXPECT_EQ(verify_code(CredentialKind::totp, key, 30, {}, {text, {}}, windows, time_of(now_step)).outcome,
              CodeOutcome::refused);
    EXPECT_EQ(verify_code(CredentialKind::totp, key, 30, {}, {code(now_step), text}, windows, time_of(now_step))
                  .outcome,
              CodeOutcome::refused)
        << "a second code that is none is no second code: " << text;
  }
}

TEST(Totp, works_at_the_beginning_of_time) {
  EXPECT_EQ(totp({}, 0, 0).outcome, CodeOutcome::accepted);
  EXPECT_EQ(totp_pair({}, 0, 1, 0).outcome, CodeOutcome::accepted);
}

TEST(Hotp, accepts_within_the_look_ahead_and_moves_past_it) {
  for (std::int64_t ahead : {0, 1, 10}) {
    const auto verified = hotp({5, 0}, 5 + ahead);
    EXPECT_EQ(verified.outcome, CodeOutcome::accepted) << ahead;
    EXPECT_EQ(verified.moving, (Moving{5 + ahead + 1, 0}));
  }
}

TEST(Hotp, asks_for_a_second_code_beyond_the_look_ahead) {
  EXPECT_EQ(hotp({5, 0}, 16).outcome, CodeOutcome::needs_second_code);
  EXPECT_EQ(hotp({5, 0}, 105).outcome, CodeOutcome::needs_second_code);
  EXPECT_EQ(hotp({5, 0}, 106).outcome, CodeOutcome::refused);
  EXPECT_EQ(hotp_pair({5, 0}, 105, 106).moving, (Moving{107, 0}));
  EXPECT_EQ(hotp_pair({5, 0}, 106, 107).outcome, CodeOutcome::refused);
}

TEST(Hotp, knows_a_spent_code_from_a_wrong_one) {
  EXPECT_EQ(hotp({20, 0}, 19).outcome, CodeOutcome::replay);
  EXPECT_EQ(hotp({20, 0}, 10).outcome, CodeOutcome::replay);
  EXPECT_EQ(hotp({20, 0}, 9).outcome, CodeOutcome::refused);
  EXPECT_EQ(hotp_pair({20, 0}, 18, 19).outcome, CodeOutcome::replay);
  EXPECT_NE(hotp_pair({20, 0}, 19, 20).outcome, CodeOutcome::accepted) << "its first code is spent";
}

TEST(Hotp, never_goes_back_over_any_sequence_of_codes) {
  Moving moving;
  std::uint32_t seed = 7;
  for (int i = 0; i < 500; ++i) {
    seed = seed * 1664525U + 1013904223U;
    const auto shown = moving.next + static_cast<std::int64_t>(seed >> 24U) - 100;
    if (shown < 0) continue;
    const auto verified = hotp(moving, shown);
    ASSERT_GE(verified.moving.next, moving.next);
    ASSERT_EQ(verified.moving.next > moving.next, verified.outcome == CodeOutcome::accepted);
    if (verified.outcome == CodeOutcome::accepted) ASSERT_GE(shown, moving.next);
    moving = verified.moving;
  }
  EXPECT_GT(moving.next, 0);
}

TEST(Lockout, comes_with_the_last_failure_that_is_allowed_and_never_where_the_limit_is_zero) {
  std::int64_t failures = 0;
  for (int i = 1; i < 10; ++i) {
    const auto count = after_failure(failures, {10});
    EXPECT_FALSE(count.locked) << i;
    failures = count.failures;
  }
  EXPECT_EQ(after_failure(failures, {10}), (LockoutCount{10, true}));
  EXPECT_FALSE(after_failure(1'000'000, {0}).locked);
  EXPECT_EQ(after_success(), (LockoutCount{0, false}));
}

TEST(Lockout, counts_guesses_and_not_replays) {
  EXPECT_TRUE(counts_as_failure(CodeOutcome::refused));
  EXPECT_TRUE(counts_as_failure(CodeOutcome::needs_second_code));
  EXPECT_FALSE(counts_as_failure(CodeOutcome::replay));
  EXPECT_FALSE(counts_as_failure(CodeOutcome::accepted));
}

}  // namespace
}  // namespace sallyport::authservice
