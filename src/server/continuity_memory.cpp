#include "server/continuity_memory.h"

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

json::value value_of(const ByHand& one) {
  json::object out{
      {"mode", to_string(one.mode)}, {"by", one.by}, {"since", one.since.time_since_epoch().count()}};
  if (one.until) out["until"] = one.until->time_since_epoch().count();
  return out;
}

ByHand by_hand_of(const json::object& from) {
  ByHand out;
  const auto mode = mode_of(std::string_view(from.at("mode").as_string()));
  if (!mode) throw std::invalid_argument("mode");
  out.mode = *mode;
  out.by = std::string(std::string_view(from.at("by").as_string()));
  const auto time = [&from](std::string_view name) -> std::optional<base::WallTime> {
    const auto* value = from.if_contains(name);
    if (value == nullptr) return std::nullopt;
    return base::WallTime(std::chrono::microseconds(value->to_number<std::int64_t>()));
  };
  out.until = time("until");
  out.since = time("since").value_or(base::WallTime{});
  return out;
}

ContinuityMemory memory_of(const json::object& from) {
  ContinuityMemory out;
  for (const auto& one : from.at("reached").as_array())
    out.reached.insert(std::string(std::string_view(one.as_string())));
  for (const auto& [name, one] : from.at("by_hand").as_object())
    out.by_hand[std::string(std::string_view(name))] = by_hand_of(one.as_object());
  const auto time_of = [](const json::value& micros) {
    return base::WallTime(std::chrono::microseconds(micros.to_number<std::int64_t>()));
  };
  if (const auto* since = from.if_contains("outage_since")) out.outage_since = time_of(*since);
  if (const auto* anew = from.if_contains("counts_since"))
    for (const auto& [name, since] : anew->as_object())
      out.counts_since[std::string(std::string_view(name))] = time_of(since);
  if (const auto* told = from.if_contains("told")) {
    const auto& time = told->as_object();
    const auto boot = std::string_view(time.at("boot").as_string());
    if (!boot.empty() && boot == boot_id())
      out.told = {base::WallTime(std::chrono::microseconds(time.at("wall").to_number<std::int64_t>())),
                  base::SteadyTime(base::Duration(time.at("steady").to_number<std::int64_t>()))};
  }
  return out;
}

}  // namespace

base::Result<ContinuityMemory> ContinuityMemory::read(const std::string& file) {
  if (store::is_absent(file)) return ContinuityMemory{};
  const auto text = store::read_private(file);
  if (!text) return std::unexpected(text.error());
  try {
    return memory_of(json::parse(std::string(text->reveal())).as_object());
  } catch (const std::exception&) {
    return base::failure(file + " is not what this program writes; move it away");
  }
}

base::Result<void> ContinuityMemory::write(const std::string& file) const {
  json::object out;
  auto& all = out["reached"].emplace_array();
  for (const auto& one : reached) all.emplace_back(one);
  auto& hands = out["by_hand"].emplace_object();
  for (const auto& [name, one] : by_hand) hands[name] = value_of(one);
  if (outage_since) out["outage_since"] = outage_since->time_since_epoch().count();
  auto& anew = out["counts_since"].emplace_object();
  for (const auto& [name, since] : counts_since) anew[name] = since.time_since_epoch().count();
  if (told)
    out["told"] = {{"boot", boot_id()},
                   {"wall", told->wall.time_since_epoch().count()},
                   {"steady", told->steady.time_since_epoch().count()}};
  return store::write_atomically(file, json::serialize(out) + "\n");
}

}  // namespace sallyport::server
