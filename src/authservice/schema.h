#pragma once
// The tables of the authentication service; a change is a new migration, never an edit of an old one.
#include "store/database.h"

namespace sallyport::authservice {

store::Migrations schema();

}  // namespace sallyport::authservice
