#include "directory/file_store.h"

#include <fmt/format.h>

#include <utility>

#include "crypto/password_hash.h"

namespace sallyport::directory {

FileStore::FileStore(net::Loop& loop, const settings::UserStore& store, const Wanted& wanted,
                     PasswordFile users)
    : loop_(loop),
      name_(store.name),
      file_(store.file),
      users_(std::move(users)),
      // A hash of the file itself costs what the others of the file cost; whether it fits is not asked.
      dummy_hash_(users_.hashes.empty() ? std::string(crypto::dummy_password_hash())
                                        : users_.hashes.begin()->second),
      hashes_(HashPool::shared(), loop) {
  for (const auto& group : wanted.groups) wanted_groups_.push_back({group, group_form(group)});
}

base::Result<std::unique_ptr<Store>> FileStore::make(net::Loop& loop, const settings::UserStore& store,
                                                     const Wanted& wanted) {
  auto users = read_password_file(store.file);
  if (!users) return base::failure(fmt::format("user store '{}': {}", store.name, users.error().what));
  return std::unique_ptr<Store>(new FileStore(loop, store, wanted, std::move(*users)));
}

std::vector<std::string> FileStore::groups_of(const std::string& user) const {
  std::vector<std::string> out;
  for (const auto& [group, form] : wanted_groups_) {
    const auto found = users_.groups.find(form);
    if (found != users_.groups.end() && found->second.contains(user)) out.push_back(group);
  }
  return out;
}

void FileStore::ask(const std::shared_ptr<Question>& question, StoreDone done) {
  Answer answer;
  answer.entry.user_store = name_;
  const auto found = users_.hashes.find(question->name.prepared);
  if (found == users_.hashes.end()) {
    answer.outcome = Outcome::unknown_user;
    answer.detail = "not in the file";
    return done({std::move(answer)});
  }
  answer.entry.canonical_user = question->name.prepared;
  answer.entry.groups = groups_of(question->name.prepared);
  answer.outcome = Outcome::good;
  if (!question->password) return done({std::move(answer)});

  const auto began = loop_.now().steady;
  auto held = std::make_shared<StoreDone>(std::move(done));
  auto finished = [this, held, answer, began](HashVerdict verdict) mutable {
    answer.bind_took = loop_.now().steady - began;
    answer.outcome = verdict == HashVerdict::fits           ? Outcome::good
                     : verdict == HashVerdict::does_not_fit ? Outcome::wrong_password
                                                            : Outcome::unavailable;
    answer.detail = verdict == HashVerdict::too_late ? "the hash was not computed in time" : "hash compared";
    (*held)({std::move(answer)});
  };
  if (hashes_.verify(found->second, *question->password, question->deadline, std::move(finished))) return;
  answer.outcome = Outcome::unavailable;
  answer.detail = "too many hashes wait to be computed";
  (*held)({std::move(answer)});
}

void FileStore::ask_in_vain(const std::shared_ptr<Question>& question, std::function<void()> done) {
  if (!question->password) return done();
  auto held = std::make_shared<std::function<void()>>(std::move(done));
  if (!hashes_.verify(dummy_hash_, *question->password, question->deadline,
                      [held](HashVerdict) { (*held)(); })) {
    (*held)();
  }
}

void FileStore::report(std::vector<ConnectionReport>& into) const {
  into.push_back({name_, "file:" + file_, true, true, fmt::format("{} users", users_.hashes.size())});
}

}  // namespace sallyport::directory
