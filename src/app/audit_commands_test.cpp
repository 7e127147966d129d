#include <gmock/gmock.h>

#include <filesystem>
#include <future>
#include <string>

#include "app/commands.h"
#include "store/file.h"
#include "store/record.h"
#include "store/record_folder.h"

namespace sallyport::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::internal::CaptureStderr;
using ::testing::internal::CaptureStdout;
using ::testing::internal::GetCapturedStderr;
using ::testing::internal::GetCapturedStdout;

constexpr auto no_record = "no record is here: no gateway has kept one here yet, or it is in another folder";

class AuditCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "audit_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto record = store::Record::open(folder_).value();
    std::promise<void> done;
    record->append(R"({"time":"2026-11-26T04:00:00Z","server":"vpn","user":"alice","rung":"any_code"})",
                   [](const base::Result<void>&) {});
    record->append(R"({"time":"2026-11-26T05:00:00Z","server":"vpn","user":"bob","cause":"refused"})",
                   [&](const base::Result<void>& result) {
                     EXPECT_TRUE(result);
                     done.set_value();
                   });
    done.get_future().wait();
    head_ = record->head();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // The exit code; what it prints is in out_ and errors_.
  int run(int (*command)(const AuditOptions&), const AuditOptions& options) {
    CaptureStdout();
    CaptureStderr();
    const int code = command(options);
    out_ = GetCapturedStdout();
    errors_ = GetCapturedStderr();
    return code;
  }
  void change(const std::string& from, const std::string& to) const {
    const auto path = store::segment_path(folder_, head_.segment);
    auto text = store::read_file(path).value();
    text.replace(text.find(from), from.size(), to);
    ASSERT_TRUE(store::write_atomically(path, text));
  }

  std::string folder_, out_, errors_;
  store::Record::Head head_;
};

TEST_F(AuditCommands, verify_says_that_it_holds_together_and_what_root_could_have_done) {
  EXPECT_EQ(run(audit_verify, {.folder = folder_}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("1 segments with 2 lines"), HasSubstr("Root could have rewritten 1 of 1"),
                          HasSubstr("The record holds together.")));
}

TEST_F(AuditCommands, verify_says_where_it_is_broken) {
  change("alice", "carol");
  EXPECT_EQ(run(audit_verify, {.folder = folder_}), 1);
  EXPECT_THAT(out_, AllOf(HasSubstr("line 2 is not what was written"), HasSubstr("The record is BROKEN.")));
}

TEST_F(AuditCommands, verify_holds_heads_of_the_log_against_it) {
  const auto head = std::to_string(head_.seq) + ":" + head_.mac;
  EXPECT_EQ(run(audit_verify, {.folder = folder_, .heads = {head}}), 0);
  EXPECT_THAT(out_, HasSubstr("head 3: found"));
  EXPECT_EQ(run(audit_verify, {.folder = folder_, .heads = {"2:" + head_.mac}}), 1);
  EXPECT_THAT(out_, HasSubstr("written anew"));
  EXPECT_EQ(run(audit_verify, {.folder = folder_, .heads = {"9:" + head_.mac}}), 1);
  EXPECT_THAT(out_, HasSubstr("its end was cut off"));
  EXPECT_EQ(run(audit_verify, {.folder = folder_, .heads = {"nine"}}), 2);
  EXPECT_EQ(run(audit_verify, {.folder = folder_, .heads = {head.substr(0, 8)}}), 2) << "the whole MAC";
}

TEST_F(AuditCommands, verify_wants_a_folder_with_a_record) {
  EXPECT_EQ(run(audit_verify, {}), 2);
  EXPECT_EQ(run(audit_verify, {.folder = folder_ + "/none"}), 1);
  std::filesystem::create_directory(folder_ + "/empty");
  EXPECT_EQ(run(audit_verify, {.folder = folder_ + "/empty"}), 1);
  EXPECT_THAT(errors_, HasSubstr(no_record));
}

TEST_F(AuditCommands, verify_misses_a_segment_whose_key_is_still_there) {
  std::filesystem::remove(store::segment_path(folder_, head_.segment));
  EXPECT_EQ(run(audit_verify, {.folder = folder_}), 1);
  EXPECT_THAT(out_, AllOf(HasSubstr("BROKEN: " + head_.segment + ": the segment was removed"),
                          HasSubstr("no segment with a line is there\nThe record is BROKEN.")));
  EXPECT_EQ(run(audit_list, {.folder = folder_}), 1);
  EXPECT_THAT(errors_, HasSubstr("the record is broken"));
}

TEST_F(AuditCommands, list_and_export_say_where_no_record_is_and_fail_as_verify_does) {
  const auto empty = folder_ + "/empty";
  std::filesystem::create_directory(empty);
  for (auto* command : {audit_verify, audit_list, audit_export}) {
    EXPECT_EQ(run(command, {.folder = empty}), 1);
    EXPECT_THAT(errors_, AllOf(HasSubstr(empty), HasSubstr(no_record)));
  }
  EXPECT_EQ(out_, "chain\r\n") << "a table in CSV without a row";
  for (auto* command : {audit_list, audit_export}) {
    EXPECT_EQ(run(command, {.folder = empty, .format = "json"}), 1);
    EXPECT_EQ(out_, "") << "one object a line, and there is none";
  }
  EXPECT_EQ(run(audit_list, {.folder = folder_, .user = "nobody"}), 0) << errors_;
  EXPECT_EQ(errors_, "") << "a record is there, and nobody in it was asked for";
}

TEST_F(AuditCommands, find_the_folder_in_the_settings_without_reading_more_of_them) {
  const auto file = folder_ + "/gateway.toml";
  ASSERT_TRUE(
      store::write_atomically(file, "[cluster]\nkey = \"file:not-here\"\n[continuity]\nfolder = \".\"\n"));
  EXPECT_EQ(run(audit_verify, {.settings_file = file}), 0) << errors_;
  ASSERT_TRUE(store::write_atomically(file, "[continuity]\n"));
  EXPECT_EQ(run(audit_verify, {.settings_file = file}), 2);
  EXPECT_THAT(errors_, HasSubstr("continuity.folder"));
}

TEST_F(AuditCommands, list_shows_a_table_for_people) {
  EXPECT_EQ(run(audit_list, {.folder = folder_}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("USER"), HasSubstr("alice"), HasSubstr("bob"), HasSubstr("good")));
  EXPECT_EQ(run(audit_list, {.folder = folder_, .user = "Bob"}), 0);
  EXPECT_THAT(out_, ::testing::Not(HasSubstr("alice")));
  EXPECT_EQ(run(audit_list, {.folder = folder_, .from = "soon"}), 2);
}

TEST_F(AuditCommands, export_gives_csv_and_json_of_what_was_asked_for) {
  EXPECT_EQ(run(audit_export, {.folder = folder_, .until = "2026-11-26T04:30:00Z"}), 0);
  EXPECT_THAT(out_, AllOf(HasSubstr("seq,time,server,user,rung,mac,chain\r\n"),
                          HasSubstr("2,2026-11-26T04:00:00Z,vpn,alice,any_code,"), HasSubstr(",good\r\n")));
  EXPECT_EQ(run(audit_export, {.folder = folder_, .format = "json", .user = "bob"}), 0);
  EXPECT_THAT(out_, ::testing::StartsWith(R"({"seq":3,"time":"2026-11-26T05:00:00Z")"));
}

TEST_F(AuditCommands, export_gives_a_broken_record_and_says_that_it_is) {
  change("alice", "carol");
  EXPECT_EQ(run(audit_export, {.folder = folder_}), 1);
  EXPECT_THAT(out_, AllOf(HasSubstr("carol"), HasSubstr(",broken\r\n"), HasSubstr(",good\r\n")));
  EXPECT_THAT(errors_, HasSubstr("the record is broken"));
}

}  // namespace
}  // namespace sallyport::app
