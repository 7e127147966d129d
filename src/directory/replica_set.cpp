#include "directory/replica_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

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

std::shared_ptr<SessionTarget> target_of(const settings::UserStore& store,
                                         const settings::DirectoryConnection& connection,
                                         const std::shared_ptr<net::LinkTls>& tls) {
  auto target = std::make_shared<SessionTarget>();
  target->at = connection;
  if (connection.tls != settings::DirectoryTls::none) target->tls = tls;
  target->resolver = resolver_for(connection.host);
  target->service_dn = store.bind_dn;
  target->service_password = store.bind_password;
  target->connect_limit = store.connect_timeout;
  target->request_limit = store.request_timeout;
  target->allow_clear_text = store.allow_clear_text;
  return target;
}

}  // namespace

bool is_answer(const SearchQuestion& question, ldap::ResultCode code) {
  return ldap::meaning_of_search(code) != ldap::SearchMeaning::unavailable ||
         (!question.subtree && code == ldap::ResultCode::no_such_object);
}

base::Result<std::shared_ptr<net::LinkTls>> ReplicaSet::tls_of(const settings::UserStore& store) {
  if (store.connections.empty()) return base::failure("urls: at least one is expected");
  if (store.connections.size() > most_replicas)
    return base::failure(fmt::format("urls: at most {} are expected", most_replicas));
  if (std::ranges::all_of(store.connections,
                          [](const auto& c) { return c.tls == settings::DirectoryTls::none; }))
    return nullptr;
  auto made = net::LinkTls::make({.ca_file = store.ca_file, .identity = {}});
  if (!made) return base::failure("ca_file: expected certificates of authorities in PEM: " + made.error().what);
  return made;
}

base::Result<std::unique_ptr<ReplicaSet>> ReplicaSet::make(net::Loop& loop, const settings::UserStore& store) {
  const auto tls = tls_of(store);
  if (!tls) return std::unexpected(tls.error());
  std::unique_ptr<ReplicaSet> made(new ReplicaSet(loop));
  for (const auto& connection : store.connections) {
    made->replicas_.push_back(std::make_unique<Replica>(
        loop, target_of(store, connection, *tls), static_cast<std::size_t>(std::max(1, store.pool)),
        store.probe_interval, made->siblings_of(made->replicas_.size())));
  }
  for (const auto& replica : made->replicas_) replica->start();
  return made;
}

Replica::Siblings ReplicaSet::siblings_of(std::size_t index) {
  const auto others = [this, index](auto what) {
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      if (i != index && replicas_[i]->state() == Replica::State::up) what(*replicas_[i]);
    }
  };
  return {.changed =
              [this, alive = std::weak_ptr(alive_)] {
                if (!alive.expired()) serve_waiting();
              },
          .another_is_up =
              [others] {
                bool any = false;
                others([&](const Replica&) { any = true; });
                return any;
              },
          .grew_quiet = [others] { others([](Replica& other) { other.probe(); }); }};
}

std::size_t ReplicaSet::preferred() const {
  for (const auto wanted : {Replica::State::up, Replica::State::suspect}) {
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      if (replicas_[i]->state() == wanted) return i;
    }
  }
  return replicas_.size();
}

Replica* ReplicaSet::choose(const Errand& errand) const {
  // What was lost at one goes to another first, also when that one is up again by now.
  for (const auto wanted : {Replica::State::up, Replica::State::suspect}) {
    for (const int tried : {0, 1}) {
      for (std::size_t i = 0; i < replicas_.size(); ++i) {
        if (replicas_[i]->state() == wanted && errand.tries[i] == tried) return replicas_[i].get();
      }
    }
  }
  return nullptr;
}

void ReplicaSet::with_replica(const std::shared_ptr<Errand>& errand, std::string trouble, Action action) {
  if (errand->question->over) return;
  if (Replica* replica = choose(*errand); replica != nullptr) return action(replica);
  bool trying = false;
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    trying = trying || (replicas_[i]->state() == Replica::State::trying && errand->tries[i] < 2);
    replicas_[i]->wake();
    if (trouble.empty()) trouble = fmt::format("{} {}", replicas_[i]->name(), replicas_[i]->detail());
  }
  if (trying && waiting_.size() < most_waiting) return waiting_.emplace_back(errand, std::move(action)), void();
  action(base::failure(std::move(trouble)));
}

void ReplicaSet::serve_waiting() {
  for (auto& [errand, action] : std::exchange(waiting_, {})) with_replica(errand, "", std::move(action));
}

void ReplicaSet::in_vain(Errand& errand, const Replica& replica, int tries) const {
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    if (replicas_[i].get() == &replica) errand.tries[i] = static_cast<std::uint8_t>(errand.tries[i] + tries);
  }
}

void ReplicaSet::search(const std::shared_ptr<Errand>& errand, std::shared_ptr<const SearchQuestion> question,
                        Told told) {
  search_on(errand, std::move(question), "", std::move(told));
}

void ReplicaSet::search_on(const std::shared_ptr<Errand>& errand,
                           std::shared_ptr<const SearchQuestion> question, std::string trouble, Told told) {
  with_replica(errand, std::move(trouble),
               [this, errand, question = std::move(question),
                told = std::move(told)](base::Result<Replica*> chosen) mutable {
                 if (!chosen) return told(std::unexpected(chosen.error()));
                 auto& replica = **chosen;
                 replica.search(errand->question, question,
                                [this, alive = std::weak_ptr(alive_), errand, question, &replica,
                                 told = std::move(told)](base::Result<Reply, Lost> reply) mutable {
                                  if (alive.expired() || errand->question->over) return;
                                  if (reply && is_answer(*question, reply->code))
                                    return told(std::move(*reply));
                                  in_vain(*errand, replica, reply ? 2 : 1);
                                  auto what = reply ? "search: " +
                                                          ldap::describe(reply->code, reply->diagnostic_message)
                                                    : reply.error().detail;
                                  go_on(errand, [=, this, trouble = fmt::format("{} {}", replica.name(), what),
                                                 told = std::move(told)]() mutable {
                                    search_on(errand, question, std::move(trouble), std::move(told));
                                  });
                                });
               });
}

void ReplicaSet::bind(const std::shared_ptr<Errand>& errand, const std::string& name, bool borrows,
                      Bound bound) {
  bind_on(errand, name, borrows, "", std::move(bound));
}

void ReplicaSet::bind_on(const std::shared_ptr<Errand>& errand, const std::string& name, bool borrows,
                         std::string trouble, Bound bound) {
  with_replica(
      errand, std::move(trouble), [=, this, bound = std::move(bound)](base::Result<Replica*> chosen) mutable {
        if (!chosen) return bound(std::unexpected(chosen.error()), nullptr);
        auto& replica = **chosen;
        replica.bind({errand->question, name, errand->binds_lost > 0, borrows,
                      [=, this, alive = std::weak_ptr(alive_), &replica, bound = std::move(bound)](
                          base::Result<Reply, Lost> reply, std::shared_ptr<LdapSession> session) mutable {
                        if (alive.expired() || errand->question->over) return;
                        if (reply) return bound(std::move(*reply), std::move(session));
                        const auto& lost = reply.error();
                        in_vain(*errand, replica, lost.moved ? 0 : 1);
                        auto trouble = fmt::format("{} bind: {}", replica.name(), lost.detail);
                        // It may have been counted: there is no third time.
                        if (lost.sent && ++errand->binds_lost > 1)
                          return bound(base::failure(std::move(trouble)), nullptr);
                        go_on(errand, [=, this, bound = std::move(bound)]() mutable {
                          bind_on(errand, name, borrows, std::move(trouble), std::move(bound));
                        });
                      }});
      });
}

void ReplicaSet::go_on(const std::shared_ptr<Errand>& errand, net::Task task) {
  held_up_.go_on(errand->question->deadline, std::move(task));
}

void ReplicaSet::read_root(std::function<void()> done) {
  const auto index = preferred();
  if (index == replicas_.size()) return done();
  replicas_[index]->read_root(std::move(done));
}

void ReplicaSet::report(const std::string& user_store, std::vector<ConnectionReport>& into) const {
  const auto used = preferred();
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    const auto& replica = *replicas_[i];
    const bool tried = replica.state() != Replica::State::trying;
    into.push_back({user_store, replica.name(), replica.state() == Replica::State::up, i == used,
                    tried ? replica.detail() : std::string(), replica.refuses_us()});
  }
}

void ReplicaSet::try_connections(const std::function<void()>& done) {
  auto left = std::make_shared<std::size_t>(replicas_.size());
  for (const auto& replica : replicas_) {
    replica->try_now([left, done] {
      if (--*left == 0) done();
    });
  }
}

}  // namespace sallyport::directory
