#include <gmock/gmock.h>

#include "app/commands.h"
#include "app/scripted_gateway_test.h"
#include "store/file.h"
#include "store/folder_test.h"

namespace sallyport::app {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Ran {
  int code;
  std::string out, error;
};

Ran run(int (*command)(const ContinuityOptions&), const ContinuityOptions& options) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = command(options);
  return {code, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

class ContinuityCommand : public store::Folder {
 protected:
  void SetUp() override {
    store::Folder::SetUp();
    options.control.socket = at("control");
  }
  ContinuityOptions options;
};

constexpr auto good = R"({"ok":true})";

TEST_F(ContinuityCommand, is_switched_on_for_a_time_or_until_somebody_says_so) {
  options.server = "vpn";
  options.time = "8h";
  {
    ScriptedGateway gateway(at("control"), good);
    const auto ran = run(continuity_enable, options);
    EXPECT_EQ(ran.code, 0) << ran.error;
    EXPECT_EQ(ran.out, "continuity of vpn is enabled for 8h\n");
    const auto asked = gateway.only();
    EXPECT_EQ(asked.at("do").as_string(), "mode");
    EXPECT_EQ(asked.at("server").as_string(), "vpn");
    EXPECT_EQ(asked.at("mode").as_string(), "enabled");
    EXPECT_EQ(asked.at("minutes").as_int64(), 480);
    EXPECT_FALSE(asked.at("by").as_string().empty());
  }
  options.server = options.time = "";
  options.until_i_say = true;
  ScriptedGateway gateway(at("control"), good);
  EXPECT_EQ(run(continuity_enable, options).out,
            "continuity of all servers that the settings do not disable is enabled until you say otherwise\n");
  EXPECT_EQ(gateway.only().at("minutes").as_int64(), 0);
}

TEST_F(ContinuityCommand, is_not_switched_on_without_a_word_on_its_end_nor_for_longer_than_a_day) {
  ScriptedGateway gateway(at("control"), good);
  EXPECT_THAT(run(continuity_enable, options).error,
              HasSubstr("for how long? Give --for 1m to 24h, or --until-i-say"));
  for (const auto* time : {"25h", "2d", "59s", "90s", "0m", "8", "-1h", "8 h", "1m1s"}) {
    options.time = time;
    const auto ran = run(continuity_enable, options);
    EXPECT_EQ(ran.code, 2) << time;
    EXPECT_THAT(ran.error, HasSubstr("--for: expected whole minutes from 1m to 24h")) << time;
  }
  EXPECT_FALSE(gateway.was_asked());
  for (const auto* time : {"1m", "24h", "1d", "120s"}) {
    options.time = time;
    EXPECT_EQ(run(continuity_enable, options).code, 0) << time;
  }
}

TEST_F(ContinuityCommand, is_switched_off_at_once) {
  ScriptedGateway gateway(at("control"), good);
  EXPECT_EQ(run(continuity_disable, options).out,
            "continuity of all servers is disabled until you say otherwise\n");
  EXPECT_EQ(gateway.only().at("mode").as_string(), "disabled");
}

TEST_F(ContinuityCommand, forgets_a_users_recent_successes) {
  options.user = "alice";
  {
    ScriptedGateway gateway(at("control"), R"({"ok":true,"forgotten":2})");
    const auto ran = run(continuity_forget, options);
    EXPECT_EQ(ran.code, 0) << ran.error;
    EXPECT_EQ(ran.out, "recent successes of alice from 2 places count no more\n");
    EXPECT_EQ(gateway.only().at("do").as_string(), "forget");
    EXPECT_EQ(gateway.only().at("user").as_string(), "alice");
  }
  ScriptedGateway gateway(at("control"), R"({"ok":true,"forgotten":1})");
  EXPECT_EQ(run(continuity_forget, options).out, "recent successes of alice from 1 place count no more\n");
}

TEST_F(ContinuityCommand, fails_where_there_was_nothing_to_forget) {
  options.user = "alcie";
  {
    ScriptedGateway gateway(at("control"), R"({"ok":true,"forgotten":0})");
    const auto ran = run(continuity_forget, options);
    EXPECT_EQ(ran.code, 1);
    EXPECT_EQ(ran.error, "continuity forget: no recent success of alcie is known\n");
    EXPECT_THAT(ran.out, IsEmpty());
  }
  ScriptedGateway gateway(at("control"), good);
  EXPECT_EQ(run(continuity_forget, options).code, 1) << "it did not say how many";
}

TEST_F(ContinuityCommand, goes_back_to_what_the_settings_say) {
  {
    ScriptedGateway gateway(at("control"), good);
    const auto ran = run(continuity_settings, options);
    EXPECT_EQ(ran.code, 0) << ran.error;
    EXPECT_EQ(ran.out, "continuity of all servers is as the settings say\n");
    EXPECT_EQ(gateway.only().at("server").as_string(), "");
  }
  options.server = "vpn";
  {
    ScriptedGateway gateway(at("control"), good);
    EXPECT_EQ(run(continuity_settings, options).out, "continuity of vpn is as the settings say\n");
    const auto asked = gateway.only();
    EXPECT_EQ(asked.at("do").as_string(), "mode");
    EXPECT_EQ(asked.at("server").as_string(), "vpn");
    EXPECT_EQ(asked.at("mode").as_string(), "settings");
    EXPECT_FALSE(asked.contains("minutes"));
  }
  ScriptedGateway gateway(at("control"), R"({"ok":false,"error":"no mode is called settings"})");
  const auto ran = run(continuity_settings, options);
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.error, "continuity settings: no mode is called settings\n");
}

TEST_F(ContinuityCommand, shows_the_status_to_a_person_or_as_it_came) {
  const std::string answer = R"({"ok":true, "state":"normal","armed":true,"servers":[]})";
  ScriptedGateway gateway(at("control"), answer);
  EXPECT_THAT(run(status, options).out, HasSubstr("state  normal\narmed  yes\n"));
  options.json = true;
  EXPECT_EQ(run(status, options).out, answer + "\n");
}

TEST_F(ContinuityCommand, says_what_the_gateway_says_and_fails) {
  ScriptedGateway gateway(at("control"), R"({"ok":false,"error":"no validation server has the name \"vnp\""})");
  const auto ran = run(continuity_automatic, options);
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.error, "continuity automatic: no validation server has the name \"vnp\"\n");
  EXPECT_THAT(ran.out, IsEmpty());
}

TEST_F(ContinuityCommand, tells_a_gateway_that_does_not_run_from_one_that_answers_nonsense) {
  EXPECT_THAT(run(status, options).error, HasSubstr("no gateway listens there"));
  {
    ScriptedGateway gateway(at("control"), "[]");
    EXPECT_THAT(run(status, options).error, HasSubstr("not as a gateway does"));
  }
  options.control.socket = "";
  const auto ran = run(status, options);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.error, HasSubstr("which gateway? Give --config or --socket"));
}

TEST_F(ContinuityCommand, finds_the_gateway_by_its_settings_even_when_they_hold_mistakes) {
  ASSERT_TRUE(store::write_atomically(at("gateway.toml"), "wrong = 1\n[continuity]\nfolder = \".\"\n"));
  options.control = {at("gateway.toml"), ""};
  ScriptedGateway gateway(at("control"), R"({"ok":true,"state":"normal"})");
  const auto ran = run(status, options);
  EXPECT_EQ(ran.code, 0) << ran.error;
  ASSERT_TRUE(store::write_atomically(at("gateway.toml"), "[service]\n"));
  EXPECT_THAT(run(status, options).error,
              HasSubstr("gateway.toml:1: continuity: expected folder or control_socket"));
}

}  // namespace
}  // namespace sallyport::app
