#include <gmock/gmock.h>

#include <boost/json/serialize.hpp>
#include <future>

#include "app/commands.h"
#include "app/scripted_gateway_test.h"
#include "store/file.h"
#include "store/folder_test.h"
#include "store/record.h"
#include "store/record_folder.h"

namespace sallyport::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ReviewCommand : public store::Folder {
 protected:
  void SetUp() override {
    store::Folder::SetUp();
    options.record.folder = folder_;
    options.socket = at("control");
  }
  void write(const std::vector<std::string>& lines) const {
    const auto record = store::Record::open(folder_).value();
    for (const auto& line : lines) {
      std::promise<bool> done;
      record->append(line, [&](const base::Result<void>& result) { done.set_value(result.has_value()); });
      EXPECT_TRUE(done.get_future().get());
    }
  }
  static std::string let_in(const std::string& login, const std::string& user, const std::string& more = {}) {
    return R"({"time":"2026-11-26T04:00:00Z","what":"let_in","login":")" + login +
           R"(","server":"vpn","client":"gate","user":")" + user + R"(","source":"192.0.2.7:4000)" + login[0] +
           R"(","rung":"any_code","cause":"refused")" + more + "}";
  }
  int run() {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = continuity_review(options);
    out = testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return code;
  }
  ReviewOptions options;
  std::string out, error;
};

// A gateway by which every user's session ends but bob's.
std::string all_but_bob(std::string_view request) {
  boost::json::array ends;
  const auto asked = boost::json::parse(request).as_object();
  for (const auto& one : asked.at("logins").as_array()) {
    const bool bob = one.at("user").as_string() == "bob";
    ends.push_back({{"login", one.at("login")},
                    {"disconnect", bob ? "refused" : "disconnected"},
                    {"why", bob ? "it knows no such session" : ""}});
  }
  return boost::json::serialize(boost::json::object{{"ok", true}, {"logins", ends}});
}

TEST_F(ReviewCommand, shows_who_came_in_without_asking_the_gateway) {
  write({});
  EXPECT_EQ(run(), 0) << error;
  EXPECT_EQ(out, "nobody came in by business continuity\n");
  write({let_in("1", "alice"), let_in("2", "bob"),
         R"({"time":"2026-11-26T04:01:00Z","what":"late_verdict","login":"2","verdict":"refused"})"});
  EXPECT_EQ(run(), 0) << error;
  EXPECT_EQ(out,
            "TIME                  SERVER  USER   CLIENT  RUNG      CAUSE    LATE\n"
            "2026-11-26T04:00:00Z  vpn     alice  gate    any_code  refused  \n"
            "2026-11-26T04:00:00Z  vpn     bob    gate    any_code  refused  refused\n");
  options.late = "refused";
  EXPECT_EQ(run(), 0) << error;
  EXPECT_THAT(out, AllOf(HasSubstr("bob"), Not(HasSubstr("alice"))));
  options.late = "";
  options.json = true;
  EXPECT_EQ(run(), 0) << error;
  const auto answer = boost::json::parse(out).as_object();
  EXPECT_EQ(answer.at("logins").as_array().size(), 2U);
  EXPECT_EQ(answer.at("left_out").to_number<int>(), 0);
}

TEST_F(ReviewCommand, says_that_nobody_of_those_asked_for_came_in_and_not_that_nobody_did) {
  write({let_in("1", "alice")});
  for (auto narrow : {+[](ReviewOptions& to) { to.record.user = "bob"; },
                      +[](ReviewOptions& to) { to.record.server = "portal"; },
                      +[](ReviewOptions& to) { to.late = "refused"; }}) {
    auto all = options;
    narrow(options);
    EXPECT_EQ(run(), 0) << error;
    EXPECT_EQ(out,
              "nobody of those that were asked for came in by business continuity in the newest outage; --from "
              "shows older ones\n");
    options = all;
  }
  for (auto bound : {&AuditOptions::from, &AuditOptions::until}) {
    auto all = options;
    options.record.*bound = bound == &AuditOptions::from ? "2026-11-27" : "2026-11-26";
    EXPECT_EQ(run(), 0) << error;
    EXPECT_EQ(out, "nobody of those that were asked for came in by business continuity in that time\n");
    options = all;
  }
}

TEST_F(ReviewCommand, does_not_say_that_nobody_came_in_where_no_record_is) {
  for (const bool json : {false, true}) {
    options.json = json;
    EXPECT_EQ(run(), 1);
    EXPECT_EQ(out, "");
    EXPECT_THAT(error, HasSubstr("no record is here: no gateway has kept one here yet"));
  }
}

TEST_F(ReviewCommand, ends_no_session_unless_somebody_says_whose) {
  write({let_in("1", "alice")});
  ScriptedGateway gateway(at("control"), all_but_bob);
  options.disconnect = true;
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(error, HasSubstr("whose sessions?"));
  EXPECT_FALSE(gateway.was_asked());
  options.all_listed = true;
  EXPECT_EQ(run(), 0) << error;
  EXPECT_EQ(gateway.all().size(), 1U);
  options.disconnect = false;
  EXPECT_EQ(run(), 2) << "--all-listed alone";
  options = {};
  options.record.folder = folder_;
  options.record.user = "alice";
  options.disconnect = true;
  EXPECT_EQ(run(), 2);
  EXPECT_THAT(error, HasSubstr("which gateway?"));
}

TEST_F(ReviewCommand, says_which_sessions_were_ended_and_why_others_were_not) {
  write({let_in("1", "alice", R"(,"acct_session_id":"4D2","nas_port":7,"first_detail":"not for the gateway")"),
         let_in("2", "bob")});
  ScriptedGateway gateway(at("control"), all_but_bob);
  options.disconnect = options.all_listed = true;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(out, AllOf(HasSubstr("DISCONNECT    WHY"), HasSubstr("disconnected  \n"),
                         HasSubstr("refused       it knows no such session\n")));
  const auto asked = gateway.only();
  EXPECT_EQ(asked.at("do").as_string(), "disconnect");
  EXPECT_EQ(boost::json::serialize(asked.at("logins").at(0)),
            R"({"server":"vpn","client":"gate","user":"alice","source":"192.0.2.7:40001","nas_port":7,)"
            R"("acct_session_id":"4D2","login":"1"})");
}

TEST_F(ReviewCommand, asks_once_for_what_a_client_cannot_tell_apart_and_not_again_for_what_was_ended) {
  write({let_in("1", "alice"), let_in("2", "alice"), let_in("3", "alice", R"(,"nas_port":7)"),
         let_in("4", "carol"),
         R"({"time":"2026-11-26T04:01:00Z","what":"disconnect","login":"4","disconnect":"disconnected"})"});
  ScriptedGateway gateway(at("control"), all_but_bob);
  options.disconnect = options.all_listed = options.json = true;
  EXPECT_EQ(run(), 0) << error;
  EXPECT_EQ(gateway.only().at("logins").as_array().size(), 2U);
  const auto answer = boost::json::parse(out).as_object();
  for (const auto& login : answer.at("logins").as_array())
    EXPECT_EQ(login.at("disconnect").as_string(), "disconnected");
}

TEST_F(ReviewCommand, asks_for_many_in_requests_that_the_gateway_takes) {
  std::vector<std::string> lines;
  const std::string station(2000, 's');  // 32 of them do not fit one request
  for (int i = 0; i < 300; ++i)
    lines.push_back(let_in(std::to_string(i), "user" + std::to_string(i),
                           i < 40 ? R"(,"calling_station_id":")" + station + "\"" : ""));
  write(lines);
  ScriptedGateway gateway(at("control"), all_but_bob);
  options.disconnect = options.all_listed = true;
  EXPECT_EQ(run(), 0) << error;
  std::size_t sessions = 0;
  for (const auto& asked : gateway.all()) {
    EXPECT_LE(asked.at("logins").as_array().size(), 128U);
    sessions += asked.at("logins").as_array().size();
  }
  EXPECT_EQ(sessions, 300U);
  EXPECT_EQ(gateway.all().size(), 4U);
}

TEST_F(ReviewCommand, says_what_the_gateway_says_and_that_a_record_is_broken) {
  write({let_in("1", "alice")});
  options.disconnect = options.all_listed = true;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(error, HasSubstr("no gateway listens there"));
  EXPECT_THAT(out, HasSubstr("alice"));
  const auto segment = store::segment_path(folder_, store::segments_of(folder_).value().front());
  auto text = store::read_file(segment).value();
  text.replace(text.find("alice"), 5, "carol");
  ASSERT_TRUE(store::write_atomically(segment, text));
  options.disconnect = options.all_listed = false;
  EXPECT_EQ(run(), 1);
  EXPECT_THAT(error, HasSubstr("the record is broken"));
  options.record.folder = at("none");
  EXPECT_EQ(run(), 1);
}

}  // namespace
}  // namespace sallyport::app
