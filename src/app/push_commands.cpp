#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <utility>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/listing.h"

namespace sallyport::app {
namespace {

using Pushes = std::vector<boost::json::object>;

base::Result<Pushes> pushes_of(AdminClient& client, const std::string& user) {
  Pushes found;
  const auto listed = for_each_listed(client, "pushes", user, [&](const boost::json::object& push) {
    if (user.empty() || member_text(push, "user") == user) found.push_back(push);
  });
  if (!listed) return std::unexpected(listed.error());
  std::ranges::sort(found, {}, [](const auto& push) {
    return std::pair(member_text(push, "created"), member_text(push, "transaction"));
  });
  return found;
}

// With several that wait, which one is meant must be said: one of them may be somebody else's.
base::Result<std::string> only_push_of(AdminClient& client, const std::string& user) {
  if (user.empty()) return base::failure("which push? Give its TRANSACTION, or --user");
  const auto found = pushes_of(client, user);
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return base::failure("no push of this user waits");
  if (found->size() > 1) return base::failure("several pushes of this user wait: give a TRANSACTION");
  return member_text(found->front(), "transaction");
}

int answer(const PushOptions& options, const char* path) {
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("push", client.error());
  auto transaction = options.transaction.empty() ? only_push_of(**client, options.user)
                                                 : base::Result<std::string>(options.transaction);
  if (!transaction) return failed("push", transaction.error());
  boost::json::object body{{"transaction", *transaction}};
  if (!options.number.empty()) body["number"] = options.number;
  if (!options.credential.empty()) body["credential"] = options.credential;
  const auto answered = (*client)->post(path, body);
  if (!answered) return failed("push", answered.error());
  std::printf("%s: %s\n", transaction->c_str(), member_text(*answered, "state").c_str());
  return 0;
}

}  // namespace

int push_list(const PushOptions& options) {
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("push", client.error());
  const auto found = pushes_of(**client, options.user);
  if (!found) return failed("push", found.error());
  std::vector<std::vector<std::string>> rows{
      {"TRANSACTION", "USER", "CREDENTIAL", "EXPIRES", "NUMBER", "TEXT"}};
  for (const auto& push : *found) {
    if (options.json) {
      std::printf("%s\n", boost::json::serialize(push).c_str());
      continue;
    }
    rows.push_back({member_text(push, "transaction"), member_text(push, "user"),
                    member_text(push, "credential"), member_text(push, "expires"),
                    member_text(push, "number_needed") == "true" ? "needed" : "", member_text(push, "text")});
  }
  if (!options.json) print_table(rows);
  return 0;
}

int push_approve(const PushOptions& options) { return answer(options, "pushes/approve"); }
int push_deny(const PushOptions& options) { return answer(options, "pushes/deny"); }

}  // namespace sallyport::app
