#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/listing.h"

namespace sallyport::app {
namespace {

int act(const UserOptions& options, const char* path, const char* done) {
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("user", client.error());
  const auto answer = (*client)->post(path, {{"user", options.user}});
  if (!answer) return failed("user", answer.error());
  std::printf("%s: %s\n", options.user.c_str(), done);
  return 0;
}

}  // namespace

int user_add(const UserOptions& options) { return act(options, "users", "added"); }
int user_remove(const UserOptions& options) { return act(options, "users/remove", "removed"); }
int user_lock(const UserOptions& options) { return act(options, "users/lock", "locked"); }
int user_unlock(const UserOptions& options) { return act(options, "users/unlock", "unlocked"); }

int user_list(const UserOptions& options) {
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("user", client.error());
  std::vector<std::vector<std::string>> rows{{"USER", "STATUS", "FAILURES", "CREATED", "CREDENTIALS"}};
  const auto listed = for_each_listed(**client, "users", options.search, [&](const boost::json::object& user) {
    if (options.json)
      std::printf("%s\n", boost::json::serialize(user).c_str());
    else
      rows.push_back({member_text(user, "user"), member_text(user, "status"), member_text(user, "failures"),
                      member_text(user, "created"), member_text(user, "credentials")});
  });
  if (!listed) return failed("user", listed.error());
  if (!options.json) print_table(rows);
  return 0;
}

}  // namespace sallyport::app
