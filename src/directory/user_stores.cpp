#include "directory/user_stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "directory/file_store.h"
#include "directory/ldap_store.h"
#include "directory/password_file.h"
#include "directory/store.h"
#include "directory/store_walk.h"
#include "ldap/dn.h"

namespace sallyport::directory {
namespace {

base::Result<std::unique_ptr<Store>> make_store(net::Loop& loop, const settings::UserStore& store,
                                                const Wanted& wanted) {
  if (store.kind == settings::UserStoreKind::file) return FileStore::make(loop, store, wanted);
  return LdapStore::make(loop, store, wanted);
}

base::Result<std::vector<const settings::UserStore*>> select(const std::vector<settings::UserStore>& all,
                                                             const std::vector<std::string>& names) {
  std::vector<const settings::UserStore*> chosen;
  for (const auto& store : all) {
    if (names.empty()) chosen.push_back(&store);
  }
  for (const auto& name : names) {
    const auto found = std::ranges::find(all, name, &settings::UserStore::name);
    if (found == all.end()) return base::failure(fmt::format("there is no user store '{}'", name));
    chosen.push_back(&*found);
  }
  if (chosen.empty()) return base::failure("no user store is given: [[user_store]] is expected");
  return chosen;
}

}  // namespace

base::Result<void> check(const settings::UserStore& store) {
  if (store.kind == settings::UserStoreKind::ldap) return LdapStore::check(store);
  if (auto users = read_password_file(store.file); !users)
    return base::failure("file: expected a file of users: " + users.error().what);
  return {};
}

base::Result<void> check_group(const std::vector<settings::UserStore>& all,
                               const std::vector<std::string>& names, const std::string& group) {
  const auto is_directory = [&](const settings::UserStore& store) {
    const bool is_asked = names.empty() || std::ranges::find(names, store.name) != names.end();
    return is_asked && store.kind == settings::UserStoreKind::ldap;
  };
  if (std::ranges::none_of(all, is_directory)) return {};
  if (const auto dn = ldap::DistinguishedName::parse(group); !dn)
    return base::failure("expected a DN, like \"cn=vpn,ou=groups,dc=example,dc=com\": " + dn.error().what);
  return {};
}

base::Result<std::unique_ptr<UserStores>> UserStores::make(net::Loop& loop,
                                                           const std::vector<settings::UserStore>& all,
                                                           const std::vector<std::string>& names,
                                                           const Wanted& wanted) {
  const auto chosen = select(all, names);
  if (!chosen) return std::unexpected(chosen.error());
  std::vector<StoreInOrder> stores;
  for (const auto* settings : *chosen) {
    auto store = make_store(loop, *settings, wanted);
    if (!store) return std::unexpected(store.error());
    stores.push_back({std::move(*store), settings->skip_when_unreachable});
  }
  return walk_over(loop, std::move(stores));
}

}  // namespace sallyport::directory
