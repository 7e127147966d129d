#pragma once
// Private to the room: the SOAP 1.1 envelope around a message.
#include <string>
#include <string_view>
#include <variant>

#include "vip/fault.h"
#include "vip/operation.h"
#include "xml/reader.h"
#include "xml/writer.h"

namespace sallyport::vip {

inline constexpr std::string_view soap_namespace = "http://schemas.xmlsoap.org/soap/envelope/";

// The one element within the Body; headers are passed over.
std::variant<const xml::Element*, Fault> body_of(const xml::Document& document);

// What a decoder reads of one body: messages are small.
inline constexpr xml::Limits message_limits{
    .octets = 256 * 1024, .depth = 16, .elements = 2000, .attributes = 128};
// An answer about a user with many credentials may be longer.
inline constexpr xml::Limits answer_limits{
    .octets = 4 * 1024 * 1024, .depth = 16, .elements = 50'000, .attributes = 256};

// Calls `content(writer)` within an envelope and the element `name` in the messages' namespace.
template <class Content>
std::string enveloped(std::string_view name, Content&& content) {
  std::string text;
  text.reserve(1024);
  text +=
      R"(<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>)";
  xml::Writer out(text);
  out.open(name);
  out.attribute("xmlns", message_namespace);
  content(out);
  out.close();
  text += "</S:Body></S:Envelope>";
  return text;
}

}  // namespace sallyport::vip
