#include "service.h"

#include <utility>

namespace sallyport::sim {

void Service::expect(const std::string& user, std::string code, Phone phone, base::Duration phone_takes) {
  users_[user] = {std::move(code), phone, phone_takes, false};
}

Service::Word Service::authenticate(const std::string& user, std::string_view code,
                                    const std::string& request_id) {
  if (const auto known = answers_.find(request_id); known != answers_.end()) return known->second;
  const auto found = users_.find(user);
  auto word = Word::unknown_user;
  if (found != users_.end()) {
    auto& expected = found->second;
    word = !expected.is_spent && expected.code == code ? Word::good : Word::refused;
    if (word == Word::good) expected.is_spent = true;
  }
  answers_.emplace(request_id, word);
  return word;
}

std::string Service::push(const std::string& user, const std::string& request_id, base::SteadyTime now) {
  if (!pushes_.contains(request_id)) {
    const auto& expected = users_[user];
    pushes_[request_id] = {user, expected.phone, now + expected.phone_takes};
  }
  return request_id;
}

const Service::Push* Service::find_push(const std::string& transaction) const {
  const auto found = pushes_.find(transaction);
  return found == pushes_.end() ? nullptr : &found->second;
}

void Service::forget_what_is_over() {
  answers_.clear();
  pushes_.clear();
}

}  // namespace sallyport::sim
