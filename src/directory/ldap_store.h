#pragma once
// A user store of kind "ldap": the user's entry is searched, the password bound once, and the wanted groups
// asked for when that was good. Where that is asked, and what happens when it cannot be: replica_set.h.
#include <memory>
#include <string>
#include <vector>

#include "directory/membership.h"
#include "directory/remembered_names.h"
#include "directory/replica_set.h"
#include "directory/store.h"
#include "ldap/filter.h"

namespace sallyport::directory {

class LdapStore final : public Store {
 public:
  static base::Result<void> check(const settings::UserStore&);
  static base::Result<std::unique_ptr<Store>> make(net::Loop&, const settings::UserStore&, const Wanted& = {});

  void ask(const std::shared_ptr<Question>&, StoreDone done) override;
  void ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) override;
  void report(std::vector<ConnectionReport>& into) const override;
  void try_connections(std::function<void()> done) override;

 private:
  struct Job;
  LdapStore(net::Loop&, const settings::UserStore&, const Wanted&, GroupRules, ldap::FilterTemplate,
            std::unique_ptr<ReplicaSet>);
  void search(const std::shared_ptr<Job>&);
  void found(const std::shared_ptr<Job>&, Reply);
  void keep(const std::shared_ptr<Job>&, const FoundEntry&);
  bool look_up_is_good(const std::shared_ptr<Job>&, const FoundEntry&);
  void bind(const std::shared_ptr<Job>&);
  void bound(const std::shared_ptr<Job>&, const Reply&);
  void tell_groups(const std::shared_ptr<Job>&);
  void good(const std::shared_ptr<Job>&);
  void finish(const std::shared_ptr<Job>&, Outcome, std::string detail);

  net::Loop& loop_;
  std::string name_, base_dn_, attribute_;
  std::vector<std::string> wanted_attributes_, asked_attributes_;
  bool refuse_unusable_;
  std::shared_ptr<const GroupRules> group_rules_;
  ldap::FilterTemplate filter_;
  std::unique_ptr<ReplicaSet> replicas_;
  RememberedNames remembered_;
};

}  // namespace sallyport::directory
