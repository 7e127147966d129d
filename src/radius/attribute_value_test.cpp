#include "radius/attribute_value.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace sallyport::radius {
namespace {

std::string hex(const AttributeName& name, std::string_view text) {
  const auto octets = attribute_octets(name, text);
  return octets ? base::to_hex(*octets) : "refused: " + octets.error().what;
}

TEST(AttributeValue, is_written_as_its_name_says) {
  EXPECT_EQ(hex(reply_attribute("filter-id").value(), "staff"), "7374616666");
  EXPECT_EQ(hex(reply_attribute("Session-Timeout").value(), "3600"), "00000e10");
  EXPECT_EQ(hex(reply_attribute("Framed-IP-Address").value(), "192.0.2.1"), "c0000201");
  EXPECT_EQ(hex(reply_attribute("Class").value(), "ou=staff"), "6f753d7374616666");
  EXPECT_EQ(hex(reply_attribute("Class").value(), "0x0102"), "0102");
  EXPECT_EQ(hex(reply_attribute("Framed-IPv6-Address").value(), "2001:db8::1"),
            "20010db8000000000000000000000001");
  // The first octet is a tag where it is at most 0x1f, and 0 is none (RFC 2868 sections 3.1 and 3.6).
  EXPECT_EQ(hex(reply_attribute("Tunnel-Type").value(), "13"), "0000000d");
  EXPECT_EQ(hex(reply_attribute("Tunnel-Private-Group-ID").value(), "100"), "313030");
}

TEST(AttributeValue, of_a_vendor_stands_behind_its_number) {
  EXPECT_EQ(hex(vendor_attribute(9, 1, ValueKind::text), "shell:priv-lvl=15"),
            "00000009"
            "0113"
            "7368656c6c3a707269762d6c766c3d3135");
  EXPECT_EQ(hex(vendor_attribute(14122, 7, ValueKind::integer), "2"),
            "0000372a"
            "0706"
            "00000002");
}

TEST(AttributeValue, is_refused_when_it_is_none) {
  const auto timeout = reply_attribute("Session-Timeout").value();
  for (const auto* text : {"", "x", "-1", "4294967296", "1 "})
    EXPECT_TRUE(hex(timeout, text).starts_with("refused")) << text;
  EXPECT_TRUE(hex(reply_attribute("Framed-IP-Address").value(), "192.0.2.256").starts_with("refused"));
  EXPECT_TRUE(hex(reply_attribute("Filter-Id").value(), std::string(254, 'x')).starts_with("refused"));
  EXPECT_TRUE(hex(vendor_attribute(9, 1, ValueKind::text), std::string(248, 'x')).starts_with("refused"));
  EXPECT_FALSE(hex(vendor_attribute(9, 1, ValueKind::text), std::string(247, 'x')).starts_with("refused"));
}

TEST(AttributeValue, has_no_name_that_the_gateway_writes_itself_or_a_request_alone_carries) {
  for (const auto* name : {"State", "Proxy-State", "Message-Authenticator", "Reply-Message", "User-Password",
                           "EAP-Message", "Vendor-Specific", "no-such", ""})
    EXPECT_FALSE(reply_attribute(name).has_value()) << name;
}

}  // namespace
}  // namespace sallyport::radius
