#include "vip/server_wire.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "vip/field_reader.h"
#include "vip/field_writer.h"
#include "vip/soap.h"

namespace sallyport::vip {
namespace {

// For the echo in a refusal: the request id, if that at least is as it should be.
std::string readable_request_id(const xml::Element& message) {
  const auto* id = message.child(message_namespace, "requestId");
  return id != nullptr && why_not(simple::request_id, id->text).empty() ? std::string(id->text) : std::string();
}

template <std::size_t index>
DecodedRequest decode_as(const xml::Document& document, const xml::Element& message, int minor) {
  DecodedRequest decoded(std::in_place_type<AnyRequest>, std::in_place_index<index>);
  auto& request = std::get<index>(std::get<AnyRequest>(decoded));
  static_assert(std::to_underlying(std::remove_cvref_t<decltype(request)>::operation) == index);
  FieldReader reader(document, message, Reading::strict, minor);
  fields(reader, static_cast<RequestBase&>(request));
  fields(reader, request);
  reader.end();
  if (reader.failed())
    return InvalidRequest{operations[index].operation, readable_request_id(message), reader.take_error()};
  return decoded;
}

using Decoder = DecodedRequest (*)(const xml::Document&, const xml::Element&, int minor);
template <std::size_t... index>
constexpr std::array<Decoder, sizeof...(index)> decoders_of(std::index_sequence<index...>) {
  return {decode_as<index>...};
}
constexpr auto decoders = decoders_of(std::make_index_sequence<std::variant_size_v<AnyRequest>>());
static_assert(decoders.size() == operations.size());

std::string_view fault_code(FaultSide side) {
  switch (side) {
    case FaultSide::client:
      return "S:Client";
    case FaultSide::server:
      return "S:Server";
    case FaultSide::version_mismatch:
      return "S:VersionMismatch";
    case FaultSide::must_understand:
      return "S:MustUnderstand";
  }
  return {};
}

}  // namespace

DecodedRequest decode_request(base::ByteView body, std::string_view charset, int minor) {
  const auto document = xml::parse(body, message_limits, charset);
  if (!document)
    return Fault{FaultSide::client,
                 fmt::format("The message was refused: {}.", xml::to_string(document.error()))};
  auto found = body_of(*document);
  if (auto* fault = std::get_if<Fault>(&found)) return std::move(*fault);
  const auto& message = *std::get<const xml::Element*>(found);
  if (message.ns != message_namespace)
    return Fault{FaultSide::client, "The Body's element is in another namespace."};
  for (const auto& known : operations)
    if (message.name == known.request)
      return decoders[static_cast<std::size_t>(known.operation)](*document, message, minor);
  return Fault{FaultSide::client, "The operation is not known here."};
}

AnyResponse refusal_of(const InvalidRequest& invalid) {
  auto response = empty_response(invalid.operation);
  auto& base = base_of(response);
  base.request_id = invalid.request_id;
  base.set(status::schema_validation_failed);
  base.detail_message = fmt::format("{} {}", invalid.error.field, invalid.error.reason);
  return response;
}

std::string encode_response(const AnyResponse& response, int minor) {
  return std::visit(
      [minor]<class Response>(const Response& message) {
        return enveloped(names_of(Response::operation).response, [&](xml::Writer& out) {
          FieldWriter writer(out, minor, false);
          fields(writer, static_cast<const ResponseBase&>(message));
          fields(writer, message);
        });
      },
      response);
}

std::string encode_fault(const Fault& fault) {
  std::string text;
  xml::Writer out(text);
  out.declaration();
  out.open("S:Envelope");
  out.attribute("xmlns:S", soap_namespace);
  out.open("S:Body");
  out.open("S:Fault");
  out.element("faultcode", fault_code(fault.side));
  out.element("faultstring", fault.text);
  out.close();
  out.close();
  out.close();
  return text;
}

}  // namespace sallyport::vip
