#pragma once
// Builds what is sent back. Message-Authenticator is the first attribute of every reply to an Access-Request or
// Status-Server (CVE-2024-3596), and the request's Proxy-State attributes are echoed unchanged and in order
// (RFC 2865 section 5.33). A reply is at most 4,096 octets: room for Proxy-State is kept free from the
// beginning.
#include <string_view>

#include "base/bytes.h"
#include "radius/authenticator.h"
#include "radius/packet_writer.h"

namespace sallyport::radius {

// What has to be kept of a request while it waits for its reply; the datagram can go.
struct RequestHead {
  Code code{};
  std::uint8_t id = 0;
  Authenticator authenticator{};
  base::Bytes proxy_states;  // whole attributes, as they came; allocates only when there are any
};
RequestHead head_of(const PacketView& request);

class ReplyBuilder {
 public:
  // Into `buffer`. `code` is one that answers `request`. Both and `secret` outlive the builder.
  ReplyBuilder(PacketBuffer& buffer, Code code, const RequestHead& request, const SharedSecret& secret);

  // False, and nothing added, when it does not fit.
  bool add(AttributeType type, base::ByteView value);
  bool add(AttributeType type, std::uint32_t value);  // integer, address or time
  // Reply-Message, cut into several attributes at characters' ends; UTF-8.
  bool add_reply_message(std::string_view text);

  // The packet, in `buffer`; to be called once. Empty when Proxy-State leaves no room for a lawful reply, which
  // a request with a Message-Authenticator cannot bring about.
  base::ByteView finish();

 private:
  PacketWriter writer_;
  const RequestHead& request_;
  const SharedSecret& secret_;
  std::size_t message_authenticator_ = 0;
};

// The answer to Status-Server (RFC 5997 section 3): Access-Accept or Accounting-Response, by the port asked.
base::ByteView build_status_reply(PacketBuffer& buffer, Port port, const RequestHead& request,
                                  const SharedSecret& secret);

}  // namespace sallyport::radius
