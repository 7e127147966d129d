#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace sallyport::net {
namespace {

TEST(Address, is_written_as_it_is_read) {
  for (const char* text : {"192.0.2.1", "2001:db8::1", "::", "::1", "fe80::1%2", "0.0.0.0"}) {
    ASSERT_TRUE(Address::parse(text)) << text;
    EXPECT_EQ(Address::parse(text)->to_string(), text);
  }
}

TEST(Address, ipv4_compares_equal_to_its_mapped_form) {
  EXPECT_EQ(Address::parse("192.0.2.1").value(), Address::parse("::ffff:192.0.2.1").value());
  EXPECT_TRUE(Address::parse("::ffff:192.0.2.1")->is_v4());
  EXPECT_FALSE(Address::parse("::1")->is_v4());
}

TEST(Address, refuses_what_is_none) {
  for (const std::string& text :
       {std::string("192.0.2"), std::string("192.0.2.256"), std::string("010.1.1.1"), std::string("localhost"),
        std::string(""), std::string(":::"), std::string("1.2.3.4%1"), std::string("fe80::1%no_such_interface"),
        std::string("1.2.3.4\0x", 9)}) {
    EXPECT_FALSE(Address::parse(text)) << text;
  }
}

TEST(Endpoint, is_written_as_it_is_read) {
  for (const char* text : {"192.0.2.1:1812", "[2001:db8::1]:65535", "[::]:0"}) {
    ASSERT_TRUE(Endpoint::parse(text)) << text;
    EXPECT_EQ(Endpoint::parse(text)->to_string(), text);
  }
}

TEST(Endpoint, refuses_what_is_none) {
  for (const char* text : {"192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "2001:db8::1:1812",
                           "[::1]", "[192.0.2.1]:1", "[]:1", ":1", "::1", ""}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Endpoint, survives_the_way_through_a_socket_address) {
  for (const char* text : {"192.0.2.1:1812", "[fe80::1%7]:1812"}) {
    const auto endpoint = Endpoint::parse(text).value();
    sockaddr_storage address{};
    EXPECT_GT(endpoint.to(address), 0U);
    EXPECT_EQ(Endpoint::from(address), endpoint);
  }
}

bool in(const char* prefix, const char* address) {
  return Prefix::parse(prefix).value().contains(Address::parse(address).value());
}

TEST(Prefix, contains_what_shares_its_first_bits) {
  EXPECT_TRUE(in("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(in("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(in("10.0.0.128/25", "10.0.0.129"));
  EXPECT_FALSE(in("10.0.0.128/25", "10.0.0.127"));
  EXPECT_TRUE(in("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(in("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(in("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(in("192.0.2.1", "192.0.2.0"));
}

TEST(Prefix, all_of_ipv6_is_no_ipv4_address) { EXPECT_FALSE(in("::/0", "192.0.2.1")); }

TEST(Prefix, names_the_right_prefix_when_host_bits_are_set) {
  const auto prefix = Prefix::parse("10.1.2.3/8");
  ASSERT_FALSE(prefix);
  EXPECT_NE(prefix.error().what.find("10.0.0.0/8"), std::string::npos) << prefix.error().what;
}

TEST(Prefix, refuses_lengths_that_no_address_has) {
  for (const char* text : {"10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "/8", ""}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, is_written_as_it_is_read) {
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::/0", "192.0.2.1", "::1"}) {
    EXPECT_EQ(Prefix::parse(text).value().to_string(), text);
  }
}

}  // namespace
}  // namespace sallyport::net
