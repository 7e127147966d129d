#include "vip/wsdl.h"

#include <fmt/format.h>

#include "vip/schema.h"
#include "xml/writer.h"

namespace sallyport::vip {
namespace {

std::string_view suffix_of(Service service) {
  switch (service) {
    case Service::authentication:
      return "auth";
    case Service::query:
      return "query";
    case Service::management:
      return "mgmt";
  }
  return {};
}

void leaf(xml::Writer& out, std::string_view name, std::string_view attribute, std::string_view value) {
  out.open(name);
  out.attribute(attribute, value);
  out.close();
}

void message(xml::Writer& out, std::string_view element) {
  out.open("message");
  out.attribute("name", element);
  out.open("part");
  out.attribute("name", "parameters");
  out.attribute("element", fmt::format("vip:{}", element));
  out.close();
  out.close();
}

void port_type(xml::Writer& out, Service service, std::string_view name) {
  out.open("portType");
  out.attribute("name", name);
  for (const auto& operation : operations) {
    if (operation.service != service) continue;
    out.open("operation");
    out.attribute("name", operation.name);
    leaf(out, "input", "message", fmt::format("tns:{}", operation.request));
    leaf(out, "output", "message", fmt::format("tns:{}", operation.response));
    out.close();
  }
  out.close();
}

void binding(xml::Writer& out, Service service, std::string_view name, std::string_view port) {
  out.open("binding");
  out.attribute("name", name);
  out.attribute("type", fmt::format("tns:{}", port));
  out.open("soap:binding");
  out.attribute("style", "document");
  out.attribute("transport", "http://schemas.xmlsoap.org/soap/http");
  out.close();
  for (const auto& operation : operations) {
    if (operation.service != service) continue;
    out.open("operation");
    out.attribute("name", operation.name);
    leaf(out, "soap:operation", "soapAction", "");
    for (auto direction : {"input", "output"}) {
      out.open(direction);
      leaf(out, "soap:body", "use", "literal");
      out.close();
    }
    out.close();
  }
  out.close();
}

}  // namespace

std::string wsdl(Service service, std::string_view address, int minor) {
  const auto port = fmt::format("{}Port", name_of(service));
  const auto bound = fmt::format("{}Binding", name_of(service));
  const auto target = fmt::format("{}/{}", message_namespace, suffix_of(service));
  std::string text;
  text.reserve(32 * 1024);
  xml::Writer out(text);
  out.declaration();
  out.open("definitions");
  out.attribute("xmlns", "http://schemas.xmlsoap.org/wsdl/");
  out.attribute("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/");
  out.attribute("xmlns:tns", target);
  out.attribute("xmlns:vip", message_namespace);
  out.attribute("targetNamespace", target);
  out.open("types");
  out.text("");
  append_schema(text, &service, minor);
  out.close();
  for (const auto& operation : operations) {
    if (operation.service != service) continue;
    message(out, operation.request);
    message(out, operation.response);
  }
  port_type(out, service, port);
  binding(out, service, bound, port);
  out.open("service");
  out.attribute("name", name_of(service));
  out.open("port");
  out.attribute("name", port);
  out.attribute("binding", fmt::format("tns:{}", bound));
  leaf(out, "soap:address", "location", address);
  out.close();
  out.close();
  out.close();
  return text;
}

std::string schema(int minor) {
  std::string text;
  xml::Writer(text).declaration();
  append_schema(text, nullptr, minor);
  return text;
}

}  // namespace sallyport::vip
