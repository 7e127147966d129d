#include "app/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>

namespace sallyport::app {
namespace {

constexpr std::size_t page_size = 1000;

std::string value_text(const boost::json::value& value) {
  if (value.is_string()) return visible(value.get_string());
  if (value.is_null()) return {};
  if (const auto* object = value.if_object()) {
    const auto* name = object->if_contains("credential");
    if (name == nullptr) name = object->if_contains("user");
    return name != nullptr ? value_text(*name) : boost::json::serialize(value);
  }
  if (!value.is_array()) return boost::json::serialize(value);
  std::string out;
  for (const auto& item : value.get_array()) out += (out.empty() ? "" : ", ") + value_text(item);
  return out;
}

// Characters, as far as a table needs them: continuation octets of UTF-8 take no column.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out += octet < 0x20 || octet == 0x7f ? fmt::format("\\x{:02x}", octet) : std::string(1, c);
  }
  return out;
}

base::Result<void> for_each_listed(AdminClient& client, const std::string& what, const std::string& search,
                                   const std::function<void(const boost::json::object&)>& each) {
  std::string after;
  for (;;) {
    auto path = fmt::format("{}?limit={}", what, page_size);
    if (!search.empty()) path += "&search=" + percent_encoded(search);
    if (!after.empty()) path += "&after=" + percent_encoded(after);
    const auto page = client.get(path);
    if (!page) return std::unexpected(page.error());
    const auto* items = page->if_contains(what);
    if (items == nullptr || !items->is_array()) return base::failure("the service's answer holds no " + what);
    for (const auto& item : items->get_array())
      if (item.is_object()) each(item.get_object());
    const auto* next = page->if_contains("next");
    if (next == nullptr || !next->is_string()) return {};
    after = next->get_string();
  }
}

std::string member_text(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? std::string() : value_text(*value);
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out += std::string(widths[i] - columns_of(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::fputs(table_text(rows).c_str(), stdout);
}

}  // namespace sallyport::app
