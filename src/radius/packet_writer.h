#pragma once
// Writes a packet into a buffer that the caller owns: a header, then attributes, never over 4,096 octets and
// never allocating. The Length field is right after every call. The builders of replies and requests stand on
// this one.
#include <array>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "radius/packet.h"

namespace sallyport::radius {

using PacketBuffer = std::array<std::uint8_t, max_packet_size>;

class PacketWriter {
 public:
  PacketWriter(PacketBuffer& buffer, Code code, std::uint8_t id);

  void set_authenticator(base::ByteView authenticator);
  // False, and nothing written, when the value is over 253 octets or the packet would grow over 4,096 less
  // `reserved`.
  bool add(AttributeType type, base::ByteView value, std::size_t reserved = 0);
  // Attributes as they stand in another packet; false when they do not fit.
  bool add_raw(base::ByteView attributes);
  // Sixteen zeros for now; gives the offset of the value.
  std::size_t add_message_authenticator();
  void overwrite(std::size_t offset, base::ByteView octets);

  [[nodiscard]] base::ByteView octets() const { return base::ByteView(buffer_).first(size_); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void grown_to(std::size_t size);
  PacketBuffer& buffer_;
  std::size_t size_ = header_size;
};

}  // namespace sallyport::radius
