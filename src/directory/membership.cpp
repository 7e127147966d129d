#include "directory/membership.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ldap/dn.h"
#include "ldap/filter.h"

namespace sallyport::directory {
namespace {

using settings::GroupsBy;

constexpr std::size_t most_groups = 1000;
constexpr int most_levels = 32;
constexpr std::size_t names_a_question = 32;
constexpr std::string_view member_uid = "memberUid";
constexpr std::string_view member_of = "memberOf";

std::string form_of(const std::string& dn) {
  const auto parsed = ldap::DistinguishedName::parse(dn);
  return parsed ? parsed->normalised() : dn;
}

// The naming context of most directories, and the domain of Active Directory: groups seldom lie below the
// users.
std::string domain_of(const std::string& base_dn) {
  const auto parsed = ldap::DistinguishedName::parse(base_dn);
  if (!parsed) return base_dn;
  std::string domain;
  for (const auto& name : parsed->relative_names()) {
    const bool is_domain = name.size() == 1 && same_type(name.front().type, "dc");
    if (!is_domain)
      domain.clear();
    else
      domain += (domain.empty() ? "dc=" : ",dc=") + ldap::escape_dn_value(name.front().value);
  }
  return domain.empty() ? base_dn : domain;
}

bool asks_member_uid(const GroupRules& rules) {
  return rules.by == GroupsBy::search &&
         std::ranges::any_of(rules.member_attributes, [](const auto& a) { return same_type(a, member_uid); });
}

std::string equals(std::string_view type, std::string_view value) {
  return fmt::format("({}={})", type, ldap::escape_filter_value(value));
}

}  // namespace

base::Result<GroupRules> group_rules(const settings::UserStore& store, const std::vector<std::string>& wanted) {
  GroupRules rules;
  rules.by = store.groups;
  rules.base = store.group_base_dn.empty() ? domain_of(store.base_dn) : store.group_base_dn;
  rules.member_attributes = store.group_member_attributes;
  rules.wanted = wanted;
  if (!rules.base.empty()) {
    if (const auto base = ldap::DistinguishedName::parse(rules.base); !base)
      return base::failure("group_base_dn: " + base.error().what);
  }
  for (const auto& group : wanted) {
    const auto dn = ldap::DistinguishedName::parse(group);
    if (!dn) return base::failure(fmt::format("group '{}': {}", group, dn.error().what));
    rules.wanted_forms.push_back(dn->normalised());
  }
  return rules;
}

std::vector<std::string> attributes_for(const GroupRules& rules) {
  if (rules.wanted.empty()) return {};
  if (rules.by == GroupsBy::member_of) return {std::string(member_of)};
  if (asks_member_uid(rules)) return {"uid"};
  return {};
}

GroupWalk::GroupWalk(std::shared_ptr<const GroupRules> rules, const FoundEntry& user)
    : rules_(std::move(rules)), user_dn_(user.dn) {
  if (rules_->by == GroupsBy::member_of) {
    reach_all_of(user);
    return;
  }
  if (asks_member_uid(*rules_)) user_ids_ = user.values_of("uid");
  if (user_ids_.size() > names_a_question) user_ids_.resize(names_a_question);
  ahead_.push_back(user.dn);
}

void GroupWalk::reach(const std::string& dn) {
  if (reached_.size() >= most_groups) {
    trouble_ = fmt::format("the entry is in more than {} groups", most_groups);
    return;
  }
  if (reached_.insert(form_of(dn)).second && rules_->by != GroupsBy::nested_ad) ahead_.push_back(dn);
}

// Active Directory gives 1,500 values at a time, and says so in the type.
void GroupWalk::reach_all_of(const FoundEntry& entry) {
  for (const auto& attribute : entry.attributes) {
    const auto plain = std::string_view(attribute.type).substr(0, attribute.type.find(';'));
    if (!same_type(plain, member_of)) continue;
    if (plain.size() < attribute.type.size()) trouble_ = "the directory gave a part only of memberOf";
    for (const auto& group : attribute.values) reach(group);
  }
}

bool GroupWalk::all_reached() const {
  return std::ranges::all_of(rules_->wanted_forms, [&](const auto& form) { return reached_.contains(form); });
}

std::vector<std::string> GroupWalk::groups() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < rules_->wanted.size(); ++i) {
    if (reached_.contains(rules_->wanted_forms[i])) out.push_back(rules_->wanted[i]);
  }
  return out;
}

std::vector<SearchQuestion> GroupWalk::next() {
  if (all_reached()) trouble_.clear();
  if (all_reached() || !trouble_.empty() || ahead_.empty()) return {};
  if (++levels_ > most_levels) {
    trouble_ = fmt::format("groups in groups, more than {} deep", most_levels);
    return {};
  }
  if (rules_->by != GroupsBy::nested_ad) return upward();
  ahead_.clear();
  return in_chain();
}

// LDAP_MATCHING_RULE_IN_CHAIN of Active Directory, asked of the wanted groups alone.
std::vector<SearchQuestion> GroupWalk::in_chain() const {
  std::vector<SearchQuestion> questions;
  for (std::size_t begin = 0; begin < rules_->wanted.size(); begin += names_a_question) {
    const auto end = std::min(begin + names_a_question, rules_->wanted.size());
    std::string names;
    for (auto i = begin; i < end; ++i) names += equals("distinguishedName", rules_->wanted[i]);
    questions.push_back({.base = rules_->base,
                         .filter = fmt::format("(&(|{})(member:1.2.840.113556.1.4.1941:={}))", names,
                                               ldap::escape_filter_value(user_dn_)),
                         .attributes = {},
                         .at_most = static_cast<int>(names_a_question)});
  }
  return questions;
}

std::vector<SearchQuestion> GroupWalk::upward() {
  const auto names = std::exchange(ahead_, {});
  std::vector<SearchQuestion> questions;
  if (rules_->by == GroupsBy::member_of) {
    for (const auto& name : names) {
      questions.push_back({.base = name,
                           .filter = "(objectClass=*)",
                           .attributes = {std::string(member_of)},
                           .subtree = false,
                           .at_most = 1});
    }
    return questions;
  }
  for (std::size_t begin = 0; begin < names.size(); begin += names_a_question) {
    const auto end = std::min(begin + names_a_question, names.size());
    auto question = holders_of(
        {names.begin() + static_cast<std::ptrdiff_t>(begin), names.begin() + static_cast<std::ptrdiff_t>(end)});
    if (question) questions.push_back(std::move(*question));
  }
  user_ids_.clear();
  return questions;
}

// Nothing, when no group can hold these: memberUid names users only.
std::optional<SearchQuestion> GroupWalk::holders_of(const std::vector<std::string>& names) const {
  std::string terms;
  for (const auto& attribute : rules_->member_attributes) {
    const auto& members = same_type(attribute, member_uid) ? user_ids_ : names;
    for (const auto& member : members) terms += equals(attribute, member);
  }
  if (terms.empty()) return std::nullopt;
  return SearchQuestion{.base = rules_->base,
                        .filter = "(|" + terms + ")",
                        .attributes = {},
                        .at_most = static_cast<int>(most_groups)};
}

void GroupWalk::take(const SearchQuestion& question, const Reply& reply) {
  for (const auto& entry : reply.entries) {
    if (question.attributes.empty())
      reach(entry.dn);
    else
      reach_all_of(entry);
  }
  if (reply.code == ldap::ResultCode::size_limit_exceeded)
    trouble_ = "the directory lists a part only of the groups";
}

}  // namespace sallyport::directory
