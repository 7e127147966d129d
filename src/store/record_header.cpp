#include "store/record_header.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <chrono>

#include "base/json_member.h"

namespace sallyport::store {
namespace {

constexpr std::uint64_t version = 1;
constexpr std::string_view name_start = "record-";

std::optional<std::string> text_of(const boost::json::object& object, std::string_view name) {
  const auto text = base::text_member(object, name);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::optional<std::uint64_t> number_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  boost::system::error_code fault;
  const auto number = value->to_number<std::uint64_t>(fault);
  if (fault) return std::nullopt;
  return number;
}

std::optional<RecordEnd> end_of(const boost::json::object& object) {
  const auto segment = text_of(object, "segment"), mac = text_of(object, "mac");
  const auto seq = number_of(object, "seq"), octets = number_of(object, "octets"),
             torn = number_of(object, "torn");
  if (!segment || !mac || !seq || !octets || !torn) return std::nullopt;
  return RecordEnd{*segment, *seq, *mac, *octets, *torn};
}

}  // namespace

std::string header_object(const RecordHeader& header) {
  boost::json::object object{{"time", header.time},
                             {"segment", header.segment},
                             {"version", version},
                             {"key", header.sealed ? "sealed" : "beside"},
                             {"previous", nullptr}};
  if (const auto& end = header.previous)
    object["previous"] = boost::json::object{{"segment", end->segment},
                                             {"seq", end->seq},
                                             {"mac", end->mac},
                                             {"octets", end->octets},
                                             {"torn", end->torn}};
  return boost::json::serialize(object);
}

std::optional<RecordHeader> parse_header(std::string_view line) {
  boost::system::error_code fault;
  const auto value = boost::json::parse(line, fault);
  const auto* object = fault ? nullptr : value.if_object();
  if (object == nullptr || number_of(*object, "version") != version) return std::nullopt;
  const auto segment = text_of(*object, "segment"), time = text_of(*object, "time"),
             key = text_of(*object, "key");
  const auto* previous = object->if_contains("previous");
  if (!segment || !time || !key || (*key != "sealed" && *key != "beside") || previous == nullptr)
    return std::nullopt;
  RecordHeader header{*segment, *time, *key == "sealed", std::nullopt};
  if (previous->is_null()) return header;
  if (!previous->is_object()) return std::nullopt;
  header.previous = end_of(previous->get_object());
  if (!header.previous) return std::nullopt;
  return header;
}

std::string make_segment_name(base::WallTime now, std::uint64_t number) {
  return fmt::format("{}{:%Y%m%dT%H%M%SZ}-{:06}", name_start, std::chrono::floor<std::chrono::seconds>(now),
                     number);
}

std::optional<std::uint64_t> segment_number(std::string_view name) {
  constexpr std::size_t time_size = std::string_view("20261126T043829Z-").size();
  if (!name.starts_with(name_start) || name.size() <= name_start.size() + time_size) return std::nullopt;
  const auto digits = name.substr(name_start.size() + time_size);
  if (name[name_start.size() + time_size - 1] != '-') return std::nullopt;
  std::uint64_t number = 0;
  const auto [stop, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace sallyport::store
