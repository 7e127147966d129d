// [[account.certificate]]: who may speak for an account.
#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "settings/rules.h"
#include "settings/sections.h"

namespace sallyport::settings {
namespace {

Rule<ClientCertificate> fingerprint_rule() {
  return {"64 hexadecimal digits", [](ClientCertificate& certificate, const Node& node, const Spot& spot) {
            auto value = read_text(node, spot);
            if (!value) return;
            std::erase(*value, ':');
            const auto octets = base::from_hex(*value);
            if (!octets || octets->size() != 32)
              return spot.wrong(
                  "expected 64 hexadecimal digits, with or without colons: openssl x509 -noout -fingerprint "
                  "-sha256");
            certificate.fingerprint_sha256 = base::to_hex(*octets);
          }};
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// "CN", "2.5.4.3"
bool is_type(std::string_view type) {
  if (type.empty()) return false;
  if (is_digit(type.front())) return std::ranges::all_of(type, [](char c) { return is_digit(c) || c == '.'; });
  return is_letter(type.front()) &&
         std::ranges::all_of(type, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

// How many octets the value at the beginning has, up to the ',' or '+' behind it; npos when it is none.
std::size_t value_size(std::string_view text) {
  constexpr std::string_view special = ",+\"\\<>;# =";
  if (text.starts_with(' ')) return std::string_view::npos;
  std::size_t at = 0;
  bool is_bare_space = false;
  while (at < text.size() && text[at] != ',' && text[at] != '+') {
    const char c = text[at];
    is_bare_space = c == ' ';
    if (c < 0x20 || c >= 0x7f || std::string_view("\"<>;").find(c) != std::string_view::npos)
      return std::string_view::npos;
    ++at;
    if (c != '\\') continue;
    if (at < text.size() && special.find(text[at]) != std::string_view::npos)
      ++at;
    else if (at + 1 < text.size() && is_hex(text[at]) && is_hex(text[at + 1]))
      at += 2;
    else
      return std::string_view::npos;
  }
  return is_bare_space ? std::string_view::npos : at;
}

// A subject is compared octet by octet with what OpenSSL prints in the form of RFC 2253: what OpenSSL never
// prints would match no certificate, ever.
base::Result<void> subject_text(std::string_view text) {
  const auto whole = text;
  while (true) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || !is_type(text.substr(0, equals))) break;
    text.remove_prefix(equals + 1);
    const auto size = value_size(text);
    if (size == std::string_view::npos) break;
    text.remove_prefix(size);
    if (text.empty()) return {};
    text.remove_prefix(1);
  }
  return base::failure(fmt::format(
      "a DN of RFC 2253 without blanks around its commas, like \"CN=gate1,O=Example\" (character {}; "
      "`openssl x509 -noout -subject -nameopt RFC2253` prints it)",
      whole.size() - text.size() + 1));
}

}  // namespace

Section<ClientCertificate> client_certificate_section() {
  return {
      .doc = "A client certificate that speaks for this account. It names itself by fingerprint or by subject.",
      .keys = {{.name = "fingerprint_sha256",
                .rule = fingerprint_rule(),
                .default_words = "or `subject`",
                .example = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
                .doc = "SHA-256 of the certificate's DER form."},
               {.name = "subject",
                .rule = text(&ClientCertificate::subject, "DN of RFC 2253", subject_text),
                .default_words = "or `fingerprint_sha256`",
                .example = "\"CN=gate1,O=Example\"",
                .doc = "The whole subject, exactly; for certificates that are renewed."},
               {.name = "role",
                .rule = choice(&ClientCertificate::role, {{"validation", AccountRole::validation},
                                                          {"management", AccountRole::management},
                                                          {"admin", AccountRole::admin}}),
                .default_toml = "\"validation\"",
                .example = "\"admin\"",
                .doc = "validation: Authentication and Query services, and sendOtp, which is part of a login; "
                       "management: "
                       "the Management service too; admin: all."}},
      .children = {},
      .check = [](ClientCertificate&, const Node& node, const Spot& spot) {
        if (node.has("fingerprint_sha256") == node.has("subject"))
          spot.wrong("expected either fingerprint_sha256 or subject");
      }};
}

}  // namespace sallyport::settings
