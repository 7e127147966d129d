#pragma once
// Builds requests, for whom asks a RADIUS server (`sallyport login`, the load generator, tests) and for what a
// gateway asks its clients (Disconnect-Request). The Request Authenticator is the caller's: 16 octets from the
// kernel, new for each request; for an Accounting-Request or Disconnect-Request it is computed instead (RFC
// 2866 section 3, RFC 5176 section 2.3).
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "radius/authenticator.h"
#include "radius/packet_writer.h"

namespace sallyport::radius {

class RequestBuilder {
 public:
  struct Options {
    bool message_authenticator = true;  // as the first attribute
  };

  RequestBuilder(PacketBuffer& buffer, Code code, std::uint8_t id, const Authenticator& authenticator,
                 const SharedSecret& secret, Options options);
  RequestBuilder(PacketBuffer& buffer, Code code, std::uint8_t id, const Authenticator& authenticator,
                 const SharedSecret& secret)
      : RequestBuilder(buffer, code, id, authenticator, secret, Options{}) {}

  // False, and nothing added, when it does not fit.
  bool add(AttributeType type, base::ByteView value);
  bool add(AttributeType type, std::string_view value) { return add(type, base::as_bytes(value)); }
  bool add(AttributeType type, std::uint32_t value);
  bool add_user_password(const base::Secret& password);  // false too for over 128 octets

  base::ByteView finish();  // the packet, in `buffer`; to be called once

 private:
  PacketWriter writer_;
  Authenticator authenticator_;
  const SharedSecret& secret_;
  std::size_t message_authenticator_ = 0;
};

}  // namespace sallyport::radius
