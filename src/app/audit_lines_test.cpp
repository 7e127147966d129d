#include "app/audit_lines.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace sallyport::app {
namespace {

boost::json::object line(const char* text) { return boost::json::parse(text).as_object(); }

const auto* const login = R"({"seq":2,"time":"2026-11-26T04:38:29Z","server":"vpn","user":"Alice","count":-1})";

bool admits(const AuditOptions& options, const char* text = login) {
  return LineFilter::make(options).value().admits(line(text));
}

TEST(AuditLines, are_chosen_by_time_from_including_until_excluding) {
  EXPECT_TRUE(admits({}));
  EXPECT_TRUE(admits({.from = "2026-11-26T04:38:29Z", .until = "2026-11-27"}));
  EXPECT_FALSE(admits({.from = "2026-11-26T04:38:30Z"}));
  EXPECT_FALSE(admits({.until = "2026-11-26T05:38:29+01:00"}));
  EXPECT_FALSE(admits({.from = "2026-11-26"}, R"({"user":"alice"})")) << "it has no time";
  EXPECT_FALSE(LineFilter::make({.from = "yesterday"}));
  EXPECT_FALSE(LineFilter::make({.until = "tomorrow"}));
}

TEST(AuditLines, are_chosen_by_server_and_by_user_in_any_spelling) {
  EXPECT_TRUE(admits({.server = "vpn"}));
  EXPECT_FALSE(admits({.server = "VPN"}));
  EXPECT_TRUE(admits({.user = "ALICE"}));
  EXPECT_FALSE(admits({.user = "bob"}));
  EXPECT_FALSE(admits({.user = "alice"}, R"({"user":7})"));
}

TEST(AuditLines, become_csv_with_every_member_that_occurs) {
  LineColumns columns;
  columns.see(line(login));
  columns.see(line(R"({"seq":3,"nas":{"port":1},"user":"=1+1"})"));
  EXPECT_EQ(columns.heading(), "seq,time,server,user,count,nas,chain");
  EXPECT_EQ(columns.csv(line(login), store::RecordTrust::good), "2,2026-11-26T04:38:29Z,vpn,Alice,-1,,good");
  EXPECT_EQ(columns.csv(line(R"({"seq":3,"nas":{"port":1},"user":"=1+1"})"), store::RecordTrust::broken),
            R"(3,,,'=1+1,,"{""port"":1}",broken)");
}

}  // namespace
}  // namespace sallyport::app
