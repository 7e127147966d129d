#include "authservice/service.h"
#include "store/database.h"

namespace sallyport::authservice {

base::Result<void> backup(const settings::AuthService& settings, const std::string& file) {
  if (file == settings.database) return base::failure(file + " is the database itself");
  auto database = store::Database::open(settings.database, {.read_only = true});
  if (!database) return base::failure(database.error().what);
  auto copied = database->back_up_to(file);
  if (!copied) return base::failure(copied.error().what);
  return {};
}

}  // namespace sallyport::authservice
