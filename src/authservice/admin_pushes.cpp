// Pushes of the admin API: who waits, and the answer of a person or of what stands for his telephone.
#include <fmt/format.h>

#include "authservice/admin_work.h"

namespace sallyport::authservice {

namespace json = boost::json;

namespace {

json::object push_json(Session& session, const PushTransaction& push, const std::string& user) {
  json::object object;
  object["transaction"] = transaction_text(push.id);
  object["state"] = std::string(to_string(push.state));
  if (!user.empty()) object["user"] = user;
  if (const auto* credential = session.records.credential(push.credential))
    object["credential"] = credential_key(*credential);
  if (!push.text.empty()) object["text"] = push.text;
  object["created"] = time_json(push.created);
  object["expires"] = time_json(push.expires);
  object["number_needed"] = !push.number.empty();
  if (push.decided != 0) object["answered"] = time_json(push.decided);
  return object;
}

AdminAnswer refusal(NotAnswered why) {
  switch (why) {
    case NotAnswered::unknown:
      return admin_error(404, "there is no push of this transaction");
    case NotAnswered::answered_before:
      return admin_error(409, "the push was answered before");
    case NotAnswered::expired:
      return admin_error(409, "the push has expired");
    case NotAnswered::user_not_active:
      return admin_error(409, "the user is not active");
    case NotAnswered::credential_unknown:
      return admin_error(409, "the credential takes no pushes of this user");
    case NotAnswered::number_missing:
      return admin_error(409, "the number that the sign-in page shows is needed");
  }
  return admin_error(500, "?");
}

}  // namespace

AdminAnswer list_pushes(Session& session, const AccountPolicy& account, const Page& page) {
  const auto found = session.pushes.pending(session.records.account(account.name), page.search,
                                            transaction_id(page.after), session.microseconds(), page.limit);
  json::array pushes;
  for (const auto& [push, user] : found) pushes.push_back(push_json(session, push, user));
  AdminAnswer answer;
  if (static_cast<std::int64_t>(found.size()) == page.limit)
    answer.body["next"] = transaction_text(found.back().push.id);
  answer.body["pushes"] = std::move(pushes);
  return answer;
}

AdminAnswer answer_push(Session& session, const AccountPolicy& account, const PushOrder& order) {
  const auto done = answered_push(session, account, order);
  if (!done) return refusal(done.error());
  AdminAnswer answer;
  answer.push = done->push.state;
  answer.change = fmt::format("push {} to user {} {}", transaction_text(done->push.id), done->user,
                              to_string(done->push.state));
  if (done->push.state == PushState::wrong_number) {
    answer.status = 409;
    answer.body["error"] = "that is not the number; the push is denied";
  } else {
    answer.body = push_json(session, done->push, done->user);
  }
  return answer;
}

}  // namespace sallyport::authservice
