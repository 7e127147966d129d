#include <filesystem>
#include <system_error>

#include "authservice/service.h"
#include "store/database.h"

namespace sallyport::authservice {
namespace {

// By whatever name: a relative path, a link, or one of the files that SQLite keeps beside the database.
bool is_part_of(const std::string& database, const std::string& file) {
  std::error_code none;
  const auto target = std::filesystem::weakly_canonical(file, none);
  for (const char* part : {"", "-wal", "-shm", "-journal", ".lock"}) {
    const auto own = database + part;
    if (target == std::filesystem::weakly_canonical(own, none) || std::filesystem::equivalent(file, own, none))
      return true;
  }
  return false;
}

}  // namespace

base::Result<void> backup(const settings::AuthService& settings, const std::string& file) {
  if (is_part_of(settings.database, file))
    return base::failure(file + " is the database itself, or a part of it");
  auto database = store::Database::open(settings.database, {.read_only = true});
  if (!database) return base::failure(database.error().what);
  auto copied = database->back_up_to(file);
  if (!copied) return base::failure(copied.error().what);
  return {};
}

}  // namespace sallyport::authservice
