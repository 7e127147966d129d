#pragma once
// The settings of our own authentication service; see gateway.h for how they come about.
#include <string>
#include <vector>

#include "settings/delivery.h"
#include "settings/gateway.h"

namespace sallyport::settings {

enum class AccountRole { validation, management, admin };

struct ClientCertificate {         // [[account.certificate]]: who may ask for this account, and what
  std::string fingerprint_sha256;  // of the DER form, 64 hex digits; or
  std::string subject;             // RFC 2253, exactly
  AccountRole role = AccountRole::validation;
};

enum class LockoutScope { credential_type, user };
enum class PushNumbers { off, on, required };

struct Account {   // [[account]]
  std::string id;  // 3-50 of [0-9A-Za-z]
  std::vector<ClientCertificate> certificates;
  int lockout_failures = 10;  // 0: never
  LockoutScope lockout_scope = LockoutScope::credential_type;
  int guess_limit = 10;  // wrong codes by authenticateCredentials that a credential is asked for; 0: no bound
  seconds guess_time{600};    // within this time
  int totp_window = 10;       // steps each way that are accepted ("Medium": +-5 minutes)
  int totp_sync_window = 64;  // steps each way in which two consecutive codes resynchronize
  int hotp_look_ahead = 10;
  int hotp_sync_look_ahead = 100;
  bool pin_enabled = true;
  int pin_min_length = 4;
  bool pin_simple_allowed = true;  // 1111, 1234
  seconds pin_life{0};             // 0: for ever
  seconds push_life{60};           // where the client asks for none
  seconds push_life_limit{300};    // the most that a client gets
  int push_limit = 5;              // unanswered ones within an hour, after which no more are sent; 0: never
  PushNumbers push_numbers{};      // the number challenge
  seconds sent_code_life{300};     // of codes by SMS, voice, e-mail and of service credentials
  int sent_code_limit = 10;        // codes to one address within an hour; 0: any number
  seconds temporary_password_life{86'400};
};

struct AuthService {
  int workers = 0;                  // 0: the number of cores
  std::vector<std::string> listen;  // "127.0.0.1:8443"
  std::string certificate_file, key_file;
  base::Secret certificate_password;
  std::string client_ca_file;
  std::string database;                        // SQLite file
  base::Secret secrets_key;                    // 32 octets as base 64: encrypts credentials' secrets at rest
  std::vector<base::Secret> old_secrets_keys;  // still read, re-encrypted at start
  std::string issuer = "Sallyport";            // in otpauth URIs
  seconds drain_limit{15};
  Log log;
  Metrics metrics{"127.0.0.1:9465"};
  Delivery delivery;
  std::vector<Account> accounts;
};

}  // namespace sallyport::settings
