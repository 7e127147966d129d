#include "delivery/mail.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace sallyport::delivery {
namespace {

constexpr std::size_t line_limit = 998;        // octets; RFC 5322, 2.1.1
constexpr std::size_t encoded_word_part = 39;  // octets that make an encoded word of 64 characters; RFC 2047, 2
constexpr std::size_t base64_line_part = 57;   // octets that make a line of 76 characters; RFC 2045, 6.8

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_plain(std::string_view text) {  // printable ASCII
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string without_controls(std::string_view text) {
  std::string clean(text);
  for (char& c : clean)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return clean;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

// RFC 2047: encoded words of whole characters, one a line.
std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    auto size = std::min(encoded_word_part, text.size());
    while (size > 1 && size < text.size() && continues_character(text[size])) --size;
    words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ",
                         base::to_base64(base::as_bytes(text.substr(0, size))));
    text.remove_prefix(size);
  }
  return words;
}

std::string header_value(std::string_view text) {
  const auto clean = without_controls(text);
  constexpr std::size_t short_enough = 66;  // a line of 78 with its name
  const bool as_is = is_plain(clean) && clean.size() <= short_enough && clean.find("=?") == std::string::npos;
  return as_is ? clean : encoded_words(clean);
}

// Lines end with CR LF, whatever they ended with.
std::string lines_of(std::string_view body) {
  std::string lines;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const bool ends = body[i] == '\n' || body[i] == '\r';
    if (body[i] == '\r' && i + 1 < body.size() && body[i + 1] == '\n') ++i;
    if (ends)
      lines += "\r\n";
    else
      lines += body[i];
  }
  if (!lines.ends_with("\r\n")) lines += "\r\n";
  return lines;
}

bool goes_as_it_is(std::string_view lines) {  // 7bit; RFC 2045, 2.7
  std::size_t length = 0;
  for (const char c : lines) {
    length = c == '\n' ? 0 : length + 1;
    const bool good = (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
    if (!good || length > line_limit) return false;
  }
  return true;
}

std::string base64_lines(std::string_view octets) {
  std::string lines;
  for (; !octets.empty(); octets.remove_prefix(std::min(base64_line_part, octets.size())))
    lines += base::to_base64(base::as_bytes(octets.substr(0, base64_line_part))) + "\r\n";
  return lines;
}

void wipe(std::string& text) { base::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()}); }

std::string value_of(std::string_view name, const Parcel& parcel, base::SteadyTime now) {
  const auto& delivery = parcel.delivery;
  if (name == "code") return std::string(delivery.code.reveal());
  if (name == "user") return delivery.user;
  if (name == "text") return delivery.text;
  if (name == "headline") return delivery.headline;
  const auto left = std::max(base::Duration(0), parcel.expires() - now);
  return std::to_string(std::chrono::ceil<std::chrono::minutes>(left).count());
}

bool is_domain(std::string_view domain) {
  bool label_began = false;
  char before = '.';
  for (const char c : domain) {
    if (c == '.' ? !label_began || before == '-' : !is_letter_or_digit(c) && (c != '-' || !label_began))
      return false;
    label_began = c != '.';
    before = c;
  }
  return label_began && before != '-';
}

}  // namespace

base::Secret octets_of(const Mail& mail) {
  auto lines = lines_of(mail.body);
  const bool plain = goes_as_it_is(lines);
  auto octets = fmt::format(
      "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n"
      "From: <{}>\r\nTo: <{}>\r\nMessage-ID: <{}>\r\nSubject: {}\r\n"
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}",
      std::chrono::floor<std::chrono::seconds>(mail.date), without_controls(mail.from),
      without_controls(mail.to), without_controls(mail.message_id), header_value(mail.subject),
      plain ? "7bit" : "base64", plain ? lines : base64_lines(lines));
  base::Secret secret(octets);
  wipe(octets);
  wipe(lines);
  return secret;
}

bool is_mail_address(std::string_view address) {
  constexpr std::string_view allowed = "!#$%&'*+-/=?^_`{|}~.";  // atext and the dot; RFC 5321, 4.1.2
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || address.size() > 254) return false;
  const auto local = address.substr(0, at);
  const bool dots = local.front() != '.' && local.back() != '.' && local.find("..") == std::string_view::npos;
  return dots && is_domain(address.substr(at + 1)) && std::ranges::all_of(local, [&](char c) {
           return is_letter_or_digit(c) || allowed.find(c) != std::string_view::npos;
         });
}

base::Secret fill(std::string_view words, const Parcel& parcel, base::SteadyTime now) {
  constexpr std::array<std::string_view, 5> names{"code", "minutes", "user", "text", "headline"};
  std::string filled;
  while (!words.empty()) {
    const auto open = words.find('{');
    filled += words.substr(0, open);
    if (open == std::string_view::npos) break;
    words.remove_prefix(open);
    const auto close = words.find('}');
    const auto name = close == std::string_view::npos ? "" : words.substr(1, close - 1);
    if (std::ranges::find(names, name) == names.end()) {
      filled += '{';
      words.remove_prefix(1);
      continue;
    }
    auto value = value_of(name, parcel, now);
    filled += value;
    wipe(value);
    words.remove_prefix(close + 1);
  }
  base::Secret secret(filled);
  wipe(filled);
  return secret;
}

}  // namespace sallyport::delivery
