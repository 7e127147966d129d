#include "server/address_book.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "store/file.h"

namespace sallyport::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

net::Endpoint at(int last) { return net::Endpoint::parse("192.0.2." + std::to_string(last) + ":443").value(); }

class AnAddressBook : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "addresses.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    file_ = folder_ + "/service_addresses.json";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static base::Time later(base::Duration by) { return base::Time{base::SteadyTime(1h), wall, false} + by; }
  // Another boot: the monotonic clock begins anew, and the wall clock says what it says.
  static base::Time after_boot(base::WallTime wall_clock) {
    return {base::SteadyTime(1min), wall_clock, false};
  }
  static cloud::KeptAddresses seen(int last, base::SteadyTime when, const std::string& name = "vip:443") {
    return {name, {{at(last), when}}};
  }
  [[nodiscard]] std::vector<net::Endpoint> known(base::Time now, const AddressBook::Told& told = {}) const {
    std::vector<net::Endpoint> out;
    for (const auto& one : book_.of("vip:443", now, told).all) out.push_back(one.endpoint);
    return out;
  }
  void restart() {
    ASSERT_TRUE(book_.write(file_));
    book_ = {};
    ASSERT_TRUE(book_.read(file_));
  }
  void put(const std::string& text) { ASSERT_TRUE(store::write_atomically(file_, text)); }

  static constexpr base::WallTime wall{std::chrono::seconds(1'800'000'000)};
  std::string folder_, file_;
  AddressBook book_;
};

TEST_F(AnAddressBook, survives_a_restart_and_forgets_after_a_week) {
  EXPECT_TRUE(book_.read(file_)) << "none yet";
  book_.remember(seen(1, later(0s).steady), later(0s), {});
  EXPECT_TRUE(book_.is_changed());
  restart();
  EXPECT_FALSE(book_.is_changed());
  const auto now = after_boot(wall + days(2));
  EXPECT_EQ(known(now), std::vector{at(1)});
  EXPECT_EQ(book_.of("vip:443", now, {}).all.at(0).when, now.steady - days(2));
  EXPECT_TRUE(book_.of("proxy:3128", now, {}).all.empty());
  EXPECT_TRUE(known(after_boot(wall + days(7) + 1s)).empty());
}

TEST_F(AnAddressBook, is_written_for_a_new_address_and_once_an_hour) {
  book_.remember(seen(1, later(0s).steady), later(0s), {});
  restart();
  book_.remember(seen(1, later(59min).steady), later(59min), {});
  EXPECT_FALSE(book_.is_changed());
  book_.remember(seen(1, later(60min).steady), later(60min), {});
  EXPECT_TRUE(book_.is_changed());
  restart();
  book_.remember(seen(2, later(61min).steady), later(61min), {});
  EXPECT_TRUE(book_.is_changed());
}

TEST_F(AnAddressBook, outlives_a_clock_that_was_set_back_or_forward) {
  book_.remember(seen(1, later(0s).steady), later(0s), {});
  restart();
  const auto back = after_boot(wall - days(400));
  EXPECT_EQ(known(back), std::vector{at(1)});
  EXPECT_EQ(book_.of("vip:443", back, {}).all.at(0).when, back.steady) << "as if it were now, for a week more";
  const auto forward = after_boot(wall + days(400));
  EXPECT_TRUE(known(forward).empty());
  restart();
  EXPECT_EQ(known(after_boot(wall + days(1))), std::vector{at(1)}) << "it was the clock, and nothing is lost";
}

TEST_F(AnAddressBook, goes_by_the_services_time_where_it_was_told) {
  const auto wrong = later(0s);
  const AddressBook::Told told{{wall + days(30), wrong.steady - 10s}};
  book_.remember(seen(1, wrong.steady), wrong, told);
  restart();
  EXPECT_EQ(known(after_boot(wall + days(36))), std::vector{at(1)});
  EXPECT_TRUE(known(after_boot(wall + days(38))).empty());
}

TEST_F(AnAddressBook, corrects_a_time_to_come_and_drops_what_is_old_when_the_service_has_answered) {
  put(R"({"version":1,"names":{"vip:443":[{"address":"192.0.2.1:443","seen":1900000000},)"
      R"({"address":"192.0.2.2:443","seen":1}]}})");
  ASSERT_TRUE(book_.read(file_));
  book_.remember(seen(3, later(0s).steady), later(0s), {});
  restart();
  EXPECT_EQ(known(after_boot(wall)), (std::vector{at(1), at(3)}));
  EXPECT_TRUE(known(after_boot(wall + days(8))).empty());
}

TEST_F(AnAddressBook, is_bounded) {
  for (int i = 0; i < 40; ++i) book_.remember(seen(i, later(i * 1s).steady), later(i * 1s), {});
  EXPECT_EQ(known(later(40s)).size(), AddressBook::most_addresses);
  EXPECT_EQ(known(later(40s)).back(), at(39));
  for (int i = 0; i < 40; ++i) {
    const auto when = later(1min + i * 1s);
    book_.remember(seen(1, when.steady, "other" + std::to_string(i) + ":443"), when, {});
  }
  EXPECT_TRUE(known(later(2min)).empty()) << "the name that was used least lately";
  EXPECT_EQ(book_.of("other39:443", later(2min), {}).all.size(), 1U);
}

TEST_F(AnAddressBook, of_a_damaged_file_is_empty_and_can_be_written) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"version":2,"names":{}})", R"({"version":1})", R"({"version":1,"names":[]})",
        R"({"version":1,"names":{"vip:443":[{"address":"vip.example.com","seen":1}]}})",
        R"({"version":1,"names":{"vip:443":[{"address":"192.0.2.1:0","seen":1}]}})",
        R"({"version":1,"names":{"vip:443":[{"address":"192.0.2.1:443","seen":-1}]}})",
        R"({"version":1,"names":{"vip:443":[{"address":"192.0.2.1:443","seen":9223372036854775807}]}})"}) {
    put(text);
    EXPECT_FALSE(book_.read(file_)) << text;
    EXPECT_TRUE(known(later(0s)).empty());
    book_.remember(seen(1, later(0s).steady), later(0s), {});
    restart();
    EXPECT_EQ(known(later(0s)), std::vector{at(1)});
  }
  chmod(file_.c_str(), 0644);
  EXPECT_FALSE(book_.read(file_)) << "others can read it";
}

}  // namespace
}  // namespace sallyport::server
