#include "store/record_reader.h"

#include <gmock/gmock.h>

#include <utility>

#include "store/record_rig_test.h"

namespace sallyport::store {
namespace {

using ::testing::HasSubstr;

// Three segments; the middle one has its header as line 6, and lines 7 to 11.
class RecordReader : public RecordRig {
 protected:
  void SetUp() override {
    RecordRig::SetUp();
    write_segment(4);
    write_segment(5);
    write_segment(2);
    ASSERT_EQ(read().trust, RecordTrust::good);
  }
  void expect_broken(const std::string& where, const std::string& what) {
    const auto report = read();
    EXPECT_EQ(report.trust, RecordTrust::broken);
    EXPECT_THAT(words(report), HasSubstr(where + ": "));
    EXPECT_THAT(words(report), HasSubstr(what));
  }
};

TEST_F(RecordReader, sees_a_line_that_was_changed_and_that_those_behind_it_were_not) {
  auto lines = lines_of(1);
  lines[2].replace(lines[2].find("user1"), 5, "user9");
  put_lines(1, lines);
  expect_broken(segments()[1], "line 8 is not what was written");
  EXPECT_EQ(read().findings.size(), 1U);
}

TEST_F(RecordReader, sees_a_header_that_was_changed) {
  auto lines = lines_of(1);
  lines[0].replace(lines[0].find("\"torn\":0"), 8, "\"torn\":9");
  put_lines(1, lines);
  expect_broken(segments()[1], "line 6 is not what was written");
}

TEST_F(RecordReader, sees_a_line_that_is_missing_and_that_those_behind_it_are_good) {
  auto lines = lines_of(1);
  lines.erase(lines.begin() + 2, lines.begin() + 4);
  put_lines(1, lines);
  expect_broken(segments()[1], "lines 8 to 9 are missing");
  EXPECT_EQ(read().findings.size(), 1U);
}

TEST_F(RecordReader, sees_lines_that_changed_places) {
  auto lines = lines_of(1);
  std::swap(lines[2], lines[3]);
  put_lines(1, lines);
  expect_broken(segments()[1], "line 8 stands behind line 9");
}

TEST_F(RecordReader, sees_that_lines_which_changed_places_and_numbers_are_not_their_own) {
  auto lines = lines_of(1);
  std::swap(lines[2], lines[3]);
  lines[2].replace(0, 8, R"({"seq":8)");
  lines[3].replace(0, 8, R"({"seq":9)");
  put_lines(1, lines);
  expect_broken(segments()[1], "line 8 is not what was written");
  expect_broken(segments()[1], "line 9 is not what was written");
}

TEST_F(RecordReader, sees_a_line_that_was_put_behind_a_closed_segment) {
  put_behind(1, lines_of(1).back() + "\n");
  expect_broken(segments()[1], "were put behind its last line, 11");
}

TEST_F(RecordReader, sees_a_line_that_was_put_behind_the_last_one) {
  auto line = lines_of(2).back();
  line.replace(0, 9, R"({"seq":15)");
  put_behind(2, line + "\n");
  expect_broken(segments()[2], "line 15 is not what was written");
  put_behind(2, "no line\n");
  expect_broken(segments()[2], "is no line of a record");
}

TEST_F(RecordReader, sees_that_a_closed_segment_lost_its_last_lines) {
  auto lines = lines_of(1);
  lines.resize(lines.size() - 2);
  put_lines(1, lines);
  expect_broken(segments()[1], "it ends with line 9, but the next segment says that its last line was 11");
}

TEST_F(RecordReader, sees_that_a_segment_was_removed) {
  const auto removed = segments()[1], behind = segments()[2];
  std::filesystem::remove(path_of(1));
  expect_broken(behind, removed + ", which it names as the one before, is not here");
}

TEST_F(RecordReader, misses_the_first_segment_unless_it_was_put_elsewhere) {
  const auto first = segments()[0], second = segments()[1];
  std::filesystem::remove(path_of(0));
  expect_broken(second, first + ", which it names as the one before, is not here");
  const auto report = read({.begins_here = true});
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_THAT(words(report), HasSubstr("are elsewhere"));
}

TEST_F(RecordReader, sees_by_its_key_that_the_last_segment_was_removed) {
  const auto removed = segments()[2];
  std::filesystem::remove(path_of(2));
  expect_broken(removed, "the segment was removed: its key is here without it");
  EXPECT_EQ(read({.begins_here = true}).trust, RecordTrust::broken) << "it is not older than the first";
}

TEST_F(RecordReader, sees_by_the_keys_alone_that_there_was_a_record) {
  const auto all = segments();
  for (std::size_t i = all.size(); i > 0; --i) std::filesystem::remove(path_of(i - 1));
  const auto sealed = make_segment_name({}, 9);
  ASSERT_TRUE(write_atomically(key_path(folder_, sealed, true), "a sealed key"));
  ASSERT_TRUE(write_atomically(key_path(folder_, sealed, false), "a key"));
  for (const bool begins_here : {false, true}) {
    const auto report = read({.begins_here = begins_here});
    EXPECT_EQ(report.trust, RecordTrust::broken);
    EXPECT_EQ(report.segments, 0U);
    ASSERT_EQ(report.findings.size(), 4U) << words(report);
    EXPECT_EQ(report.findings[0].segment, all[0]);
    EXPECT_EQ(report.findings[3].segment, sealed) << "said once";
  }
}

TEST_F(RecordReader, says_that_the_key_of_a_segment_that_is_elsewhere_was_left_behind) {
  const auto first = segments()[0];
  std::filesystem::remove(path_of(0));
  expect_broken(first, "its key is here without it");
  const auto report = read({.begins_here = true});
  EXPECT_EQ(report.trust, RecordTrust::good) << words(report);
  EXPECT_THAT(words(report), HasSubstr(first + ": its key is here, and the segment is elsewhere"));
  std::filesystem::remove(key_path(folder_, first, false));
  EXPECT_EQ(read({.begins_here = true}).findings.size(), 1U) << "it says that the record is read from here on";
}

TEST_F(RecordReader, sees_that_a_segment_has_another_name_or_no_header) {
  const auto name = make_segment_name({}, 9);
  std::filesystem::rename(path_of(2), segment_path(folder_, name));
  expect_broken(name, "it was written as");
  put_lines(2, {"no header"});
  expect_broken(name, "its first line is no header");
}

TEST_F(RecordReader, sees_that_a_key_was_replaced_or_taken_away) {
  const auto path = key_path(folder_, segments()[1], false);
  ASSERT_TRUE(write_atomically(path, std::string(32, 'k')));
  expect_broken(segments()[1], "line 7 is not what was written");
  ASSERT_TRUE(write_atomically(path, "short"));
  expect_broken(segments()[1], "its first key has 5 octets");
  std::filesystem::remove(path);
  expect_broken(segments()[1], "its lines cannot be checked");
}

TEST_F(RecordReader, gives_the_lines_in_order_with_what_they_are_worth) {
  auto lines = lines_of(1);
  lines[2].replace(lines[2].find("user1"), 5, "user9");
  put_lines(1, lines);
  std::vector<std::pair<std::uint64_t, RecordTrust>> seen;
  const auto report = read_record(folder_, {}, [&](const RecordLineRead& line) {
    seen.emplace_back(line.seq, line.trust);
    EXPECT_EQ(line.header, line.seq == 1 || line.seq == 6 || line.seq == 12);
  });
  ASSERT_TRUE(report);
  ASSERT_EQ(seen.size(), 14U);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].first, i + 1);
    EXPECT_EQ(seen[i].second, seen[i].first == 8 ? RecordTrust::broken : RecordTrust::good) << i;
  }
  EXPECT_EQ(report->lines, 11U);
}

TEST_F(RecordReader, keeps_the_number_of_findings_bounded) {
  for (int i = 0; i < 200; ++i) put_behind(2, "no line\n");
  const auto report = read();
  EXPECT_EQ(report.findings.size(), 100U);
  EXPECT_EQ(report.more_findings, 100U);
}

TEST_F(RecordReader, tells_an_empty_folder_from_none) {
  EXPECT_FALSE(read_record(at("none"), {}, [](const RecordLineRead&) {}));
  std::filesystem::create_directory(at("empty"));
  const auto report = read_record(at("empty"), {}, [](const RecordLineRead&) {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->segments, 0U);
}

}  // namespace
}  // namespace sallyport::store
