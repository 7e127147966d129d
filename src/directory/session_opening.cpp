#include "directory/session_opening.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sallyport::directory {
namespace {

using settings::DirectoryTls;
constexpr base::Duration addresses_stay = std::chrono::seconds(30);

bool is_loopback(const net::Address& address) {
  if (address.is_v4()) return address.octets[12] == 127;
  net::Address one;
  one.octets[15] = 1;
  return address == one;
}

std::string_view words(net::LinkFailure reason) {
  switch (reason) {
    case net::LinkFailure::name_not_resolved:
      return "name not resolved";
    case net::LinkFailure::refused:
      return "connection refused";
    case net::LinkFailure::unreachable:
      return "unreachable";
    case net::LinkFailure::connect_timed_out:
      return "connect timed out";
    case net::LinkFailure::tls_failed:
      return "TLS failed";
    case net::LinkFailure::tls_timed_out:
      return "TLS timed out";
    case net::LinkFailure::local:
      return "trouble on this host";
  }
  return "not connected";
}

// Result 8 or 13 means nothing to most people.
std::string in_words(const Reply& reply) {
  auto text = ldap::describe(reply.code, reply.diagnostic_message);
  if (ldap::asks_for_tls(reply.code)) {
    text += " (the directory refuses binds in clear text: use ldaps:// or start_tls = true)";
  }
  return text;
}

class Opening : public std::enable_shared_from_this<Opening> {
 public:
  Opening(net::Loop& loop, std::shared_ptr<const SessionTarget> target, std::shared_ptr<Addresses> addresses,
          SessionUse use, OpenedDone done)
      : loop_(loop),
        target_(std::move(target)),
        addresses_(std::move(addresses)),
        use_(use),
        done_(std::move(done)) {}

  void start() {
    Addresses::get(addresses_, [self = shared_from_this()](auto endpoints) {
      if (!endpoints) return self->fail("name not resolved: " + endpoints.error().what);
      self->endpoints_ = std::move(*endpoints);
      self->connect_next();
    });
  }

 private:
  void fail(std::string detail) {
    session_.reset();
    std::exchange(done_, nullptr)({nullptr, std::move(detail), credentials_refused_});
  }

  void connect_next() {
    if (next_ >= endpoints_.size()) return fail(failures_.empty() ? "the name has no address" : failures_);
    const auto endpoint = endpoints_[next_++];
    if (target_->at.tls == DirectoryTls::none && !target_->allow_clear_text && !is_loopback(endpoint.address)) {
      return fail(
          fmt::format("passwords would travel in clear text to {}: use ldaps://, start_tls or allow_clear_text",
                      endpoint.address.to_string()));
    }
    const net::Link::Target target{endpoint, target_->at.host, target_->tls,
                                   target_->at.tls == DirectoryTls::ldaps};
    net::Link::open(loop_, target, target_->connect_limit, [self = shared_from_this(), endpoint](auto link) {
      if (link) return self->connected(endpoint, std::move(*link));
      if (!self->failures_.empty()) self->failures_ += "; ";
      self->failures_ +=
          fmt::format("{} {}: {}", endpoint.to_string(), words(link.error().reason), link.error().detail);
      self->connect_next();
    });
  }

  void connected(const net::Endpoint& endpoint, std::unique_ptr<net::Link> link) {
    addresses_->prefer(endpoint);
    const int descriptor = link->take_descriptor();
    session_ = LdapSession::make(loop_, descriptor, std::move(link), target_->request_limit);
    addresses_->opening(session_);
    if (!session_->is_open()) return fail("libldap took no connection");
    session_->ask_policy_while(target_->asks_policy);
    if (target_->at.tls != DirectoryTls::start_tls) return secured();
    session_->start_tls(target_->connect_limit, [self = shared_from_this()](base::Result<Reply, Lost> reply) {
      if (!reply) return self->fail("StartTLS: " + reply.error().detail);
      if (reply->code != ldap::ResultCode::success) return self->fail("StartTLS: " + in_words(*reply));
      self->secured();
    });
  }

  void secured() {
    if (use_ == SessionUse::bind) return finish("connected");
    auto answered = [self = shared_from_this()](base::Result<Reply, Lost> reply) {
      const std::string_view what = self->target_->service_dn.empty() ? "root DSE" : "service account";
      if (!reply) return self->fail(fmt::format("{}: {}", what, reply.error().detail));
      if (reply->code == ldap::ResultCode::success) return self->finish(fmt::format("{}, result 0", what));
      // A directory that shows its root to nobody lives all the same.
      if (self->target_->service_dn.empty() && reply->code == ldap::ResultCode::insufficient_access_rights) {
        return self->finish(in_words(*reply));
      }
      self->credentials_refused_ = ldap::meaning_of_bind(reply->code) != ldap::BindMeaning::unavailable;
      self->fail(fmt::format("{}: {}", what, in_words(*reply)));
    };
    if (target_->service_dn.empty()) return session_->read_root(std::move(answered));
    session_->bind(target_->service_dn, target_->service_password, target_->request_limit, std::move(answered));
  }

  void finish(const std::string& detail) {
    constexpr std::string_view ways[] = {"clear text", "start_tls", "ldaps"};
    std::exchange(done_, nullptr)(
        {std::move(session_), fmt::format("{}, {}", ways[static_cast<std::size_t>(target_->at.tls)], detail),
         false});
  }

  net::Loop& loop_;
  std::shared_ptr<const SessionTarget> target_;
  std::shared_ptr<Addresses> addresses_;
  SessionUse use_;
  OpenedDone done_;
  std::vector<net::Endpoint> endpoints_;
  std::size_t next_ = 0;
  std::string failures_;
  std::shared_ptr<LdapSession> session_;
  bool credentials_refused_ = false;
};

}  // namespace

std::string SessionTarget::to_string() const {
  const bool bracketed = at.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", at.tls == DirectoryTls::ldaps ? "ldaps" : "ldap", bracketed ? "[" : "",
                     at.host, bracketed ? "]" : "", at.port);
}

void Addresses::get(const std::shared_ptr<Addresses>& self, Done done) {
  if (!self->known_.empty() && self->loop_.now().steady < self->known_until_) return done(self->known_);
  const auto& target = *self->target_;
  target.resolver->resolve(self->loop_, target.at.host, target.at.port, target.connect_limit,
                           [self, done = std::move(done)](base::Result<std::vector<net::Endpoint>> answer) {
                             if (answer && !answer->empty()) {
                               self->known_ = *answer;
                               self->known_until_ = self->loop_.now().steady + addresses_stay;
                               return done(std::move(answer));
                             }
                             if (!self->known_.empty()) return done(self->known_);
                             done(std::move(answer));
                           });
}

void Addresses::opening(const std::shared_ptr<LdapSession>& session) {
  std::erase_if(opening_, [](const auto& earlier) { return earlier.expired(); });
  opening_.push_back(session);
  if (abandoned_) session->close();
}

void Addresses::abandon() {
  abandoned_ = true;
  for (const auto& weak : std::exchange(opening_, {})) {
    if (const auto session = weak.lock()) session->close();
  }
}

void Addresses::prefer(const net::Endpoint& endpoint) {
  const auto found = std::ranges::find(known_, endpoint);
  if (found != known_.end()) std::rotate(known_.begin(), found, found + 1);
}

void open_session(net::Loop& loop, std::shared_ptr<const SessionTarget> target,
                  std::shared_ptr<Addresses> addresses, SessionUse use, OpenedDone done) {
  std::make_shared<Opening>(loop, std::move(target), std::move(addresses), use, std::move(done))->start();
}

}  // namespace sallyport::directory
