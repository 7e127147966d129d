// What a client of the authentication service sends: read, and what was understood can be written and read
// again.
#include "target.h"
#include "vip/client_wire.h"
#include "vip/server_wire.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const base::ByteView body(octets, size);
  for (const int minor : {8, 10}) {
    const auto decoded = vip::decode_request(body, {}, minor);
    if (const auto* invalid = std::get_if<vip::InvalidRequest>(&decoded))
      (void)vip::encode_response(vip::refusal_of(*invalid), minor);
    if (const auto* fault = std::get_if<vip::Fault>(&decoded)) (void)vip::encode_fault(*fault);
    const auto* request = std::get_if<vip::AnyRequest>(&decoded);
    if (request == nullptr) continue;
    const auto again = vip::encode_request(*request, minor);
    if (!again) continue;  // stricter than what is read
    const auto back = vip::decode_request(base::as_bytes(*again), {}, minor);
    SALLYPORT_INVARIANT(std::holds_alternative<vip::AnyRequest>(back));
    SALLYPORT_INVARIANT(vip::base_of(std::get<vip::AnyRequest>(back)).request_id ==
                        vip::base_of(*request).request_id);
  }
  return 0;
}
