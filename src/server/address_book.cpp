#include "server/address_book.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <stdexcept>

#include "store/file.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::int64_t version = 1;
constexpr base::Duration rewrite_interval = 1h;
constexpr std::size_t file_limit = 64U << 10U;  // octets; a full book has 10,000

base::WallTime wall_of(base::SteadyTime then, base::Time now, const AddressBook::Told& told) {
  const auto since = [](base::Duration duration) {
    return std::chrono::floor<std::chrono::microseconds>(duration);
  };
  return told ? told->wall + since(then - told->steady) : now.wall - since(now.steady - then);
}

base::WallTime newest(const auto& list) {
  base::WallTime out{};
  for (const auto& one : list) out = std::max(out, one.seen);
  return out;
}

}  // namespace

void AddressBook::note(std::vector<One>& list, const net::Endpoint& endpoint, base::WallTime seen) {
  const auto found = std::ranges::find(list, endpoint, &One::endpoint);
  if (found == list.end()) {
    if (list.size() >= most_addresses) list.erase(std::ranges::min_element(list, {}, &One::seen));
    list.push_back({endpoint, seen});
    is_changed_ = true;
  } else if (seen - found->seen >= rewrite_interval || found->seen > seen) {
    found->seen = seen;
    is_changed_ = true;
  }
}

void AddressBook::forget_a_name() {
  names_.erase(std::ranges::min_element(names_, {}, [](const auto& one) { return newest(one.second); }));
}

void AddressBook::remember(const cloud::KeptAddresses& kept, base::Time now, const Told& told) {
  if (kept.name.empty() || kept.all.empty()) return;
  if (!names_.contains(kept.name) && names_.size() >= most_names) forget_a_name();
  auto& list = names_[kept.name];
  for (const auto& one : kept.all) note(list, one.endpoint, wall_of(one.when, now, told));
  const auto today = wall_of(now.steady, now, told);
  for (auto& one : list) one.seen = std::min(one.seen, today);
  std::erase_if(list, [&](const auto& one) { return today - one.seen > life; });
}

cloud::KeptAddresses AddressBook::of(const std::string& name, base::Time now, const Told& told) const {
  cloud::KeptAddresses out{name, {}};
  const auto found = names_.find(name);
  if (found == names_.end()) return out;
  const auto today = wall_of(now.steady, now, told);
  for (const auto& one : found->second) {
    const auto age = std::max<base::Duration>(today - one.seen, 0s);
    if (age <= life) out.all.push_back({one.endpoint, now.steady - age});
  }
  return out;
}

base::Result<void> AddressBook::read(const std::string& file) {
  names_.clear();
  if (store::is_absent(file)) return {};
  const auto text = store::read_private(file, file_limit);
  if (!text) return std::unexpected(text.error());
  try {
    const auto parsed = json::parse(std::string(text->reveal()));
    const auto& whole = parsed.as_object();
    if (whole.at("version").to_number<std::int64_t>() != version) throw std::invalid_argument("version");
    std::map<std::string, std::vector<One>> names;
    for (const auto& [name, list] : whole.at("names").as_object()) {
      auto& all = names[std::string(std::string_view(name))];
      for (const auto& item : list.as_array()) {
        const auto& one = item.as_object();
        const auto endpoint = net::Endpoint::parse(std::string_view(one.at("address").as_string()));
        const auto seen = one.at("seen").to_number<std::int64_t>();
        constexpr std::int64_t most = 1LL << 32U;  // seconds; more would overflow as nanoseconds
        if (!endpoint || endpoint->port == 0 || seen < 0 || seen > most) throw std::invalid_argument("address");
        if (all.size() < most_addresses) all.push_back({*endpoint, base::WallTime(std::chrono::seconds(seen))});
      }
    }
    names_ = std::move(names);
    while (names_.size() > most_names) forget_a_name();
    return {};
  } catch (const std::exception&) {
    return base::failure("it is not what this program writes");
  }
}

base::Result<void> AddressBook::write(const std::string& file) {
  json::object names;
  for (const auto& [name, all] : names_) {
    auto& list = names[name].emplace_array();
    for (const auto& one : all)
      list.push_back(
          json::object{{"address", one.endpoint.to_string()}, {"seen", base::unix_seconds(one.seen)}});
  }
  const json::object whole{{"version", version}, {"names", std::move(names)}};
  auto written = store::write_atomically(file, json::serialize(whole) + "\n");
  if (written) is_changed_ = false;
  return written;
}

}  // namespace sallyport::server
