#include "ldap/dn.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "text/user_name.h"
#include "text/utf8.h"

namespace sallyport::ldap {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class DnReader {
 public:
  explicit DnReader(std::string_view text) : text_(text) {}

  base::Result<std::vector<RelativeName>> read() {
    std::vector<RelativeName> names;
    do {
      RelativeName name;
      do {
        auto part = attribute_value();
        if (!part) return std::unexpected(part.error());
        name.push_back(std::move(*part));
      } while (take('+'));
      names.push_back(std::move(name));
    } while (take(',') || take(';'));  // ';' is what RFC 2253 still took
    if (at_ != text_.size()) return wrong("',' or '+' is expected");
    return names;
  }

 private:
  std::unexpected<base::Error> wrong(std::string_view what) const {
    return base::failure(fmt::format("character {}: {}", at_ + 1, what));
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_spaces() {
    while (take(' ')) {
    }
  }

  base::Result<AttributeValue> attribute_value() {
    skip_spaces();
    const auto begin = at_;
    while (at_ < text_.size() &&
           (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '-' || text_[at_] == '.')) {
      ++at_;
    }
    AttributeValue part{std::string(text_.substr(begin, at_ - begin)), {}};
    if (part.type.empty() || part.type.front() == '-' || part.type.front() == '.') {
      return wrong("an attribute's name such as 'cn' is expected");
    }
    skip_spaces();
    if (!take('=')) return wrong("'=' is expected after the attribute's name");
    skip_spaces();
    auto read = at_ < text_.size() && text_[at_] == '#' ? hexadecimal() : string();
    if (!read) return std::unexpected(read.error());
    part.value = std::move(*read);
    return part;
  }

  base::Result<std::string> hexadecimal() {
    ++at_;
    const auto end = std::min(text_.find_first_of(",;+ ", at_), text_.size());
    const auto octets = base::from_hex(text_.substr(at_, end - at_));
    if (!octets || octets->empty()) return wrong("pairs of hexadecimal digits are expected after '#'");
    at_ = end;
    skip_spaces();
    return std::string(base::as_text(*octets));
  }

  // An escaped space at either end belongs to the value, a bare one does not.
  base::Result<std::string> string() {
    std::string value;
    std::size_t kept = 0;  // octets that are not bare spaces at the end
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ',' || c == ';' || c == '+') break;
      if (c == '"' || c == '<' || c == '>' || c == '\0')
        return wrong("this character must be escaped with '\\'");
      ++at_;
      if (c == '\\') {
        auto octet = escaped();
        if (!octet) return std::unexpected(octet.error());
        value += *octet;
        kept = value.size();
        continue;
      }
      value += c;
      if (c != ' ') kept = value.size();
    }
    value.resize(kept);
    return value;
  }

  base::Result<char> escaped() {
    constexpr std::string_view special = "\\\"+,;<> #=";
    if (at_ < text_.size() && special.find(text_[at_]) != std::string_view::npos) return text_[at_++];
    const auto octet = base::from_hex(text_.substr(at_, 2));
    if (!octet || octet->size() != 1)
      return wrong("'\\' must be followed by a special character or two hexadecimal digits");
    at_ += 2;
    return static_cast<char>(octet->front());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string comparable_value(const std::string& value) {
  const auto prepared = text::prepare_user_name(value);
  return prepared ? prepared->prepared : value;
}

}  // namespace

base::Result<DistinguishedName> DistinguishedName::parse(std::string_view text) {
  if (text.find_first_not_of(' ') == std::string_view::npos)
    return base::failure("the distinguished name is empty");
  if (!text::is_utf8(text)) return base::failure("the distinguished name is not UTF-8");
  auto names = DnReader(text).read();
  if (!names) return std::unexpected(names.error());
  DistinguishedName dn;
  dn.relative_names_ = std::move(*names);
  return dn;
}

std::string DistinguishedName::normalised() const {
  std::string out;
  for (const auto& name : relative_names_) {
    std::vector<std::string> parts;
    parts.reserve(name.size());
    for (const auto& part : name)
      parts.push_back(lower(part.type) + "=" + escape_dn_value(comparable_value(part.value)));
    std::ranges::sort(parts);
    if (!out.empty()) out += ',';
    for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? "+" : "") + parts[i];
  }
  return out;
}

std::string escape_dn_value(std::string_view octets) {
  constexpr std::string_view special = "\\\"+,;<>=";
  std::string out;
  out.reserve(octets.size() + 4);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const char c = octets[i];
    const bool edge_space = c == ' ' && (i == 0 || i + 1 == octets.size());
    if (special.find(c) != std::string_view::npos || edge_space || (c == '#' && i == 0)) {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace sallyport::ldap
