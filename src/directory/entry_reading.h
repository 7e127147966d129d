#pragma once
// What of an entry that was found goes into a login: its one user name, and the attributes that are wanted.
#include <string>
#include <vector>

#include "directory/search.h"
#include "directory/user_stores.h"

namespace sallyport::directory {

// The one value that stands for the entry: the one in its DN, else the first in order; nothing when none can be
// prepared (text::).
std::string canonical_user_of(const FoundEntry&, const std::string& attribute);

// At most 64 values of a type and 1,024 octets of a value: what is over is left out.
std::vector<AttributeValues> wanted_attributes(const FoundEntry&, const std::vector<std::string>& types);

}  // namespace sallyport::directory
