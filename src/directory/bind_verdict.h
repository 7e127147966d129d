#pragma once
// What the answer to a user's bind means: only result 0, without a word against it, is a yes.
#include <string>

#include "directory/search.h"
#include "directory/user_stores.h"

namespace sallyport::directory {

struct BindVerdict {
  Outcome outcome{};
  std::string detail;  // for the log: "result 49 invalidCredentials: ... data 533 (account disabled)"
  bool is_known_to_nobody = false;  // the directory says that there is no such account
};
BindVerdict verdict_of_bind(const Reply&);

}  // namespace sallyport::directory
