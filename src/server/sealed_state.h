#pragma once
// What lies between a challenge and its answer travels sealed in State (RFC 2865 section 5.24): AES-256-GCM
// under a key that comes from the cluster's, so that any gateway finishes what another began and none keeps
// anything. A State is bound to the validation server, the RADIUS client and its NAS-Identifier. It opens only
// there, unchanged and in time; whose it is, the caller compares. Octets:
//
//   version 1 | salt 16 | nonce 12 | sealed (payload) | tag 16        at most 253 in all
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/time.h"
#include "crypto/hmac.h"
#include "radius/packet.h"
#include "validation/login.h"

namespace sallyport::server {

using UserTag = std::array<std::uint8_t, 16>;

struct Carried {
  validation::Challenged challenged;
  std::string login_id;  // of the login that challenged
  UserTag user{};
  base::WallTime issued{};
  std::uint64_t policy = 0;  // a digest of what the login was judged by
};

struct BoundTo {  // associated data
  std::string_view validation_server, client;
  base::ByteView nas_identifier;  // empty: none
};

class StateSeal {
 public:
  // The salt is drawn here. `old_keys` open only.
  StateSeal(const base::Secret& key, const std::vector<base::Secret>& old_keys);

  // At most 253 octets: offers and ids are bounded.
  [[nodiscard]] base::Bytes seal(const Carried&, const BoundTo&) const;
  // Nothing when it is none of ours, was changed, is bound to others, or was issued over `life` ago. A clock of
  // another gateway may run ahead by as much as five seconds.
  [[nodiscard]] std::optional<Carried> open(base::ByteView state, const BoundTo&, base::WallTime now,
                                            base::Duration life) const;
  [[nodiscard]] UserTag tag_of(std::string_view canonical_user) const;  // the same on every gateway
  // Made under the key or an old one.
  [[nodiscard]] bool is_tag_of(const UserTag&, std::string_view canonical_user) const;

 private:
  using Salt = std::array<std::uint8_t, 16>;
  Salt salt_{};
  std::vector<base::Secret> keys_;         // the first seals
  std::vector<crypto::HmacKey> tag_keys_;  // of the keys, in the same order
};

}  // namespace sallyport::server
