#include "store/record_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "store/record_line.h"

namespace sallyport::store {
namespace {

constexpr std::string_view segment_ending = ".jsonl", key_ending = ".key", sealed_key_ending = ".key.cms";

// Names of segments of which a file with one of the endings is there, in the order of their numbers.
base::Result<std::vector<std::string>> names_with(const std::string& folder,
                                                  std::span<const std::string_view> endings) {
  std::vector<std::pair<std::uint64_t, std::string>> found;
  std::error_code fault;
  std::filesystem::directory_iterator entry(folder, fault);
  for (const std::filesystem::directory_iterator end; !fault && entry != end; entry.increment(fault)) {
    const auto file = entry->path().filename().string();
    for (const auto ending : endings) {
      if (!file.ends_with(ending)) continue;
      auto name = file.substr(0, file.size() - ending.size());
      if (const auto number = segment_number(name)) found.emplace_back(*number, std::move(name));
    }
  }
  if (fault) return base::failure(fmt::format("{}: cannot look into the folder: {}", folder, fault.message()));
  std::ranges::sort(found);
  const auto twice = std::ranges::unique(found);
  found.erase(twice.begin(), twice.end());
  std::vector<std::string> names;
  names.reserve(found.size());
  for (auto& [number, name] : found) names.push_back(std::move(name));
  return names;
}

}  // namespace

std::string segment_path(const std::string& folder, std::string_view segment) {
  return fmt::format("{}/{}{}", folder, segment, segment_ending);
}

std::string key_path(const std::string& folder, std::string_view segment, bool sealed) {
  return fmt::format("{}/{}.key{}", folder, segment, sealed ? ".cms" : "");
}

base::Result<std::vector<std::string>> segments_of(const std::string& folder) {
  return names_with(folder, std::array{segment_ending});
}

base::Result<std::vector<std::string>> keys_of(const std::string& folder) {
  return names_with(folder, std::array{key_ending, sealed_key_ending});
}

std::optional<std::string_view> next_line(std::string_view text, std::size_t& at) {
  const auto newline = text.find('\n', at);
  if (newline == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(at, newline - at);
  at = newline + 1;
  return line;
}

std::optional<RecordEnd> end_of_lines(std::string_view text) {
  std::size_t at = 0;
  const auto first = next_line(text, at);
  const auto header = first ? parse_header(*first) : std::nullopt;
  const auto header_line = first ? parse_record_line(*first) : std::nullopt;
  if (!header || !header_line) return std::nullopt;
  RecordEnd end{header->segment, header_line->seq, std::string(header_line->mac), at, 0};
  while (const auto text_of_line = next_line(text, at)) {
    const auto line = parse_record_line(*text_of_line);
    if (!line || line->seq != end.seq + 1) break;
    end.seq = line->seq;
    end.mac = line->mac;
    end.octets = at;
  }
  end.torn = text.size() - end.octets;
  return end;
}

}  // namespace sallyport::store
