// What keeps a database sound over the years: schema versions, checks, and copies while others write.
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "store/database.h"
#include "store/database_fault.h"
#include "store/file.h"

namespace sallyport::store {

DatabaseResult<std::int64_t> Database::one_integer(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  auto row = statement->step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

DatabaseResult<std::int64_t> Database::schema_version() { return one_integer("PRAGMA user_version"); }

DatabaseResult<void> Database::migrate(Migrations migrations) {
  const auto newest = static_cast<std::int64_t>(migrations.size());
  while (true) {
    if (auto began = begin(); !began) return began;
    auto version = schema_version();  // read under the write lock: another process may be migrating too
    if (version && *version > newest) {
      rollback();
      return std::unexpected(
          DatabaseError{DatabaseFault::newer_schema,
                        fmt::format("the database has schema version {}; this program knows {} and older",
                                    *version, newest)});
    }
    if (!version || *version == newest) {
      rollback();
      if (!version) return std::unexpected(version.error());
      return {};
    }
    auto step = execute(std::string(migrations[static_cast<std::size_t>(*version)]));
    if (step) step = execute(fmt::format("PRAGMA user_version={}", *version + 1));
    if (!step) {
      rollback();
      return step;
    }
    if (auto committed = commit(); !committed) return committed;
  }
}

DatabaseResult<void> Database::check() {
  auto statement = prepare("PRAGMA quick_check(1)");
  if (!statement) return std::unexpected(statement.error());
  auto row = statement->step();
  if (!row) return std::unexpected(row.error());
  if (*row && statement->text(0) == "ok") return {};
  return std::unexpected(
      DatabaseError{DatabaseFault::corrupt, fmt::format("quick_check: {}", statement->text(0))});
}

DatabaseResult<std::int64_t> Database::size() {
  auto pages = one_integer("PRAGMA page_count");
  if (!pages) return pages;
  auto octets = one_integer("PRAGMA page_size");
  if (!octets) return octets;
  return *pages * *octets;
}

DatabaseResult<void> Database::checkpoint() {
  if (sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr) !=
      SQLITE_OK) {
    return std::unexpected(error("checkpoint"));
  }
  return {};
}

namespace {

DatabaseError system_error(const std::string& path) {
  auto fault = errno == ENOSPC  ? DatabaseFault::full
               : errno == EROFS ? DatabaseFault::read_only
                                : DatabaseFault::cannot_open;
  return {fault, fmt::format("{}: {}", path, std::strerror(errno))};
}

// One step copies everything inside one read transaction: a writer in another process neither waits for it nor
// makes it start again.
DatabaseResult<void> copy_pages(sqlite3* from, sqlite3* to) {
  auto* copy = sqlite3_backup_init(to, "main", from, "main");
  if (copy == nullptr) return std::unexpected(error_of(to, "backup"));
  int code = SQLITE_OK;
  for (int tries = 0; tries < 50; ++tries) {
    code = sqlite3_backup_step(copy, -1);
    if (code != SQLITE_BUSY && code != SQLITE_LOCKED) break;
    sqlite3_sleep(100);
  }
  sqlite3_backup_finish(copy);
  if (code == SQLITE_DONE) return {};
  return std::unexpected(DatabaseError{fault_of(code), fmt::format("backup: {}", sqlite3_errstr(code))});
}

DatabaseResult<void> copy_to(sqlite3* from, const std::string& path) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> copy(raw, &sqlite3_close_v2);
  if (code != SQLITE_OK) return std::unexpected(DatabaseError{fault_of(code), path + ": cannot open"});
  if (auto copied = copy_pages(from, raw); !copied) return copied;
  // One file to carry away: the copy must not ask for a WAL of its own.
  if (sqlite3_exec(raw, "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr) != SQLITE_OK) {
    return std::unexpected(error_of(raw, "backup"));
  }
  return {};
}

DatabaseResult<void> checked(const std::string& path) {
  auto copy = Database::open(path, {.read_only = true, .check_integrity = true});
  if (!copy) return std::unexpected(copy.error());
  return {};
}

DatabaseResult<void> put_in_place(const std::string& temporary, const std::string& path) {
  const int descriptor = ::open(temporary.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(system_error(temporary));
  const bool flushed = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!flushed) return std::unexpected(system_error(temporary));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return std::unexpected(system_error(path));
  if (auto folder = flush_folder_of(path); !folder) {
    return std::unexpected(DatabaseError{DatabaseFault::io, folder.error().what});
  }
  return {};
}

}  // namespace

DatabaseResult<void> Database::back_up_to(const std::string& path) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);  // mode 0600
  if (descriptor < 0) return std::unexpected(system_error(path));
  ::close(descriptor);
  auto done = copy_to(connection_.get(), temporary);
  if (done) done = checked(temporary);
  if (done) done = put_in_place(temporary, path);
  if (!done) {
    ::unlink(temporary.c_str());
    ::unlink((temporary + "-journal").c_str());
  }
  return done;
}

}  // namespace sallyport::store
