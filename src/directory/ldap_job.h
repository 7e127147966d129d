#pragma once
// One question of a login to one LdapStore. For the files of ldap_store.h alone.
#include <optional>
#include <string>
#include <string_view>

#include "directory/ldap_store.h"

namespace sallyport::directory {

inline constexpr std::string_view own_sid = "objectSid";  // of Active Directory

struct LdapStore::Job {
  std::shared_ptr<Errand> errand;
  StoreDone done;
  LoginName name;
  Answer answer;
  base::SteadyTime step_began{};
  bool user_is_known = false, is_remembered = false;
  std::string words;  // of what was good
  std::optional<GroupWalk> walk;
  std::string bound_as;  // with bind_name: in this session, once the password was right
  std::shared_ptr<LdapSession> session;
  bool began_again = false;

  [[nodiscard]] const Question& question() const { return *errand->question; }
};

}  // namespace sallyport::directory
