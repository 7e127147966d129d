#include "authservice/admin_requests.h"

#include <fmt/format.h>

#include <charconv>

#include "authservice/otpauth.h"
#include "base/encoding.h"
#include "text/user_name.h"
#include "vip/simple_types.h"

namespace sallyport::authservice {
namespace {

constexpr std::size_t longest_user = 512, longest_credential = 108, longest_friendly_name = 125,
                      longest_secret = 256;

std::optional<UserName> read_user(Members& members, bool required) {
  auto entered = required ? std::optional(members.required_text("user", longest_user))
                          : members.text("user", longest_user);
  if (!entered || entered->empty()) return std::nullopt;
  auto prepared = text::prepare_user_name(*entered);
  if (prepared) return UserName{*entered, prepared->prepared};
  members.refuse("user", fmt::format("a user name; this is {}", text::to_string(prepared.error())));
  return std::nullopt;
}

void read_secret(Members& members, NewCredential& credential) {
  const auto text = members.text("secret", longest_secret);
  if (!text) return;
  auto octets = base::from_base32(*text);
  if (!octets || octets->size() < shortest_oath_secret || octets->size() > longest_oath_secret) {
    members.refuse("secret",
                   fmt::format("{} to {} octets as base 32", shortest_oath_secret, longest_oath_secret));
    return;
  }
  credential.secret = base::Secret(base::as_text(*octets));
  base::wipe(*octets);
}

const vip::SimpleType& name_type(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::sms:
    case CredentialKind::voice:
      return vip::simple::phone_number;
    case CredentialKind::email:
      return vip::simple::email_address;
    default:
      return vip::simple::credential_id;
  }
}

void read_token(Members& members, NewCredential& credential) {
  if (const auto word = members.text("algorithm", 6)) {
    const auto algorithm = oath_algorithm(*word);
    if (!algorithm) members.refuse("algorithm", "SHA1, SHA256 or SHA512");
    credential.algorithm = algorithm.value_or(OathAlgorithm::sha1);
  }
  credential.period = static_cast<int>(members.integer("period", 30, 60).value_or(30));
  if (credential.period != 30 && credential.period != 60) members.refuse("period", "30 or 60 seconds");
  credential.counter = members.integer("counter", 0, std::int64_t{1} << 48).value_or(0);
  credential.push = members.boolean("push").value_or(false);
  read_secret(members, credential);
}

NewCredential read_credential(Members& members) {
  NewCredential credential;
  if (const auto word = members.text("kind", 7)) {
    const auto kind = credential_kind(*word);
    if (!kind) members.refuse("kind", "totp, hotp, sms, voice, service or email");
    credential.kind = kind.value_or(CredentialKind::totp);
  }
  credential.digits = static_cast<int>(members.integer("digits", 6, 8).value_or(6));
  if (credential.digits == 7) members.refuse("digits", "6 or 8");
  if (is_token(credential.kind)) read_token(members, credential);
  if (auto name = members.text("credential", longest_credential)) {
    const auto& type = name_type(credential.kind);
    if (!vip::why_not(type, *name).empty()) members.refuse("credential", vip::expected_of(type));
    credential.name = std::move(*name);
  } else if (!is_token(credential.kind)) {
    members.refuse("credential", "the telephone number, the address or the id");
  }
  credential.friendly_name = members.text("friendly_name", longest_friendly_name).value_or("");
  return credential;
}

// A line that says something of a credential means to make one, and could not without its secret.
void want_secret(Members& members, const boost::json::object& line) {
  if (line.contains("secret")) return;
  for (const auto* word :
       {"kind", "credential", "digits", "period", "algorithm", "counter", "push", "friendly_name"})
    if (line.contains(word))
      return members.refuse("secret", fmt::format("the credential's secret, for the line has '{}'", word));
}

base::Result<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return base::failure("not a number");
  return value;
}

base::Result<void> take_pair(Page& page, std::string_view name, const std::string& value) {
  if (name == "search") {
    page.search = value;
  } else if (name == "after") {
    page.after = value;
  } else if (name == "limit") {
    const auto limit = number(value);
    if (!limit || *limit < 1 || *limit > Page::most) return base::failure("limit: expected 1 to 1000");
    page.limit = *limit;
  } else {
    return base::failure("the query knows search, after and limit alone");
  }
  return {};
}

}  // namespace

base::Result<Page> page_of(std::string_view query) {
  Page page;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    const auto value = percent_decoded(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!value) return base::failure("the query is not percent-encoded as it should be");
    if (auto taken = take_pair(page, pair.substr(0, equals), *value); !taken)
      return std::unexpected(taken.error());
  }
  // A part of a name is compared as names are.
  if (auto prepared = text::prepare_user_name(page.search)) page.search = prepared->prepared;
  return page;
}

base::Result<UserName> user_of(const boost::json::object& body) {
  Members members(body);
  auto user = read_user(members, true);
  if (auto mistake = members.mistake()) return base::failure(*mistake);
  return *user;
}

base::Result<NewCredential> new_credential_of(const boost::json::object& body) {
  Members members(body);
  auto credential = read_credential(members);
  credential.user = read_user(members, false);
  credential.create_user = members.boolean("create_user").value_or(false);
  if (auto mistake = members.mistake()) return base::failure(*mistake);
  return credential;
}

base::Result<CredentialOrder> order_of(CredentialAction action, const boost::json::object& body) {
  Members members(body);
  CredentialOrder order;
  order.action = action;
  order.credential = members.required_text("credential", longest_credential);
  if (action == CredentialAction::bind || action == CredentialAction::unbind) {
    if (auto user = read_user(members, true)) order.prepared_user = user->prepared;
  }
  if (action == CredentialAction::bind)
    order.friendly_name = members.text("friendly_name", longest_friendly_name).value_or("");
  if (action == CredentialAction::resync) {
    const auto first = members.required_text("otp", 10);
    order.codes = GivenCodes{base::Secret(first), base::Secret(members.required_text("otp2", 10))};
  }
  if (auto mistake = members.mistake()) return base::failure(*mistake);
  return order;
}

base::Result<PushOrder> push_order_of(bool approves, const boost::json::object& body) {
  Members members(body);
  PushOrder order;
  order.answer.approves = approves;
  order.transaction = members.required_text("transaction", 16);
  if (approves) order.answer.number = members.text("number", 2).value_or("");
  if (auto key = members.text("credential", longest_credential)) order.credential = credential_key(*key);
  if (auto mistake = members.mistake()) return base::failure(*mistake);
  return order;
}

base::Result<std::vector<ImportLine>> lines_of(const boost::json::object& body, std::size_t most) {
  Members members(body);
  const auto* array = members.array("lines", most);
  if (auto mistake = members.mistake()) return base::failure(*mistake);
  std::vector<ImportLine> lines;
  for (const auto& value : *array) {
    auto& line = lines.emplace_back();
    const auto* object = value.if_object();
    if (object == nullptr) {
      line.mistake = "not a JSON object";
      continue;
    }
    Members fields(*object);
    line.credential = read_credential(fields);
    line.credential.user = read_user(fields, true);
    if (is_token(line.credential.kind)) want_secret(fields, *object);
    line.mistake = fields.mistake().value_or("");
  }
  return lines;
}

}  // namespace sallyport::authservice
