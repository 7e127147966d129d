#pragma once
// SQLite's result codes as this room's reasons; for this room's files only.
#include <string_view>

#include "store/database.h"

namespace sallyport::store {

DatabaseFault fault_of(int sqlite_code);
DatabaseError error_of(sqlite3* connection, std::string_view doing);

}  // namespace sallyport::store
