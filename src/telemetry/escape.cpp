#include <fmt/format.h>

#include <iterator>

#include "telemetry/line.h"

namespace sallyport::telemetry {
namespace {

constexpr std::size_t value_limit = 8192;
constexpr char32_t replacement = 0xfffd;

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80;
}

// The character at `at`, which is moved past it. An octet that begins none (overlong, surrogate, too large,
// cut) counts for itself, as U+FFFD.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const unsigned more = first >= 0xf0 && first < 0xf5   ? 3
                        : first >= 0xe0 && first < 0xf0 ? 2
                        : first >= 0xc2 && first < 0xe0 ? 1
                                                        : 0;
  if (more == 0) return replacement;
  char32_t value = first & (0x3fU >> more);
  for (unsigned i = 0; i < more; ++i) {
    if (!continues(text, at + i)) return replacement;
    value = value << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (value < least[more] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return replacement;
  at += more;
  return value;
}

// What can end a line, move a cursor, or turn around the order in which a line is read.
bool is_dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0x061c || c == 0xfeff;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x800) {
    out += static_cast<char>(0xc0U | c >> 6U);
  } else {
    if (c < 0x10000) {
      out += static_cast<char>(0xe0U | c >> 12U);
    } else {
      out += static_cast<char>(0xf0U | c >> 18U);
      out += static_cast<char>(0x80U | (c >> 12U & 0x3fU));
    }
    out += static_cast<char>(0x80U | (c >> 6U & 0x3fU));
  }
  out += static_cast<char>(0x80U | (c & 0x3fU));
}

void append_u(std::string& out, char32_t c) {  // \uXXXX, with surrogates (RFC 8259 section 7)
  const auto to = std::back_inserter(out);
  if (c < 0x10000) {
    fmt::format_to(to, "\\u{:04x}", static_cast<unsigned>(c));
  } else {
    const auto rest = static_cast<unsigned>(c) - 0x10000U;
    fmt::format_to(to, "\\u{:04x}\\u{:04x}", 0xd800U + (rest >> 10U), 0xdc00U + (rest & 0x3ffU));
  }
}

// Nearly all that is logged: printable ASCII that stands for itself.
std::size_t plain_run(std::string_view text, std::size_t at) {
  const auto begin = at;
  while (at < text.size()) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') break;
    ++at;
  }
  return at - begin;
}

void append_escaped(std::string& out, std::string_view text, Alphabet alphabet) {
  const bool cut = text.size() > value_limit;
  if (cut) text = text.substr(0, value_limit);
  for (std::size_t at = 0; at < text.size();) {
    if (const auto plain = plain_run(text, at); plain != 0) {
      out.append(text, at, plain);
      at += plain;
      continue;
    }
    const char32_t c = next_character(text, at);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_dangerous(c) || (alphabet == Alphabet::ascii && c >= 0x80)) {
      append_u(out, c);
    } else {
      append_utf8(out, c);
    }
  }
  if (cut) out += "...";
}

}  // namespace

void append_json_string(std::string& out, std::string_view text, Alphabet alphabet) {
  out += '"';
  append_escaped(out, text, alphabet);
  out += '"';
}

void append_text_value(std::string& out, std::string_view text) { append_escaped(out, text, Alphabet::utf8); }

}  // namespace sallyport::telemetry
