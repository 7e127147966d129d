#include "xml/utf8_text.h"

#include <algorithm>
#include <utility>

namespace sallyport::xml {
namespace {

enum class Encoding { utf8, latin1, utf16_le, utf16_be, unknown };

bool same_word(std::string_view a, std::string_view lower) {
  return std::ranges::equal(a, lower, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

Encoding encoding_named(std::string_view name) {
  for (auto utf8 : {"utf-8", "utf8", "us-ascii", "ascii"})
    if (same_word(name, utf8)) return Encoding::utf8;
  for (auto latin1 : {"iso-8859-1", "iso_8859-1", "latin1"})
    if (same_word(name, latin1)) return Encoding::latin1;
  if (same_word(name, "utf-16") || same_word(name, "utf-16be")) return Encoding::utf16_be;  // RFC 2781, 4.3
  if (same_word(name, "utf-16le")) return Encoding::utf16_le;
  return Encoding::unknown;
}

// The value of encoding="…" in an XML declaration that is readable as ASCII (XML 1.0, section 4.3.3 and
// appendix F).
std::string_view declared(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  text = text.substr(0, std::min<std::size_t>(text.size(), 256));
  text = text.substr(0, text.find("?>"));
  auto at = text.find("encoding");
  if (at == text.npos) return {};
  at = text.find_first_of("\"'", at);
  if (at == text.npos) return {};
  auto end = text.find(text[at], at + 1);
  return end == text.npos ? std::string_view{} : text.substr(at + 1, end - at - 1);
}

struct Found {
  Encoding encoding;
  std::size_t mark;  // octets of the byte order mark
};

Found encoding_of(std::string_view text, std::string_view charset) {
  using namespace std::literals;
  if (text.starts_with("\xEF\xBB\xBF")) return {Encoding::utf8, 3};
  if (text.starts_with("\xFF\xFE")) return {Encoding::utf16_le, 2};
  if (text.starts_with("\xFE\xFF")) return {Encoding::utf16_be, 2};
  if (text.starts_with("<\0"sv)) return {Encoding::utf16_le, 0};
  if (text.starts_with("\0<"sv)) return {Encoding::utf16_be, 0};
  if (!charset.empty()) return {encoding_named(charset), 0};
  if (auto name = declared(text); !name.empty()) return {encoding_named(name), 0};
  return {Encoding::utf8, 0};
}

void from_latin1(std::string_view text, std::string& out) {
  out.reserve(text.size() + text.size() / 8);
  for (char c : text) append_utf8(out, static_cast<unsigned char>(c));
}

bool from_utf16(std::string_view text, bool little, std::string& out) {
  if (text.size() % 2 != 0) return false;
  out.reserve(text.size());
  auto unit = [&](std::size_t at) {
    auto first = static_cast<unsigned char>(text[at]);
    auto second = static_cast<unsigned char>(text[at + 1]);
    return static_cast<char32_t>(little ? second << 8 | first : first << 8 | second);
  };
  for (std::size_t at = 0; at < text.size(); at += 2) {
    auto c = unit(at);
    if (c >= 0xDC00 && c <= 0xDFFF) return false;
    if (c >= 0xD800 && c <= 0xDBFF) {
      at += 2;
      if (at >= text.size()) return false;
      auto low = unit(at);
      if (low < 0xDC00 || low > 0xDFFF) return false;
      c = 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(out, c);
  }
  return true;
}

}  // namespace

void append_utf8(std::string& out, char32_t c) {
  auto put = [&](char32_t octet) { out.push_back(static_cast<char>(octet)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6U);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12U);
    put(0x80 | (c >> 6U & 0x3F));
  } else {
    put(0xF0 | c >> 18U);
    put(0x80 | (c >> 12U & 0x3F));
    put(0x80 | (c >> 6U & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::optional<std::string_view> utf8_text(base::ByteView octets, std::string_view charset,
                                          std::string& converted) {
  auto text = base::as_text(octets);
  const auto [encoding, mark] = encoding_of(text, charset);
  text.remove_prefix(mark);
  switch (encoding) {
    case Encoding::utf8:
      break;
    case Encoding::unknown:
      return std::nullopt;
    case Encoding::latin1:
      from_latin1(text, converted);
      text = converted;
      break;
    case Encoding::utf16_le:
    case Encoding::utf16_be:
      if (!from_utf16(text, encoding == Encoding::utf16_le, converted)) return std::nullopt;
      text = converted;
      break;
  }
  if (text.find('\0') != text.npos) return std::nullopt;  // a NUL must not mean an end to anybody
  return text;
}

}  // namespace sallyport::xml
