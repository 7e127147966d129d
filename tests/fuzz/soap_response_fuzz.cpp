// What somebody in the service's place answers to the gateway. The first octet chooses what was asked.
#include "target.h"
#include "vip/client_wire.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  if (size == 0) return 0;
  const auto asked = static_cast<vip::Operation>(octets[0] % vip::operations.size());
  const auto decoded = vip::decode_response(asked, base::ByteView(octets + 1, size - 1));
  if (const auto* response = std::get_if<vip::AnyResponse>(&decoded))
    SALLYPORT_INVARIANT(vip::operation_of(*response) == asked);
  return 0;
}
