#pragma once
// A user store of kind "ldap": the user's entry is searched, the password bound once, and the wanted groups
// asked for when that was good. Where no service account may search (bind_name), the user is bound first, and
// searched in the same session; then it is made sure that the entry is the one that was bound. Where that is
// asked, and what happens when it cannot be: replica_set.h.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/login_name.h"
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
  using Asked = std::move_only_function<void(base::Result<Reply>)>;
  struct Parts {  // what can be wrong with the settings
    GroupRules group_rules;
    ldap::FilterTemplate filter;
    std::optional<BindName> bind_name;
    std::unique_ptr<ReplicaSet> replicas;
  };
  static base::Result<Parts> parts_of(net::Loop&, const settings::UserStore&, const Wanted&);
  LdapStore(net::Loop&, const settings::UserStore&, const Wanted&, Parts);
  void search(const std::shared_ptr<Job>&);
  void found(const std::shared_ptr<Job>&, Reply);
  [[nodiscard]] std::shared_ptr<const SearchQuestion> question_for(const Job&) const;
  bool keep(const std::shared_ptr<Job>&, const FoundEntry&);  // false: the job has ended
  bool look_up_is_good(const std::shared_ptr<Job>&, const FoundEntry&);
  void bind(const std::shared_ptr<Job>&);
  void bound(const std::shared_ptr<Job>&, const Reply&);
  void bind_by_name(const std::shared_ptr<Job>&);
  void bound_by_name(const std::shared_ptr<Job>&, const Reply&, std::shared_ptr<LdapSession>);
  void found_as_user(const std::shared_ptr<Job>&, const Reply&);
  void told_who(const std::shared_ptr<Job>&, const Reply&, const FoundEntry&);
  void ask_as_user(const std::shared_ptr<Job>&, std::shared_ptr<const SearchQuestion>, Asked);
  void ask(const std::shared_ptr<Job>&, std::shared_ptr<const SearchQuestion>, Asked);
  void tell_groups(const std::shared_ptr<Job>&);
  void good(const std::shared_ptr<Job>&);
  void finish(const std::shared_ptr<Job>&, Outcome, std::string detail);

  net::Loop& loop_;
  std::string name_, base_dn_, attribute_;
  std::vector<std::string> wanted_attributes_, asked_attributes_, look_up_attributes_;
  bool refuse_unusable_;
  std::shared_ptr<const GroupRules> group_rules_;
  LoginNames names_;
  std::optional<BindName> bind_name_;  // none: the service account, or nobody, searches
  ldap::FilterTemplate filter_;
  std::unique_ptr<ReplicaSet> replicas_;
  RememberedNames remembered_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace sallyport::directory
