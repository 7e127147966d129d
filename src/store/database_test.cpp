#include "store/database.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <thread>

#include "store/file.h"
#include "store/folder_test.h"

namespace sallyport::store {
namespace {

using namespace std::string_view_literals;

constexpr std::array schema{
    "CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, octets BLOB);"sv};

class DatabaseFile : public Folder {
 protected:
  [[nodiscard]] Database open(const std::string& name = "db", Database::Options options = {}) const {
    auto database = Database::open(at(name), options);
    EXPECT_TRUE(database) << database.error().what;
    EXPECT_TRUE(options.read_only || database->migrate(schema));
    return std::move(*database);
  }
  static std::int64_t rows(Database& database) {
    auto count = database.prepare("SELECT count(*) FROM t").value();
    EXPECT_TRUE(count.step().value());
    return count.integer(0);
  }
  static void insert(Database& database, std::string_view name) {
    ASSERT_TRUE(database.prepare("INSERT INTO t(name) VALUES(?)").value().with(name).run());
  }
};

TEST_F(DatabaseFile, gives_back_what_was_bound_whatever_octets_it_holds) {
  auto database = open();
  const base::Bytes octets{0, 1, 255};
  auto insert_all = database.prepare("INSERT INTO t(name, octets) VALUES(?, ?)").value();
  ASSERT_TRUE(insert_all.with("it's; \0 DROP TABLE t"sv, base::ByteView(octets)).run());
  ASSERT_TRUE(insert_all.with(""sv, base::ByteView()).run());
  auto select = database.prepare("SELECT name, octets, id FROM t ORDER BY id").value();
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.text(0), "it's; \0 DROP TABLE t"sv);
  EXPECT_EQ(base::Bytes(select.blob(1).begin(), select.blob(1).end()), octets);
  ASSERT_TRUE(select.step().value());
  EXPECT_EQ(select.text(0), "");
  EXPECT_FALSE(select.is_null(1));
  EXPECT_FALSE(select.step().value());
}

TEST_F(DatabaseFile, and_what_lies_beside_it_are_private) {
  auto database = open();
  insert(database, "a");
  for (const auto* name : {"db", "db-wal", "db-shm"}) {
    struct stat facts{};
    ASSERT_EQ(::stat(at(name).c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 0777U, 0600U) << name;
  }
}

TEST_F(DatabaseFile, forgets_a_transaction_that_was_not_committed) {
  {
    auto database = open();
    ASSERT_TRUE(database.begin());
    insert(database, "a");
    ASSERT_TRUE(database.commit());
    ASSERT_TRUE(database.begin());
    insert(database, "b");
  }
  auto again = open();
  EXPECT_EQ(rows(again), 1);
}

TEST_F(DatabaseFile, tells_a_broken_constraint_apart_without_telling_the_value) {
  auto database = open();
  insert(database, "hunter2");
  auto twice = database.prepare("INSERT INTO t(name) VALUES(?)").value();
  auto refused = twice.with("hunter2"sv).run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, DatabaseFault::constraint);
  EXPECT_EQ(refused.error().what.find("hunter2"), std::string::npos);
  EXPECT_TRUE(twice.with("another"sv).run()) << "the statement stays usable";
}

TEST_F(DatabaseFile, of_a_newer_program_is_refused) {
  {
    auto database = open();
    ASSERT_TRUE(database.execute("PRAGMA user_version=7"));
  }
  auto database = Database::open(at("db"), {}).value();
  auto refused = database.migrate(schema);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, DatabaseFault::newer_schema);
}

TEST_F(DatabaseFile, keeps_its_version_when_a_migration_fails) {
  auto database = open();
  constexpr std::array next{schema[0], "CREATE TABLE u(id INTEGER); INSERT INTO none VALUES(1);"sv};
  ASSERT_FALSE(database.migrate(next));
  EXPECT_EQ(database.schema_version().value(), 1);
  ASSERT_TRUE(database.execute("CREATE TABLE u(id INTEGER)")) << "the first half of the migration is undone";
}

TEST_F(DatabaseFile, that_is_corrupt_or_no_database_is_told_apart) {
  ASSERT_TRUE(write_atomically(at("text"), std::string(8192, 'x')));
  auto text = Database::open(at("text"), {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().fault, DatabaseFault::corrupt);
  {
    auto database = open();
    for (int i = 0; i < 2000; ++i) insert(database, "name " + std::to_string(i));
  }
  const int file = ::open(at("db").c_str(), O_RDWR);
  const std::string junk(4096, '\xA5');
  ASSERT_EQ(::pwrite(file, junk.data(), junk.size(), 4096), 4096);
  ::close(file);
  auto broken = Database::open(at("db"), {.check_integrity = true});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().fault, DatabaseFault::corrupt);
}

TEST_F(DatabaseFile, that_another_holds_is_told_apart) {
  auto first = open();
  auto second = open("db", {.busy_milliseconds = 10});
  ASSERT_TRUE(first.begin());
  auto refused = second.begin();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, DatabaseFault::locked);
  ASSERT_TRUE(first.commit());
  EXPECT_TRUE(second.begin());
}

TEST_F(DatabaseFile, opened_to_read_is_not_written) {
  {
    auto writer = open();
    insert(writer, "a");
  }
  auto reader = open("db", {.read_only = true});
  EXPECT_EQ(rows(reader), 1);
  auto refused = reader.execute("INSERT INTO t(name) VALUES('b')");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, DatabaseFault::read_only);
}

TEST_F(DatabaseFile, in_a_folder_that_is_not_there_cannot_be_opened) {
  auto refused = Database::open(at("none/db"), {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, DatabaseFault::cannot_open);
}

// The child may write no file past a limit, as on a full disk; then the limit is lifted.
int write_past_the_limit(const std::string& path) {
  ::signal(SIGXFSZ, SIG_IGN);
  auto database = Database::open(path, {}).value();
  rlimit limit{65536, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  auto write = database.prepare("INSERT INTO t(name, octets) VALUES(?, ?)").value();
  const base::Bytes large(200'000, 7);
  if (!database.begin()) return 1;
  auto failed = write.with("large"sv, base::ByteView(large)).run();
  if (failed) failed = database.commit();
  if (failed) return 2;
  if (failed.error().fault != DatabaseFault::full && failed.error().fault != DatabaseFault::io) return 3;
  database.rollback();
  if (database.in_transaction()) return 4;
  limit.rlim_cur = RLIM_INFINITY;
  ::setrlimit(RLIMIT_FSIZE, &limit);
  if (!database.begin() || !write.with("after"sv, base::ByteView(large)).run() || !database.commit()) return 5;
  return 0;
}

TEST_F(DatabaseFile, loses_nothing_to_a_full_disk_and_goes_on_when_there_is_space_again) {
  {
    auto database = open();
    insert(database, "before");
  }
  const auto child = ::fork();
  if (child == 0) ::_exit(write_past_the_limit(at("db")));
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  auto database = open("db", {.check_integrity = true});
  EXPECT_EQ(rows(database), 2);
}

TEST_F(DatabaseFile, is_backed_up_as_of_one_moment_while_another_connection_writes) {
  auto writer = open();
  insert(writer, "first");
  std::atomic<bool> stop{false};
  std::thread writing([&] {
    // Two rows a transaction: an odd number in a copy would be half a transaction.
    for (int i = 0; !stop; ++i) {
      ASSERT_TRUE(writer.begin());
      insert(writer, "left " + std::to_string(i));
      insert(writer, "right " + std::to_string(i));
      ASSERT_TRUE(writer.commit());
    }
  });
  auto reader = open("db", {.read_only = true});
  for (int round = 0; round < 5; ++round) {
    auto copied = reader.back_up_to(at("copy"));
    ASSERT_TRUE(copied) << copied.error().what;
    EXPECT_FALSE(std::filesystem::exists(at("copy-wal")));
    auto copy = open("copy", {.read_only = true, .check_integrity = true});
    EXPECT_EQ(rows(copy) % 2, 1);
  }
  stop = true;
  writing.join();
  struct stat facts{};
  ASSERT_EQ(::stat(at("copy").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_FALSE(reader.back_up_to(at("none/copy")));
}

}  // namespace
}  // namespace sallyport::store
