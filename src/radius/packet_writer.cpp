#include "radius/packet_writer.h"

#include <algorithm>

#include "base/invariant.h"

namespace sallyport::radius {

PacketWriter::PacketWriter(PacketBuffer& buffer, Code code, std::uint8_t id) : buffer_(buffer) {
  std::fill_n(buffer_.begin(), header_size, std::uint8_t{0});
  buffer_[0] = static_cast<std::uint8_t>(code);
  buffer_[1] = id;
  grown_to(header_size);
}

void PacketWriter::grown_to(std::size_t size) {
  size_ = size;
  buffer_[2] = static_cast<std::uint8_t>(size >> 8U);
  buffer_[3] = static_cast<std::uint8_t>(size);
}

void PacketWriter::set_authenticator(base::ByteView authenticator) {
  SALLYPORT_INVARIANT(authenticator.size() == authenticator_size);
  overwrite(4, authenticator);
}

bool PacketWriter::add(AttributeType type, base::ByteView value, std::size_t reserved) {
  const auto length = attribute_header_size + value.size();
  if (value.size() > max_attribute_value || size_ + length + reserved > max_packet_size) return false;
  buffer_[size_] = static_cast<std::uint8_t>(type);
  buffer_[size_ + 1] = static_cast<std::uint8_t>(length);
  std::ranges::copy(value, buffer_.begin() + static_cast<std::ptrdiff_t>(size_ + attribute_header_size));
  grown_to(size_ + length);
  return true;
}

bool PacketWriter::add_raw(base::ByteView attributes) {
  if (size_ + attributes.size() > max_packet_size) return false;
  std::ranges::copy(attributes, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
  grown_to(size_ + attributes.size());
  return true;
}

std::size_t PacketWriter::add_message_authenticator() {
  SALLYPORT_INVARIANT(add(AttributeType::message_authenticator, Authenticator{}));
  return size_ - authenticator_size;
}

void PacketWriter::overwrite(std::size_t offset, base::ByteView octets) {
  SALLYPORT_INVARIANT(offset + octets.size() <= size_);
  std::ranges::copy(octets, buffer_.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace sallyport::radius
