#pragma once
// The otpauth:// URI that authenticator apps read from a QR code (Key Uri Format): label "issuer:user",
// parameters percent-encoded.
#include <string>
#include <string_view>

#include "authservice/records.h"

namespace sallyport::authservice {

std::string otpauth_uri(const Credential&, base::ByteView secret, std::string_view issuer,
                        std::string_view user);
std::string percent_encoded(std::string_view);
std::optional<std::string> percent_decoded(std::string_view);  // '+' is a blank, as in a query

}  // namespace sallyport::authservice
