#include "authservice/pin_policy.h"

#include <gtest/gtest.h>

#include "authservice/outcome.h"

namespace sallyport::authservice {
namespace {

using namespace std::chrono_literals;

TEST(Pin, is_simple_when_it_is_one_character_or_a_row) {
  for (auto simple : {"1111", "1234", "9876", "abcd", "0000000"}) EXPECT_TRUE(is_simple(simple)) << simple;
  for (auto not_so : {"1357", "1122", "1243", "4711", "12345 7"}) EXPECT_FALSE(is_simple(not_so)) << not_so;
}

TEST(Pin, is_counted_in_characters) {
  EXPECT_TRUE(meets({true, 4, true, {}}, "p\xC3\xA4ss"));
  EXPECT_FALSE(meets({true, 5, true, {}}, "p\xC3\xA4ss"));
  EXPECT_TRUE(meets({true, 4, true, {}}, "1234"));
  EXPECT_FALSE(meets({true, 4, false, {}}, "1234"));
}

TEST(Pin, expires_by_force_or_by_age) {
  User user;
  user.pin_set_at = 1'000'000;
  EXPECT_FALSE(pin_age(user, {}, 1'000'000'000).expired);
  EXPECT_FALSE(pin_age(user, {}, 1'000'000'000).expires);
  const PinPolicy policy{true, 4, true, 10s};
  EXPECT_EQ(pin_age(user, policy, 0).expires, 11'000'000);
  EXPECT_FALSE(pin_age(user, policy, 10'999'999).expired);
  EXPECT_TRUE(pin_age(user, policy, 11'000'000).expired);
  user.pin_expired = true;
  EXPECT_TRUE(pin_age(user, {}, 0).expired);
}

TEST(Outcome, is_the_same_after_it_was_kept) {
  Outcome whole = outcome(vip::status::push_sent, vip::detail::number_pending, Why::wrong_pin);
  whole.credential_id = "SPTO00000001";
  whole.credential_type = vip::CredentialType::email_otp;
  whole.authn_id = 0xFEDCBA9876543210;
  whole.pin_expired = true;
  whole.pin_expires = -5;
  whole.push = SentPush{0x8000000000000001, {"a", "", std::string(100, 'b')}, true, "42"};
  whole.sealed_handed_out = {1, 2, 3};
  whole.sealed_with = 77;
  whole.deliveries.emplace_back();
  const auto kept = outcome_from(to_octets(whole)).value();
  EXPECT_EQ(to_octets(kept), to_octets(whole));
  EXPECT_EQ(kept.push->credentials, whole.push->credentials);
  EXPECT_EQ(kept.detail, whole.detail);
  EXPECT_EQ(kept.pin_expired, true);
  EXPECT_EQ(kept.pin_expires, -5);
  EXPECT_EQ(kept.why, Why::none);
  EXPECT_TRUE(kept.deliveries.empty());
  const auto octets = to_octets(whole);
  for (std::size_t size = 0; size + 4 < octets.size(); ++size)
    outcome_from(base::ByteView(octets).first(size));  // cut anywhere: no harm
  const auto plain = outcome_from(to_octets(outcome(vip::status::success))).value();
  EXPECT_FALSE(plain.push || plain.pin_expired || plain.pin_expires || plain.detail);
}

}  // namespace
}  // namespace sallyport::authservice
