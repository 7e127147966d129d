#include "xml/writer.h"

#include <algorithm>

#include "base/invariant.h"

namespace sallyport::xml {
namespace {

bool plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '&' && c != '<' && c != '>' && c != '"' && c != '\'';
}

bool allowed(char32_t c) {
  return (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

// The octets of one well-formed UTF-8 sequence (RFC 3629) of an allowed character at the front of `text`; else
// 0.
std::size_t sequence(std::string_view text) {
  auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto lead = octet(0);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xC2 ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || size > text.size()) return 0;
  char32_t c = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if ((octet(at) & 0xC0U) != 0x80) return 0;
    c = c << 6U | (octet(at) & 0x3FU);
  }
  const bool shortest = size < 3 || (size == 3 ? c >= 0x800 : c >= 0x10000);
  return shortest && allowed(c) ? size : 0;
}

std::string_view reference(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\t':
      return "&#9;";  // written out, a reader would normalise these in attributes, and CR everywhere
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return {};
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto run = static_cast<std::size_t>(std::ranges::find_if_not(text, plain) - text.begin());
    out.append(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) return;
    if (auto escaped = reference(text.front()); !escaped.empty()) {
      out += escaped;
      text.remove_prefix(1);
    } else if (auto size = sequence(text); size != 0) {
      out.append(text.substr(0, size));
      text.remove_prefix(size);
    } else {
      out += "\xEF\xBF\xBD";  // U+FFFD
      text.remove_prefix(1);
    }
  }
}

std::optional<std::size_t> count_characters(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) {
    const char c = text.front();
    const auto size = c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7F) ? 1 : sequence(text);
    if (size == 0) return std::nullopt;
    text.remove_prefix(size);
  }
  return count;
}

void Writer::open(std::string_view name) {
  SALLYPORT_INVARIANT(depth_ < open_.size());
  end_of_tag();
  out_ += '<';
  out_ += name;
  open_[depth_++] = name;
  in_tag_ = true;
}

void Writer::attribute(std::string_view name, std::string_view value) {
  SALLYPORT_INVARIANT(in_tag_);
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  append_escaped(out_, value);
  out_ += '"';
}

void Writer::text(std::string_view text) {
  end_of_tag();
  append_escaped(out_, text);
}

void Writer::close() {
  SALLYPORT_INVARIANT(depth_ > 0);
  const auto name = open_[--depth_];
  if (in_tag_) {
    out_ += "/>";
    in_tag_ = false;
    return;
  }
  out_ += "</";
  out_ += name;
  out_ += '>';
}

void Writer::element(std::string_view name, std::string_view text) {
  end_of_tag();
  out_ += '<';
  out_ += name;
  out_ += '>';
  append_escaped(out_, text);
  out_ += "</";
  out_ += name;
  out_ += '>';
}

void Writer::end_of_tag() {
  if (in_tag_) out_ += '>';
  in_tag_ = false;
}

}  // namespace sallyport::xml
