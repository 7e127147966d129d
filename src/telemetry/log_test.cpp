#include "telemetry/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

namespace sallyport::telemetry {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr Message hello{990, Level::info, "hello {n}", "a test", "nothing"};
constexpr Message detail{991, Level::debug, "detail", "a test", "nothing"};
constexpr Message audit{992, Level::audit, "audit of {n}", "a test", "nothing"};
constexpr base::WallTime noon{std::chrono::microseconds(1'795'348'800'000'000)};

class Folder {
 public:
  Folder() {
    std::string pattern = testing::TempDir() + "sallyport_log_XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

settings::Log to(const std::string& path) {
  settings::Log log;
  log.file = path;
  return log;
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 500; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

std::vector<Field> number(std::int64_t n) { return {{"n", n}}; }

TEST(Log, writes_everything_that_was_logged_before_it_goes) {
  const Folder folder;
  auto log = Log::open(to(folder.file("log")));
  ASSERT_TRUE(log.has_value()) << log.error().what;
  {
    const auto logger = (*log)->make_logger();
    for (int n = 0; n < 10'000; ++n) logger->log(hello, noon, number(n));
  }
  log->reset();
  const auto lines = lines_of(folder.file("log"));
  ASSERT_THAT(lines, SizeIs(10'000));
  for (int n = 0; n < 10'000; ++n)
    ASSERT_THAT(lines[static_cast<std::size_t>(n)], HasSubstr("\"n\":" + std::to_string(n) + "}"));
}

TEST(Log, writes_soon_without_being_asked_also_after_a_long_silence) {
  const Folder folder;
  const auto log = *Log::open(to(folder.file("log")));
  const auto logger = log->make_logger();
  logger->log(hello, noon, number(1));
  EXPECT_TRUE(eventually([&] { return lines_of(folder.file("log")).size() == 1; }));
  std::this_thread::sleep_for(milliseconds(300));
  logger->log(hello, noon, number(2));
  EXPECT_TRUE(eventually([&] { return lines_of(folder.file("log")).size() == 2; }));
}

TEST(Log, takes_lines_of_many_threads_in_each_ones_order_and_loses_none_that_it_took) {
  const Folder folder;
  auto log = *Log::open(to(folder.file("log")));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&log, t] {
      const auto logger = log->make_logger();
      for (int n = 0; n < 3000; ++n) logger->log(hello, noon, number(t * 10'000 + n));
    });
  for (auto& thread : threads) thread.join();
  log.reset();
  std::vector<int> next(4, 0);
  for (const auto& line : lines_of(folder.file("log"))) {
    const int n = std::stoi(line.substr(line.rfind(':') + 1));
    EXPECT_EQ(n % 10'000, next[static_cast<std::size_t>(n / 10'000)]++);
  }
  EXPECT_THAT(next, ElementsAre(3000, 3000, 3000, 3000));
}

TEST(Log, drops_counts_and_reports_what_the_ring_cannot_hold_and_never_waits) {
  const Folder folder;
  const auto pipe = folder.file("pipe");  // with a reader that reads nothing: only the first 64 KiB leave
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  auto log = *Log::open(to(pipe));
  const auto logger = log->make_logger();
  for (int n = 0; n < 200'000; ++n) logger->log(hello, noon, number(n));
  EXPECT_TRUE(eventually([&] { return log->dropped() > 0; }));
  const auto start = std::chrono::steady_clock::now();
  log.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  ::close(reader);
}

TEST(Log, says_how_many_lines_were_dropped) {
  const Folder folder;
  auto log = *Log::open(to(folder.file("log")));
  const auto logger = log->make_logger();
  for (int n = 0; n < 300'000; ++n) logger->log(hello, noon, number(n));
  const auto dropped = log->dropped();
  if (dropped == 0) GTEST_SKIP() << "this machine writes as fast as it logs";
  log.reset();
  std::uint64_t reported = 0, written = 0;
  for (const auto& line : lines_of(folder.file("log"))) {
    if (line.find("SP0990") != std::string::npos) ++written;
    if (line.find("SP0601") != std::string::npos) reported += std::stoull(line.substr(line.rfind(':') + 1));
  }
  EXPECT_EQ(written + dropped, 300'000U);
  EXPECT_GT(reported, 0U);
  EXPECT_LE(reported, dropped);
}

TEST(Log, leaves_out_what_is_below_the_level_but_never_audit_lines) {
  const Folder folder;
  auto settings = to(folder.file("log"));
  settings.level = settings::LogLevel::error;
  settings.audit_file = folder.file("audit");
  settings.format = settings::LogFormat::text;
  auto log = *Log::open(settings);
  const auto logger = log->make_logger();
  logger->log(detail, noon, {});
  logger->log(hello, noon, number(1));
  logger->log(audit, noon, number(2));
  log.reset();
  EXPECT_THAT(lines_of(folder.file("log")), ElementsAre(HasSubstr("audit   SP0992 audit of 2 n=2")));
  EXPECT_EQ(lines_of(folder.file("log")), lines_of(folder.file("audit")));
}

TEST(Log, writes_the_same_message_once_a_second_where_strangers_can_cause_it) {
  const Folder folder;
  auto log = *Log::open(to(folder.file("log")));
  const auto logger = log->make_logger();
  base::Time now{};
  for (int n = 0; n < 25; ++n) logger->log_rarely(hello, now + milliseconds(100 * n), number(n));
  logger->log_rarely(audit, now, number(0));
  log.reset();
  EXPECT_THAT(lines_of(folder.file("log")),
              ElementsAre(HasSubstr("\"n\":0}"), HasSubstr("\"n\":10,\"suppressed\":9}"),
                          HasSubstr("\"n\":20,\"suppressed\":9}"), HasSubstr("SP0992")));
}

TEST(Log, opens_its_files_again_when_asked) {
  const Folder folder;
  const auto log = *Log::open(to(folder.file("log")));
  const auto logger = log->make_logger();
  logger->log(hello, noon, number(1));
  ASSERT_TRUE(eventually([&] { return lines_of(folder.file("log")).size() == 1; }));
  std::filesystem::rename(folder.file("log"), folder.file("log.1"));
  logger->log(hello, noon, number(2));
  log->reopen();
  ASSERT_TRUE(eventually([&] { return lines_of(folder.file("log")).size() == 1; }))
      << "the log's own line about it";
  logger->log(hello, noon, number(3));
  EXPECT_TRUE(eventually(
      [&] { return lines_of(folder.file("log")).size() == 2 && lines_of(folder.file("log.1")).size() == 2; }));
}

TEST(Log, says_why_a_file_cannot_be_opened_and_keeps_the_old_ones_after_a_reload) {
  const Folder folder;
  const auto wrong = Log::open(to(folder.file("no/such/folder")));
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().what, HasSubstr("cannot be opened: No such file or directory"));
  auto log = *Log::open(to(folder.file("log")));
  EXPECT_FALSE(log->apply(to(folder.file("no/such/folder"))).has_value());
  const auto logger = log->make_logger();
  logger->log(hello, noon, number(1));
  ASSERT_TRUE(eventually([&] { return lines_of(folder.file("log")).size() == 1; }));
  ASSERT_TRUE(log->apply(to(folder.file("other"))).has_value());
  ASSERT_TRUE(eventually([&] {
    logger->log(hello, noon, number(2));
    return !lines_of(folder.file("other")).empty();
  }));
}

TEST(Log, survives_a_full_disk_and_says_so_in_the_files_that_still_take_lines) {
  const Folder folder;
  auto settings = to("/dev/full");
  settings.audit_file = folder.file("audit");
  auto log = *Log::open(settings);
  const auto logger = log->make_logger();
  logger->log(audit, noon, number(1));
  EXPECT_TRUE(eventually([&] { return lines_of(folder.file("audit")).size() == 1; }));
  log.reset();
}

TEST(Log, outlives_none_of_its_loggers_and_they_do_not_mind) {
  const Folder folder;
  auto log = *Log::open(to(folder.file("log")));
  const auto logger = log->make_logger();
  log.reset();
  for (int n = 0; n < 20'000; ++n) logger->log(hello, noon, number(n));
}

}  // namespace
}  // namespace sallyport::telemetry
