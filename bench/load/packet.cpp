#include "load/packet.h"

#include <algorithm>
#include <string>

#include "crypto/hash.h"

namespace sallyport::load {
namespace {

constexpr std::size_t header_size = 20;
constexpr std::uint8_t access_request = 1, access_accept = 2, access_reject = 3;
constexpr std::uint8_t user_name = 1, user_password = 2, reply_message_type = 18, calling_station_id = 31,
                       nas_identifier = 32, message_authenticator = 80;
constexpr std::array<std::uint8_t, 16> zeros{};

void attribute(base::Bytes& out, std::uint8_t type, base::ByteView value) {
  out.push_back(type);
  out.push_back(static_cast<std::uint8_t>(value.size() + 2));
  out.insert(out.end(), value.begin(), value.end());
}

// RFC 2865 section 5.2.
void hidden_password(base::Bytes& out, const Request& request, const SharedSecret& secret) {
  const std::size_t blocks = std::clamp<std::size_t>((request.password.size() + 15) / 16, 1, 8);
  std::array<std::uint8_t, 128> text{};
  std::copy_n(request.password.begin(), std::min(request.password.size(), text.size()), text.begin());
  base::ByteView previous = request.authenticator;
  for (std::size_t block = 0; block < blocks; ++block) {
    const auto mask = crypto::md5({secret.octets(), previous});
    for (std::size_t i = 0; i < 16; ++i) text[block * 16 + i] ^= mask[i];
    previous = base::ByteView(text).subspan(block * 16, 16);
  }
  attribute(out, user_password, base::ByteView(text).first(blocks * 16));
}

// The value of the first attribute of this type; empty where there is none. The attributes fill the packet
// exactly.
base::ByteView find(base::ByteView packet, std::uint8_t type) {
  for (std::size_t at = header_size; at + 2 <= packet.size() && packet[at + 1] >= 2;) {
    const std::size_t size = packet[at + 1];
    if (at + size > packet.size()) break;
    if (packet[at] == type) return packet.subspan(at + 2, size - 2);
    at += size;
  }
  return {};
}

bool well_formed(base::ByteView packet) {
  if (packet.size() < header_size || (packet[2] << 8 | packet[3]) != static_cast<int>(packet.size()))
    return false;
  std::size_t at = header_size;
  while (at + 2 <= packet.size() && packet[at + 1] >= 2) at += packet[at + 1];
  return at == packet.size();
}

}  // namespace

SharedSecret::SharedSecret(std::string_view secret)
    : secret_(secret), key_(crypto::HashAlgorithm::md5, base::as_bytes(secret)) {}

void encode(const Request& request, const SharedSecret& secret, base::Bytes& out) {
  out.assign({access_request, request.id, 0, 0});
  out.insert(out.end(), request.authenticator.begin(), request.authenticator.end());
  attribute(out, message_authenticator, zeros);
  attribute(out, user_name, base::as_bytes(request.user_name));
  hidden_password(out, request, secret);
  attribute(out, nas_identifier, base::as_bytes("radius_load"));
  if (!request.calling_station_id.empty())
    attribute(out, calling_station_id, base::as_bytes(request.calling_station_id));
  out[2] = static_cast<std::uint8_t>(out.size() >> 8U);
  out[3] = static_cast<std::uint8_t>(out.size());
  const auto mac = secret.key().sign({out});
  std::ranges::copy(mac.octets(), out.begin() + header_size + 2);
}

Reply check(base::ByteView reply, std::uint8_t id, const Authenticator& request, const SharedSecret& secret) {
  if (!well_formed(reply) || reply[1] != id) return Reply::malformed;
  // RFC 2865 section 3: MD5 of the reply with the request's authenticator in place of its own, and the secret.
  const auto digest = crypto::md5({reply.first(4), request, reply.subspan(header_size), secret.octets()});
  if (!std::ranges::equal(digest, reply.subspan(4, 16))) return Reply::bad_authenticator;
  // RFC 3579 section 3.2: the same, with the Message-Authenticator's own octets as zeros.
  const auto found = find(reply, message_authenticator);
  if (found.size() != zeros.size()) return Reply::bad_authenticator;
  const auto before = static_cast<std::size_t>(found.data() - reply.data());
  const auto mac = secret.key().sign({reply.first(4), request, reply.subspan(header_size, before - header_size),
                                      zeros, reply.subspan(before + zeros.size())});
  if (!std::ranges::equal(mac.octets(), found)) return Reply::bad_authenticator;
  return reply[0] == access_accept   ? Reply::accept
         : reply[0] == access_reject ? Reply::reject
                                     : Reply::other_code;
}

std::string_view reply_message(base::ByteView reply) { return base::as_text(find(reply, reply_message_type)); }

}  // namespace sallyport::load
