#include "vip/soap.h"

namespace sallyport::vip {

std::variant<const xml::Element*, Fault> body_of(const xml::Document& document) {
  const auto& root = document.root();
  if (root.name != "Envelope") return Fault{FaultSide::client, "The message is not a SOAP envelope."};
  if (root.ns != soap_namespace) return Fault{FaultSide::version_mismatch, "The envelope is not of SOAP 1.1."};
  const auto* body = root.child(soap_namespace, "Body");
  if (body == nullptr) return Fault{FaultSide::client, "The envelope has no Body."};
  if (body->child_count() != 1) return Fault{FaultSide::client, "The Body must hold one element."};
  return body->first_child();
}

}  // namespace sallyport::vip
