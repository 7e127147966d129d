// A million datagrams that nobody should have sent, random ones and mutations of real ones, through everything
// that looks at a request before it is believed. The sanitizers watch; here it is checked that no view leaves
// its datagram.
#include <gtest/gtest.h>

#include <random>

#include "base/encoding.h"
#include "radius/attribute_names.h"
#include "radius/password.h"
#include "radius/reply.h"
#include "radius/request_builder.h"

namespace sallyport::radius {
namespace {

const SharedSecret secret{base::Secret("xyzzy5461")};

std::vector<base::Bytes> real_packets() {
  std::vector<base::Bytes> packets;
  for (const bool with_message_authenticator : {true, false}) {
    PacketBuffer buffer;
    RequestBuilder request(buffer, Code::access_request, 1, {1, 2, 3}, secret, {with_message_authenticator});
    request.add(AttributeType::user_name, "alice");
    request.add_user_password(base::Secret("correct horse battery staple123456"));
    request.add(AttributeType::nas_port, 7);
    request.add(AttributeType::vendor_specific, base::as_bytes(std::string_view("\0\0\1\x37\x0b\x06"
                                                                                "abcd",
                                                                                10)));
    request.add(AttributeType::proxy_state, "state");
    const auto octets = request.finish();
    packets.emplace_back(octets.begin(), octets.end());
  }
  return packets;
}

// Everything that the server asks of a packet; true when it decodes.
bool look_at(base::ByteView datagram) {
  const auto packet = decode_request(datagram, Port::authentication);
  if (!packet) return false;
  std::size_t octets = header_size;
  for (const auto attribute : packet->attributes()) octets += attribute_header_size + attribute.value.size();
  EXPECT_EQ(octets, packet->octets().size());
  const auto proof = authenticate_request(*packet, secret);
  EXPECT_TRUE(!proof || *proof != Proof::request_authenticator);
  static_cast<void>(password_method(*packet));
  if (const auto hidden = packet->find(AttributeType::user_password))
    static_cast<void>(unhide_password(*hidden, packet->authenticator(), secret));
  EXPECT_TRUE(may_be_a_retry(*packet, *packet));
  return true;
}

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

  base::Bytes random_datagram() {
    base::Bytes datagram(below(below(16) == 0 ? 4200 : 80));
    for (auto& octet : datagram) octet = static_cast<std::uint8_t>(random_());
    if (datagram.size() >= header_size && below(4) != 0) {  // or nothing would get past the header
      datagram[0] = below(2) == 0 ? 1 : 12;
      set_length(datagram);
      for (std::size_t at = header_size; at + 1 < datagram.size();
           at += std::max<std::size_t>(2, datagram[at + 1])) {
        datagram[at + 1] = static_cast<std::uint8_t>(below(24));
      }
    }
    return datagram;
  }

  base::Bytes mutation_of(base::Bytes datagram) {
    for (auto count = 1 + below(4); count > 0 && !datagram.empty(); --count) {
      const auto at = below(datagram.size());
      const auto place = datagram.begin() + static_cast<std::ptrdiff_t>(at);
      switch (below(5)) {
        case 0:
          datagram[at] ^= static_cast<std::uint8_t>(1U << below(8));
          break;
        case 1:
          datagram[at] = static_cast<std::uint8_t>(random_());
          break;
        case 2:
          datagram.resize(at);
          break;
        case 3:
          datagram.insert(place, static_cast<std::uint8_t>(random_()));
          break;
        default:
          datagram.erase(place);
          break;
      }
    }
    if (datagram.size() >= 4 && below(2) == 0) set_length(datagram);
    return datagram;
  }

 private:
  static void set_length(base::Bytes& datagram) {
    datagram[2] = static_cast<std::uint8_t>(datagram.size() >> 8U);
    datagram[3] = static_cast<std::uint8_t>(datagram.size());
  }
  std::mt19937_64 random_;
};

TEST(Hostile, a_million_datagrams_are_decoded_or_dropped) {
  Mutator mutator(20261123);
  const auto real = real_packets();
  int good = 0;
  constexpr int total = 1'000'000;
  for (int i = 0; i < total; ++i)
    good +=
        look_at(i % 2 == 0 ? mutator.random_datagram() : mutator.mutation_of(real[mutator.below(real.size())]))
            ? 1
            : 0;
  EXPECT_GT(good, total / 20);  // else the mutations are too coarse to reach the deeper code
  EXPECT_LT(good, total);
}

TEST(Hostile, every_cut_and_every_changed_bit_of_a_signed_request_is_refused) {
  const auto real = real_packets()[0];
  ASSERT_EQ(authenticate_request(decode(real).value(), secret), Proof::message_authenticator);
  for (std::size_t length = 0; length < real.size(); ++length)
    EXPECT_FALSE(decode(base::ByteView(real).first(length)));
  for (std::size_t bit = 0; bit < real.size() * 8; ++bit) {
    auto changed = real;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    const auto packet = decode_request(changed, Port::authentication);
    EXPECT_TRUE(!packet || !authenticate_request(*packet, secret)) << "bit " << bit;
  }
}

TEST(Hostile, octets_are_shown_without_what_a_terminal_would_obey) {
  for (unsigned type = 0; type < 256; ++type) {
    base::Bytes value;
    for (unsigned octet = 0; octet < 253; ++octet) value.push_back(static_cast<std::uint8_t>(octet));
    const Attribute attribute{static_cast<AttributeType>(type), value};
    for (const auto c : label_of(attribute.type) + value_as_text(attribute)) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  }
}

}  // namespace
}  // namespace sallyport::radius
