#include "server/sealed_state.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using base::Secret;
using validation::Challenged;
using validation::Method;

constexpr base::WallTime now(1'700'000'000s);
const std::string nas = "vpn-gate";

BoundTo bound(std::string_view server = "office", std::string_view client = "vpn", std::string_view id = nas) {
  return {server, client, base::as_bytes(id)};
}

Carried carried() {
  Carried out;
  out.challenged.asks = Challenged::Asks::choice;
  for (std::uint8_t i = 0; i < 9; ++i) out.challenged.offers.push_back({Method::sms, i});
  out.challenged.transaction_id = std::string(40, 'f');
  out.challenged.number = std::string(8, '4');
  out.login_id = std::string(40, 'i');
  out.issued = now;
  out.policy = 42;
  return out;
}

class State : public testing::Test {
 protected:
  const Secret key{"a cluster key of 16+"}, other{"another key of 16 oct"};
  const StateSeal seal_{key, {}};
};

TEST_F(State, opens_as_it_was_sealed_and_fits_into_one_attribute_at_its_largest) {
  auto sealed = carried();
  sealed.user = seal_.tag_of("alice.smith");
  const auto state = seal_.seal(sealed, bound());
  EXPECT_LE(state.size(), 253U);
  const auto opened = seal_.open(state, bound(), now + 299s, 300s);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->challenged.offers, sealed.challenged.offers);
  EXPECT_EQ(opened->challenged.transaction_id, sealed.challenged.transaction_id);
  EXPECT_EQ(opened->challenged.number, sealed.challenged.number);
  EXPECT_EQ(opened->login_id, sealed.login_id);
  EXPECT_EQ(opened->policy, 42U);
  EXPECT_EQ(opened->user, seal_.tag_of("alice.smith"));
  EXPECT_NE(opened->user, seal_.tag_of("alice.smithy"));
}

TEST_F(State, opens_at_another_gateway_of_the_cluster_and_after_a_change_of_the_key) {
  const auto state = seal_.seal(carried(), bound());
  EXPECT_TRUE(StateSeal(key, {}).open(state, bound(), now, 300s).has_value());
  EXPECT_TRUE(StateSeal(other, {key}).open(state, bound(), now, 300s).has_value());
  EXPECT_FALSE(StateSeal(other, {}).open(state, bound(), now, 300s).has_value());
}

TEST_F(State, opens_for_nobody_else) {
  const auto state = seal_.seal(carried(), bound());
  EXPECT_FALSE(seal_.open(state, bound("lab"), now, 300s).has_value());
  EXPECT_FALSE(seal_.open(state, bound("office", "wifi"), now, 300s).has_value());
  EXPECT_FALSE(seal_.open(state, bound("office", "vpn", "other"), now, 300s).has_value());
  EXPECT_FALSE(seal_.open(state, bound("officev", "pn"), now, 300s).has_value()) << "parts do not run together";
}

TEST_F(State, opens_only_in_its_time) {
  const auto state = seal_.seal(carried(), bound());
  EXPECT_FALSE(seal_.open(state, bound(), now + 301s, 300s).has_value());
  EXPECT_TRUE(seal_.open(state, bound(), now - 5s, 300s).has_value()) << "another gateway's clock runs ahead";
  EXPECT_FALSE(seal_.open(state, bound(), now - 7s, 300s).has_value());
}

TEST_F(State, does_not_open_with_any_bit_changed_or_any_octet_gone) {
  const auto state = seal_.seal(carried(), bound());
  for (std::size_t bit = 0; bit < state.size() * 8; ++bit) {
    auto changed = state;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(seal_.open(changed, bound(), now, 300s).has_value()) << bit;
  }
  for (std::size_t size = 0; size < state.size(); ++size)
    EXPECT_FALSE(seal_.open(base::ByteView(state).first(size), bound(), now, 300s).has_value()) << size;
}

TEST_F(State, is_the_same_users_when_the_key_has_changed_since) {
  const base::Secret old_key("the key of before, long enough"), new_key("the key of now, long enough too");
  const StateSeal before(old_key, {}), after(new_key, {old_key}), others(new_key, {});
  const auto tag = before.tag_of("alice");
  EXPECT_TRUE(after.is_tag_of(tag, "alice"));
  EXPECT_FALSE(after.is_tag_of(tag, "alicia"));
  EXPECT_FALSE(others.is_tag_of(tag, "alice"));
  EXPECT_TRUE(others.is_tag_of(after.tag_of("alice"), "alice"));
}

TEST_F(State, never_looks_the_same_twice) {
  EXPECT_NE(seal_.seal(carried(), bound()), seal_.seal(carried(), bound()));
}

}  // namespace
}  // namespace sallyport::server
