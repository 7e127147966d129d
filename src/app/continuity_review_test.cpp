#include "app/continuity_review.h"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace sallyport::app {
namespace {

using testing::ElementsAre;

class Reviewed {
 public:
  explicit Reviewed(const AuditOptions& options = {}, std::size_t limit = Review::most)
      : review(LineFilter::make(options).value(), options.from.empty() && options.until.empty(), limit) {}

  Reviewed& line(const std::string& text) {
    review.see(boost::json::parse(text).as_object());
    return *this;
  }
  // At HH:MM; the outage began at `since`.
  Reviewed& let_in(const std::string& login, const std::string& at, const std::string& since = {},
                   const std::string& user = "alice") {
    return line(R"({"seq":7,"time":"2026-11-26T)" + at + R"(:00Z","what":"let_in","login":")" + login +
                R"(","server":"vpn","client":"gate","user":")" + user + R"(","rung":"any_code")" +
                (since.empty() ? "" : R"(,"since":"2026-11-26T)" + since + R"(:00Z")") + R"(,"mac":"00"})");
  }
  [[nodiscard]] std::vector<std::string> logins(const std::string& late = {}) const {
    std::vector<std::string> out;
    for (const auto& one : review.logins(late)) {
      const auto& login = one.as_object();
      out.emplace_back(login.at("login").as_string());
      if (!login.at("late").as_string().empty()) out.back() += " " + std::string(login.at("late").as_string());
    }
    return out;
  }
  Review review;
};

TEST(Review, joins_what_is_said_of_a_login_later) {
  Reviewed r;
  r.let_in("a", "04:00").let_in("b", "04:01").let_in("c", "04:02").let_in("d", "04:03");
  r.line(R"({"what":"late_verdict","login":"a","verdict":"refused"})");
  r.line(R"({"what":"withdrawn","login":"b","verdict":"reject"})");
  r.line(R"({"what":"late_verdict","login":"c","verdict":"good"})");
  r.line(R"({"what":"late_verdict","login":"d","verdict":"none"})");
  r.line(R"({"what":"late_verdict","login":"unknown","verdict":"good"})");
  EXPECT_THAT(r.logins(), ElementsAre("a refused", "c good", "d"));
  EXPECT_THAT(r.logins("refused"), ElementsAre("a refused"));
  EXPECT_EQ(boost::json::serialize(r.review.logins().at(0)),
            R"({"time":"2026-11-26T04:00:00Z","login":"a","server":"vpn","client":"gate","user":"alice",)"
            R"("rung":"any_code","late":"refused"})");
}

TEST(Review, says_which_sessions_were_ended_already) {
  Reviewed r;
  r.let_in("a", "04:00").line(R"({"what":"disconnect","login":"a","disconnect":"refused","why":"not here"})");
  EXPECT_EQ(r.review.logins().at(0).at("disconnect").as_string(), "refused");
  EXPECT_EQ(r.review.logins().at(0).at("why").as_string(), "not here");
}

TEST(Review, is_about_the_newest_outage) {
  Reviewed r;
  r.let_in("old", "01:00", "00:50").let_in("a", "04:00", "03:59").let_in("b", "09:00", "03:59");
  EXPECT_THAT(r.logins(), ElementsAre("a", "b")) << "five quiet hours in which it went on";
  r.let_in("c", "09:30", "09:29");
  EXPECT_THAT(r.logins(), ElementsAre("a", "b", "c")) << "it was hardly over";
  r.let_in("d", "10:31", "10:30");
  EXPECT_THAT(r.logins(), ElementsAre("d"));
}

TEST(Review, takes_an_hour_without_a_login_for_the_end_of_what_was_by_hand) {
  Reviewed r;
  r.let_in("a", "04:00").let_in("b", "05:00").let_in("c", "06:01");
  EXPECT_THAT(r.logins(), ElementsAre("c"));
}

TEST(Review, of_one_user_is_about_the_newest_outage_too) {
  Reviewed r({.user = "Bob"});
  r.let_in("a", "01:00", "00:59", "bob").let_in("b", "04:00", "03:59", "bob").let_in("c", "04:01", "03:59");
  EXPECT_THAT(r.logins(), ElementsAre("b"));
  r.let_in("d", "09:00", "08:59");
  EXPECT_THAT(r.logins(), ElementsAre()) << "bob was not in it";
}

TEST(Review, of_a_period_is_about_every_outage_in_it) {
  Reviewed r({.from = "2026-11-26T02:00:00Z", .until = "2026-11-26T12:00:00Z"});
  r.let_in("old", "01:00").let_in("a", "04:00").let_in("b", "08:00").let_in("new", "12:00");
  EXPECT_THAT(r.logins(), ElementsAre("a", "b"));
}

TEST(Review, keeps_the_newest_and_says_how_many_it_left_out) {
  Reviewed r({}, 2);
  r.let_in("a", "04:00").let_in("b", "04:01").let_in("c", "04:02").let_in("d", "04:03");
  EXPECT_THAT(r.logins(), ElementsAre("c", "d"));
  EXPECT_EQ(r.review.left_out(), 2U);
  r.line(R"({"what":"late_verdict","login":"a","verdict":"refused"})");
  r.let_in("e", "09:00", "08:59");
  EXPECT_THAT(r.logins(), ElementsAre("e"));
  EXPECT_EQ(r.review.left_out(), 0U) << "those were of another outage";
}

}  // namespace
}  // namespace sallyport::app
