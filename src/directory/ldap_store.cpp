#include "directory/ldap_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "ldap/ad_detail.h"
#include "ldap/dn.h"

namespace sallyport::directory {
namespace {

// A silent name server of one name must not delay another: a resolver for each, shared by the workers.
std::shared_ptr<net::Resolver> resolver_for(const std::string& host) {
  static std::mutex lock;
  static std::map<std::string, std::weak_ptr<net::Resolver>> resolvers;
  const std::lock_guard guard(lock);
  auto& known = resolvers[host];
  auto resolver = known.lock();
  if (!resolver) known = resolver = std::make_shared<net::Resolver>();
  return resolver;
}

base::Result<void> check(const settings::UserStore& store) {
  const auto wrong = [&](std::string_view key, std::string_view what) {
    return base::failure(fmt::format("user store '{}': {}: {}", store.name, key, what));
  };
  if (store.connections.empty()) return wrong("urls", "at least one is expected");
  if (store.user_name_attribute.empty()) return wrong("user_name_attribute", "an attribute's name is expected");
  // An empty base is the whole tree of a directory that has one naming context only.
  if (!store.base_dn.empty()) {
    if (const auto dn = ldap::DistinguishedName::parse(store.base_dn); !dn)
      return wrong("base_dn", dn.error().what);
  }
  if (store.bind_dn.empty() != store.bind_password.empty()) {
    return wrong("bind_dn", "bind_dn and bind_password are given together, or neither (anonymous)");
  }
  if (store.bind_password.reveal().find('\0') != std::string_view::npos)
    return wrong("bind_password", "it holds a NUL");
  return {};
}

}  // namespace

std::string canonical_user_of(const FoundEntry& entry, const std::string& attribute) {
  const auto same_type = [&](std::string_view type) {
    return std::ranges::equal(type, attribute, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  };
  std::string in_name;
  if (const auto dn = ldap::DistinguishedName::parse(entry.dn); dn && entry.values.size() > 1) {
    for (const auto& part : dn->relative_names().front()) {
      const auto value = text::prepare_user_name(part.value);
      if (same_type(part.type) && value) in_name = value->prepared;
    }
  }
  std::string first;
  for (const auto& octets : entry.values) {
    const auto value = text::prepare_user_name(octets);
    if (!value) continue;
    if (value->prepared == in_name) return in_name;
    if (first.empty() || value->prepared < first) first = value->prepared;
  }
  return first;
}

struct LdapStore::Job {
  std::shared_ptr<Question> question;
  StoreDone done;
  Answer answer;
  std::array<std::uint8_t, 32> tries{};  // in vain, by replica: two are enough
  base::SteadyTime step_began{};
  int binds_lost = 0;
  bool user_is_known = false;
  std::string trouble;
};

LdapStore::LdapStore(net::Loop& loop, const settings::UserStore& store, ldap::FilterTemplate filter)
    : loop_(loop),
      name_(store.name),
      base_dn_(store.base_dn),
      attribute_(store.user_name_attribute),
      filter_(std::move(filter)),
      remembered_(store.remember_dn) {}

base::Result<std::unique_ptr<Store>> LdapStore::make(net::Loop& loop, const settings::UserStore& store) {
  if (auto checked = check(store); !checked) return std::unexpected(checked.error());
  if (store.connections.size() > Job{}.tries.size()) {
    return base::failure(fmt::format("user store '{}': urls: at most 32 are expected", store.name));
  }
  auto filter = ldap::FilterTemplate::parse(store.filter);
  if (!filter)
    return base::failure(fmt::format("user store '{}': filter: {}", store.name, filter.error().what));
  std::shared_ptr<net::LinkTls> tls;
  if (std::ranges::any_of(store.connections,
                          [](const auto& c) { return c.tls != settings::DirectoryTls::none; })) {
    auto made = net::LinkTls::make({.ca_file = store.ca_file, .identity = {}});
    if (!made) return base::failure(fmt::format("user store '{}': ca_file: {}", store.name, made.error().what));
    tls = std::move(*made);
  }
  std::unique_ptr<LdapStore> made(new LdapStore(loop, store, std::move(*filter)));
  for (const auto& connection : store.connections) {
    auto target = std::make_shared<SessionTarget>();
    target->at = connection;
    if (connection.tls != settings::DirectoryTls::none) target->tls = tls;
    target->resolver = resolver_for(connection.host);
    target->service_dn = store.bind_dn;
    target->service_password = store.bind_password;
    target->connect_limit = store.connect_timeout;
    target->request_limit = store.request_timeout;
    target->allow_clear_text = store.allow_clear_text;
    made->replicas_.push_back(std::make_unique<Replica>(
        loop, std::move(target), static_cast<std::size_t>(std::max(1, store.pool)), store.probe_interval,
        [self = made.get(), alive = std::weak_ptr(made->alive_)] {
          if (!alive.expired()) self->serve_waiting();
        }));
  }
  for (const auto& replica : made->replicas_) replica->start();
  return made;
}

std::size_t LdapStore::preferred() const {
  for (const auto wanted : {Replica::State::up, Replica::State::suspect}) {
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      if (replicas_[i]->state() == wanted) return i;
    }
  }
  return replicas_.size();
}

Replica* LdapStore::choose(const Job& job) {
  for (const auto wanted : {Replica::State::up, Replica::State::suspect}) {
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      if (replicas_[i]->state() == wanted && job.tries[i] < 2) return replicas_[i].get();
    }
  }
  return nullptr;
}

void LdapStore::ask(const std::shared_ptr<Question>& question, StoreDone done) {
  auto job = std::make_shared<Job>();
  job->question = question;
  job->done = std::move(done);
  job->answer.entry.user_store = name_;
  const auto now = loop_.now().steady;
  job->step_began = now;
  const auto* known = remembered_.find(question->name.prepared, now);
  if (known == nullptr) return take(job, Step::search);
  job->user_is_known = true;
  job->answer.entry.dn = known->dn;
  job->answer.entry.canonical_user = known->canonical_user;
  if (!question->password) return finish(job, Outcome::good, "remembered");
  take(job, Step::bind);
}

void LdapStore::take(const std::shared_ptr<Job>& job, Step step) {
  if (job->question->over) return;
  Replica* replica = choose(*job);
  if (replica == nullptr) return cannot(job, step);
  if (step == Step::search) return search(job, *replica);
  bind(job, *replica);
}

void LdapStore::cannot(const std::shared_ptr<Job>& job, Step step) {
  bool trying = false;
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    trying = trying || (replicas_[i]->state() == Replica::State::trying && job->tries[i] < 2);
    replicas_[i]->wake();
    if (job->trouble.empty()) job->trouble = fmt::format("{} {}", replicas_[i]->name(), replicas_[i]->detail());
  }
  if (trying && waiting_.size() < most_waiting) {
    job->trouble.clear();
    return waiting_.emplace_back(job, step), void();
  }
  finish(job, Outcome::unavailable, job->trouble);
}

void LdapStore::serve_waiting() {
  for (auto& [job, step] : std::exchange(waiting_, {})) take(job, step);
}

void LdapStore::failed(Job& job, const Replica& replica, int tries, std::string_view detail) {
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (replicas_[i].get() == &replica) job.tries[i] = static_cast<std::uint8_t>(job.tries[i] + tries);
  }
  job.trouble = fmt::format("{} {}", replica.name(), detail);
}

void LdapStore::search(const std::shared_ptr<Job>& job, Replica& replica) {
  const SearchQuestion question{base_dn_, filter_.fill(job->question->name.spelled), attribute_};
  replica.search(job->question, question,
                 [this, alive = std::weak_ptr(alive_), job, &replica](base::Result<Reply, Lost> reply) {
                   if (alive.expired()) return;
                   if (reply) return found(job, replica, std::move(*reply));
                   failed(*job, replica, 1, reply.error().detail);
                   take(job, Step::search);
                 });
}

void LdapStore::found(const std::shared_ptr<Job>& job, Replica& replica, Reply reply) {
  const auto meaning = ldap::meaning_of_search(reply.code);
  if (meaning == ldap::SearchMeaning::unavailable) {
    failed(*job, replica, 2, "search: " + ldap::describe(reply.code, reply.diagnostic_message));
    return take(job, Step::search);
  }
  job->answer.search_took = loop_.now().steady - job->step_began;
  if (meaning == ldap::SearchMeaning::more_exist || reply.entries.size() > 1) {
    return finish(job, Outcome::ambiguous_user, "the filter finds more than one entry");
  }
  if (reply.entries.empty()) return finish(job, Outcome::unknown_user, "no entry");
  keep(job, std::move(reply.entries.front()));
}

void LdapStore::keep(const std::shared_ptr<Job>& job, FoundEntry entry) {
  auto& answer = job->answer;
  answer.entry.canonical_user = canonical_user_of(entry, attribute_);
  answer.entry.dn = std::move(entry.dn);
  job->user_is_known = true;
  if (answer.entry.dn.find_first_not_of(' ') == std::string::npos) {
    return finish(job, Outcome::account_unusable, "the entry has no name");
  }
  if (answer.entry.canonical_user.empty()) {
    return finish(job, Outcome::account_unusable,
                  fmt::format("the entry has no readable {} that can be a user name", attribute_));
  }
  const auto now = loop_.now().steady;
  remembered_.remember(job->question->name.prepared, {answer.entry.dn, answer.entry.canonical_user}, now);
  if (!job->question->password) return finish(job, Outcome::good, "found");
  job->step_began = now;
  take(job, Step::bind);
}

void LdapStore::bind(const std::shared_ptr<Job>& job, Replica& replica) {
  replica.bind({job->question, job->answer.entry.dn,
                [this, alive = std::weak_ptr(alive_), job, &replica](base::Result<Reply, Lost> reply) {
                  if (alive.expired() || job->question->over) return;
                  if (reply) return bound(job, *reply);
                  failed(*job, replica, 1, "bind: " + reply.error().detail);
                  // Sent once more when nothing was answered, and no third time: it may have been counted.
                  if (reply.error().sent && ++job->binds_lost > 1) {
                    return finish(job, Outcome::unavailable, job->trouble);
                  }
                  take(job, Step::bind);
                }});
}

void LdapStore::bound(const std::shared_ptr<Job>& job, const Reply& reply) {
  job->answer.bind_took = loop_.now().steady - job->step_began;
  auto detail = ldap::describe(reply.code, reply.diagnostic_message);
  switch (ldap::meaning_of_bind(reply.code)) {
    case ldap::BindMeaning::yes:
      return finish(job, Outcome::good, std::move(detail));
    case ldap::BindMeaning::account_unusable:
      return finish(job, Outcome::account_unusable, std::move(detail));
    case ldap::BindMeaning::unavailable:
      if (ldap::asks_for_tls(reply.code)) detail += " (the directory refuses binds in clear text)";
      return finish(job, Outcome::unavailable, std::move(detail));
    case ldap::BindMeaning::wrong_password:
      break;
  }
  // The entry may have moved: the next login searches again. This one has had its bind.
  remembered_.forget(job->question->name.prepared);
  const auto told = ldap::active_directory_detail(reply.diagnostic_message);
  if (told) detail = fmt::format("{} ({})", detail, to_string(*told));
  const bool account = told && ldap::is_about_the_account(*told);
  finish(job, account ? Outcome::account_unusable : Outcome::wrong_password, std::move(detail));
}

void LdapStore::finish(const std::shared_ptr<Job>& job, Outcome outcome, std::string detail) {
  if (!job->done) return;
  job->answer.outcome = outcome;
  job->answer.detail = std::move(detail);
  std::exchange(job->done,
                nullptr)({std::move(job->answer), outcome == Outcome::unavailable && !job->user_is_known});
}

void LdapStore::ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) {
  const auto index = preferred();
  if (index == replicas_.size()) return done();
  replicas_[index]->read_root(std::move(done));
}

void LdapStore::report(std::vector<ConnectionReport>& into) const {
  const auto used = preferred();
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const auto& replica = *replicas_[i];
    into.push_back({name_, replica.name(), replica.state() == Replica::State::up, i == used, replica.detail()});
  }
}

void LdapStore::try_connections(std::function<void()> done) {
  auto left = std::make_shared<std::size_t>(replicas_.size());
  auto shared = std::make_shared<std::function<void()>>(std::move(done));
  for (const auto& replica : replicas_) {
    replica->try_now([left, shared] {
      if (--*left == 0) (*shared)();
    });
  }
}

}  // namespace sallyport::directory
