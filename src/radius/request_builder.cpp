#include "radius/request_builder.h"

#include "radius/password.h"

namespace sallyport::radius {

RequestBuilder::RequestBuilder(PacketBuffer& buffer, Code code, std::uint8_t id,
                               const Authenticator& authenticator, const SharedSecret& secret, Options options)
    : writer_(buffer, code, id), authenticator_(authenticator), secret_(secret) {
  if (has_digest_authenticator(code)) authenticator_ = {};
  writer_.set_authenticator(authenticator_);
  if (options.message_authenticator) message_authenticator_ = writer_.add_message_authenticator();
}

bool RequestBuilder::add(AttributeType type, base::ByteView value) { return writer_.add(type, value); }

bool RequestBuilder::add(AttributeType type, std::uint32_t value) {
  const std::array<std::uint8_t, 4> octets = {
      static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U),
      static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
  return add(type, octets);
}

bool RequestBuilder::add_user_password(const base::Secret& password) {
  HiddenPassword hidden;
  const auto value = hide_password(password.reveal(), authenticator_, secret_, hidden);
  return !value.empty() && add(AttributeType::user_password, value);
}

base::ByteView RequestBuilder::finish() {
  if (message_authenticator_ != 0) {
    writer_.overwrite(
        message_authenticator_,
        compute_message_authenticator(writer_.octets(), message_authenticator_, authenticator_, secret_));
  }
  if (has_digest_authenticator(static_cast<Code>(writer_.octets()[0])))
    writer_.set_authenticator(compute_packet_digest(writer_.octets(), authenticator_, secret_));
  return writer_.octets();
}

}  // namespace sallyport::radius
