#include "server/continuity_memory.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "store/file.h"

namespace sallyport::server {
namespace {

namespace json = boost::json;

// The monotonic clock begins anew at each boot.
std::string boot_id() {
  auto id = store::read_file("/proc/sys/kernel/random/boot_id", 256);
  return id ? *id : std::string();
}

std::optional<continuity::Mode> mode_of(std::string_view word) {
  for (const auto mode : {continuity::Mode::disabled, continuity::Mode::automatic, continuity::Mode::enabled})
    if (to_string(mode) == word) return mode;
  return std::nullopt;
}

constexpr base::Duration longest_ago = std::chrono::days(7), longest_ahead = std::chrono::hours(24);

base::WallTime wall_of(const json::value& micros) {
  return base::WallTime(std::chrono::microseconds(micros.to_number<std::int64_t>()));
}

json::value value_of(base::SteadyTime when, base::Time now) {
  const auto wall = now.wall + std::chrono::duration_cast<std::chrono::microseconds>(when - now.steady);
  return {{"boot", boot_id()},
          {"wall", wall.time_since_epoch().count()},
          {"steady", when.time_since_epoch().count()},
          {"left", (when - now.steady).count()}};
}

bool is_of_this_boot(const json::object& moment) {
  const auto boot = std::string_view(moment.at("boot").as_string());
  return !boot.empty() && boot == boot_id();
}

// After a boot the wall clock counts; but nothing that was over begins again, and no more is left than was.
base::SteadyTime moment_of(const json::value& from, base::Time now) {
  const auto& moment = from.as_object();
  if (is_of_this_boot(moment))
    return base::SteadyTime(base::Duration(moment.at("steady").to_number<std::int64_t>()));
  const base::Duration left(moment.at("left").to_number<std::int64_t>());
  const base::Duration by_wall_clock = wall_of(moment.at("wall")) - now.wall;
  return now.steady + std::clamp<base::Duration>(std::min(left, by_wall_clock), -longest_ago, longest_ahead);
}

std::optional<base::SteadyTime> moment_if_any(const json::object& from, std::string_view name, base::Time now) {
  const auto* value = from.if_contains(name);
  return value == nullptr ? std::nullopt : std::optional(moment_of(*value, now));
}

continuity::Mode mode_at(const json::object& from) {
  const auto mode = mode_of(std::string_view(from.at("mode").as_string()));
  if (!mode) throw std::invalid_argument("mode");
  return *mode;
}

json::value value_of(const ByHand& one, base::Time now) {
  json::object out{
      {"mode", to_string(one.mode)}, {"by", one.by}, {"since", one.since.time_since_epoch().count()}};
  if (one.until) out["until"] = value_of(*one.until, now);
  return out;
}

ByHand by_hand_of(const json::object& from, base::Time now) {
  return {.mode = mode_at(from),
          .until = moment_if_any(from, "until", now),
          .since = wall_of(from.at("since")),
          .by = std::string(std::string_view(from.at("by").as_string()))};
}

json::value value_of(const Counted& one, base::Time now) {
  json::object out{{"mode", to_string(one.mode)}};
  if (one.after) out["after"] = *one.after;
  if (one.began) out["began"] = value_of(*one.began, now);
  return out;
}

Counted counted_of(const json::object& from, base::Time now) {
  Counted out{.mode = mode_at(from)};
  if (const auto* after = from.if_contains("after")) out.after = after->to_number<std::uint64_t>();
  if (const auto began = moment_if_any(from, "began", now)) out.began = std::min(*began, now.steady);
  return out;
}

ContinuityMemory memory_of(const json::object& from, base::Time now) {
  ContinuityMemory out;
  for (const auto& one : from.at("reached").as_array())
    out.reached.insert(std::string(std::string_view(one.as_string())));
  for (const auto& [name, one] : from.at("by_hand").as_object())
    out.by_hand[std::string(std::string_view(name))] = by_hand_of(one.as_object(), now);
  out.outage_since = moment_if_any(from, "outage_since", now);
  if (const auto* counted = from.if_contains("counted"))
    for (const auto& [name, one] : counted->as_object())
      out.counted[std::string(std::string_view(name))] = counted_of(one.as_object(), now);
  if (const auto* told = from.if_contains("told"); told != nullptr && is_of_this_boot(told->as_object()))
    out.told = {wall_of(told->at("wall")),
                base::SteadyTime(base::Duration(told->at("steady").to_number<std::int64_t>()))};
  return out;
}

}  // namespace

base::Result<ContinuityMemory> ContinuityMemory::read(const std::string& file, base::Time now) {
  if (store::is_absent(file)) return ContinuityMemory{};
  const auto text = store::read_private(file);
  if (!text) return std::unexpected(text.error());
  try {
    return memory_of(json::parse(std::string(text->reveal())).as_object(), now);
  } catch (const std::exception&) {
    return base::failure(file + " is not what this program writes; move it away");
  }
}

base::Result<void> ContinuityMemory::write(const std::string& file, base::Time now) const {
  json::object out;
  auto& all = out["reached"].emplace_array();
  for (const auto& one : reached) all.emplace_back(one);
  auto& hands = out["by_hand"].emplace_object();
  for (const auto& [name, one] : by_hand) hands[name] = value_of(one, now);
  if (outage_since) out["outage_since"] = value_of(*outage_since, now);
  auto& counts = out["counted"].emplace_object();
  for (const auto& [name, one] : counted) counts[name] = value_of(one, now);
  if (told)
    out["told"] = {{"boot", boot_id()},
                   {"wall", told->wall.time_since_epoch().count()},
                   {"steady", told->steady.time_since_epoch().count()}};
  return store::write_atomically(file, json::serialize(out) + "\n");
}

}  // namespace sallyport::server
