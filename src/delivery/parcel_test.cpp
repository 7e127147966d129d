#include "delivery/parcel.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace sallyport::delivery {
namespace {

using namespace std::chrono_literals;

Parcel parcel() {
  Parcel made;
  made.id = "an id";
  made.accepted.wall = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + 4h + 5min + 6s + 700ms;
  made.delivery = {.kind = Delivery::Kind::sms,
                   .account = "example",
                   .user = "alice \"\n",
                   .credential = "SMS1",
                   .destination = "+49 30 1",
                   .text = "Grüße",
                   .code = base::Secret("012345"),
                   .transaction_id = "",
                   .number = "",
                   .life = 300s};
  return made;
}

TEST(DeliveryJson, has_what_is_known_and_nothing_else) {
  const auto json = json_of(parcel(), 2);
  EXPECT_EQ(
      json.reveal(),
      "{\"version\":1,\"id\":\"an id\",\"kind\":\"sms\",\"account\":\"example\",\"user\":\"alice "
      "\\\"\\n\",\"credential\":\"SMS1\",\"destination\":\"+49 30 1\",\"text\":\"Grüße\",\"code\":"
      "\"012345\",\"attempt\":2,\"created\":\"2026-02-03T04:05:06Z\",\"expires\":\"2026-02-03T04:10:06Z\"}");
  EXPECT_NO_THROW(boost::json::parse(json.reveal()));
}

TEST(DeliveryJson, of_a_push_names_transaction_and_number) {
  auto push = parcel();
  push.delivery.kind = Delivery::Kind::push;
  push.delivery.code = {};
  push.delivery.transaction_id = "t1";
  push.delivery.number = "42";
  const auto value = boost::json::parse(json_of(push, 1).reveal());
  EXPECT_EQ(value.at("kind"), "push");
  EXPECT_EQ(value.at("transaction_id"), "t1");
  EXPECT_EQ(value.at("number"), "42");
  EXPECT_FALSE(value.as_object().contains("code"));
}

TEST(DeliveryJson, of_a_notice_says_what_has_happened) {
  Parcel notice;
  notice.delivery.kind = Delivery::Kind::notice;
  notice.delivery.channel = "on-call";
  notice.delivery.event = "continuity_entered";
  notice.delivery.headline = "gw1: business continuity has begun";
  const auto value = boost::json::parse(json_of(notice, 1).reveal());
  EXPECT_EQ(value.at("kind"), "notice");
  EXPECT_EQ(value.at("event"), "continuity_entered");
  EXPECT_EQ(value.at("headline"), "gw1: business continuity has begun");
  EXPECT_FALSE(value.as_object().contains("code") || value.as_object().contains("user"));
}

TEST(SafeWords, are_one_line_without_controls_and_not_too_long) {
  EXPECT_EQ(safe_words("no route\nand more", parcel()), "no route");
  EXPECT_EQ(safe_words("a\x1b[31mred\xff", parcel()), "a?[31mred?");
  EXPECT_EQ(safe_words(std::string(500, 'x'), parcel()), std::string(200, 'x') + "...");
  EXPECT_EQ(safe_words("", parcel()), "");
}

TEST(SafeWords, never_hold_the_code) {
  for (const char* words :
       {"cannot send 012345 to +49", "code 012-345", "0 1 2 3 4 5", "line one\nbody: 012345", "0,1,2,3,4,5"}) {
    EXPECT_EQ(safe_words(words, parcel()), "(its words hold the code and are left out)") << words;
  }
  EXPECT_EQ(safe_words("status 01234", parcel()), "status 01234");
}

TEST(SafeWords, of_a_push_without_a_code_are_said) {
  auto push = parcel();
  push.delivery.code = {};
  EXPECT_EQ(safe_words("busy", push), "busy");
}

}  // namespace
}  // namespace sallyport::delivery
