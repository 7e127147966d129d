#pragma once
// One LDAP* on one connection. Every question is answered exactly once: by the directory, or with Lost when the
// session ended, which it does by itself as soon as one question went unanswered for its time limit and nothing
// else was answered meanwhile, or when anything came that was not asked for. Nothing here blocks.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "directory/search.h"
#include "net/link.h"
#include "net/loop.h"

struct ldap;
struct ldapmsg;

namespace sallyport::directory {

struct Lost {
  bool sent = false;  // the question may have reached the directory
  bool timed_out = false;
  bool moved = false;  // it did no harm here: another directory can take it
  std::string detail;
};
using ReplyDone = std::move_only_function<void(base::Result<Reply, Lost>)>;

class DescriptorIo;

class LdapSession : public std::enable_shared_from_this<LdapSession> {
 public:
  // `link` is kept alive and may be empty (tests); `descriptor` is the session's.
  static std::shared_ptr<LdapSession> make(net::Loop&, int descriptor, std::unique_ptr<net::Link> link,
                                           base::Duration request_limit);
  ~LdapSession();
  LdapSession(const LdapSession&) = delete;
  LdapSession& operator=(const LdapSession&) = delete;

  // Neither may be empty: a bind without a password proves nothing (RFC 4513 section 5.1.2).
  void bind(const std::string& name, const base::Secret& password, base::Duration limit, ReplyDone);
  // Binds ask to be told of a password policy while that is true.
  void ask_policy_while(std::shared_ptr<const bool> wanted) { asks_policy_ = std::move(wanted); }
  void search(const SearchQuestion&, ReplyDone);
  void read_root(ReplyDone);  // the root DSE: whether the directory lives, and its supportedControl
  // As the first thing of all. Octets that came in the clear after the answer end the session: they would be
  // read as if TLS had brought them.
  void start_tls(base::Duration handshake_limit, ReplyDone);

  // Called once, when the session ends by itself; not after close().
  void on_ended(std::function<void(const Lost&)> ended) { ended_ = std::move(ended); }
  // Called once in each time that questions are under way and no message has come for a while: a second, or a
  // third of the time limit where that is shorter. Octets that make no message do not count.
  void on_quiet(std::function<void()> quiet) { quiet_ = std::move(quiet); }
  [[nodiscard]] bool is_quiet() const { return is_quiet_; }
  void fail(const Lost& why) { end(why); }  // for trouble seen from outside
  void close();                             // questions under way are forgotten
  [[nodiscard]] bool is_open() const { return ldap_ != nullptr; }
  [[nodiscard]] std::size_t in_flight() const { return operations_.size(); }

 private:
  struct Operation {
    int expected = 0;  // LDAP_RES_...
    base::SteadyTime sent_at{}, deadline{};
    int messages = 0, most_entries = 0;
    bool too_many = false;
    Reply reply;
    ReplyDone done;
  };
  LdapSession(net::Loop&, std::unique_ptr<net::Link>, base::Duration request_limit);
  void send(int result, int message_id, base::Duration limit, Operation);
  void on_readable();
  void drain();
  void take(int type, struct ldapmsg*);
  bool take_entry(Operation&, struct ldapmsg*);
  void watch_writing();
  void heard();
  void arm(base::SteadyTime);
  void on_timer();
  void give_up(int message_id);
  void secure(base::Duration handshake_limit, ReplyDone, Reply);
  void end(Lost);

  net::Loop& loop_;
  std::unique_ptr<net::Link> link_;
  std::shared_ptr<const bool> asks_policy_ = std::make_shared<bool>(true);
  base::Duration request_limit_, quiet_after_;
  std::unique_ptr<DescriptorIo> io_;
  struct ldap* ldap_ = nullptr;
  std::optional<net::Watch> watch_;
  net::Timer timer_;
  base::SteadyTime armed_for_{};
  std::map<int, Operation> operations_;  // by message id
  base::SteadyTime heard_at_{};          // the last message, or the first question since there was none
  bool is_quiet_ = false;
  std::function<void(const Lost&)> ended_;
  std::function<void()> quiet_;
};

}  // namespace sallyport::directory
