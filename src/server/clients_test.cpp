#include "server/clients.h"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

settings::RadiusClient client(std::string name, std::vector<std::string> addresses) {
  settings::RadiusClient out;
  out.name = std::move(name);
  out.addresses = std::move(addresses);
  out.secret = base::Secret("a-secret-of-16-or-more");
  return out;
}

std::string found(const Clients& clients, std::string_view address) {
  const auto* client = clients.find(net::Address::parse(address).value());
  return client == nullptr ? "none" : client->name;
}

TEST(Clients, are_found_by_the_longest_prefix) {
  const auto clients =
      Clients::make({client("campus", {"10.0.0.0/8"}), client("vpn", {"10.1.0.0/16", "2001:db8:1::/48"}),
                     client("one", {"10.1.2.3"}), client("six", {"2001:db8::/32", "::1"})},
                    {})
          .value();
  EXPECT_EQ(found(clients, "10.9.9.9"), "campus");
  EXPECT_EQ(found(clients, "10.1.9.9"), "vpn");
  EXPECT_EQ(found(clients, "10.1.2.3"), "one");
  EXPECT_EQ(found(clients, "10.1.2.4"), "vpn");
  EXPECT_EQ(found(clients, "11.0.0.1"), "none");
  EXPECT_EQ(found(clients, "2001:db8:1::5"), "vpn");
  EXPECT_EQ(found(clients, "2001:db8:2::5"), "six");
  EXPECT_EQ(found(clients, "::1"), "six");
  EXPECT_EQ(found(clients, "::2"), "none");
}

TEST(Clients, keep_the_two_families_apart) {
  const auto clients = Clients::make({client("four", {"0.0.0.0/0"})}, {}).value();
  EXPECT_EQ(found(clients, "192.0.2.1"), "four");
  EXPECT_EQ(found(clients, "2001:db8::1"), "none");
  const auto odd = Clients::make({client("odd", {"192.0.2.128/25", "192.0.2.0/31"})}, {}).value();
  EXPECT_EQ(found(odd, "192.0.2.129"), "odd");
  EXPECT_EQ(found(odd, "192.0.2.1"), "odd");
  EXPECT_EQ(found(odd, "192.0.2.2"), "none");
}

TEST(Clients, are_refused_when_two_have_the_same_addresses) {
  const auto clients = Clients::make({client("a", {"10.0.0.0/8"}), client("b", {"10.0.0.0/8"})}, {});
  ASSERT_FALSE(clients.has_value());
  EXPECT_NE(clients.error().what.find("10.0.0.0/8"), std::string::npos);
}

TEST(Clients, have_their_own_patience) {
  auto from = client("a", {"10.0.0.0/8"});
  from.timeout = std::chrono::seconds(5);
  from.tries = 2;
  const auto clients = Clients::make({from}, {}).value();
  EXPECT_EQ(clients.all()[0]->policy.patience, std::chrono::milliseconds(9500));
}

}  // namespace
}  // namespace sallyport::server
