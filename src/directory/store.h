#pragma once
// What each kind of user store promises to UserStores, which asks them in order and keeps the deadline.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "directory/user_stores.h"
#include "text/user_name.h"

namespace sallyport::directory {

struct Question {  // of one login; shared with whoever may still send something for it
  text::UserName name;
  std::optional<base::Secret> password;  // none: a look-up
  base::SteadyTime deadline{};
  bool over = false;  // the login has its answer: nothing more may be sent for it
};

struct StoreAnswer {
  Answer answer;
  bool asked_in_vain = false;  // unavailable before it was known whether the user is one of this store's
};
using StoreDone = std::move_only_function<void(StoreAnswer)>;

class Store {
 public:
  virtual ~Store() = default;  // what is under way is forgotten
  // At most one call of `done`, in the loop, perhaps from inside; none is owed once the question is over.
  virtual void ask(const std::shared_ptr<Question>&, StoreDone done) = 0;
  // Spends about what a check of a known user's password costs.
  virtual void ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) = 0;
  virtual void report(std::vector<ConnectionReport>& into) const = 0;
  virtual void try_connections(std::function<void()> done) = 0;
};

}  // namespace sallyport::directory
