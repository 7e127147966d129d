#pragma once
// Credentials' secrets at rest: AES-256-GCM under the key from the settings, with the account and the
// credential as associated data, so that a secret moved to another row does not open. Each sealed secret names
// its key by a number that tells nothing of it; older keys still open what was sealed under them.
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"

namespace sallyport::authservice {

class SecretBox {
 public:
  // Keys are 32 octets as base 64.
  static base::Result<SecretBox> make(const base::Secret& key, const std::vector<base::Secret>& old_keys);

  [[nodiscard]] base::Bytes seal(base::ByteView secret, std::string_view account,
                                 std::string_view credential) const;
  // Nothing: no such key, or the octets are not what was sealed for this credential.
  [[nodiscard]] std::optional<base::Secret> open(base::ByteView sealed, std::int64_t key_id,
                                                 std::string_view account, std::string_view credential) const;
  [[nodiscard]] std::int64_t key_id() const { return keys_.front().first; }  // of the key that seals
  [[nodiscard]] std::vector<std::int64_t> key_ids() const;                   // the sealing one first

 private:
  std::vector<std::pair<std::int64_t, crypto::AeadKey>> keys_;
};

}  // namespace sallyport::authservice
