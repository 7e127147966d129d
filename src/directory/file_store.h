#pragma once
// A user store of kind "file": names and hashes of one file, read when the settings are; hashes are verified by
// the program's HashPool, never in the loop.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "directory/hash_pool.h"
#include "directory/password_file.h"
#include "directory/store.h"

namespace sallyport::directory {

class FileStore final : public Store {
 public:
  static base::Result<std::unique_ptr<Store>> make(net::Loop&, const settings::UserStore&, const Wanted& = {});

  void ask(const std::shared_ptr<Question>&, StoreDone done) override;
  void ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) override;
  void report(std::vector<ConnectionReport>& into) const override;
  void try_connections(std::function<void()> done) override { done(); }

 private:
  [[nodiscard]] std::vector<std::string> groups_of(const std::string& user) const;
  FileStore(net::Loop&, const settings::UserStore&, const Wanted&, PasswordFile);

  net::Loop& loop_;
  std::string name_, file_;
  std::vector<std::pair<std::string, std::string>> wanted_groups_;  // as written, and its form
  PasswordFile users_;
  std::string dummy_hash_;
  HashPool::Asker hashes_;
};

}  // namespace sallyport::directory
