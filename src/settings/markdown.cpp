// docs/settings.md
#include <fmt/format.h>

#include "settings/sections.h"

namespace sallyport::settings {
namespace {

std::string cell(std::string_view text) {  // a bar would end the cell
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

template <class T>
void write_program(std::string& out, std::string_view title, const Section<T>& section) {
  std::vector<SectionText> sections;
  describe_section(section, sections, "", false);
  out += fmt::format("\n## {}\n", title);
  for (const auto& part : sections) {
    out += part.heading.empty() ? std::string("\n### top of the file\n")
                                : fmt::format("\n### `{}`\n", part.heading);
    out += fmt::format(
        "\n{}\n\n| key | type | unit | default | example | what it says |\n|---|---|---|---|---|---|\n",
        part.doc);
    for (const auto& key : part.keys)
      out += fmt::format("| `{}` | {} | {} | {} | `{}` | {} |\n", key.name, cell(key.type), cell(key.unit),
                         cell(key.default_text), cell(key.example), cell(key.doc));
  }
}

}  // namespace

std::string settings_markdown() {
  std::string out =
      "# Settings\n\n"
      "Written by `sallyport docs settings` from the schema that also reads the files; do not edit.\n\n"
      "A settings file is TOML 1.0. An unknown key, a wrong type or a value out of range is a mistake: each is "
      "shown with its line, and nothing\n"
      "starts. First comes what is not TOML, one mistake at a time; then all mistakes in keys and values at "
      "once; then those in the files that the\n"
      "settings name. So after mending others may show. After SIGHUP a file with mistakes leaves the old "
      "settings in force.\n\n"
      "- **Durations** are texts with a unit: `\"1500ms\"`, `\"30s\"`, `\"5m\"`, `\"12h\"`, `\"7d\"`.\n"
      "- **Secrets** are `\"env:NAME\"` (an environment variable), `\"file:PATH\"` (the file's text without "
      "the newline at its end),\n"
      "  or the secret itself; then the settings file must be readable by its owner only.\n"
      "- **Paths** that do not begin with `/` start at the settings file's folder.\n"
      "- **Addresses** with a port: `\"192.0.2.1:1812\"`, `\"[2001:db8::1]:1812\"`. Port 0 takes a free "
      "one.\n\n"
      "Whole files to begin with: [gateway.toml](examples/gateway.toml), "
      "[authservice.toml](examples/authservice.toml).\n";
  write_program(out, "Gateway: `sallyport gateway --config FILE`", gateway_section());
  write_program(out, "Authentication service: `sallyport authservice --config FILE`", authservice_section());
  return out;
}

}  // namespace sallyport::settings
