#pragma once
// The order over the stores: unknown in one, on to the next; a wrong password ends it; a store that cannot be
// asked ends it, unless it may be skipped. Every question has its answer at its deadline, whatever a store
// does.
#include <memory>
#include <vector>

#include "directory/store.h"
#include "directory/user_stores.h"

namespace sallyport::directory {

struct StoreInOrder {
  std::unique_ptr<Store> store;
  bool skip_when_unreachable = false;
};

std::unique_ptr<UserStores> walk_over(net::Loop&, std::vector<StoreInOrder>);

}  // namespace sallyport::directory
