#include "settings/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "settings/address.h"

namespace sallyport::settings {
namespace {

constexpr auto letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

base::Result<void> as_check(bool good, std::string expected) {
  if (good) return {};
  return base::failure(std::move(expected));
}

void strip_newlines(std::string& text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
}

std::string against_folder(const Spot& spot, std::string_view path) {
  const auto& folder = spot.sources().folder;
  if (path.empty() || path.front() == '/' || folder.empty()) return std::string(path);
  return folder.back() == '/' ? fmt::format("{}{}", folder, path) : fmt::format("{}/{}", folder, path);
}

std::optional<base::Secret> from_source(base::Result<std::string> found, std::string_view where,
                                        const Spot& spot) {
  if (!found) {
    spot.wrong(fmt::format("expected a secret in {}: {}", where, found.error().what));
    return std::nullopt;
  }
  strip_newlines(*found);
  base::Secret secret(*found);
  base::wipe({reinterpret_cast<std::uint8_t*>(found->data()), found->size()});
  if (!secret.empty()) return secret;
  spot.wrong(fmt::format("expected a secret in {}, which is empty", where));
  return std::nullopt;
}

}  // namespace

std::optional<bool> read_boolean(const Node& node, const Spot& spot) {
  if (node.kind == NodeKind::boolean) return node.boolean;
  spot.wrong(fmt::format("expected true or false, found {}", kind_name(node.kind)));
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const Node& node, const Spot& spot, std::int64_t low,
                                         std::int64_t high) {
  if (node.kind == NodeKind::integer && node.integer >= low && node.integer <= high) return node.integer;
  spot.wrong(fmt::format(
      "expected a whole number from {} to {}, found {}", low, high,
      node.kind == NodeKind::integer ? std::to_string(node.integer) : std::string(kind_name(node.kind))));
  return std::nullopt;
}

std::optional<std::string> read_text(const Node& node, const Spot& spot) {
  if (node.kind != NodeKind::text) {
    spot.wrong(fmt::format("expected a text in quotes, found {}", kind_name(node.kind)));
    return std::nullopt;
  }
  if (std::any_of(node.text.begin(), node.text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    spot.wrong("expected a text without control characters");
    return std::nullopt;
  }
  return node.text;
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc() || number < 0 || number > 1'000'000'000) return std::nullopt;
  for (const auto& known : units)
    if (known.name == unit) return milliseconds(number * known.milliseconds);
  return std::nullopt;
}

std::string duration_text(milliseconds value) {
  for (const auto& unit : units)
    if (value.count() % unit.milliseconds == 0 && (value.count() != 0 || unit.name == "s"))
      return fmt::format("{}{}", value.count() / unit.milliseconds, unit.name);
  return fmt::format("{}ms", value.count());
}

std::optional<milliseconds> read_duration(const Node& node, const Spot& spot, milliseconds low,
                                          milliseconds high, milliseconds step) {
  const auto range = fmt::format("from {} to {}", duration_text(low), duration_text(high));
  if (node.kind == NodeKind::integer || node.kind == NodeKind::real) {
    spot.wrong(fmt::format("expected a duration {} with its unit, like \"{}\", found a number without one",
                           range, duration_text(low.count() > 0 ? low : high)));
    return std::nullopt;
  }
  const auto value = node.kind == NodeKind::text ? parse_duration(node.text) : std::nullopt;
  if (!value)
    spot.wrong(
        fmt::format("expected a duration {} as a text, like \"1500ms\", \"30s\", \"5m\" or \"7d\"", range));
  else if (*value < low || *value > high)
    spot.wrong(fmt::format("expected a duration {}, found {}", range, duration_text(*value)));
  else if (value->count() % step.count() != 0)
    spot.wrong(fmt::format("expected a duration {} in whole {}, found {}", range,
                           step == minutes(1) ? "minutes" : "seconds", duration_text(*value)));
  else
    return value;
  return std::nullopt;
}

std::optional<base::Secret> read_secret(const Node& node, const Spot& spot) {
  if (node.kind != NodeKind::text) {
    spot.wrong(
        fmt::format("expected a secret as a text (\"env:NAME\", \"file:PATH\" or the secret itself), found {}",
                    kind_name(node.kind)));
    return std::nullopt;
  }
  const std::string_view text = node.text;
  const auto& sources = spot.sources();
  if (text.starts_with("env:")) {
    const std::string name(text.substr(4));
    if (name.empty() ||
        name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") !=
            std::string::npos) {
      spot.wrong("expected the name of an environment variable after \"env:\"");
      return std::nullopt;
    }
    return from_source(sources.environment ? sources.environment(name) : base::failure("no environment here"),
                       "environment variable " + name, spot);
  }
  if (text.starts_with("file:")) {
    const auto path = against_folder(spot, text.substr(5));
    if (path.empty() || path.find('\0') != std::string::npos) {
      spot.wrong("expected a path after \"file:\"");
      return std::nullopt;
    }
    return from_source(sources.file ? sources.file(path) : base::failure("no files here"), "file " + path,
                       spot);
  }
  if (text.empty()) {
    spot.wrong("expected a secret (\"env:NAME\", \"file:PATH\" or the secret itself), found an empty text");
    return std::nullopt;
  }
  if (!sources.settings_file_is_private) {
    spot.wrong(
        "expected \"env:NAME\" or \"file:PATH\", or a settings file that only its owner can read (chmod 600): "
        "it holds a secret and others can read it");
    return std::nullopt;
  }
  return base::Secret(text);
}

std::optional<std::string> read_path(const Node& node, const Spot& spot) {
  const auto value =
      read_checked_text(node, spot, [](std::string_view v) { return as_check(!v.empty(), "a path"); });
  if (!value) return std::nullopt;
  return *value == "-" ? *value : against_folder(spot, *value);
}

std::optional<std::string> read_date(const Node& node, const Spot& spot) {
  if (node.kind == NodeKind::date) return node.text;
  const auto& text = node.text;
  bool good = node.kind == NodeKind::text && text.size() == 10 && text[4] == '-' && text[7] == '-';
  for (std::size_t i = 0; good && i < text.size(); ++i)
    good = i == 4 || i == 7 || (text[i] >= '0' && text[i] <= '9');
  if (good) {
    const std::chrono::year_month_day date{
        std::chrono::year(std::stoi(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(std::stoi(text.substr(8, 2))))};
    good = date.ok();
  }
  if (good) return text;
  spot.wrong("expected a date, like 2027-03-31");
  return std::nullopt;
}

base::Result<void> any_text(std::string_view) { return {}; }
base::Result<void> filled_text(std::string_view text) {
  return as_check(!text.empty(), "a text that is not empty");
}
base::Result<void> name_text(std::string_view text) {
  return as_check(!text.empty() && text.size() <= 64 &&
                      text.find_first_not_of(std::string(letters_and_digits) + "._-") == std::string_view::npos,
                  "a name of 1 to 64 letters, digits, dots, hyphens and underscores");
}
base::Result<void> listen_text(std::string_view text) {
  if (auto parsed = parse_listen_address(text); !parsed) return std::unexpected(parsed.error());
  return {};
}
base::Result<void> listen_text_or_none(std::string_view text) {
  if (text.empty()) return {};
  return listen_text(text);
}
base::Result<void> prefix_text(std::string_view text) {
  if (auto parsed = parse_address_prefix(text); !parsed) return std::unexpected(parsed.error());
  return {};
}
base::Result<void> host_text(std::string_view text) {
  const bool numeric_v6 = text.find(':') != std::string_view::npos;
  const auto parsed = parse_host_port(numeric_v6 ? fmt::format("[{}]", text) : std::string(text));
  return as_check(parsed.has_value(), "the name or address of a host");
}

base::Result<void> words_in_braces(std::string_view text, std::initializer_list<std::string_view> known) {
  std::string list;
  for (const auto& word : known)
    list += fmt::format("{}{{{}}}", list.empty() ? "" : &word == known.end() - 1 ? " and " : ", ", word);
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos ||
        std::ranges::find(known, text.substr(open + 1, close - open - 1)) == known.end())
      return base::failure(known.size() == 0 ? "no braces: nothing is filled in here"
                                             : fmt::format("only {} in braces", list));
  }
  return {};
}

std::optional<std::string> read_checked_text(const Node& node, const Spot& spot, const TextCheck& check) {
  auto value = read_text(node, spot);
  if (!value) return std::nullopt;
  if (const auto checked = check(*value); !checked) {
    spot.wrong("expected " + checked.error().what);
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> read_texts(const Node& node, const Spot& spot, const TextCheck& check,
                                    bool may_be_empty) {
  std::vector<std::string> values;
  if (node.kind != NodeKind::array) {
    spot.wrong(
        fmt::format("expected a list of texts, like [\"...\", \"...\"], found {}", kind_name(node.kind)));
    return values;
  }
  if (node.items.empty() && !may_be_empty) spot.wrong("expected a list with at least one text");
  for (std::size_t i = 0; i < node.items.size(); ++i)
    if (auto value = read_checked_text(node.items[i], spot.item(i, node.items[i].line), check))
      values.push_back(std::move(*value));
  return values;
}

}  // namespace sallyport::settings
