#pragma once
// A description of each service, in our own words, of exactly what is spoken here: WSDL 1.1, document/literal,
// the schema within. It is drawn from the same field lists that read and write messages, so the two cannot
// differ.
#include <string>
#include <string_view>

#include "vip/operation.h"

namespace sallyport::vip {

// `minor` is the version 1.N of the URL: 10 adds what only our 1.10 has.
// `address` becomes the soap:address: the URL that clients will post to.
std::string wsdl(Service service, std::string_view address, int minor = usual_minor);
// The schema alone, for ?xsd.
std::string schema(int minor = usual_minor);

}  // namespace sallyport::vip
