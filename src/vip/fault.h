#pragma once
// A SOAP 1.1 Fault (section 4.4 of its text): the answer where there is no response element to put a status
// into. SOAP over HTTP sends it with status 500.
#include <cstdint>
#include <string>

namespace sallyport::vip {

enum class FaultSide : std::uint8_t { client, server, version_mismatch, must_understand };

struct Fault {
  FaultSide side{};  // who is at fault
  std::string text;  // faultstring: for a person
};

}  // namespace sallyport::vip
