#pragma once
// Which of the wanted groups an entry is a member of, by way of other groups too. No I/O: next() says what the
// directory is to be asked, take() what it answered, until nothing is left to ask. Circles of groups end; so
// does the walk at 1,000 groups or 32 levels, and what cannot be told then is trouble, never a no.
//
//   search      user ◀─member─ groups ◀─member─ their groups ...   one search a level (32 names each)
//   member_of   user ─memberOf▶ groups ─memberOf▶ their groups ... each group read once
//   nested_ad   the wanted groups that hold the user, by the directory's own rule: one search
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "directory/search.h"
#include "settings/gateway.h"

namespace sallyport::directory {

struct GroupRules {  // of one store, for all logins
  settings::GroupsBy by{};
  std::string base;
  std::vector<std::string> member_attributes;
  std::vector<std::string> wanted;        // DNs, as they were written
  std::vector<std::string> wanted_forms;  // the same, for comparison
};
// The error names the wanted group that is no DN.
base::Result<GroupRules> group_rules(const settings::UserStore&, const std::vector<std::string>& wanted);
// What a user's entry must be asked for besides, so that a walk can begin.
std::vector<std::string> attributes_for(const GroupRules&);

class GroupWalk {
 public:
  GroupWalk(std::shared_ptr<const GroupRules>, const FoundEntry& user);

  std::vector<SearchQuestion> next();  // to be asked all, before next() again; none: the walk has ended
  // Of each: success, sizeLimitExceeded, or noSuchObject of a group that is gone.
  void take(const SearchQuestion&, const Reply&);

  [[nodiscard]] std::vector<std::string> groups() const;  // as they were written
  // Why it cannot be told whether the entry is a member of those that are not in groups(); empty when it is.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  void reach(const std::string& dn);
  void reach_all_of(const FoundEntry&);
  [[nodiscard]] bool all_reached() const;
  std::vector<SearchQuestion> in_chain() const;
  std::vector<SearchQuestion> upward();
  [[nodiscard]] std::optional<SearchQuestion> holders_of(const std::vector<std::string>& names) const;

  std::shared_ptr<const GroupRules> rules_;
  std::vector<std::string> user_ids_;  // for memberUid, until they were asked for
  std::vector<std::string> ahead_;     // names whose groups were not asked for yet
  std::unordered_set<std::string> reached_;
  std::string user_dn_;
  std::string trouble_;
  int levels_ = 0;
};

}  // namespace sallyport::directory
