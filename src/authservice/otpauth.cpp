#include "authservice/otpauth.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace sallyport::authservice {

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';  // RFC 3986 section 2.3
    if (plain) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto octet = base::from_hex(text.substr(i + 1, 2));
    if (!octet) return std::nullopt;
    decoded += static_cast<char>(octet->front());
    i += 2;
  }
  return decoded;
}

std::string otpauth_uri(const Credential& credential, base::ByteView secret, std::string_view issuer,
                        std::string_view user) {
  const bool totp = credential.kind == CredentialKind::totp;
  const auto label = user.empty() ? std::string_view(credential.name) : user;
  auto uri =
      fmt::format("otpauth://{}/{}:{}?secret={}&issuer={}&algorithm={}&digits={}", totp ? "totp" : "hotp",
                  percent_encoded(issuer), percent_encoded(label), base::to_base32(secret),
                  percent_encoded(issuer), to_string(credential.algorithm), credential.digits);
  uri +=
      totp ? fmt::format("&period={}", credential.period) : fmt::format("&counter={}", credential.moving.next);
  return uri;
}

}  // namespace sallyport::authservice
