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
  }
  return "";
}

base::Bytes to_octets(const Outcome& from) {
  base::Bytes octets;
  octets.reserve(16 + from.credential_id.size());
  base::ByteWriter writer(octets);
  writer.u16(from.status.number());
  writer.u8(from.detail ? 1 : 0);
  writer.u16(from.detail ? from.detail->number() : std::uint16_t{0});
  writer.u8(!from.pin_expired ? 0 : *from.pin_expired ? 2 : 1);
  writer.u64(from.authn_id);
  writer.octets(base::as_bytes(from.credential_id));
  return octets;
}

std::optional<Outcome> outcome_from(base::ByteView octets) {
  base::ByteReader reader(octets);
  Outcome read;
  read.status = vip::Status(reader.u16());
  const bool detailed = reader.u8() != 0;
  const auto detail = reader.u16();
  if (detailed) read.detail = vip::Detail(detail);
  if (const auto pin = reader.u8(); pin != 0) read.pin_expired = pin == 2;
  read.authn_id = reader.u64();
  read.credential_id = base::as_text(reader.octets(reader.left()));
  if (reader.failed()) return std::nullopt;
  return read;
}

std::string authn_id_text(std::uint64_t id) { return fmt::format("{:016X}", id); }

}  // namespace sallyport::authservice
