#include "delivery/parcel.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/rfc3339.h"

namespace sallyport::delivery {
namespace {

constexpr std::size_t words_limit = 200;

std::string letters_and_digits(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')) kept += c;
    if (c >= 'A' && c <= 'Z') kept += static_cast<char>(c - 'A' + 'a');
  }
  return kept;
}

bool holds(std::string_view words, const base::Secret& code) {
  const auto bare = letters_and_digits(code.reveal());
  return !bare.empty() && letters_and_digits(words).find(bare) != std::string::npos;
}

}  // namespace

base::Secret json_of(const Parcel& parcel, int attempt) {
  const auto& delivery = parcel.delivery;
  boost::json::object object;
  object["version"] = 1;
  object["id"] = parcel.id;
  object["kind"] = settings::to_string(delivery.kind);
  const auto put = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) object[name] = value;
  };
  put("account", delivery.account);
  put("user", delivery.user);
  put("credential", delivery.credential);
  put("destination", delivery.destination);
  put("text", delivery.text);
  put("code", delivery.code.reveal());
  put("transaction_id", delivery.transaction_id);
  put("number", delivery.number);
  put("event", delivery.event);
  put("headline", delivery.headline);
  object["attempt"] = attempt;
  object["created"] = base::rfc3339_in_seconds(parcel.accepted.wall);
  object["expires"] = base::rfc3339_in_seconds(parcel.accepted.wall + delivery.life);
  auto text = boost::json::serialize(object);
  base::Secret json(text);
  base::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return json;
}

std::string safe_words(std::string_view words, const Parcel& parcel) {
  if (holds(words, parcel.delivery.code)) return "(its words hold the code and are left out)";
  std::string safe;
  for (const char c : words.substr(0, words.find_first_of("\r\n"))) {
    if (safe.size() == words_limit) return safe + "...";
    const auto octet = static_cast<unsigned char>(c);
    safe += octet < 0x20 || octet >= 0x7f ? '?' : c;
  }
  return safe;
}

}  // namespace sallyport::delivery
