// A datagram: decode, walk, prove, and build a reply to it.
#include "radius/authenticator.h"
#include "radius/reply.h"
#include "target.h"

using namespace sallyport;

int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  static const radius::SharedSecret secret{base::Secret("a secret of the fuzzer")};
  const base::ByteView datagram(octets, size);
  for (const auto port : {radius::Port::authentication, radius::Port::accounting}) {
    const auto packet = radius::decode_request(datagram, port);
    if (!packet) continue;
    SALLYPORT_INVARIANT(packet->octets().size() <= datagram.size());
    std::size_t walked = radius::header_size;
    for (const auto attribute : packet->attributes())
      walked += attribute.value.size() + radius::attribute_header_size;
    SALLYPORT_INVARIANT(walked == packet->octets().size());
    (void)radius::password_method(*packet);
    SALLYPORT_INVARIANT(radius::may_be_a_retry(*packet, *packet));
    const auto proof = radius::authenticate_request(*packet, secret);
    if (!proof || packet->code() == radius::Code::accounting_request) continue;
    const auto head = radius::head_of(*packet);
    radius::PacketBuffer buffer;
    const auto code = packet->code() == radius::Code::status_server ? radius::Code::access_accept
                                                                    : radius::Code::access_reject;
    radius::ReplyBuilder builder(buffer, code, head, secret);
    builder.add_reply_message("reason=1 Access denied");
    const auto reply = builder.finish();
    if (reply.empty()) continue;
    const auto decoded = radius::decode(reply);
    SALLYPORT_INVARIANT(decoded.has_value());
    SALLYPORT_INVARIANT(
        radius::verify_reply(*decoded, packet->id(), packet->authenticator_copy(), secret, true).has_value());
  }
  return 0;
}
