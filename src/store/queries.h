#pragma once
// Many statements of one transaction, with one question at the end: did they all work? Statements are prepared
// at their first use and kept. Like base::ByteReader, the first failure stays: later statements do nothing and
// give no rows, so that what is computed from them must be thrown away together with the transaction.
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "store/database.h"

namespace sallyport::store {

class Rows {  // of one run of a kept statement; ends the run when it goes
 public:
  Rows(class Queries& queries, Statement* statement) : queries_(&queries), statement_(statement) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() {
    if (statement_ != nullptr) statement_->reset();
  }
  bool next();  // false: no more, or a failure
  [[nodiscard]] std::int64_t integer(int column) const { return statement_->integer(column); }
  [[nodiscard]] std::string_view text(int column) const { return statement_->text(column); }
  [[nodiscard]] base::ByteView blob(int column) const { return statement_->blob(column); }
  [[nodiscard]] bool is_null(int column) const { return statement_->is_null(column); }

 private:
  class Queries* queries_;
  Statement* statement_;
};

class Queries {
 public:
  explicit Queries(Database& database) : database_(database) {}

  // `sql` is a literal: its address is what it is known by.
  template <std::size_t size, class... Values>
  Rows ask(const char (&sql)[size], const Values&... values) {
    Statement* statement = kept(sql, size - 1);
    if (statement != nullptr) statement->with(values...);
    return {*this, statement};
  }
  template <std::size_t size, class... Values>
  void run(const char (&sql)[size], const Values&... values) {
    auto rows = ask(sql, values...);
    while (rows.next()) {
    }
  }

  [[nodiscard]] bool failed() const { return failure_.has_value(); }
  [[nodiscard]] const std::optional<DatabaseError>& failure() const { return failure_; }
  void fail(DatabaseError error);
  void start_over() { failure_.reset(); }  // after the transaction was rolled back
  [[nodiscard]] Database& database() { return database_; }

 private:
  friend class Rows;
  Statement* kept(const char* sql, std::size_t size);  // nullptr: failed

  Database& database_;
  std::unordered_map<const char*, Statement> statements_;
  std::optional<DatabaseError> failure_;
};

}  // namespace sallyport::store
