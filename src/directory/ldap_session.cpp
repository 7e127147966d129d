#include "directory/ldap_session.h"

#include <ldap.h>
#include <openldap.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/invariant.h"
#include "directory/descriptor_io.h"

namespace sallyport::directory {
namespace {

// libldap must not read ldap.conf, .ldaprc or LDAP... of the environment: set before its first call.
const bool no_files = ::setenv("LDAPNOINIT", "1", 1) == 0;

constexpr base::Duration longest_quiet = std::chrono::seconds(1);
constexpr int most_messages = 1000;  // of one search, over its entries: references above all

Lost lost(std::string detail, bool timed_out = false) {
  return {.sent = true, .timed_out = timed_out, .detail = std::move(detail)};
}
Lost closed() { return {.detail = "the connection is closed"}; }

std::string text_of(const berval& octets) { return {octets.bv_val, octets.bv_len}; }

std::optional<ldap::PasswordPolicyWord> policy_word(LDAP* ldap, LDAPControl** controls) {
  auto* const control = ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, nullptr);
  auto error = PP_noError;
  if (control == nullptr ||
      ldap_parse_passwordpolicy_control(ldap, control, nullptr, nullptr, &error) != LDAP_SUCCESS)
    return std::nullopt;
  if (error == PP_passwordExpired) return ldap::PasswordPolicyWord::password_expired;
  if (error == PP_accountLocked) return ldap::PasswordPolicyWord::account_locked;
  if (error == PP_changeAfterReset) return ldap::PasswordPolicyWord::password_must_change;
  return std::nullopt;
}

bool read_result(LDAP* ldap, LDAPMessage* message, Reply& reply) {
  int code = 0;
  char* words = nullptr;
  LDAPControl** controls = nullptr;
  const int parsed = ldap_parse_result(ldap, message, &code, nullptr, &words, nullptr, &controls, 0);
  if (parsed == LDAP_SUCCESS) {
    reply.code = ldap::ResultCode{code};
    if (words != nullptr) reply.diagnostic_message = words;
    reply.policy = policy_word(ldap, controls);
  }
  ldap_memfree(words);
  ldap_controls_free(controls);
  return parsed == LDAP_SUCCESS;
}

void set_options(LDAP* ldap) {
  const int version = LDAP_VERSION3;
  ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  ldap_set_option(ldap, LDAP_OPT_RESTART, LDAP_OPT_ON);
}

}  // namespace

LdapSession::LdapSession(net::Loop& loop, std::unique_ptr<net::Link> link, base::Duration request_limit)
    : loop_(loop),
      link_(std::move(link)),
      request_limit_(request_limit),
      quiet_after_(std::min<base::Duration>(longest_quiet, request_limit / 3)),
      io_(std::make_unique<DescriptorIo>()),
      timer_(loop) {}

std::shared_ptr<LdapSession> LdapSession::make(net::Loop& loop, int descriptor, std::unique_ptr<net::Link> link,
                                               base::Duration request_limit) {
  SALLYPORT_INVARIANT(no_files);
  std::shared_ptr<LdapSession> session(new LdapSession(loop, std::move(link), request_limit));
  if (ldap_init_fd(descriptor, LDAP_PROTO_EXT, nullptr, &session->ldap_) != LDAP_SUCCESS) {
    ::close(descriptor);
    session->ldap_ = nullptr;
    return session;  // not open: the caller asks
  }
  SALLYPORT_INVARIANT(session->io_->attach(session->ldap_, descriptor));
  set_options(session->ldap_);
  session->watch_.emplace(loop, descriptor);
  session->watch_->on_readable([weak = std::weak_ptr(session)] {
    if (auto self = weak.lock()) self->on_readable();
  });
  return session;
}

LdapSession::~LdapSession() { close(); }

void LdapSession::close() {
  ended_ = nullptr;
  quiet_ = nullptr;
  watch_.reset();  // before the descriptor is closed
  timer_.cancel();
  if (ldap_ != nullptr) ldap_unbind_ext(std::exchange(ldap_, nullptr), nullptr, nullptr);
  // Perhaps it is the link that is calling: it goes when it has returned.
  if (link_) loop_.post([link = std::move(link_)] {});
  operations_.clear();
}

void LdapSession::end(Lost why) {
  if (ldap_ == nullptr) return;
  const auto self = weak_from_this().lock();
  auto ended = std::exchange(ended_, nullptr);
  auto operations = std::exchange(operations_, {});
  close();
  if (ended) ended(why);
  for (auto& [id, operation] : operations) operation.done(std::unexpected(why));
}

void LdapSession::bind(const std::string& name, const base::Secret& password, base::Duration limit,
                       ReplyDone done) {
  SALLYPORT_INVARIANT(!name.empty() && !password.empty());
  if (!is_open()) return done(std::unexpected(closed()));
  const auto octets = password.reveal();
  berval credentials{octets.size(), const_cast<char*>(octets.data())};  // read only
  LDAPControl* policy = nullptr;  // a request to be told, no more: it is not critical
  if (*asks_policy_) ldap_create_passwordpolicy_control(ldap_, &policy);
  LDAPControl* controls[] = {policy, nullptr};
  int id = 0;
  const int result =
      ldap_sasl_bind(ldap_, name.c_str(), LDAP_SASL_SIMPLE, &credentials, controls, nullptr, &id);
  if (policy != nullptr) ldap_control_free(policy);
  send(result, id, std::min(limit, request_limit_),
       {.expected = LDAP_RES_BIND, .reply = {}, .done = std::move(done)});
}

void LdapSession::read_root(ReplyDone done) {
  search({.base = "", .filter = "(objectClass=*)", .attributes = {"supportedControl"}, .subtree = false},
         std::move(done));
}

void LdapSession::search(const SearchQuestion& question, ReplyDone done) {
  if (!is_open()) return done(std::unexpected(closed()));
  std::vector<char*> types;  // read only
  types.reserve(question.attributes.size() + 2);
  for (const auto& type : question.attributes) types.push_back(const_cast<char*>(type.c_str()));
  if (types.empty()) types.push_back(const_cast<char*>(LDAP_NO_ATTRS));
  types.push_back(nullptr);
  timeval limit{std::max<time_t>(1, std::chrono::ceil<std::chrono::seconds>(request_limit_).count()), 0};
  int id = 0;
  const int result = ldap_search_ext(
      ldap_, question.base.c_str(), question.subtree ? LDAP_SCOPE_SUBTREE : LDAP_SCOPE_BASE,
      question.filter.c_str(), types.data(), 0, nullptr, nullptr, &limit, question.at_most, &id);
  send(result, id, request_limit_,
       {.expected = LDAP_RES_SEARCH_RESULT,
        .most_entries = question.at_most,
        .reply = {},
        .done = std::move(done)});
}

void LdapSession::send(int result, int message_id, base::Duration limit, Operation operation) {
  if (result != LDAP_SUCCESS) {
    const bool written = result == LDAP_SERVER_DOWN;  // else it was never put into octets
    Lost why{.sent = written, .detail = ldap_err2string(result)};
    const auto self = weak_from_this().lock();
    if (written) end(why);
    return operation.done(std::unexpected(std::move(why)));
  }
  if (operations_.empty()) heard();
  const auto now = loop_.now().steady;
  operation.sent_at = now;
  operation.deadline = now + limit;
  arm(std::min(operation.deadline, heard_at_ + quiet_after_));
  operations_.emplace(message_id, std::move(operation));
  watch_writing();
}

// A question that did not fit into the socket's buffer: libldap sends the rest when it is asked for results.
void LdapSession::watch_writing() {
  if (!is_open() || !io_->write_stopped()) return;
  watch_->on_writable([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->is_open()) return;
    self->watch_->on_writable(nullptr);
    self->drain();
  });
}

void LdapSession::on_readable() {
  const auto self = shared_from_this();
  if (!operations_.empty()) {
    io_->read_ahead();
    return drain();
  }
  if (io_->has_unread()) end({.detail = "the directory closed the connection"});
}

void LdapSession::drain() {
  const auto self = shared_from_this();
  while (is_open() && !operations_.empty()) {
    timeval at_once{0, 0};
    LDAPMessage* message = nullptr;
    const int type = ldap_result(ldap_, LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &message);
    if (type == 0) break;
    if (type < 0) return end(lost("the connection was closed or reset before an answer"));
    heard();
    take(type, message);
    ldap_msgfree(message);
  }
  watch_writing();
}

void LdapSession::take(int type, LDAPMessage* message) {
  const auto found = operations_.find(ldap_msgid(message));
  if (found == operations_.end()) return end(lost("the directory sent what nobody asked for"));
  auto& operation = found->second;
  const bool searching = operation.expected == LDAP_RES_SEARCH_RESULT;
  if (searching && (type == LDAP_RES_SEARCH_ENTRY || type == LDAP_RES_SEARCH_REFERENCE)) {
    if (++operation.messages > most_messages + operation.most_entries)
      return end(lost("the directory ignores the size limit"));
    if (type == LDAP_RES_SEARCH_ENTRY && !take_entry(operation, message)) end(lost("an entry is malformed"));
    return;
  }
  if (type == LDAP_RES_INTERMEDIATE && ++operation.messages <= most_messages) return;
  if (type != operation.expected || !read_result(ldap_, message, operation.reply))
    return end(lost("the directory's answer does not fit the question"));
  if (operation.too_many && operation.reply.code == ldap::ResultCode::success)
    operation.reply.code = ldap::ResultCode::size_limit_exceeded;
  auto finished = std::move(operation);
  operations_.erase(found);
  finished.done(std::move(finished.reply));
}

// False when it is no entry: a part of one would be taken for all of it. A directory that forgets the size
// limit is not believed to have told all.
bool LdapSession::take_entry(Operation& operation, LDAPMessage* message) {
  auto& entries = operation.reply.entries;
  if (std::cmp_greater_equal(entries.size(), operation.most_entries)) return operation.too_many = true;
  auto& entry = entries.emplace_back();
  BerElement* rest = nullptr;
  berval octets{};
  int result = ldap_get_dn_ber(ldap_, message, &rest, &octets);
  if (result == LDAP_SUCCESS) entry.dn = text_of(octets);
  while (result == LDAP_SUCCESS) {
    BerVarray values = nullptr;
    result = ldap_get_attribute_ber(ldap_, message, rest, &octets, &values);
    if (result != LDAP_SUCCESS || octets.bv_val == nullptr) break;
    auto& attribute = entry.attributes.emplace_back(text_of(octets), std::vector<std::string>{});
    for (const auto* value = values; value != nullptr && value->bv_val != nullptr; ++value) {
      attribute.values.push_back(text_of(*value));
    }
    ber_memfree(values);
  }
  ber_free(rest, 0);
  return result == LDAP_SUCCESS;
}

void LdapSession::heard() {
  heard_at_ = loop_.now().steady;
  is_quiet_ = false;
}

void LdapSession::arm(base::SteadyTime when) {
  if (timer_.armed() && armed_for_ <= when) return;
  armed_for_ = when;
  timer_.at(when, [this] { on_timer(); });
}

void LdapSession::on_timer() {
  const auto self = shared_from_this();
  drain();  // what came while this worker was busy is no silence
  if (!is_open() || operations_.empty()) return;
  const auto now = loop_.now().steady;
  const auto first = std::ranges::min_element(operations_, {}, [](const auto& o) { return o.second.deadline; });
  auto next = first->second.deadline;
  if (next <= now) {
    if (heard_at_ <= first->second.sent_at) return end(lost("no answer within the time limit", true));
    give_up(first->first);
    next = now;  // perhaps another is over too
  } else if (!is_quiet_ && heard_at_ + quiet_after_ <= now) {
    is_quiet_ = true;
    if (const auto quiet = quiet_) quiet();
  } else if (!is_quiet_) {
    next = std::min(next, heard_at_ + quiet_after_);
  }
  if (is_open() && !operations_.empty()) arm(next);
}

// The directory answers others: it is this question that it cannot answer.
void LdapSession::give_up(int message_id) {
  auto given_up = operations_.extract(message_id);
  ldap_abandon_ext(ldap_, message_id, nullptr, nullptr);
  given_up.mapped().done(std::unexpected(lost("no answer within the time limit", true)));
}

void LdapSession::start_tls(base::Duration handshake_limit, ReplyDone done) {
  int id = 0;
  const int result = ldap_extended_operation(ldap_, LDAP_EXOP_START_TLS, nullptr, nullptr, nullptr, &id);
  auto answered = [this, handshake_limit, done = std::move(done)](base::Result<Reply, Lost> reply) mutable {
    if (!reply || reply->code != ldap::ResultCode::success) return done(std::move(reply));
    secure(handshake_limit, std::move(done), std::move(*reply));
  };
  send(result, id, request_limit_, {.expected = LDAP_RES_EXTENDED, .reply = {}, .done = std::move(answered)});
}

void LdapSession::secure(base::Duration handshake_limit, ReplyDone done, Reply reply) {
  const auto injected = [this] {
    if (!io_->has_unread()) return false;
    end(lost("octets in the clear after the answer to StartTLS"));
    return true;
  };
  if (!link_ || injected())
    return done(std::unexpected(lost("octets in the clear after the answer to StartTLS")));
  auto shared = std::make_shared<ReplyDone>(std::move(done));
  link_->start_tls(handshake_limit, [self = shared_from_this(), injected, shared, reply = std::move(reply)](
                                        base::Result<void, net::LinkError> secured) mutable {
    if (!secured) {
      Lost why{.timed_out = secured.error().reason == net::LinkFailure::tls_timed_out,
               .detail = secured.error().detail};
      self->end(why);
      return (*shared)(std::unexpected(std::move(why)));
    }
    if (!self->is_open() || injected()) return (*shared)(std::unexpected(lost("octets before TLS")));
    (*shared)(std::move(reply));
  });
}

}  // namespace sallyport::directory
