#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "app/commands.h"

namespace sallyport::app {
namespace {

using Chosen = std::function<int()>;

CLI::App* command(CLI::App& parent, const std::string& name, const std::string& says, Chosen& chosen,
                  Chosen run) {
  auto* added = parent.add_subcommand(name, says);
  // A command within a command calls back first: the inner one is what was asked for.
  added->callback([&chosen, run = std::move(run)] {
    if (!chosen) chosen = run;
  });
  return added;
}

void add_gateway(CLI::App& app, Chosen& chosen) {
  static std::string settings_file;
  command(app, "gateway", "serve RADIUS as the settings say", chosen, [] { return run_gateway(settings_file); })
      ->add_option("--config", settings_file, "the settings: docs/settings.md")
      ->required();
}

void add_authservice(CLI::App& app, Chosen& chosen) {
  static std::string settings_file, backup_file;
  auto* service =
      command(app, "authservice", "serve the VIP User Services API 1.8 and 1.10 with users of our own", chosen,
              [] { return run_authservice(settings_file); });
  service->add_option("--config", settings_file, "the settings: docs/settings.md")->required();
  auto* backup = command(*service, "backup", "copy the database to FILE while the service runs", chosen,
                         [] { return back_up_authservice(settings_file, backup_file); });
  backup->add_option("FILE", backup_file, "made anew, readable by its owner only")->required();
  backup->fallthrough();  // --config may stand behind `backup` too
}

void add_check(CLI::App& app, Chosen& chosen) {
  static CheckOptions options;
  auto* check_command = command(app, "check", "say what is wrong with a settings file, without starting",
                                chosen, [] { return check(options); });
  check_command
      ->add_option("--config", options.settings_file, "a gateway's or an authentication service's settings")
      ->required();
  check_command->add_flag("--connect", options.connect, "also try every directory connection and the service");
}

void add_login(CLI::App& app, Chosen& chosen) {
  static LoginOptions options;
  static bool without = false;
  auto* login_command = command(app, "login", "sign in by RADIUS and show the answer", chosen, [] {
    options.message_authenticator = !without;
    return login(options);
  });
  login_command->add_option("--server", options.server, "HOST:PORT or [IPV6]:PORT")->capture_default_str();
  login_command->add_option("--secret", options.secret, "the shared secret, or env:NAME, or file:PATH")
      ->envname("SALLYPORT_RADIUS_SECRET")
      ->required();
  login_command->add_option("--password", options.password,
                            "asked for when not given; '-' reads a line from standard input");
  login_command->add_option("--code", options.code, "asked for when not given");
  login_command->add_option("--answer", options.answers,
                            "what to answer to a challenge; once for each, in turn; then it is asked for");
  login_command->add_flag("--no-code", options.no_code, "send the password alone");
  login_command->add_flag("--code-only", options.code_only, "send the code alone (mode code)");
  login_command->add_flag("--ipv6", options.ipv6, "resolve the server's name to IPv6 only");
  login_command->add_flag("--no-message-authenticator", without, "as clients before 2024 do");
  login_command->add_flag("--status-server", options.status_server,
                          "ask whether the server lives (RFC 5997), no login");
  login_command->add_option("--calling-station-id", options.calling_station_id,
                            "the user's device, as a VPN names it");
  login_command->add_option("--nas-identifier", options.nas_identifier, "who asks")->capture_default_str();
  login_command->add_option("--timeout", options.timeout_milliseconds, "milliseconds for one try")
      ->check(CLI::Range(10, 600'000))
      ->capture_default_str();
  login_command->add_option("--tries", options.tries, "how often the same packet is sent")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  login_command->add_option("USER", options.user, "the user name; asked for when not given");
  login_command->footer(
      "Exit code: 0 accept, 1 reject, 2 wrong arguments, 3 no answer, 4 an answer with a wrong authenticator, "
      "5 a challenge that nobody answered.");
}

// The environment stands in for what is not given; it is read when the command runs (admin_client.cpp), since
// the commands share one place for these options.
void add_admin_options(CLI::App* to, AdminOptions& admin) {
  to->add_option("--service", admin.url,
                 "the authentication service: https://HOST:PORT (or $SALLYPORT_ADMIN_URL)");
  to->add_option("--certificate", admin.certificate_file,
                 "PEM or PKCS#12 with the role admin (or $SALLYPORT_ADMIN_CERTIFICATE)");
  to->add_option("--key", admin.key_file, "its key, where it is a file apart (or $SALLYPORT_ADMIN_KEY)");
  to->add_option("--ca", admin.ca_file, "who signed the service's certificate (or $SALLYPORT_ADMIN_CA)");
}

void add_user(CLI::App& app, Chosen& chosen) {
  static UserOptions options;
  auto* user = app.add_subcommand("user", "users of the authentication service");
  user->require_subcommand(1);
  const auto with_name = [&](const char* name, const char* says, int (*run)(const UserOptions&)) {
    auto* added = command(*user, name, says, chosen, [run] { return run(options); });
    add_admin_options(added, options.admin);
    added->add_option("USER", options.user, "the user id")->required();
  };
  with_name("add", "make a user", user_add);
  with_name("remove", "delete a user; credentials that were bound to it alone stay, inactive", user_remove);
  with_name("lock", "refuse every authentication of a user", user_lock);
  with_name("unlock", "end a lock, an operator's or that of too many failures", user_unlock);
  auto* list = command(*user, "list", "list users", chosen, [] { return user_list(options); });
  add_admin_options(list, options.admin);
  list->add_option("SEARCH", options.search, "part of a user id");
  list->add_flag("--json", options.json, "one JSON object a line");
  auto* import = command(*user, "import", "make users and credentials from a CSV file; can be run again",
                         chosen, [] { return user_import(options); });
  add_admin_options(import, options.admin);
  import
      ->add_option("FILE", options.csv_file,
                   "columns by the header: user, kind, secret, credential, digits, period, algorithm, counter, "
                   "friendly_name")
      ->required();
  import->add_option("--refused", options.refused_file, "where refused lines go; default FILE.refused.csv");
  import->add_option("--batch", options.batch, "lines in one request")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

void add_credential_add(CLI::App& credential, CredentialOptions& options, Chosen& chosen) {
  auto* add = command(credential, "add", "make a credential for a user and show its secret once", chosen,
                      [&options] { return credential_add(options); });
  add_admin_options(add, options.admin);
  add->add_option("USER", options.user, "whose it becomes; made when not there")->required();
  auto* kind =
      add->add_option("--kind", options.kind, "totp or hotp; sms, voice, email: codes that are sent; service");
  kind->check(CLI::IsMember({"totp", "hotp", "sms", "voice", "email", "service"}))->capture_default_str();
  add->add_option("--to", options.address,
                  "the telephone number (digits without '+'), e-mail address or id, of the last four kinds");
  add->add_flag("--push", options.push, "its device takes pushes (totp, hotp)");
  add->add_option("--algorithm", options.algorithm, "SHA1, SHA256 or SHA512")
      ->check(CLI::IsMember({"SHA1", "SHA256", "SHA512"}))
      ->capture_default_str();
  add->add_option("--digits", options.digits, "6 or 8")->check(CLI::IsMember({6, 8}))->capture_default_str();
  add->add_option("--period", options.period, "seconds of a TOTP step: 30 or 60")
      ->check(CLI::IsMember({30, 60}))
      ->capture_default_str();
  add->add_option("--secret", options.secret,
                  "base 32, of a credential that exists already; else drawn at random");
  add->add_option("--svg", options.svg_file, "write the QR code here too");
  add->add_flag("--qr,!--no-qr", options.qr, "show the QR code on the terminal");
  add->add_flag("--json", options.json, "the service's answer as it is, without a QR code");
}

void add_credential(CLI::App& app, Chosen& chosen) {
  static CredentialOptions options;
  auto* credential = app.add_subcommand("credential", "credentials of the authentication service");
  credential->require_subcommand(1);
  add_credential_add(*credential, options, chosen);
  const auto with_id = [&](const char* name, const char* says, int (*run)(const CredentialOptions&)) {
    auto* added = command(*credential, name, says, chosen, [run] { return run(options); });
    add_admin_options(added, options.admin);
    added->add_option("CREDENTIAL", options.credential, "its id")->required();
  };
  with_id("remove", "delete a credential", credential_remove);
  with_id("lock", "refuse its codes", credential_lock);
  with_id("unlock", "end a lock, an operator's or that of too many failures", credential_unlock);
  with_id("enable-push", "its device takes pushes from now on", credential_enable_push);
  with_id("disable-push", "its device takes no more pushes", credential_disable_push);
  auto* list =
      command(*credential, "list", "list credentials", chosen, [] { return credential_list(options); });
  add_admin_options(list, options.admin);
  list->add_option("SEARCH", options.search, "part of a credential's id");
  list->add_option("--user", options.user, "of this user only");
  list->add_flag("--json", options.json, "one JSON object a line");
}

void add_push(CLI::App& app, Chosen& chosen) {
  static PushOptions options;
  auto* push = app.add_subcommand("push", "pushes of the authentication service that wait for an answer");
  push->require_subcommand(1);
  auto* list = command(*push, "list", "list those in progress", chosen, [] { return push_list(options); });
  add_admin_options(list, options.admin);
  list->add_option("--user", options.user, "of this user only");
  list->add_flag("--json", options.json, "one JSON object a line");
  const auto with_id = [&](const char* name, const char* says, int (*run)(const PushOptions&)) {
    auto* added = command(*push, name, says, chosen, [run] { return run(options); });
    add_admin_options(added, options.admin);
    auto* transaction = added->add_option("TRANSACTION", options.transaction, "16 hexadecimal digits");
    added->add_option("--user", options.user, "instead: the only push of this user that waits")
        ->excludes(transaction);
    return added;
  };
  auto* approve = with_id("approve", "answer yes in the name of the user's telephone", push_approve);
  approve->add_option("--number", options.number, "that the sign-in page shows, where one is asked for");
  approve->add_option("--credential", options.credential, "which of the user's devices answers");
  with_id("deny", "answer no", push_deny);
}

void add_control_options(CLI::App* to, ControlOptions& control) {
  auto* socket = to->add_option("--socket", control.socket, "the gateway's control socket");
  to->add_option("--config", control.settings_file, "its settings, which say where that is")->excludes(socket);
}

void add_audit_options(CLI::App* to, AuditOptions& options) {
  auto* folder = to->add_option("--folder", options.folder, "where the record is");
  auto* settings =
      to->add_option("--config", options.settings_file, "the gateway's settings, which name the folder");
  folder->excludes(settings);
  to->add_option("--key", options.key_files,
                 "the auditor's private key (PEM), for sealed segments; may be repeated");
  to->add_flag("--begins-here", options.begins_here,
               "the oldest segments were put elsewhere; do not miss them");
}

void add_review(CLI::App& continuity, Chosen& chosen) {
  static ReviewOptions options;
  auto* review = command(continuity, "review", "who came in by which rung, after an outage or in it", chosen,
                         [] { return continuity_review(options); });
  add_audit_options(review, options.record);
  review->add_option("--socket", options.socket,
                     "with --disconnect: the gateway's control socket, where --config does not say it");
  review->add_option("--from,--since", options.record.from,
                     "not before this time (RFC 3339, or a day); without it and --until the newest outage");
  review->add_option("--until,--to", options.record.until, "before this time");
  review->add_option("--server", options.record.server, "of this validation server only");
  review->add_option("--user", options.record.user, "of this user only, in any spelling");
  review->add_option("--late", options.late, "only those of whom the service said this afterwards")
      ->check(CLI::IsMember({"good", "refused"}));
  review->add_flag("--disconnect", options.disconnect,
                   "have the RADIUS clients end the sessions that are listed (RFC 5176), without asking first");
  review->add_flag("--all-listed", options.all_listed, "with --disconnect: also when nothing narrows the list");
  review->add_flag("--json", options.json, "one JSON object, with all that the record says of each login");
  review->footer(
      "Exit code: 0 all is well, 1 the record is broken or missing or a session goes on, 2 wrong arguments.");
}

void add_continuity(CLI::App& app, Chosen& chosen) {
  static ContinuityOptions options;
  auto* continuity = app.add_subcommand("continuity", "business continuity of a gateway that runs");
  continuity->require_subcommand(1);
  const auto add = [&](CLI::App& to, const char* name, const char* says, int (*run)(const ContinuityOptions&)) {
    auto* added = command(to, name, says, chosen, [run] { return run(options); });
    add_control_options(added, options.control);
    return added;
  };
  const auto with_time = [&](const char* name, const char* says, int (*run)(const ContinuityOptions&)) {
    auto* added = add(*continuity, name, says, run);
    added->add_option("--server", options.server, "this validation server only; else all");
    auto* time =
        added->add_option("--for", options.time, "for how long: 1m to 24h; then the settings hold again");
    added->add_flag("--until-i-say", options.until_i_say, "without an end")->excludes(time);
  };
  with_time("enable", "the ladder decides, whether the service answers or not", continuity_enable);
  with_time("disable", "the service decides, whether it answers or not", continuity_disable);
  with_time("automatic", "the gateway finds out by itself", continuity_automatic);
  add(*continuity, "settings", "as the settings say: what was set by hand is dropped", continuity_settings)
      ->add_option("--server", options.server, "this validation server only; else all");
  add(*continuity, "forget", "a user's recent successes count no more", continuity_forget)
      ->add_option("USER", options.user, "the user's canonical name")
      ->required();
  add_review(*continuity, chosen);
  constexpr auto says = "what a running gateway knows of the service, and whom it lets in";
  for (auto* parent : {continuity, &app})
    add(*parent, "status", says, status)->add_flag("--json", options.json, "the gateway's answer as it came");
}

void add_rehearse(CLI::App& app, Chosen& chosen) {
  static RehearseOptions options;
  auto* rehearse = app.add_subcommand("rehearse", "what an outage would let in, tried without one");
  rehearse->require_subcommand(1);
  const auto add = [&](const char* name, const char* says, int (*run)(const RehearseOptions&)) {
    auto* added = command(*rehearse, name, says, chosen, [run] { return run(options); });
    add_control_options(added, options.control);
    return added;
  };
  auto* start = add("start", "judge each login that the service accepts by the ladder too, without effect",
                    rehearse_start);
  start->add_option("--for", options.time, "for how long: 1m to 7d")->capture_default_str();
  start->add_option("--logins", options.logins, "or until so many logins were judged")
      ->check(CLI::NonNegativeNumber);
  for (auto* one : {start, add("stop", "end it", rehearse_stop)})
    one->add_option("--server", options.server, "this validation server only; else all");
  add("report", "who would have got in, and by which rung", rehearse_report)
      ->add_flag("--json", options.json, "the gateway's answer as it came");
}

void add_audit(CLI::App& app, Chosen& chosen) {
  static AuditOptions options;
  auto* audit = app.add_subcommand("audit", "the record of logins that business continuity let in");
  audit->require_subcommand(1);
  auto* verify = command(*audit, "verify", "say whether the record is as it was written", chosen,
                         [] { return audit_verify(options); });
  add_audit_options(verify, options);
  verify->add_option("--head", options.heads, "SEQ:MAC of a head from the gateway's log; may be repeated");
  verify->footer(
      "Exit code: 0 it holds together, 1 it is broken or missing, 2 wrong arguments or --key is needed to "
      "say.");
  const auto with_filters = [&](const char* name, const char* says, int (*run)(const AuditOptions&)) {
    auto* added = command(*audit, name, says, chosen, [run] { return run(options); });
    add_audit_options(added, options);
    added->add_option("--from", options.from, "not before this time (RFC 3339, or a day)");
    added->add_option("--until", options.until, "before this time");
    added->add_option("--server", options.server, "of this validation server only");
    added->add_option("--user", options.user, "of this user only, in any spelling");
    return added->add_option("--format", options.format);
  };
  with_filters("list", "show the logins", audit_list)
      ->description("table (default), csv or json: one object a line")
      ->check(CLI::IsMember({"table", "csv", "json"}));
  with_filters("export", "write the logins with all that is known of them to standard output", audit_export)
      ->description("csv (default) or json: the lines as they stand in the record")
      ->check(CLI::IsMember({"csv", "json"}));
}

void add_documents(CLI::App& app, Chosen& chosen) {
  static std::string name;
  command(app, "docs", "print a document that is written from the program itself", chosen,
          [] { return print_document(name); })
      ->add_option("NAME", name, "settings, messages or reasons")
      ->required()
      ->check(CLI::IsMember({"settings", "messages", "reasons"}));
  command(app, "hash-password", "read a password, print its hash for a user store of kind \"file\"", chosen,
          [] { return hash_password(); });
}

// A variable of a script that holds nothing must not mean everybody.
void refuse_empty_values(CLI::App& of) {
  for (auto* option : of.get_options())
    option->check([](const std::string& value) { return value.empty() ? "must not be empty" : ""; }, "");
  for (auto* inner : of.get_subcommands({})) refuse_empty_values(*inner);
}

// What was printed may be evidence, and a full disk is not seen before the end.
int written(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fprintf(stderr, "standard output cannot be written: %s\n", std::strerror(errno));
  return code == 0 ? 1 : code;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{
      "Sallyport: a gateway for two-factor authentication. RADIUS in front, user stores and an authentication "
      "service behind.",
      "sallyport"};
  app.set_version_flag("--version", "sallyport " SALLYPORT_VERSION);
  app.require_subcommand(1);
  Chosen chosen;
  add_gateway(app, chosen);
  add_authservice(app, chosen);
  add_check(app, chosen);
  add_login(app, chosen);
  add_user(app, chosen);
  add_credential(app, chosen);
  add_push(app, chosen);
  add_continuity(app, chosen);
  add_rehearse(app, chosen);
  add_audit(app, chosen);
  add_documents(app, chosen);
  for (const auto* name : {"continuity", "rehearse", "audit", "status"})
    refuse_empty_values(*app.get_subcommand(name));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& wrong) {
    const int code = app.exit(wrong);
    return code == 0 ? 0 : 2;
  }
  return chosen ? written(chosen()) : 2;
}

}  // namespace sallyport::app
