#include "crypto/sealed_key.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "crypto/random.h"

namespace sallyport::crypto {
namespace {

struct Auditor {
  std::string certificate, key;
};

std::string text_of(BIO* bio) {
  char* start = nullptr;
  const auto size = BIO_get_mem_data(bio, &start);
  std::string text(start, static_cast<std::size_t>(size));
  BIO_free_all(bio);
  return text;
}

Auditor auditor_with(EVP_PKEY* key, const char* passphrase = nullptr) {
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  auto* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("auditor"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), -3600);  // expired: sealing does not mind
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_PKEY_is_a(key, "ED25519") == 1 ? nullptr : EVP_sha256());
  BIO* certificate_pem = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_pem, certificate);
  X509_free(certificate);
  BIO* key_pem = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(key_pem, key, passphrase == nullptr ? nullptr : EVP_aes_256_cbc(), passphrase,
                                passphrase == nullptr ? 0 : static_cast<int>(std::string(passphrase).size()),
                                nullptr, nullptr);
  EVP_PKEY_free(key);
  return {text_of(certificate_pem), text_of(key_pem)};
}

Auditor with_rsa(unsigned bits = 2048, const char* passphrase = nullptr) {
  return auditor_with(EVP_RSA_gen(bits), passphrase);
}

TEST(SealedKey, opens_with_the_auditors_key_alone) {
  const auto key = random_bytes(32);
  for (const auto& auditor : {with_rsa(), auditor_with(EVP_EC_gen("P-256"))}) {
    const auto sealed = seal_key(auditor.certificate, key);
    ASSERT_TRUE(sealed) << sealed.error().what;
    EXPECT_EQ(sealed->front(), 0x30) << "DER begins with a SEQUENCE";
    const auto opened = open_sealed_key(*sealed, base::Secret(auditor.key));
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_TRUE(std::ranges::equal(opened->reveal_octets(), key));
    EXPECT_FALSE(open_sealed_key(*sealed, base::Secret(with_rsa().key)));
    EXPECT_FALSE(open_sealed_key(*sealed, base::Secret(auditor_with(EVP_EC_gen("P-256")).key)));
  }
}

TEST(SealedKey, asks_for_the_passphrase_of_the_private_key) {
  const auto auditor = with_rsa(2048, "hunter2");
  const auto sealed = seal_key(auditor.certificate, random_bytes(32));
  ASSERT_TRUE(sealed);
  EXPECT_TRUE(open_sealed_key(*sealed, base::Secret(auditor.key), base::Secret("hunter2")));
  EXPECT_FALSE(open_sealed_key(*sealed, base::Secret(auditor.key), base::Secret("hunter3")));
  EXPECT_FALSE(open_sealed_key(*sealed, base::Secret(auditor.key)));
}

TEST(SealedKey, is_sealed_to_no_certificate_that_cannot_keep_it) {
  const auto key = random_bytes(32);
  EXPECT_FALSE(seal_key("", key));
  EXPECT_FALSE(seal_key("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", key));
  EXPECT_FALSE(seal_key(with_rsa(1024).certificate, key));
  EXPECT_FALSE(seal_key(auditor_with(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).certificate, key))
      << "it signs only";
}

TEST(SealedKey, opens_no_other_octets) {
  const auto auditor = with_rsa();
  EXPECT_FALSE(open_sealed_key({}, base::Secret(auditor.key)));
  EXPECT_FALSE(open_sealed_key(base::as_bytes("no DER"), base::Secret(auditor.key)));
  const auto sealed = *seal_key(auditor.certificate, random_bytes(32));
  EXPECT_FALSE(open_sealed_key(base::ByteView(sealed).first(sealed.size() / 2), base::Secret(auditor.key)));
  EXPECT_FALSE(open_sealed_key(sealed, base::Secret("no key")));
}

}  // namespace
}  // namespace sallyport::crypto
