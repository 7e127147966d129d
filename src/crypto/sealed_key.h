#pragma once
// A key that lies on a disk and that only one person can take: CMS EnvelopedData (RFC 5652) in DER with
// AES-256, for the holder of a certificate's private key (RSA with OAEP, or an elliptic curve). Whoever has the
// certificate can seal another key in its place: sealing hides, it proves nothing about who sealed. `openssl
// cms -decrypt -inform DER` opens it too.
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

namespace sallyport::crypto {

// To the first certificate of the PEM text. That the certificate has expired is no error: what is to be kept
// secret is better sealed to an old certificate than to none.
base::Result<base::Bytes> seal_key(std::string_view certificate_pem, base::ByteView key);

// `private_key_pem` may be encrypted with a passphrase.
base::Result<base::Secret> open_sealed_key(base::ByteView sealed, const base::Secret& private_key_pem,
                                           const base::Secret& passphrase = {});

}  // namespace sallyport::crypto
