#pragma once
// The tables of a list as they stand in the file, for checks that compare them with each other.
#include <fmt/format.h>

#include "settings/schema.h"

namespace sallyport::settings {

inline const Node& item_of(const Node& table, std::string_view key, std::size_t index) {
  return table.find(key)->items[index];
}

template <class T>
void refuse_names_twice(const std::vector<T>& things, const Node& table, std::string_view key,
                        const Spot& spot) {
  for (std::size_t i = 0; i < things.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (!things[i].name.empty() && things[i].name == things[j].name) {
        const auto& node = item_of(table, key, i);
        spot.key(key, 0)
            .item(i, node.line)
            .key("name", node.line_of("name"))
            .wrong(fmt::format("expected another name: {}[{}] has \"{}\" already", key, j, things[i].name));
        break;
      }
}

}  // namespace sallyport::settings
