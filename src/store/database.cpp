#include "store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/invariant.h"
#include "store/database_fault.h"

namespace sallyport::store {

struct KeptStatements {
  Statement begin, commit;
};

DatabaseError error_of(sqlite3* connection, std::string_view doing) {
  const int code = sqlite3_extended_errcode(connection);
  return {fault_of(code), fmt::format("{}: {}", doing, sqlite3_errmsg(connection))};
}

DatabaseFault fault_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return DatabaseFault::full;
    case SQLITE_READONLY:
      return DatabaseFault::read_only;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return DatabaseFault::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return DatabaseFault::locked;
    case SQLITE_CONSTRAINT:
      return DatabaseFault::constraint;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return DatabaseFault::cannot_open;
    case SQLITE_IOERR:
      return DatabaseFault::io;
    default:
      return DatabaseFault::other;
  }
}

void Statement::Close::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

// Binding fails only for a parameter that does not exist or a value over SQLite's limit: mistakes in our own
// source.
Statement& Statement::bind(int parameter, std::int64_t value) {
  SALLYPORT_INVARIANT(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK);
  return *this;
}
Statement& Statement::bind(int parameter, std::string_view text) {
  const char* octets = text.data() == nullptr ? "" : text.data();
  SALLYPORT_INVARIANT(sqlite3_bind_text64(statement_.get(), parameter, octets, text.size(), SQLITE_TRANSIENT,
                                          SQLITE_UTF8) == SQLITE_OK);
  return *this;
}
Statement& Statement::bind(int parameter, base::ByteView octets) {
  const void* start = octets.empty() ? static_cast<const void*>("") : octets.data();
  SALLYPORT_INVARIANT(
      sqlite3_bind_blob64(statement_.get(), parameter, start, octets.size(), SQLITE_TRANSIENT) == SQLITE_OK);
  return *this;
}
Statement& Statement::bind_null(int parameter) {
  SALLYPORT_INVARIANT(sqlite3_bind_null(statement_.get(), parameter) == SQLITE_OK);
  return *this;
}

DatabaseResult<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  auto failed = error_of(sqlite3_db_handle(statement_.get()), sqlite3_sql(statement_.get()));
  sqlite3_reset(statement_.get());
  return std::unexpected(std::move(failed));
}

DatabaseResult<void> Statement::run() {
  while (true) {
    auto row = step();
    if (!row) return std::unexpected(std::move(row.error()));
    if (!*row) return {};
  }
}

void Statement::reset() {
  if (sqlite3_stmt_busy(statement_.get()) != 0) sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
std::string_view Statement::text(int column) const {
  const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (start == nullptr) return {};
  return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
base::ByteView Statement::blob(int column) const {
  const auto* start = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  if (start == nullptr) return {};
  return {start, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

namespace {

DatabaseResult<void> create_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    auto fault = errno == ENOSPC  ? DatabaseFault::full
                 : errno == EROFS ? DatabaseFault::read_only
                                  : DatabaseFault::cannot_open;
    return std::unexpected(DatabaseError{fault, fmt::format("{}: {}", path, std::strerror(errno))});
  }
  ::close(descriptor);
  return {};
}

}  // namespace

DatabaseResult<Database> Database::open(const std::string& path, const Options& options) {
  if (!options.read_only) {
    if (auto created = create_private(path); !created) return std::unexpected(created.error());
  }
  Database database;
  sqlite3* connection = nullptr;
  const int flags = (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX |
                    SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &connection, flags, nullptr);
  database.connection_.reset(connection);
  if (code != SQLITE_OK) {
    auto words = connection == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(connection);
    return std::unexpected(DatabaseError{fault_of(code), fmt::format("{}: {}", path, words)});
  }
  if (auto ready = database.prepare_connection(options); !ready) {
    ready.error().what = fmt::format("{}: {}", path, ready.error().what);
    return std::unexpected(std::move(ready.error()));
  }
  return database;
}

DatabaseResult<void> Database::prepare_connection(const Options& options) {
  sqlite3_busy_timeout(connection_.get(), options.busy_milliseconds);
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_limit(connection_.get(), SQLITE_LIMIT_ATTACHED, 0);
  std::string pragmas = "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-16384;";
  if (!options.read_only) {
    pragmas += fmt::format(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST;"
        "PRAGMA wal_autocheckpoint={};PRAGMA journal_size_limit=67108864;",
        options.pages_between_checkpoints);
  }
  if (auto set = execute(pragmas); !set) return set;
  if (options.check_integrity) {
    if (auto sound = check(); !sound) return sound;
  }
  kept_ = std::make_shared<KeptStatements>();
  auto begin = prepare("BEGIN IMMEDIATE");
  if (!begin) return std::unexpected(begin.error());
  auto commit = prepare("COMMIT");
  if (!commit) return std::unexpected(commit.error());
  kept_->begin = std::move(*begin);
  kept_->commit = std::move(*commit);
  return {};
}

DatabaseError Database::error(std::string_view doing) const { return error_of(connection_.get(), doing); }

DatabaseResult<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) return std::unexpected(error(sql));
  Statement statement;
  statement.statement_.reset(raw);
  return statement;
}

DatabaseResult<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error(sql));
  }
  return {};
}

DatabaseResult<void> Database::begin() { return kept_->begin.run(); }

DatabaseResult<void> Database::commit() {
  auto committed = kept_->commit.run();
  if (!committed) rollback();
  return committed;
}

void Database::rollback() {
  // SQLite rolls back by itself on some faults (a full disk among them); then there is nothing left to do.
  if (in_transaction()) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }
std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(connection_.get()); }
std::int64_t Database::changes() const { return sqlite3_changes64(connection_.get()); }

}  // namespace sallyport::store
