#include "vip/client_wire.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "vip/field_reader.h"
#include "vip/field_writer.h"
#include "vip/soap.h"

namespace sallyport::vip {
namespace {

// Of a message that is kept for people: bounded, as it is a stranger's.
constexpr std::size_t kept_characters = 200;

Fault read_fault(const xml::Element& element) {
  Fault fault{FaultSide::server, {}};
  // Section 4.4: the children are unqualified; some stacks qualify them all the same.
  for (const auto* child = element.first_child(); child != nullptr; child = child->next_sibling()) {
    if (child->name == "faultstring") fault.text = without_blanks(child->text).substr(0, kept_characters);
    if (child->name != "faultcode") continue;
    auto code = without_blanks(child->text);
    if (auto colon = code.find(':'); colon != code.npos) code.remove_prefix(colon + 1);
    code = code.substr(0, code.find('.'));  // "Client.Authentication"
    if (code == "Client") fault.side = FaultSide::client;
    if (code == "VersionMismatch") fault.side = FaultSide::version_mismatch;
    if (code == "MustUnderstand") fault.side = FaultSide::must_understand;
  }
  return fault;
}

template <std::size_t index>
DecodedResponse decode_as(const xml::Document& document, const xml::Element& message) {
  DecodedResponse decoded(std::in_place_type<AnyResponse>, std::in_place_index<index>);
  auto& response = std::get<index>(std::get<AnyResponse>(decoded));
  static_assert(std::to_underlying(std::remove_cvref_t<decltype(response)>::operation) == index);
  FieldReader reader(document, message, Reading::lax, newest_minor);
  fields(reader, static_cast<ResponseBase&>(response));
  fields(reader, response);
  reader.end();
  if (!reader.failed()) return decoded;
  const auto error = reader.take_error();
  return NotAnAnswer{fmt::format("{} {}", error.field, error.reason)};
}

using Decoder = DecodedResponse (*)(const xml::Document&, const xml::Element&);
template <std::size_t... index>
constexpr std::array<Decoder, sizeof...(index)> decoders_of(std::index_sequence<index...>) {
  return {decode_as<index>...};
}
constexpr auto decoders = decoders_of(std::make_index_sequence<std::variant_size_v<AnyResponse>>());
static_assert(decoders.size() == operations.size());

}  // namespace

base::Result<std::string, FieldError> encode_request(const AnyRequest& request, int minor) {
  std::optional<FieldError> error;
  auto text = std::visit(
      [&]<class Request>(const Request& message) {
        return enveloped(names_of(Request::operation).request, [&](xml::Writer& out) {
          FieldWriter writer(out, minor, true);
          fields(writer, static_cast<const RequestBase&>(message));
          fields(writer, message);
          error = writer.error();
        });
      },
      request);
  if (!error) return text;
  base::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return std::unexpected(std::move(*error));
}

DecodedResponse decode_response(Operation asked, base::ByteView body, std::string_view charset) {
  const auto document = xml::parse(body, answer_limits, charset);
  if (!document) return NotAnAnswer{std::string(xml::to_string(document.error()))};
  auto found = body_of(*document);
  if (auto* fault = std::get_if<Fault>(&found)) return NotAnAnswer{std::move(fault->text)};
  const auto& message = *std::get<const xml::Element*>(found);
  if (message.is(soap_namespace, "Fault")) return read_fault(message);
  if (!message.is(message_namespace, names_of(asked).response))
    return NotAnAnswer{"the answer is not one to this operation"};
  return decoders[static_cast<std::size_t>(asked)](*document, message);
}

}  // namespace sallyport::vip
