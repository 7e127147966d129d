#include "server/login_book.h"

#include <algorithm>

#include "base/invariant.h"

namespace sallyport::server {

BoundTo bound_to(const Request& request, const radius::PacketView& packet) {
  return {request.server->name, request.client->name,
          packet.find(radius::AttributeType::nas_identifier).value_or(base::ByteView{})};
}

radius::PacketView Request::packet() const {
  const auto decoded = radius::decode(octets);
  SALLYPORT_INVARIANT(decoded.has_value());
  return *decoded;
}

Login& LoginBook::add(std::unique_ptr<Login> login, std::uint64_t join_key) {
  auto& added = *login;
  added.number = ++last_number_;
  const bool may_be_joined = by_join_key_.count(join_key) < most_candidates;
  if (may_be_joined) by_join_key_.emplace(join_key, &added);
  logins_.emplace(added.number, Kept{std::move(login), join_key, may_be_joined, std::nullopt});
  return added;
}

Login* LoginBook::find(std::uint64_t number) const {
  const auto found = logins_.find(number);
  return found == logins_.end() ? nullptr : found->second.login.get();
}

std::vector<std::uint64_t> LoginBook::numbers() const {
  std::vector<std::uint64_t> out;
  out.reserve(logins_.size());
  for (const auto& [number, kept] : logins_) out.push_back(number);
  std::ranges::sort(out);
  return out;
}

std::unique_ptr<Login> LoginBook::take(std::uint64_t number) {
  const auto found = logins_.find(number);
  SALLYPORT_INVARIANT(found != logins_.end());
  auto kept = std::move(found->second);
  logins_.erase(found);
  if (kept.due) due_.erase({*kept.due, number});
  if (!kept.may_be_joined) return std::move(kept.login);
  auto [at, end] = by_join_key_.equal_range(kept.join_key);
  while (at != end && at->second != kept.login.get()) ++at;
  SALLYPORT_INVARIANT(at != end);
  by_join_key_.erase(at);
  return std::move(kept.login);
}

void LoginBook::set_due(Login& login, base::SteadyTime when) {
  auto& kept = logins_.at(login.number);
  if (kept.due) due_.erase({*kept.due, login.number});
  kept.due = when;
  due_.emplace(when, login.number);
}

std::optional<base::SteadyTime> LoginBook::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

Login* LoginBook::take_due(base::SteadyTime now) {
  if (due_.empty() || due_.begin()->first > now) return nullptr;
  auto& kept = logins_.at(due_.begin()->second);
  kept.due.reset();
  due_.erase(due_.begin());
  return kept.login.get();
}

}  // namespace sallyport::server
