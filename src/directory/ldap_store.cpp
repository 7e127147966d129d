#include "directory/ldap_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "directory/bind_verdict.h"
#include "directory/entry_reading.h"
#include "directory/ldap_job.h"
#include "ldap/account_state.h"
#include "ldap/dn.h"

namespace sallyport::directory {
namespace {

constexpr std::size_t most_remembered = 4096;  // octets of an entry's values: more are searched each time

std::vector<std::string> once_each(std::vector<std::string> types) {
  std::vector<std::string> out;
  for (auto& type : types) {
    if (std::ranges::none_of(out, [&](const auto& known) { return same_type(known, type); }))
      out.push_back(std::move(type));
  }
  return out;
}

Outcome outcome_of(ldap::AccountState state) {
  switch (state) {
    case ldap::AccountState::usable:
      return Outcome::good;
    case ldap::AccountState::disabled:
      return Outcome::account_disabled;
    case ldap::AccountState::locked:
      return Outcome::account_locked;
    case ldap::AccountState::expired:
      return Outcome::account_expired;
    case ldap::AccountState::unreadable:
      break;
  }
  return Outcome::account_unusable;
}

std::size_t octets_of(const Entry& entry) {
  std::size_t octets = entry.dn.size();
  for (const auto& attribute : entry.attributes) {
    for (const auto& value : attribute.values) octets += value.size();
  }
  return octets;
}

}  // namespace

LdapStore::LdapStore(net::Loop& loop, const settings::UserStore& store, const Wanted& wanted, Parts parts)
    : loop_(loop),
      name_(store.name),
      base_dn_(store.base_dn),
      attribute_(store.user_name_attribute),
      wanted_attributes_(wanted.attributes),
      refuse_unusable_(store.refuse_unusable),
      group_rules_(std::make_shared<const GroupRules>(std::move(parts.group_rules))),
      names_(store.domains),
      bind_name_(std::move(parts.bind_name)),
      filter_(std::move(parts.filter)),
      replicas_(std::move(parts.replicas)),
      remembered_(store.remember_dn) {
  auto types = wanted.attributes;
  types.insert(types.begin(), attribute_);
  const auto add = [&](const std::vector<std::string>& more) {
    types.insert(types.end(), more.begin(), more.end());
  };
  add(attributes_for(*group_rules_));
  if (bind_name_) add({std::string(own_sid)});
  asked_attributes_ = once_each(types);
  if (refuse_unusable_) add(ldap::account_attributes());
  look_up_attributes_ = once_each(std::move(types));
}

base::Result<void> LdapStore::check(const settings::UserStore& store) {
  const auto wrong = [](std::string_view key, std::string_view what) {
    return base::failure(fmt::format("{}: {}", key, what));
  };
  if (store.user_name_attribute.empty()) return wrong("user_name_attribute", "an attribute's name is expected");
  // An empty base is the whole tree of a directory that has one naming context only.
  if (!store.base_dn.empty()) {
    if (const auto dn = ldap::DistinguishedName::parse(store.base_dn); !dn)
      return wrong("base_dn", dn.error().what);
  }
  if (!store.group_base_dn.empty()) {
    if (const auto dn = ldap::DistinguishedName::parse(store.group_base_dn); !dn)
      return wrong("group_base_dn", dn.error().what);
  }
  if (store.bind_dn.empty() != store.bind_password.empty()) {
    return wrong("bind_dn", "bind_dn and bind_password are given together, or neither (anonymous)");
  }
  if (!store.bind_name.empty() && !store.bind_dn.empty())
    return wrong("bind_name", "it is given instead of bind_dn, not beside it");
  if (const auto name = BindName::parse(store.bind_name); !store.bind_name.empty() && !name)
    return wrong("bind_name", name.error().what);
  if (store.bind_password.reveal().find('\0') != std::string_view::npos)
    return wrong("bind_password", "it holds a NUL");
  if (const auto filter = ldap::FilterTemplate::parse(store.filter); !filter)
    return wrong("filter", filter.error().what);
  if (const auto tls = ReplicaSet::tls_of(store); !tls) return std::unexpected(tls.error());
  return {};
}

base::Result<LdapStore::Parts> LdapStore::parts_of(net::Loop& loop, const settings::UserStore& store,
                                                   const Wanted& wanted) {
  if (auto checked = check(store); !checked) return std::unexpected(checked.error());
  auto filter = ldap::FilterTemplate::parse(store.filter);
  auto rules = group_rules(store, wanted.groups);
  if (!rules) return std::unexpected(rules.error());
  std::optional<BindName> bind_name;
  if (!store.bind_name.empty()) bind_name = *BindName::parse(store.bind_name);
  auto replicas = ReplicaSet::make(loop, store);
  if (!replicas) return std::unexpected(replicas.error());
  return Parts{std::move(*rules), std::move(*filter), std::move(bind_name), std::move(*replicas)};
}

base::Result<std::unique_ptr<Store>> LdapStore::make(net::Loop& loop, const settings::UserStore& store,
                                                     const Wanted& wanted) {
  auto parts = parts_of(loop, store, wanted);
  if (!parts) return base::failure(fmt::format("user store '{}': {}", store.name, parts.error().what));
  return std::unique_ptr<Store>(new LdapStore(loop, store, wanted, std::move(*parts)));
}

void LdapStore::ask(const std::shared_ptr<Question>& question, StoreDone done) {
  auto job = std::make_shared<Job>();
  job->errand = std::make_shared<Errand>(Errand{question});
  job->done = std::move(done);
  job->answer.entry.user_store = name_;
  auto name = names_.of(question->name);
  if (!name) return finish(job, Outcome::unknown_user, "a name of another domain");
  job->name = std::move(*name);
  const auto now = loop_.now().steady;
  job->step_began = now;
  if (const auto* known = remembered_.find(question->name.prepared, now)) {
    job->user_is_known = job->is_remembered = true;
    job->answer.entry = *known;
    if (!question->password) return finish(job, Outcome::good, "remembered");
    return bind_name_ ? bind_by_name(job) : bind(job);
  }
  bind_name_ ? bind_by_name(job) : search(job);
}

std::shared_ptr<const SearchQuestion> LdapStore::question_for(const Job& job) const {
  return std::make_shared<const SearchQuestion>(
      SearchQuestion{.base = base_dn_,
                     .filter = filter_.fill(job.name.plain, job.name.typed),
                     .attributes = job.question().password ? asked_attributes_ : look_up_attributes_});
}

void LdapStore::search(const std::shared_ptr<Job>& job) {
  replicas_->search(job->errand, question_for(*job), [this, job](base::Result<Reply> reply) {
    if (!reply) return finish(job, Outcome::unavailable, std::move(reply.error().what));
    found(job, std::move(*reply));
  });
}

void LdapStore::found(const std::shared_ptr<Job>& job, Reply reply) {
  job->answer.search_took = loop_.now().steady - job->step_began;
  if (reply.finds_several())
    return finish(job, Outcome::ambiguous_user, "the filter finds more than one entry");
  if (reply.entries.empty()) return finish(job, Outcome::unknown_user, "no entry");
  const auto& entry = reply.entries.front();
  if (!keep(job, entry)) return;
  job->words = "found";
  if (job->question().password) return bind(job);
  if (!refuse_unusable_ || look_up_is_good(job, entry)) tell_groups(job);
}

bool LdapStore::keep(const std::shared_ptr<Job>& job, const FoundEntry& entry) {
  auto& kept = job->answer.entry;
  kept.canonical_user = canonical_user_of(entry, attribute_);
  kept.attributes = wanted_attributes(entry, wanted_attributes_);
  kept.dn = entry.dn;
  job->user_is_known = true;
  if (kept.dn.find_first_not_of(' ') == std::string::npos) {
    finish(job, Outcome::account_unusable, "the entry has no name");
  } else if (kept.canonical_user.empty()) {
    finish(job, Outcome::account_unusable,
           fmt::format("the entry has no readable {} that can be a user name", attribute_));
  } else if (!group_rules_->wanted.empty()) {
    job->walk.emplace(group_rules_, entry);
  }
  return job->done != nullptr;
}

// No bind will tell.
bool LdapStore::look_up_is_good(const std::shared_ptr<Job>& job, const FoundEntry& entry) {
  const auto found = ldap::account_state(
      [&](std::string_view type) -> std::string_view {
        const auto& values = entry.values_of(type);
        return values.empty() ? std::string_view{} : std::string_view(values.front());
      },
      loop_.now().wall);
  if (found.state == ldap::AccountState::usable) return true;
  finish(job, outcome_of(found.state), fmt::format("{} ({})", to_string(found.state), found.attribute));
  return false;
}

void LdapStore::bind(const std::shared_ptr<Job>& job) {
  job->step_began = loop_.now().steady;
  replicas_->bind(job->errand, job->answer.entry.dn, false,
                  [this, job](base::Result<Reply> reply, const std::shared_ptr<LdapSession>&) {
                    if (!reply) return finish(job, Outcome::unavailable, std::move(reply.error().what));
                    bound(job, *reply);
                  });
}

void LdapStore::bound(const std::shared_ptr<Job>& job, const Reply& reply) {
  job->answer.bind_took = loop_.now().steady - job->step_began;
  auto verdict = verdict_of_bind(reply);
  if (verdict.outcome == Outcome::good) {
    job->words = std::move(verdict.detail);
    return tell_groups(job);
  }
  // The entry may have moved: the next login searches again. This one has had its bind.
  remembered_.forget(job->question().name.prepared);
  finish(job, verdict.outcome, std::move(verdict.detail));
}

void LdapStore::tell_groups(const std::shared_ptr<Job>& job) {
  if (!job->walk) return good(job);
  auto questions = job->walk->next();
  if (questions.empty()) {
    if (!job->walk->trouble().empty()) {
      return finish(job, Outcome::unavailable, "groups cannot be told: " + job->walk->trouble());
    }
    job->answer.entry.groups = job->walk->groups();
    return good(job);
  }
  auto left = std::make_shared<std::size_t>(questions.size());
  for (auto& each : questions) {
    auto question = std::make_shared<const SearchQuestion>(std::move(each));
    ask(job, question, [this, job, left, question](base::Result<Reply> reply) {
      if (!job->done) return;
      if (!reply) return finish(job, Outcome::unavailable, "groups cannot be told: " + reply.error().what);
      job->walk->take(*question, *reply);
      if (--*left == 0) tell_groups(job);
    });
  }
}

void LdapStore::ask(const std::shared_ptr<Job>& job, std::shared_ptr<const SearchQuestion> question,
                    Asked asked) {
  if (bind_name_) return ask_as_user(job, std::move(question), std::move(asked));
  // Each finds its own way to the next directory.
  replicas_->search(std::make_shared<Errand>(*job->errand), std::move(question), std::move(asked));
}

void LdapStore::good(const std::shared_ptr<Job>& job) {
  const auto& entry = job->answer.entry;
  if (!job->is_remembered && octets_of(entry) <= most_remembered)
    remembered_.remember(job->question().name.prepared, entry, loop_.now().steady);
  finish(job, Outcome::good, std::move(job->words));
}

void LdapStore::finish(const std::shared_ptr<Job>& job, Outcome outcome, std::string detail) {
  if (!job->done) return;
  job->answer.outcome = outcome;
  job->answer.detail = std::move(detail);
  std::exchange(job->done,
                nullptr)({std::move(job->answer), outcome == Outcome::unavailable && !job->user_is_known});
}

void LdapStore::ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) {
  replicas_->read_root(std::move(done));
}

void LdapStore::report(std::vector<ConnectionReport>& into) const { replicas_->report(name_, into); }

void LdapStore::try_connections(std::function<void()> done) { replicas_->try_connections(done); }

}  // namespace sallyport::directory
