#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>

#include "app/admin_client.h"
#include "app/commands.h"
#include "app/listing.h"
#include "app/qr_code.h"
#include "store/file.h"
#include "text/user_name.h"

namespace sallyport::app {
namespace {

int act(const CredentialOptions& options, const char* path, const char* done) {
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("credential", client.error());
  const auto answer = (*client)->post(path, {{"credential", options.credential}});
  if (!answer) return failed("credential", answer.error());
  std::printf("%s: %s\n", options.credential.c_str(), done);
  return 0;
}

// `user` is a comparable name.
bool is_bound_to(const boost::json::object& credential, const std::string& user) {
  const auto* users = credential.if_contains("users");
  return users != nullptr && users->is_array() &&
         std::ranges::any_of(users->get_array(), [&](const boost::json::value& one) {
           return one.is_string() && text::comparable_user_name(one.get_string()) == user;
         });
}

bool is_token(const std::string& kind) { return kind == "totp" || kind == "hotp"; }

// Behind --to.
const char* wanted_by(const std::string& kind) {
  if (kind == "email") return "the e-mail address";
  if (kind == "service") return "the credential's id";
  return "the telephone number, digits without '+'";
}

boost::json::object asked_for(const CredentialOptions& options) {
  boost::json::object body{
      {"user", options.user}, {"create_user", true}, {"kind", options.kind}, {"digits", options.digits}};
  if (!is_token(options.kind)) {
    body["credential"] = options.address;
    return body;
  }
  body["algorithm"] = options.algorithm;
  if (options.push) body["push"] = true;
  if (options.kind == "totp") body["period"] = options.period;
  if (!options.secret.empty()) body["secret"] = options.secret;
  return body;
}

base::Result<void> write_svg(const std::string& file, const std::string& uri) {
  const auto svg = qr_as_svg(uri);
  if (!svg) return std::unexpected(svg.error());
  return store::write_atomically(file, *svg, 0600);
}

base::Result<void> print_for_people(const CredentialOptions& options, const boost::json::object& made,
                                    const std::string& uri) {
  base::Result<void> drawn;
  if (options.qr) {
    const auto code = qr_for_terminal(uri);
    if (code)
      std::printf("%s", code->c_str());
    else
      drawn = std::unexpected(code.error());
  }
  std::printf("user: %s\ncredential: %s\nsecret: %s\nuri: %s\n", options.user.c_str(),
              member_text(made, "credential").c_str(), member_text(made, "secret").c_str(), uri.c_str());
  std::printf("The secret is not shown again.\n");
  return drawn;
}

// The secret leaves the service once: it is shown whatever else fails.
int show(const CredentialOptions& options, const boost::json::object& made) {
  const auto uri = member_text(made, "otpauth_uri");
  base::Result<void> shown;
  if (options.json)
    std::printf("%s\n", boost::json::serialize(made).c_str());
  else if (uri.empty())
    std::printf("user: %s\ncredential: %s\n", options.user.c_str(), member_text(made, "credential").c_str());
  else
    shown = print_for_people(options, made, uri);
  if (!shown) return failed("credential", shown.error());
  if (options.svg_file.empty() || uri.empty()) return 0;
  if (const auto written = write_svg(options.svg_file, uri); !written)
    return failed("credential", written.error());
  return 0;
}

}  // namespace

int credential_add(const CredentialOptions& options) {
  if (!is_token(options.kind) && options.address.empty()) {
    std::fprintf(stderr, "credential: --kind %s needs --to: %s\n", options.kind.c_str(),
                 wanted_by(options.kind));
    return 2;
  }
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("credential", client.error());
  const auto made = (*client)->post("credentials", asked_for(options));
  if (!made) return failed("credential", made.error());
  return show(options, *made);
}

int credential_remove(const CredentialOptions& options) {
  return act(options, "credentials/remove", "removed");
}
int credential_lock(const CredentialOptions& options) { return act(options, "credentials/lock", "locked"); }
int credential_unlock(const CredentialOptions& options) {
  return act(options, "credentials/unlock", "unlocked");
}
int credential_enable_push(const CredentialOptions& options) {
  return act(options, "credentials/enable-push", "takes pushes");
}
int credential_disable_push(const CredentialOptions& options) {
  return act(options, "credentials/disable-push", "takes no pushes");
}

int credential_list(const CredentialOptions& options) {
  const auto client = AdminClient::make(options.admin);
  if (!client) return failed("credential", client.error());
  std::vector<std::vector<std::string>> rows{
      {"CREDENTIAL", "KIND", "STATUS", "FAILURES", "LAST AUTHENTICATION", "USERS"}};
  const auto user = text::comparable_user_name(options.user);
  const auto listed =
      for_each_listed(**client, "credentials", options.search, [&](const boost::json::object& credential) {
        if (!options.user.empty() && !is_bound_to(credential, user)) return;
        if (options.json)
          std::printf("%s\n", boost::json::serialize(credential).c_str());
        else
          rows.push_back({member_text(credential, "credential"), member_text(credential, "kind"),
                          member_text(credential, "status"), member_text(credential, "failures"),
                          member_text(credential, "last_authentication"), member_text(credential, "users")});
      });
  if (!listed) return failed("credential", listed.error());
  if (!options.json) print_table(rows);
  return 0;
}

}  // namespace sallyport::app
