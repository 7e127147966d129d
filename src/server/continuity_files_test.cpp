// What business continuity keeps on the disk: the memory across starts and boots, the book of recent successes.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "server/continuity_memory.h"
#include "server/recent_book.h"
#include "store/folder_test.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using continuity::Mode;

constexpr base::Time start{base::SteadyTime(1000h), base::WallTime(std::chrono::hours(500'000))};

class ContinuityFiles : public store::Folder {
 protected:
  [[nodiscard]] std::string file() const { return folder_ + "/kept"; }
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::ifstream(file()).rdbuf();
    return out.str();
  }
  void rewrite(const std::string& text) const { std::ofstream(file()) << text; }
  void pretend_another_boot() const {
    rewrite(std::regex_replace(text(), std::regex(R"("boot":"[^"]*")"), R"("boot":"another")"));
  }
  static ContinuityMemory memory() {
    ContinuityMemory out;
    out.outage_since = start.steady - 10min;
    out.by_hand["vpn"] = {Mode::enabled, start.steady + 30min, start.wall, "root"};
    out.counted["vpn"] = {Mode::automatic, 17, start.steady - 10min};
    out.told = {start.wall, start.steady};
    return out;
  }
};

TEST_F(ContinuityFiles, are_read_again_as_they_were_by_the_monotonic_clock) {
  ASSERT_TRUE(memory().write(file(), start));
  const base::Time later{start.steady + 1min, start.wall - 1h};  // somebody has set the clock back
  const auto read = ContinuityMemory::read(file(), later);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->outage_since, start.steady - 10min);
  EXPECT_EQ(read->by_hand.at("vpn").until, start.steady + 30min);
  EXPECT_EQ(read->counted.at("vpn").after, 17U);
  EXPECT_EQ(read->counted.at("vpn").began, start.steady - 10min);
  EXPECT_EQ(read->told->steady, start.steady);
}

TEST_F(ContinuityFiles, after_a_boot_go_by_the_wall_clock_and_leave_no_more_time_than_there_was) {
  ASSERT_TRUE(memory().write(file(), start));
  pretend_another_boot();
  const base::Time booted{base::SteadyTime(1min), start.wall + 5min};
  auto read = ContinuityMemory::read(file(), booted);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->by_hand.at("vpn").until, booted.steady + 25min);
  EXPECT_EQ(read->counted.at("vpn").began, booted.steady - 15min);
  EXPECT_FALSE(read->told) << "the monotonic clock of before means nothing now";
  read = ContinuityMemory::read(file(), {booted.steady, start.wall - 20h});
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->by_hand.at("vpn").until, booted.steady + 30min) << "a clock that is behind";
  EXPECT_EQ(read->counted.at("vpn").began, booted.steady - 10min);
}

TEST_F(ContinuityFiles, of_successes_that_cannot_be_read_let_nobody_in_and_forget_later) {
  const RecentBook::Who alice{"alice", "vpn", "", ""}, bob{"bob", "vpn", "", ""};
  RecentBook book;
  book.succeeded(alice, start.wall);
  book.succeeded(bob, start.wall);
  ASSERT_TRUE(book.write_if_changed(file()));
  const auto good = text();
  rewrite("no such book\n");
  RecentBook next;
  ASSERT_FALSE(next.read(file()));
  next.succeeded(alice, start.wall);
  EXPECT_FALSE(next.has(alice, 24h, start.wall));
  EXPECT_EQ(next.forget("bob"), 0U);
  rewrite(good);
  ASSERT_TRUE(next.read(file()));
  EXPECT_TRUE(next.has(alice, 24h, start.wall));
  EXPECT_FALSE(next.has(bob, 24h, start.wall)) << "who was forgotten meanwhile";
  EXPECT_TRUE(next.has_forgotten());
}

TEST_F(ContinuityFiles,
       of_successes_that_cannot_be_written_are_tried_again_at_once_where_somebody_was_forgotten) {
  const RecentBook::Who alice{"alice", "vpn", "", ""};
  RecentBook book;
  book.succeeded(alice, start.wall);
  EXPECT_EQ(book.forget("alice"), 1U);
  EXPECT_FALSE(book.write_if_changed(folder_ + "/not/there"));
  EXPECT_TRUE(book.has_forgotten());
  EXPECT_TRUE(book.write_if_changed(file()));
  EXPECT_FALSE(book.has_forgotten());
}

}  // namespace
}  // namespace sallyport::server
