#include "store/record.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <latch>

#include "store/record_rig_test.h"

namespace sallyport::store {
namespace {

class RecordTest : public RecordRig {};

TEST_F(RecordTest, keeps_lines_in_order_and_says_done_when_they_are_on_the_disk) {
  const auto record = open();
  for (std::uint64_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(append(*record, object(i)));
    read();
    ASSERT_EQ(lines_.size(), i + 1) << "while the gateway writes on";
    EXPECT_NE(lines_.back().find("\"user" + std::to_string(i) + "\""), std::string::npos);
  }
  EXPECT_EQ(read().trust, RecordTrust::good);
}

TEST_F(RecordTest, says_done_in_its_own_thread) {
  const auto record = open();
  std::promise<std::thread::id> said;
  record->append("{}", [&](base::Result<void>) { said.set_value(std::this_thread::get_id()); });
  EXPECT_NE(said.get_future().get(), std::this_thread::get_id());
}

TEST_F(RecordTest, is_private) {
  write_segment(1);
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    struct stat facts{};
    ASSERT_EQ(::stat(entry.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U) << entry.path();
  }
}

TEST_F(RecordTest, begins_a_segment_with_each_start_and_numbers_on) {
  write_segment(2);
  write_segment(0);
  write_segment(3);
  EXPECT_EQ(segments().size(), 3U);
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_EQ(report.segments, 3U);
  EXPECT_EQ(report.lines, 5U);
  EXPECT_EQ(report.seq, 8U) << "the headers have numbers too";
}

TEST_F(RecordTest, begins_a_segment_when_one_is_large_enough) {
  write_segment(20, {.segment_octets = 1000});
  EXPECT_GT(segments().size(), 2U);
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_EQ(report.lines, 20U);
}

TEST_F(RecordTest, shows_the_head_that_a_reader_finds) {
  const auto record = open();
  EXPECT_EQ(record->head().seq, 1U) << "a header";
  ASSERT_TRUE(append(*record, object(1)));
  const auto head = record->head();
  const auto report = read();
  EXPECT_EQ(head.seq, 2U);
  EXPECT_EQ(head.lines, 1U);
  EXPECT_EQ(head.mac, report.mac);
  EXPECT_EQ(head.segment, segments().back());
  EXPECT_TRUE(head.failure.empty());
}

TEST_F(RecordTest, takes_no_line_where_somebody_has_removed_the_segment_and_goes_on_in_another) {
  const auto record = open();
  ASSERT_TRUE(append(*record, object(1)));
  ASSERT_TRUE(std::filesystem::remove(path_of(0)));
  EXPECT_FALSE(append(*record, object(2)));
  EXPECT_FALSE(record->head().failure.empty());
  EXPECT_TRUE(append(*record, object(3)));
  EXPECT_NE(read().trust, RecordTrust::good) << "and the reader says that one is missing";
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_NE(lines_[0].find("\"user3\""), std::string::npos);
}

TEST_F(RecordTest, takes_no_line_where_somebody_has_changed_the_segment_and_goes_on_in_another) {
  const auto record = open();
  ASSERT_TRUE(append(*record, object(1)));
  std::filesystem::resize_file(path_of(0), 0);  // copytruncate
  EXPECT_FALSE(append(*record, object(2))) << "nobody could read it";
  ASSERT_TRUE(append(*record, object(3)));
  std::ofstream(path_of(1), std::ios::app) << "{}garbage";
  EXPECT_FALSE(append(*record, object(4)));
  ASSERT_TRUE(append(*record, object(5)));
  EXPECT_EQ(segments().size(), 3U);
  EXPECT_EQ(read().trust, RecordTrust::broken);
}

TEST_F(RecordTest, flushes_once_for_many_lines) {
  const auto disk = std::make_shared<DiskThatFails>();
  disk->slow = std::chrono::milliseconds(5);
  const auto record = open({.disk = disk});
  constexpr int threads = 4, each = 500;
  std::latch done(threads * each);
  std::atomic<int> failures = 0;
  std::vector<std::thread> callers;
  callers.reserve(threads);
  for (int t = 0; t < threads; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < each; ++i)
        record->append(object(static_cast<std::uint64_t>(i)), [&](base::Result<void> result) {
          if (!result) ++failures;
          done.count_down();
        });
    });
  for (auto& caller : callers) caller.join();
  done.wait();
  EXPECT_EQ(failures, 0);
  EXPECT_LT(disk->flushes, threads * each / 10);
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_EQ(report.lines, static_cast<std::uint64_t>(threads * each));
}

TEST_F(RecordTest, refuses_at_once_when_too_many_lines_wait) {
  const auto disk = std::make_shared<DiskThatFails>();
  disk->slow = std::chrono::milliseconds(50);
  std::atomic<int> good = 0, refused = 0;
  {
    const auto record = open({.waiting_limit = 10, .disk = disk});
    for (std::uint64_t i = 0; i < 100; ++i)
      record->append(object(i), [&](base::Result<void> result) { ++(result ? good : refused); });
    EXPECT_GE(refused, 50) << "before anything was written";
  }
  EXPECT_EQ(good + refused, 100);
  read();
  EXPECT_EQ(lines_.size(), static_cast<std::size_t>(good.load())) << "what waited was written at the end";
}

TEST_F(RecordTest, refuses_more_octets_than_may_wait) {
  const auto disk = std::make_shared<DiskThatFails>();
  disk->slow = std::chrono::milliseconds(50);
  std::atomic<int> refused = 0;
  const auto record = open({.waiting_octets = 100, .disk = disk});
  for (std::uint64_t i = 0; i < 50; ++i)
    record->append(object(i), [&](base::Result<void> result) { refused += result ? 0 : 1; });
  EXPECT_GT(refused, 30);
}

TEST_F(RecordTest, refuses_what_is_no_line) {
  const auto record = open();
  EXPECT_FALSE(append(*record, "no object"));
  EXPECT_FALSE(append(*record, "{\"a\":\n1}"));
  EXPECT_TRUE(append(*record, "{}"));
  EXPECT_EQ(read().trust, RecordTrust::good);
}

TEST_F(RecordTest, gives_a_segment_up_when_the_disk_is_full_and_goes_on_when_it_is_not) {
  const auto disk = std::make_shared<DiskThatFails>();
  const auto record = open({.disk = disk});
  ASSERT_TRUE(append(*record, object(1)));
  disk->full = true;
  const auto refused = append(*record, object(2));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("No space left"), std::string::npos);
  EXPECT_FALSE(append(*record, object(3))) << "no new segment can be begun";
  EXPECT_FALSE(record->head().failure.empty());
  disk->full = false;
  ASSERT_TRUE(append(*record, object(4)));
  EXPECT_TRUE(record->head().failure.empty());
  EXPECT_EQ(segments().size(), 2U);
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_NE(words(report).find("cut behind line 2"), std::string::npos) << words(report);
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_NE(lines_[1].find("user4"), std::string::npos);
}

TEST_F(RecordTest, believes_nothing_of_a_segment_whose_flush_failed) {
  const auto disk = std::make_shared<DiskThatFails>();
  const auto record = open({.disk = disk});
  ASSERT_TRUE(append(*record, object(1)));
  disk->loses = true;
  EXPECT_FALSE(append(*record, object(2)));
  disk->loses = false;
  ASSERT_TRUE(append(*record, object(3)));
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_NE(words(report).find("with 1 whole lines"), std::string::npos) << words(report);
  EXPECT_EQ(lines_.size(), 2U);
  EXPECT_EQ(report.seq, record->head().seq);
}

TEST_F(RecordTest, goes_on_when_its_folder_is_back) {
  const auto disk = std::make_shared<DiskThatFails>();
  const auto record = open({.disk = disk});
  std::filesystem::rename(folder_, folder_ + ".away");
  disk->loses = true;
  EXPECT_FALSE(append(*record, object(1)));
  disk->loses = false;
  const auto refused = append(*record, object(2));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("cannot create"), std::string::npos) << refused.error().what;
  std::filesystem::rename(folder_ + ".away", folder_);
  EXPECT_TRUE(append(*record, object(3)));
  EXPECT_EQ(read().trust, RecordTrust::good);
}

TEST_F(RecordTest, starts_on_a_disk_that_is_full_and_says_so) {
  const auto disk = std::make_shared<DiskThatFails>();
  disk->full = true;
  const auto record = open({.disk = disk});
  EXPECT_NE(record->head().failure.find("No space left"), std::string::npos);
  EXPECT_FALSE(append(*record, object(1)));
  disk->full = false;
  EXPECT_TRUE(append(*record, object(2)));
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_EQ(segments().size(), 1U);
}

TEST_F(RecordTest, is_written_again_without_a_line_when_somebody_looks) {
  auto disk = std::make_shared<DiskThatFails>();
  disk->full = true;
  const auto record = open({.disk = disk});
  EXPECT_FALSE(record->head().failure.empty());
  disk->full = false;
  record->look();
  for (int i = 0; i < 500 && !record->head().failure.empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(record->head().failure, "");
  EXPECT_EQ(record->head().lines, 0U);
  ASSERT_TRUE(std::filesystem::remove(path_of(0)));
  record->look();
  for (int i = 0; i < 500 && record->head().failure.empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_NE(record->head().failure, "") << "a segment that was removed is missed";
}

TEST_F(RecordTest, has_one_writer_and_a_folder_that_is_there) {
  const auto record = open();
  EXPECT_FALSE(Record::open(folder_));
  EXPECT_FALSE(Record::open(at("none")));
  EXPECT_FALSE(Record::open(folder_, {.auditor_certificate = "no certificate"}));
}

TEST_F(RecordTest, cuts_a_torn_tail_at_the_next_start_and_notes_it) {
  write_segment(3);
  put_behind(0, R"({"seq":5,"user":"half a li)");
  EXPECT_NE(words(read()).find("are not yet a line"), std::string::npos);
  write_segment(1);
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_NE(words(report).find("cut behind line 4: 26 octets"), std::string::npos) << words(report);
  EXPECT_EQ(report.cut_octets, 26U);
  EXPECT_EQ(lines_.size(), 4U);
}

TEST_F(RecordTest, passes_over_a_segment_that_was_never_begun) {
  write_segment(2);
  write_segment(0);
  std::filesystem::resize_file(path_of(1), 10);
  write_segment(1);
  EXPECT_EQ(segments().size(), 3U);
  const auto report = read();
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_NE(words(report).find("it holds no line"), std::string::npos);
  EXPECT_EQ(lines_.size(), 3U);
}

// In a child: appends without end, and tells each line that is done through the pipe.
[[noreturn]] void append_until_killed(const std::string& folder, int told) {
  auto record = Record::open(folder, {.segment_octets = 20'000});
  if (!record) ::_exit(1);
  std::atomic<int> waiting = 0;
  for (std::uint32_t i = 0;; ++i) {
    while (waiting > 64) std::this_thread::yield();
    ++waiting;
    (*record)->append(R"({"number":)" + std::to_string(i) + "}", [&, i](base::Result<void> result) {
      --waiting;
      if (!result || ::write(told, &i, sizeof i) != sizeof i) ::_exit(1);
    });
  }
}

TEST_F(RecordTest, has_every_line_that_was_done_when_the_gateway_is_killed) {
  for (int round = 0; round < 3; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const auto child = ::fork();
    if (child == 0) append_until_killed(folder_, pipe[1]);
    ::close(pipe[1]);
    std::vector<std::uint32_t> done;
    for (std::uint32_t number = 0; ::read(pipe[0], &number, sizeof number) == sizeof number;) {
      done.push_back(number);
      if (done.size() == 500) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    write_segment(0);  // the next start
    const auto report = read();
    EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
    ASSERT_GE(lines_.size(), done.size());
    std::size_t at = 0;
    for (const auto number : done) {
      const auto looked_for = R"("number":)" + std::to_string(number) + ",";
      while (at < lines_.size() && lines_[at].find(looked_for) == std::string::npos) ++at;
      ASSERT_LT(at, lines_.size()) << number << " was done, and is not there in its order";
    }
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }
}

}  // namespace
}  // namespace sallyport::store
