#pragma once
// The directories of one store, in order of preference, and the fail-over between them. A search goes to the
// first that lives, and on to the next when it was lost; a bind that got no answer is sent once more, and only
// then.
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "directory/pace.h"
#include "directory/replica.h"
#include "directory/store.h"
#include "settings/gateway.h"

namespace sallyport::directory {

inline constexpr std::size_t most_replicas = 32;

struct Errand {  // one login's way through the directories
  std::shared_ptr<Question> question;
  std::array<std::uint8_t, most_replicas> tries{};  // in vain, by replica: two are enough
  int binds_lost = 0;
};

// Whether a directory has said what it was asked for: a single entry may be gone, the base of a tree must be
// there.
bool is_answer(const SearchQuestion&, ldap::ResultCode);

class ReplicaSet {
 public:
  static base::Result<std::unique_ptr<ReplicaSet>> make(net::Loop&, const settings::UserStore&);
  // Null where no connection has TLS. The errors of both: "KEY: what is expected".
  static base::Result<std::shared_ptr<net::LinkTls>> tls_of(const settings::UserStore&);

  // The error says which directory was asked last, and what was wrong with it. Nothing is told when the
  // question is over, or the set has gone.
  using Told = std::move_only_function<void(base::Result<Reply>)>;
  void search(const std::shared_ptr<Errand>&, std::shared_ptr<const SearchQuestion>, Told);
  // `borrows`: the session is told too, bound as the user; it is given back by letting it go.
  using Bound = std::move_only_function<void(base::Result<Reply>, std::shared_ptr<LdapSession>)>;
  void bind(const std::shared_ptr<Errand>&, const std::string& name, bool borrows, Bound);
  void read_root(std::function<void()> done);  // of the preferred one, whatever comes back
  void report(const std::string& user_store, std::vector<ConnectionReport>& into) const;
  void try_connections(const std::function<void()>& done);

 private:
  using Action = std::move_only_function<void(base::Result<Replica*>)>;
  explicit ReplicaSet(net::Loop& loop) : held_up_(loop) {}
  Replica::Siblings siblings_of(std::size_t index);
  [[nodiscard]] std::size_t preferred() const;
  [[nodiscard]] Replica* choose(const Errand&) const;
  void with_replica(const std::shared_ptr<Errand>&, std::string trouble, Action);
  void search_on(const std::shared_ptr<Errand>&, std::shared_ptr<const SearchQuestion>, std::string trouble,
                 Told);
  void bind_on(const std::shared_ptr<Errand>&, const std::string& name, bool borrows, std::string trouble,
               Bound);
  void in_vain(Errand&, const Replica&, int tries) const;
  void serve_waiting();
  void go_on(const std::shared_ptr<Errand>&, net::Task);  // to another directory, after one was lost

  struct Waiting {
    std::shared_ptr<Errand> errand;
    Action action;
  };
  std::vector<std::unique_ptr<Replica>> replicas_;
  Pace held_up_;
  std::deque<Waiting> waiting_;  // until the first attempts to connect have ended
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace sallyport::directory
