#include "radius/error_cause.h"

#include <fmt/format.h>

#include <array>

namespace sallyport::radius {
namespace {

struct Row {
  std::uint32_t value;
  std::string_view name, meaning;
};

constexpr auto rows = std::to_array<Row>({
    {201, "Residual-Session-Context-Removed", "the session had ended, and what was left of it is gone"},
    {202, "Invalid-EAP-Packet", "it ignored an EAP packet"},
    {401, "Unsupported-Attribute", "it does not know an attribute of the request"},
    {402, "Missing-Attribute", "it needs an attribute that the Access-Request did not carry"},
    {403, "NAS-Identification-Mismatch", "it is not the NAS that the request names"},
    {404, "Invalid-Request", "it does not understand the request"},
    {405, "Unsupported-Service", "it does not know the Service-Type"},
    {406, "Unsupported-Extension", "it does not take Disconnect-Requests"},
    {407, "Invalid-Attribute-Value", "it cannot use the value of an attribute"},
    {501, "Administratively-Prohibited", "its settings do not let this gateway end sessions"},
    {502, "Request-Not-Routable", "a proxy does not know the way to the NAS"},
    {503, "Session-Context-Not-Found", "it knows no such session"},
    {504, "Session-Context-Not-Removable", "it knows the session and cannot end it"},
    {505, "Other-Proxy-Processing-Error", "a proxy failed"},
    {506, "Resources-Unavailable", "it lacks the resources now"},
    {507, "Request-Initiated", "it asks for authorisation first"},
    {508, "Multiple-Session-Selection-Unsupported", "more than one session fits, and it ends none"},
    {509, "Location-Info-Required", "it wants a location"},  // RFC 5580
});

}  // namespace

std::optional<std::uint32_t> error_cause_of(const PacketView& reply) {
  const auto value = reply.find(AttributeType::error_cause);
  if (!value || value->size() != sizeof(std::uint32_t)) return std::nullopt;
  return base::ByteReader(*value).u32();
}

std::string error_cause_words(std::uint32_t cause) {
  for (const auto& row : rows)
    if (row.value == cause) return fmt::format("{} ({}): {}", row.name, row.value, row.meaning);
  return fmt::format("Error-Cause {}", cause);
}

}  // namespace sallyport::radius
