#include "server/sealed_state.h"

#include <algorithm>

#include "base/invariant.h"
#include "crypto/aead.h"
#include "crypto/kdf.h"
#include "crypto/random.h"

namespace sallyport::server {
namespace {

using crypto::AeadKey;
using validation::Challenged;
using validation::Method;
using validation::Offer;

constexpr std::uint8_t version = 2;
constexpr std::size_t most_offers = 9, most_text = 40;
constexpr base::Duration clocks_differ = std::chrono::seconds(5);

AeadKey key_for(const base::Secret& secret, base::ByteView salt) {
  const auto octets = crypto::derive_key(secret.reveal_octets(), salt, "sallyport challenge state 1");
  return AeadKey(octets);
}

base::Bytes associated(const BoundTo& to) {
  base::Bytes out;
  base::ByteWriter writer(out);
  for (const auto part : {base::as_bytes(to.validation_server), base::as_bytes(to.client), to.nas_identifier}) {
    writer.u16(static_cast<std::uint16_t>(part.size()));
    writer.octets(part);
  }
  return out;
}

void write_text(base::ByteWriter& writer, std::string_view text) {
  SALLYPORT_INVARIANT(text.size() <= most_text);
  writer.u8(static_cast<std::uint8_t>(text.size()));
  writer.octets(base::as_bytes(text));
}

std::string read_text(base::ByteReader& reader) {
  return std::string(base::as_text(reader.octets(reader.u8())));
}

base::Bytes payload_of(const Carried& carried) {
  base::Bytes out;
  base::ByteWriter writer(out);
  writer.u64(static_cast<std::uint64_t>(base::unix_seconds(carried.issued)));
  writer.octets(carried.user);
  writer.u64(carried.policy);
  write_text(writer, carried.login_id);
  const auto& challenged = carried.challenged;
  writer.u8(static_cast<std::uint8_t>(challenged.asks));
  write_text(writer, challenged.transaction_id);
  write_text(writer, challenged.number);
  SALLYPORT_INVARIANT(challenged.offers.size() <= most_offers);
  writer.u8(static_cast<std::uint8_t>(challenged.offers.size()));
  for (const auto& offer : challenged.offers) {
    writer.u8(static_cast<std::uint8_t>(offer.method));
    writer.u8(offer.place);
  }
  return out;
}

std::optional<Carried> carried_in(base::ByteView payload) {
  base::ByteReader reader(payload);
  Carried out;
  out.issued = base::WallTime(std::chrono::seconds(static_cast<std::int64_t>(reader.u64())));
  const auto user = reader.octets(out.user.size());
  if (reader.failed()) return std::nullopt;
  std::ranges::copy(user, out.user.begin());
  out.policy = reader.u64();
  out.login_id = read_text(reader);
  const auto asks = reader.u8();
  out.challenged.asks = static_cast<Challenged::Asks>(asks);
  out.challenged.transaction_id = read_text(reader);
  out.challenged.number = read_text(reader);
  const auto offers = reader.u8();
  if (reader.failed() || asks > static_cast<std::uint8_t>(Challenged::Asks::again) || offers > most_offers)
    return std::nullopt;
  for (int i = 0; i < offers; ++i) {
    const auto method = reader.u8();
    if (method >= validation::methods) return std::nullopt;
    out.challenged.offers.push_back({static_cast<Method>(method), reader.u8()});
  }
  if (reader.failed() || reader.left() != 0) return std::nullopt;
  return out;
}

}  // namespace

StateSeal::StateSeal(const base::Secret& key, const std::vector<base::Secret>& old_keys) : keys_{key} {
  keys_.insert(keys_.end(), old_keys.begin(), old_keys.end());
  for (const auto& one : keys_)
    tag_keys_.emplace_back(crypto::HashAlgorithm::sha256,
                           crypto::derive_key(one.reveal_octets(), {}, "sallyport user tag 1"));
  crypto::fill_random(salt_);
}

base::Bytes StateSeal::seal(const Carried& carried, const BoundTo& to) const {
  const auto nonce = AeadKey::random_nonce();
  const auto sealed = key_for(keys_.front(), salt_).seal(nonce, payload_of(carried), associated(to));
  base::Bytes out;
  base::ByteWriter writer(out);
  writer.u8(version);
  writer.octets(salt_);
  writer.octets(nonce);
  writer.octets(sealed);
  SALLYPORT_INVARIANT(out.size() <= radius::max_attribute_value);
  return out;
}

std::optional<Carried> StateSeal::open(base::ByteView state, const BoundTo& to, base::WallTime now,
                                       base::Duration life) const {
  base::ByteReader reader(state);
  if (reader.u8() != version) return std::nullopt;
  const auto salt = reader.octets(salt_.size());
  const auto nonce_octets = reader.octets(AeadKey::nonce_size);
  if (reader.failed() || reader.left() < AeadKey::tag_size) return std::nullopt;
  AeadKey::Nonce nonce;
  std::ranges::copy(nonce_octets, nonce.begin());
  const auto sealed = reader.octets(reader.left());
  for (const auto& key : keys_) {
    const auto payload = key_for(key, salt).open(nonce, sealed, associated(to));
    if (!payload) continue;
    auto carried = carried_in(*payload);
    if (!carried || now - carried->issued > life || carried->issued - now > clocks_differ) return std::nullopt;
    return carried;
  }
  return std::nullopt;
}

namespace {

UserTag tag_under(const crypto::HmacKey& key, std::string_view canonical_user) {
  UserTag out;
  std::ranges::copy(key.sign({base::as_bytes(canonical_user)}).first(out.size()), out.begin());
  return out;
}

}  // namespace

UserTag StateSeal::tag_of(std::string_view canonical_user) const {
  return tag_under(tag_keys_.front(), canonical_user);
}

bool StateSeal::is_tag_of(const UserTag& tag, std::string_view canonical_user) const {
  return std::ranges::any_of(tag_keys_, [&](const auto& key) { return tag_under(key, canonical_user) == tag; });
}

}  // namespace sallyport::server
