#pragma once
// A user store of kind "ldap": the user is searched in the first directory that lives, and the password bound
// once. Searches go on to the next directory; a bind that got no answer is sent once more, and only then.
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "directory/remembered_names.h"
#include "directory/replica.h"
#include "directory/store.h"
#include "ldap/filter.h"

namespace sallyport::directory {

class LdapStore final : public Store {
 public:
  static base::Result<std::unique_ptr<Store>> make(net::Loop&, const settings::UserStore&);

  void ask(const std::shared_ptr<Question>&, StoreDone done) override;
  void ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) override;
  void report(std::vector<ConnectionReport>& into) const override;
  void try_connections(std::function<void()> done) override;

 private:
  struct Job;
  enum class Step { search, bind };
  LdapStore(net::Loop&, const settings::UserStore&, ldap::FilterTemplate);
  Replica* choose(const Job&);
  [[nodiscard]] std::size_t preferred() const;
  void take(const std::shared_ptr<Job>&, Step);
  void cannot(const std::shared_ptr<Job>&, Step);
  void search(const std::shared_ptr<Job>&, Replica&);
  void found(const std::shared_ptr<Job>&, Replica&, Reply);
  void keep(const std::shared_ptr<Job>&, FoundEntry);
  void bind(const std::shared_ptr<Job>&, Replica&);
  void bound(const std::shared_ptr<Job>&, const Reply&);
  void failed(Job&, const Replica&, int tries, std::string_view detail);
  void finish(const std::shared_ptr<Job>&, Outcome, std::string detail);
  void serve_waiting();

  net::Loop& loop_;
  std::string name_, base_dn_, attribute_;
  ldap::FilterTemplate filter_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  RememberedNames remembered_;
  std::deque<std::pair<std::shared_ptr<Job>, Step>> waiting_;  // until the first attempts to connect have ended
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// The one value that stands for the entry: the one in its DN, else the first in order; nothing when none can be
// prepared (text::).
std::string canonical_user_of(const FoundEntry&, const std::string& attribute);

}  // namespace sallyport::directory
