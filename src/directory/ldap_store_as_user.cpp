// The way of a login where no service account may search: bind by a name made of the user's, then search in
// that session. The name and the filter might mean two users (in Active Directory, somebody's principal name
// may be another's account name), so the directory is asked whose session it is.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "directory/bind_verdict.h"
#include "directory/ldap_job.h"
#include "ldap/dn.h"

namespace sallyport::directory {
namespace {

constexpr std::string_view own_tokens =
    "tokenGroups";  // at the root: the SIDs of the session, the user's first

bool is_one_name(const std::string& one, const std::string& other) {
  const auto left = ldap::DistinguishedName::parse(one);
  const auto right = ldap::DistinguishedName::parse(other);
  return left && right && left->normalised() == right->normalised();
}

}  // namespace

void LdapStore::bind_by_name(const std::shared_ptr<Job>& job) {
  if (!job->question().password) {
    return finish(job, Outcome::unavailable,
                  "users search for themselves here (bind_name): no look-up without a password");
  }
  job->bound_as = bind_name_->fill(job->name);
  job->step_began = loop_.now().steady;
  replicas_->bind(job->errand, job->bound_as, true,
                  [this, job](base::Result<Reply> reply, std::shared_ptr<LdapSession> session) {
                    if (!reply) return finish(job, Outcome::unavailable, std::move(reply.error().what));
                    bound_by_name(job, *reply, std::move(session));
                  });
}

void LdapStore::bound_by_name(const std::shared_ptr<Job>& job, const Reply& reply,
                              std::shared_ptr<LdapSession> session) {
  const auto now = loop_.now().steady;
  job->answer.bind_took += now - job->step_began;
  job->step_began = now;
  auto verdict = verdict_of_bind(reply);
  if (verdict.outcome != Outcome::good) {
    remembered_.forget(job->question().name.prepared);
    return finish(job, verdict.is_known_to_nobody ? Outcome::unknown_user : verdict.outcome,
                  std::move(verdict.detail));
  }
  job->words = std::move(verdict.detail);
  job->user_is_known = true;
  if (job->is_remembered) return good(job);
  job->session = std::move(session);
  ask_as_user(job, question_for(*job), [this, job](base::Result<Reply> found) {
    if (!found) return finish(job, Outcome::unavailable, std::move(found.error().what));
    found_as_user(job, *found);
  });
}

void LdapStore::found_as_user(const std::shared_ptr<Job>& job, const Reply& reply) {
  job->answer.search_took = loop_.now().steady - job->step_began;
  if (reply.finds_several())
    return finish(job, Outcome::ambiguous_user, "the filter finds more than one entry");
  // The user is this store's all the same, and has had a bind: no other store is asked.
  if (reply.entries.empty())
    return finish(job, Outcome::account_unusable, "the password is right, and the filter finds no entry");
  const auto& entry = reply.entries.front();
  if (!keep(job, entry)) return;
  if (bind_name_->is_dn()) {
    if (is_one_name(entry.dn, job->bound_as)) return tell_groups(job);
    return finish(job, Outcome::account_unusable,
                  fmt::format("{} was bound, and {} found: bind_name and filter mean two users", job->bound_as,
                              entry.dn));
  }
  auto root = std::make_shared<const SearchQuestion>(SearchQuestion{.base = "",
                                                                    .filter = "(objectClass=*)",
                                                                    .attributes = {std::string(own_tokens)},
                                                                    .subtree = false,
                                                                    .at_most = 1});
  ask_as_user(job, std::move(root), [this, job, entry](base::Result<Reply> who) {
    if (!who) return finish(job, Outcome::unavailable, std::move(who.error().what));
    told_who(job, *who, entry);
  });
}

void LdapStore::told_who(const std::shared_ptr<Job>& job, const Reply& reply, const FoundEntry& entry) {
  const auto& sids = entry.values_of(own_sid);
  if (reply.entries.empty() || sids.empty()) {
    return finish(
        job, Outcome::unavailable,
        "the directory does not say whose session it is (tokenGroups and objectSid of Active Directory): "
        "bind_name must be a DN here");
  }
  const auto& tokens = reply.entries.front().values_of(own_tokens);
  if (std::ranges::find(tokens, sids.front()) == tokens.end()) {
    return finish(
        job, Outcome::account_unusable,
        fmt::format("{} is not the entry of {}: bind_name and filter mean two users", entry.dn, job->bound_as));
  }
  tell_groups(job);
}

// A session that breaks is no reason to refuse somebody whose password was right: once more from the beginning.
void LdapStore::ask_as_user(const std::shared_ptr<Job>& job, std::shared_ptr<const SearchQuestion> question,
                            Asked asked) {
  job->session->search(
      *question, [this, alive = std::weak_ptr(alive_), job, session = job->session.get(), question,
                  asked = std::move(asked)](base::Result<Reply, Lost> reply) mutable {
        if (alive.expired() || job->question().over || !job->done || job->session.get() != session) return;
        if (reply && is_answer(*question, reply->code)) return asked(std::move(*reply));
        auto detail =
            reply ? "search: " + ldap::describe(reply->code, reply->diagnostic_message) : reply.error().detail;
        if (reply || std::exchange(job->began_again, true)) return asked(base::failure(std::move(detail)));
        job->session.reset();
        job->walk.reset();
        bind_by_name(job);
      });
}

}  // namespace sallyport::directory
