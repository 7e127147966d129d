#include "server/reply_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sallyport::server {
namespace {

using radius::ValueKind;
using settings::ReplyKind;

constexpr std::size_t most_values = 32;  // of one LDAP attribute

ValueKind kind_of(ReplyKind kind) {
  switch (kind) {
    case ReplyKind::text:
      return ValueKind::text;
    case ReplyKind::integer:
      return ValueKind::integer;
    case ReplyKind::ipv4:
      return ValueKind::ipv4_address;
    case ReplyKind::ipv6:
      return ValueKind::ipv6_address;
    case ReplyKind::octets:
      break;
  }
  return ValueKind::octets;
}

void add_once(std::vector<std::string>& to, const std::string& what) {
  if (!what.empty() && std::ranges::find(to, what) == to.end()) to.push_back(what);
}

}  // namespace

base::Result<ReplyAttributes::One> ReplyAttributes::read(const settings::ReplyAttribute& from) {
  One one;
  one.label = from.name.empty() ? fmt::format("vendor {} number {}", from.vendor, from.number) : from.name;
  if (from.name.empty()) {
    one.name = radius::vendor_attribute(static_cast<std::uint32_t>(from.vendor),
                                        static_cast<std::uint8_t>(from.number), kind_of(from.kind));
  } else {
    auto name = radius::reply_attribute(from.name);
    if (!name) return base::failure("name: expected " + name.error().what);
    one.name = *name;
  }
  if (!from.value.empty()) {
    auto octets = radius::attribute_octets(one.name, from.value);
    if (!octets) return base::failure("value: expected " + octets.error().what);
    one.fixed = std::move(*octets);
  }
  one.from = from.from;
  one.group = from.group;
  return one;
}

base::Result<void> ReplyAttributes::check(const settings::ReplyAttribute& from) {
  if (const auto one = read(from); !one) return std::unexpected(one.error());
  return {};
}

base::Result<ReplyAttributes> ReplyAttributes::make(const std::vector<settings::ReplyAttribute>& all) {
  ReplyAttributes out;
  for (const auto& from : all) {
    auto one = read(from);
    if (!one) return base::failure(fmt::format("reply_attribute {}: {}", from.name, one.error().what));
    out.all_.push_back(std::move(*one));
  }
  return out;
}

void ReplyAttributes::add_wanted(directory::Wanted& wanted) const {
  for (const auto& one : all_) {
    add_once(wanted.attributes, one.from);
    add_once(wanted.groups, one.group);
  }
}

std::vector<std::string> ReplyAttributes::add_to(radius::ReplyBuilder& builder, const directory::Entry& entry,
                                                 std::chrono::seconds longest_session) const {
  std::vector<std::string> left_out;
  auto session = static_cast<std::uint32_t>(longest_session.count());
  const bool is_capped = session > 0;
  const auto add = [&](const One& one, base::ByteView octets) {
    if (is_capped && one.name.type == radius::AttributeType::session_timeout) {
      const auto asked = base::ByteReader(octets).u32();
      if (asked > 0) session = std::min(session, asked);  // 0: some clients take it for no limit
      return;
    }
    if (!builder.add(one.name.type, octets)) left_out.push_back(one.label + ": the packet is full");
  };
  for (const auto& one : all_) {
    if (!one.group.empty() && std::ranges::find(entry.groups, one.group) == entry.groups.end()) continue;
    if (one.from.empty()) {
      add(one, one.fixed);
      continue;
    }
    const auto found = std::ranges::find(entry.attributes, one.from, &directory::AttributeValues::type);
    if (found == entry.attributes.end()) continue;
    for (std::size_t i = 0; i < std::min(found->values.size(), most_values); ++i) {
      const auto octets = radius::attribute_octets(one.name, found->values[i]);
      if (octets)
        add(one, *octets);
      else
        left_out.push_back(fmt::format("{} from {}: expected {}", one.label, one.from, octets.error().what));
    }
  }
  if (is_capped && !builder.add(radius::AttributeType::session_timeout, session))
    left_out.emplace_back("Session-Timeout: the packet is full");
  return left_out;
}

}  // namespace sallyport::server
