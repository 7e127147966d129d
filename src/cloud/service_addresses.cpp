#include "cloud/service_addresses.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <iterator>
#include <memory>

namespace sallyport::cloud {

void ServiceAddresses::proven(const net::Endpoint& endpoint, base::SteadyTime when, base::SteadyTime now) {
  const auto found = std::ranges::find(proven_, endpoint, &Proven::endpoint);
  if (found != proven_.end()) {
    found->when = std::max(found->when, when);
    return;
  }
  if (proven_.size() >= most_proven) {
    const auto oldest = std::ranges::min_element(proven_, {}, &Proven::when);
    if (when <= oldest->when) return;
    proven_.erase(oldest);
  }
  proven_.push_back({endpoint, when});
  make_list(now);
}

void ServiceAddresses::found(base::Result<std::vector<net::Endpoint>> answer, bool is_bent,
                             base::SteadyTime now) {
  if (answer && !answer->empty()) {
    is_bent_ = is_bent;
    answer_ = std::move(*answer);
    why_none_.clear();
  } else {
    goes_by_proven_ = true;
    why_none_ = answer ? "the name has no address" : std::move(answer.error().what);
  }
  make_list(now);
  next_question_ = now + (answer_.empty() ? retry_interval : refresh_interval);
}

void ServiceAddresses::is_overdue(base::SteadyTime now) {
  goes_by_proven_ = true;
  make_list(now);
}

bool ServiceAddresses::is_proven(const net::Endpoint& endpoint) const {
  return std::ranges::find(proven_, endpoint, &Proven::endpoint) != proven_.end();
}

bool ServiceAddresses::leads_to(const net::Address& address) const {
  if (answer_.empty()) return !goes_by_proven_;  // nobody has been asked
  return std::ranges::find(answer_, address, &net::Endpoint::address) != answer_.end();
}

std::vector<net::Endpoint> ServiceAddresses::of_other_family_than(const net::Address& address) const {
  std::vector<net::Endpoint> out;
  for (const auto& one : list_)
    if (one.address.is_v4() != address.is_v4()) out.push_back(one);
  return out;
}

std::optional<net::Endpoint> ServiceAddresses::other_than(const net::Address& address) const {
  if (auto others = of_other_family_than(address); !others.empty()) return others.front();
  for (const auto& one : list_)
    if (one.address != address) return one;
  return std::nullopt;
}

void ServiceAddresses::prefer(const net::Endpoint& endpoint, base::SteadyTime now) {
  preferred_ = endpoint;
  preferred_since_ = now;
  make_list(now);
}

std::string ServiceAddresses::whereto() const {
  if (answer_.empty()) return why_none_;
  std::string out;
  for (const auto& one : answer_) out += (out.empty() ? "" : ", ") + one.address.to_string();
  return out;
}

void ServiceAddresses::make_list(base::SteadyTime now) {
  std::erase_if(proven_, [&](const auto& one) { return now - one.when > proof_holds; });
  std::ranges::sort(proven_, std::greater(), &Proven::when);
  const auto is_known = [this](const auto& one) { return is_proven(one); };
  list_.clear();
  if (!is_bent_ || proven_.empty()) {
    std::ranges::copy_if(answer_, std::back_inserter(list_), is_known);
    std::ranges::remove_copy_if(answer_, std::back_inserter(list_), is_known);
  }
  if (!answer_.empty() || goes_by_proven_)
    for (const auto& one : proven_)
      if (std::ranges::find(list_, one.endpoint) == list_.end()) list_.push_back(one.endpoint);
  if (!preferred_ || now - preferred_since_ > preference_holds) return;
  const auto first = std::ranges::find(list_, *preferred_);
  if (first != list_.end()) std::rotate(list_.begin(), first, first + 1);
}

bool leads_home(const net::Address& address, std::span<const net::Address> own) {
  const auto& o = address.octets;
  const auto zeros = [&o](std::size_t count) {
    return std::all_of(o, o + count, [](auto octet) { return octet == 0; });
  };
  if (address.is_v4()) {
    if (o[12] == 127 || o[12] == 0) return true;    // RFC 1122 section 3.2.1.3
    if (o[12] == 169 && o[13] == 254) return true;  // RFC 3927
  } else {
    if (zeros(15) && o[15] <= 1) return true;                // :: and ::1, RFC 4291 section 2.5
    if (o[0] == 0xfe && (o[1] & 0xc0) == 0x80) return true;  // fe80::/10
  }
  return std::ranges::any_of(
      own, [&o](const auto& mine) { return std::memcmp(mine.octets, o, sizeof mine.octets) == 0; });
}

bool names_home(std::string_view url_host, std::string_view own_host_name) {
  const bool localhost = url_host == "localhost" || url_host.ends_with(".localhost") ||  // RFC 6761 section 6.3
                         url_host == "localhost.localdomain" || url_host == "ip6-localhost";
  return localhost || net::Address::parse(url_host).has_value() ||
         (!own_host_name.empty() && url_host == own_host_name);
}

std::vector<net::Address> own_addresses() {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, &freeifaddrs);
  std::vector<net::Address> addresses;
  for (const auto* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    const auto family = at->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    sockaddr_storage storage{};
    std::memcpy(&storage, at->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    addresses.push_back(net::Endpoint::from(storage).address);
  }
  return addresses;
}

std::string own_host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  std::string host(name.data());
  std::ranges::transform(host, host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return host;
}

}  // namespace sallyport::cloud
