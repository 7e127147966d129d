#pragma once
// A user store of kind "file": names and hashes of one file, read when the settings are; hashes are verified by
// the program's HashPool, never in the loop.
#include <memory>
#include <string>

#include "directory/hash_pool.h"
#include "directory/password_file.h"
#include "directory/store.h"

namespace sallyport::directory {

class FileStore final : public Store {
 public:
  static base::Result<std::unique_ptr<Store>> make(net::Loop&, const settings::UserStore&);

  void ask(const std::shared_ptr<Question>&, StoreDone done) override;
  void ask_in_vain(const std::shared_ptr<Question>&, std::function<void()> done) override;
  void report(std::vector<ConnectionReport>& into) const override;
  void try_connections(std::function<void()> done) override { done(); }

 private:
  FileStore(net::Loop&, const settings::UserStore&, PasswordHashes);

  net::Loop& loop_;
  std::string name_, file_;
  PasswordHashes users_;
  std::string dummy_hash_;
  HashPool::Asker hashes_;
};

}  // namespace sallyport::directory
