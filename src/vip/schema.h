#pragma once
// Private to the room: draws the XML schema of the messages' namespace from the lists in `fields.h`.
#include <string>

#include "vip/operation.h"

namespace sallyport::vip {

// The xs:schema element of version 1.`minor`. With a service only its messages, else all.
void append_schema(std::string& out, const Service* only, int minor);

}  // namespace sallyport::vip
