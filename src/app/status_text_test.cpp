#include "app/status_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace sallyport::app {
namespace {

boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }

TEST(StatusText, shows_the_state_with_its_cause_and_a_line_for_each_server) {
  EXPECT_EQ(status_text(object(R"({"ok":true,"state":"continuity","armed":true,"since":"2027-01-02T03:04:05Z",
      "cause":"timed_out","detail":"no answer in 2 s","next_probe_ms":850,"record_fails":false,
      "last_probe":{"evidence":"timed_out","took_ms":2000},
      "servers":[{"name":"vpn","mode":"automatic","by_hand":false,"rehearsal":true,
                  "let_in":{"any_code":12,"recent_success":3}},
                 {"name":"portal","mode":"enabled","by_hand":true,"by":"root","rehearsal":false,
                  "by_hand_until":"2027-01-02T11:00:00Z","let_in":{}},
                 {"name":"desk","mode":"disabled","by_hand":true,"by":"root","rehearsal":false,"let_in":{}}]})")),
            "state       continuity since 2027-01-02T03:04:05Z\n"
            "armed       yes\n"
            "cause       timed_out: no answer in 2 s\n"
            "last probe  timed_out after 2.0 s\n"
            "next probe  in 0.8 s\n"
            "\n"
            "SERVER  MODE       BY HAND                             LET IN SINCE START             REHEARSAL\n"
            "vpn     automatic                                      any_code 12, recent_success 3  goes on\n"
            "portal  enabled    by root until 2027-01-02T11:00:00Z                                 \n"
            "desk    disabled   by root, no end                                                    \n");
}

TEST(StatusText, shows_no_cause_while_the_service_answers) {
  EXPECT_EQ(status_text(object(R"({"ok":true,"state":"normal","armed":true,"since":"2027-01-02T03:04:05Z",
      "cause":"","detail":"no answer in 2 s","record_fails":false,"servers":[]})")),
            "state  normal since 2027-01-02T03:04:05Z\n"
            "armed  yes\n"
            "\n"
            "SERVER  MODE  BY HAND  LET IN SINCE START  REHEARSAL\n");
}

TEST(StatusText, says_in_normal_that_the_last_probe_had_no_answer) {
  EXPECT_THAT(status_text(object(R"({"ok":true,"state":"normal","armed":true,"servers":[],
      "last_probe":{"evidence":"service_not_trusted","took_ms":20}})")),
              testing::HasSubstr("alarm       the last probe was not answered (service_not_trusted)"));
}

TEST(StatusText, shows_why_nobody_would_be_let_in) {
  EXPECT_EQ(status_text(object(R"({"ok":true,"state":"normal","armed":true,"record_fails":true,
      "unread":"by_hand.json: Permission denied\u0007","servers":[]})")),
            "state        normal\n"
            "armed        yes\n"
            "record       cannot be written: nobody is let in by business continuity\n"
            "state files  by_hand.json: Permission denied\\x07\n"
            "\n"
            "SERVER  MODE  BY HAND  LET IN SINCE START  REHEARSAL\n");
}

TEST(StatusText, leaves_out_what_was_not_said_and_makes_control_characters_visible) {
  EXPECT_EQ(status_text(object(R"({"ok":true,"state":"suspect","armed":false,"servers":[{"name":"a\u001b[1m",
      "mode":7,"by_hand":true}, 3]})")),
            "state  suspect\n"
            "armed  no: the service has not answered yet with these settings\n"
            "\n"
            "SERVER    MODE  BY HAND  LET IN SINCE START  REHEARSAL\n"
            "a\\x1b[1m  7     no end                       \n");
  EXPECT_EQ(status_text({}),
            "armed  no: the service has not answered yet with these settings\n\n"
            "SERVER  MODE  BY HAND  LET IN SINCE START  REHEARSAL\n");
}

TEST(ReviewText, shows_who_came_in_by_which_rung) {
  EXPECT_EQ(
      review_text(object(R"({"ok":true,"logins":[{"time":"2027-01-02T03:04:05Z","server":"vpn","user":"alice",
      "client":"gate","rung":"any_code","cause":"timed_out","late":"refused"}]})"),
                  "nobody"),
      "TIME                  SERVER  USER   CLIENT  RUNG      CAUSE      LATE\n"
      "2027-01-02T03:04:05Z  vpn     alice  gate    any_code  timed_out  refused\n");
  EXPECT_EQ(review_text({}, "nobody was there"), "nobody was there\n");
  EXPECT_EQ(review_text(object(R"({"ok":true,"logins":[],"left_out":3})"), "nobody was there"),
            "nobody was there\n3 older ones are left out: --from and --until show them\n");
}

}  // namespace
}  // namespace sallyport::app
