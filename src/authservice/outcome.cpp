#include "authservice/outcome.h"

#include <fmt/format.h>

namespace sallyport::authservice {

std::string_view to_string(Why why) {
  switch (why) {
    case Why::none:
      return "";
    case Why::no_such_user:
      return "no_such_user";
    case Why::user_not_active:
      return "user_not_active";
    case Why::no_usable_credential:
      return "no_usable_credential";
    case Why::no_such_credential:
      return "no_such_credential";
    case Why::wrong_code:
      return "wrong_code";
    case Why::spent_code:
      return "spent_code";
    case Why::expired_code:
      return "expired_code";
    case Why::second_code_asked_for:
      return "second_code_asked_for";
    case Why::wrong_pin:
      return "wrong_pin";
    case Why::locked_by_this:
      return "locked_by_this";
    case Why::secret_does_not_open:
      return "secret_does_not_open";
    case Why::repeated:
      return "repeated";
    case Why::repeated_with_another_body:
      return "repeated_with_another_body";
    case Why::database_unavailable:
      return "database_unavailable";
    case Why::too_many_waiting:
      return "too_many_waiting";
    case Why::too_many_guesses:
      return "too_many_guesses";
    case Why::too_many_pushes:
      return "too_many_pushes";
    case Why::number_not_shown:
      return "number_not_shown";
    case Why::too_many_sent:
      return "too_many_sent";
    case Why::nothing_carries_it:
      return "nothing_carries_it";
  }
  return "";
}

namespace {

enum Has : std::uint8_t { detail = 1, pin = 2, expired_pin = 4, pin_expiry = 8, push = 16, handed_out = 32 };

void write_text(base::ByteWriter& writer, std::string_view text) {
  writer.u8(static_cast<std::uint8_t>(text.size()));  // credential ids are the longest, 100 octets at most
  writer.octets(base::as_bytes(text));
}
std::string read_text(base::ByteReader& reader) {
  const auto size = reader.u8();
  return std::string(base::as_text(reader.octets(size)));
}

void write_push(base::ByteWriter& writer, const SentPush& push) {
  writer.u64(push.transaction);
  writer.u8(push.carried ? 1 : 0);
  write_text(writer, push.number);
  writer.u8(static_cast<std::uint8_t>(push.credentials.size()));
  for (const auto& credential : push.credentials) write_text(writer, credential);
}
SentPush read_push(base::ByteReader& reader) {
  SentPush push;
  push.transaction = reader.u64();
  push.carried = reader.u8() != 0;
  push.number = read_text(reader);
  for (int left = reader.u8(); left > 0 && !reader.failed(); --left)
    push.credentials.push_back(read_text(reader));
  return push;
}

std::uint8_t presence(const Outcome& from) {
  return static_cast<std::uint8_t>((from.detail ? Has::detail : 0) | (from.pin_expired ? Has::pin : 0) |
                                   (from.pin_expired.value_or(false) ? Has::expired_pin : 0) |
                                   (from.pin_expires ? Has::pin_expiry : 0) | (from.push ? Has::push : 0) |
                                   (from.sealed_handed_out.empty() ? 0 : Has::handed_out));
}

}  // namespace

base::Bytes to_octets(const Outcome& from) {
  base::Bytes octets;
  octets.reserve(16 + from.credential_id.size());
  base::ByteWriter writer(octets);
  writer.u16(from.status.number());
  writer.u8(presence(from));
  writer.u8(static_cast<std::uint8_t>(from.credential_type));
  if (from.detail) writer.u16(from.detail->number());
  writer.u64(from.authn_id);
  write_text(writer, from.credential_id);
  if (from.pin_expires) writer.u64(static_cast<std::uint64_t>(*from.pin_expires));
  if (from.push) write_push(writer, *from.push);
  if (!from.sealed_handed_out.empty()) {
    writer.u64(static_cast<std::uint64_t>(from.sealed_with));
    writer.octets(from.sealed_handed_out);
  }
  return octets;
}

std::optional<Outcome> outcome_from(base::ByteView octets) {
  base::ByteReader reader(octets);
  Outcome read;
  read.status = vip::Status(reader.u16());
  const auto has = reader.u8();
  read.credential_type = static_cast<vip::CredentialType>(reader.u8());
  if ((has & Has::detail) != 0) read.detail = vip::Detail(reader.u16());
  if ((has & Has::pin) != 0) read.pin_expired = (has & Has::expired_pin) != 0;
  read.authn_id = reader.u64();
  read.credential_id = read_text(reader);
  if ((has & Has::pin_expiry) != 0) read.pin_expires = static_cast<std::int64_t>(reader.u64());
  if ((has & Has::push) != 0) read.push = read_push(reader);
  if ((has & Has::handed_out) != 0) {
    read.sealed_with = static_cast<std::int64_t>(reader.u64());
    const auto sealed = reader.octets(reader.left());
    read.sealed_handed_out.assign(sealed.begin(), sealed.end());
  }
  if (reader.failed()) return std::nullopt;
  return read;
}

std::string authn_id_text(std::uint64_t id) { return fmt::format("{:016X}", id); }

}  // namespace sallyport::authservice
