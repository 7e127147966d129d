#pragma once
// One connection to an embedded database (SQLite): what a commit has acknowledged is on disk and stays there,
// also after a power cut (WAL, synchronous=FULL). A connection belongs to one thread at a time. Failures are
// values that tell a full disk from a corrupt file; a failed commit is rolled back and the connection stays
// usable.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace sallyport::store {

enum class DatabaseFault { full, read_only, corrupt, locked, constraint, cannot_open, io, newer_schema, other };

struct DatabaseError {
  DatabaseFault fault = DatabaseFault::other;
  std::string what;  // for the operator: no value that was bound stands in it
};

template <class T>
using DatabaseResult = base::Result<T, DatabaseError>;

// A prepared statement, kept for the life of its database (and destroyed before it). Binding starts a new run:
// parameters are counted from 1, columns from 0. Views of columns live until the next step or reset.
class Statement {
 public:
  Statement& bind(int parameter, std::int64_t);
  Statement& bind(int parameter, std::string_view);
  Statement& bind(int parameter, base::ByteView);
  Statement& bind_null(int parameter);
  // Binds 1, 2, 3, ... in order.
  template <class... Values>
  Statement& with(const Values&... values) {
    reset();
    int parameter = 0;
    (bind(++parameter, values), ...);
    return *this;
  }

  DatabaseResult<bool> step();  // true: a row; false: done, and reset
  DatabaseResult<void> run();   // to the end; rows are passed over
  void reset();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] base::ByteView blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  struct Close {
    void operator()(sqlite3_stmt*) const;
  };
  std::unique_ptr<sqlite3_stmt, Close> statement_;
};

// Migration number n (from 1) leads from schema version n-1 to n; each runs in a transaction of its own.
using Migrations = std::span<const std::string_view>;

class Database {
 public:
  struct Options {
    bool read_only = false;
    bool check_integrity = false;          // PRAGMA quick_check at opening: corrupt is told at once
    int busy_milliseconds = 5000;          // waiting for another process, at most
    int pages_between_checkpoints = 4000;  // 16 MiB of WAL
  };
  // A new file gets mode 0600.
  static DatabaseResult<Database> open(const std::string& path, const Options&);

  DatabaseResult<Statement> prepare(std::string_view sql);
  DatabaseResult<void> execute(const std::string& sql);
  DatabaseResult<void> begin();   // IMMEDIATE: the write lock is taken here, not in the middle
  DatabaseResult<void> commit();  // on failure the transaction is rolled back
  void rollback();
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] std::int64_t last_row_id() const;
  [[nodiscard]] std::int64_t changes() const;  // rows of the last statement

  DatabaseResult<std::int64_t> schema_version();
  DatabaseResult<void> migrate(Migrations);  // newer_schema when the file is ahead of this program
  DatabaseResult<void> check();              // PRAGMA quick_check
  DatabaseResult<std::int64_t> size();       // octets of the main file's pages
  DatabaseResult<void> checkpoint();         // the WAL's content into the main file

  // A copy as of one moment, while other processes write: under a temporary name, checked, flushed, then
  // renamed to `path` (mode 0600). One file, with no WAL beside it.
  DatabaseResult<void> back_up_to(const std::string& path);

 private:
  struct Close {
    void operator()(sqlite3*) const;
  };
  DatabaseResult<void> prepare_connection(const Options&);
  DatabaseResult<std::int64_t> one_integer(std::string_view sql);
  [[nodiscard]] DatabaseError error(std::string_view doing) const;

  std::unique_ptr<sqlite3, Close> connection_;
  std::shared_ptr<struct KeptStatements> kept_;  // begin, commit
};

}  // namespace sallyport::store
