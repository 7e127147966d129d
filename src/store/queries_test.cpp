#include "store/queries.h"

#include <optional>

#include "store/folder_test.h"

namespace sallyport::store {
namespace {

using namespace std::string_view_literals;

class QueriesOfOneDatabase : public Folder {
 protected:
  void SetUp() override {
    Folder::SetUp();
    database_.emplace(Database::open(at("db"), {}).value());
    queries_.emplace(*database_);
  }

  std::optional<Database> database_;
  std::optional<Queries> queries_;
};

TEST_F(QueriesOfOneDatabase, run_and_give_rows) {
  queries_->run("CREATE TABLE t(a INTEGER UNIQUE, b TEXT)");
  for (std::int64_t i = 0; i < 3; ++i) queries_->run("INSERT INTO t VALUES(?, ?)", i, "x"sv);
  std::int64_t sum = 0;
  for (auto rows = queries_->ask("SELECT a, b FROM t WHERE b = ?", "x"sv); rows.next();)
    sum += rows.integer(0) + 1;
  EXPECT_EQ(sum, 6);
  EXPECT_FALSE(queries_->failed());
}

TEST_F(QueriesOfOneDatabase, do_nothing_more_after_the_first_failure_until_they_start_over) {
  queries_->run("CREATE TABLE t(a INTEGER UNIQUE)");
  queries_->run("INSERT INTO t VALUES(1)");
  queries_->run("INSERT INTO t VALUES(1)");
  ASSERT_TRUE(queries_->failed());
  EXPECT_EQ(queries_->failure()->fault, DatabaseFault::constraint);
  queries_->run("INSERT INTO t VALUES(2)");
  EXPECT_FALSE(queries_->ask("SELECT a FROM t").next());
  EXPECT_EQ(queries_->failure()->fault, DatabaseFault::constraint)
      << "the first failure is the one that is told";
  queries_->start_over();
  auto rows = queries_->ask("SELECT count(*) FROM t");
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), 1);
}

TEST_F(QueriesOfOneDatabase, fail_for_a_statement_that_cannot_be_prepared) {
  queries_->run("SELECT * FROM nothing");
  EXPECT_TRUE(queries_->failed());
}

}  // namespace
}  // namespace sallyport::store
