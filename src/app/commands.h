#pragma once
// What the command line can be asked for: one options struct and one function a command. Each function gives
// the process's exit code: 0 done, 1 it failed (said on standard error), 2 wrong settings or arguments.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "settings/gateway.h"

namespace sallyport::app {

int run_gateway(const std::string& settings_file);
// What a gateway may need: sockets, directories, logs, and room to spare beside the exchanges with the service.
std::size_t descriptors_for(const settings::Gateway&);
int run_authservice(const std::string& settings_file);
int back_up_authservice(const std::string& settings_file, const std::string& to);

struct CheckOptions {
  std::string settings_file;
  bool connect = false;
};
int check(const CheckOptions&);

struct LoginOptions {
  std::string server = "127.0.0.1:1812";
  std::string secret;  // "env:NAME", "file:PATH" or itself
  std::string user;
  std::optional<std::string> password, code;  // asked for when not given
  std::vector<std::string> answers;           // to challenges, in turn; then asked for
  bool no_code = false;                       // the password alone
  bool code_only = false;                     // mode code: the password field is the code
  bool ipv6 = false;
  bool message_authenticator = true;
  bool status_server = false;
  std::string calling_station_id;
  std::string nas_identifier = "sallyport-login";
  int timeout_milliseconds = 3000;
  int tries = 3;
};
// 0 accept, 1 reject, 3 no answer, 4 an answer whose authenticators are wrong, 5 a challenge that nobody
// answered, 2 wrong arguments.
int login(const LoginOptions&);

struct AdminOptions {  // how the authentication service's admin API is reached
  std::string url;     // https://host:port
  std::string certificate_file, key_file, ca_file;
};

struct UserOptions {
  AdminOptions admin;
  std::string user;
  std::string search;    // list
  bool json = false;     // list
  std::string csv_file;  // import
  std::string refused_file;
  std::size_t batch = 200;
};
int user_add(const UserOptions&);
int user_list(const UserOptions&);
int user_remove(const UserOptions&);
int user_lock(const UserOptions&);
int user_unlock(const UserOptions&);
int user_import(const UserOptions&);

struct CredentialOptions {
  AdminOptions admin;
  std::string user, credential, search;
  std::string kind = "totp";  // hotp, sms, voice, email, service
  std::string address;        // telephone number, e-mail address or id, of the last four
  bool push = false;          // the device of a totp or hotp credential takes pushes
  std::string algorithm = "SHA1";
  std::string secret;  // base 32; empty: drawn by the service
  int digits = 6;
  int period = 30;
  bool json = false;
  bool qr = true;
  std::string svg_file;
};
int credential_add(const CredentialOptions&);
int credential_list(const CredentialOptions&);
int credential_remove(const CredentialOptions&);
int credential_lock(const CredentialOptions&);
int credential_unlock(const CredentialOptions&);
int credential_enable_push(const CredentialOptions&);
int credential_disable_push(const CredentialOptions&);

struct PushOptions {
  AdminOptions admin;
  std::string transaction;  // approve, deny; empty: the only one of `user`
  std::string user, number, credential;
  bool json = false;
};
int push_list(const PushOptions&);
int push_approve(const PushOptions&);
int push_deny(const PushOptions&);

struct ControlOptions {  // how a running gateway is reached: one of the two
  std::string settings_file, socket;
};

struct ContinuityOptions {
  ControlOptions control;
  std::string server;  // empty: all
  std::string time;    // "8h", 1m to 24h
  bool until_i_say = false;
  std::string user;   // forget
  bool json = false;  // status
};
int continuity_enable(const ContinuityOptions&);
int continuity_disable(const ContinuityOptions&);
int continuity_automatic(const ContinuityOptions&);
int continuity_settings(const ContinuityOptions&);  // nothing is by hand any more
int continuity_forget(const ContinuityOptions&);    // 1: there was none of that user
int status(const ContinuityOptions&);

struct RehearseOptions {
  ControlOptions control;
  std::string server;        // empty: all
  std::string time = "24h";  // 1m to 7d
  std::int64_t logins = 0;   // it ends after so many; 0: by time alone
  bool json = false;         // report
};
int rehearse_start(const RehearseOptions&);
int rehearse_stop(const RehearseOptions&);
int rehearse_report(const RehearseOptions&);

struct AuditOptions {                     // the record of continuity logins
  std::string folder{}, settings_file{};  // one of them
  std::vector<std::string> key_files{};   // the auditor's private keys, PEM
  bool begins_here = false;               // older segments were put elsewhere
  std::vector<std::string> heads{};       // verify: SEQ:MAC, from the log
  std::string format{};                   // list, export: table, csv, json
  std::string from{}, until{}, server{}, user{};
};
// 0 the record holds together, 1 it is broken or not there, 2 wrong arguments, or the auditor's key is needed
// to say.
int audit_verify(const AuditOptions&);
// They print what is there; 1 when something of the record is broken, or no record is there.
int audit_list(const AuditOptions&);
int audit_export(const AuditOptions&);

struct ReviewOptions {
  AuditOptions record;  // where it is, and which of its logins
  std::string socket;   // the gateway's; empty: where its settings say
  std::string late;     // good, refused: only those with this late verdict
  bool disconnect = false, all_listed = false, json = false;
};
// 0 all is well, 1 something of the record is broken, no record is there, or a session was not ended, 2 wrong
// arguments.
int continuity_review(const ReviewOptions&);

int print_document(const std::string& name);  // settings, messages, reasons
int hash_password();                          // for user stores of kind "file"

}  // namespace sallyport::app
