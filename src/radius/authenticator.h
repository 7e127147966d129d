#pragma once
// Who wrote a packet: Message-Authenticator (RFC 3579 section 3.2), the Response Authenticator (RFC 2865
// section 3) and the authenticators of accounting (RFC 2866 section 3) and of Disconnect-Requests (RFC 5176
// section 2.3), computed over the packet in place.
// Comparisons take constant time; nothing is allocated. Until authenticate_request() has said how a request is
// proven, nothing in it is true.
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/hmac.h"
#include "radius/packet.h"

namespace sallyport::radius {

// What a RADIUS client and its server share. Never empty (RFC 2865 section 3). Any thread may use it.
class SharedSecret {
 public:
  explicit SharedSecret(base::Secret secret);
  [[nodiscard]] base::ByteView octets() const { return secret_.reveal_octets(); }
  [[nodiscard]] const crypto::HmacKey& message_key() const { return message_key_; }

 private:
  base::Secret secret_;
  crypto::HmacKey message_key_;  // HMAC-MD5
};

enum class Proof : std::uint8_t {
  message_authenticator,  // the sender knows the secret, and no octet was changed
  request_authenticator,  // the same, by the older digest of Accounting-Requests and Disconnect-Requests
  none,                   // an Access-Request without Message-Authenticator: anybody may have written it
};

// Drops what is wrong whatever the client's settings say: a wrong Message-Authenticator; none on Status-Server
// (RFC 5997 section 3) or with an EAP-Message (RFC 3579 section 3.2); none with Proxy-State (CVE-2024-3596); a
// wrong Request Authenticator on an Accounting-Request or Disconnect-Request. Proof::none is for the client's
// settings to refuse or to observe.
base::Result<Proof, DropReason> authenticate_request(const PacketView& request, const SharedSecret& secret);

enum class ReplyFault : std::uint8_t {
  not_a_reply,  // its code is a request's
  wrong_id,
  response_authenticator_wrong,
  message_authenticator_wrong,
  message_authenticator_missing,
  message_authenticator_not_first,  // in its place the MD5 collision of CVE-2024-3596 can still be fitted in
};
std::string_view to_string(ReplyFault);

// For a client: that `reply` answers the request with that id and authenticator, from one who knows the secret.
// `require_message_authenticator` asks for one as the first attribute; without, it is checked where it is
// present.
base::Result<void, ReplyFault> verify_reply(const PacketView& reply, std::uint8_t request_id,
                                            const Authenticator& request_authenticator,
                                            const SharedSecret& secret, bool require_message_authenticator);

// Whether the Request Authenticator is a digest of the packet and the secret, and not random octets.
bool has_digest_authenticator(Code request);

// The values themselves, for whom builds packets. `packet` is complete but for what is computed. The first
// takes the 16 octets at `offset` as zero, and `authenticator` in place of those in the header.
Authenticator compute_message_authenticator(base::ByteView packet, std::size_t offset,
                                            base::ByteView authenticator, const SharedSecret& secret);
// MD5(Code, Identifier, Length, `authenticator`, attributes, secret): the Response Authenticator when
// `authenticator` is the request's; with 16 zeros the Request Authenticator of those that have a digest.
Authenticator compute_packet_digest(base::ByteView packet, base::ByteView authenticator,
                                    const SharedSecret& secret);

}  // namespace sallyport::radius
