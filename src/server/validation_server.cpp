#include "server/validation_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "crypto/hash.h"

namespace sallyport::server {
namespace {

validation::Mode mode_of(settings::Mode mode) {
  switch (mode) {
    case settings::Mode::code:
      return validation::Mode::code;
    case settings::Mode::password_code:
      return validation::Mode::password_code;
    case settings::Mode::pin_code:
      return validation::Mode::pin_code;
    case settings::Mode::challenge:
      break;
  }
  return validation::Mode::challenge;
}

validation::Method method_of(settings::Method method) {
  switch (method) {
    case settings::Method::code:
      return validation::Method::code;
    case settings::Method::push:
      return validation::Method::push;
    case settings::Method::sms:
      return validation::Method::sms;
    case settings::Method::voice:
      return validation::Method::voice;
    case settings::Method::email:
      break;
  }
  return validation::Method::email;
}

validation::Cause cause_of(settings::Told told) {
  switch (told) {
    case settings::Told::password_expired:
      return validation::Cause::password_expired;
    case settings::Told::password_must_change:
      return validation::Cause::password_must_change;
    case settings::Told::account_disabled:
      return validation::Cause::account_disabled;
    case settings::Told::account_locked:
      return validation::Cause::account_locked;
    case settings::Told::account_expired:
      break;
  }
  return validation::Cause::account_expired;
}

validation::Policy policy_of(const settings::ValidationServer& from, const settings::Service* service) {
  validation::Policy out;
  out.mode = mode_of(from.mode);
  out.code_digits = from.code_digits;
  out.look_up_user = from.look_up_user;
  out.silent_when_user_store_unreachable =
      from.when_user_store_unreachable == settings::WhenUnreachable::silent;
  out.silent_when_service_unreachable = from.when_service_unreachable == settings::WhenUnreachable::silent;
  out.second_factor_first = from.second_factor_first;
  out.methods.clear();
  for (const auto method : from.methods) out.methods.push_back(method_of(method));
  out.asks_which = from.asks_which;
  out.shows_challenges = from.mode == settings::Mode::challenge;  // each client may say otherwise
  out.required_groups = from.required_groups;
  for (const auto told : from.tell_user) out.told.push_back(cause_of(told));
  out.reject_delay = from.reject_delay;
  out.push_life = from.push_life;
  if (service != nullptr) out.service_limit = service->request_timeout;
  return out;
}

continuity::Mode mode_of(settings::ContinuityMode mode) {
  switch (mode) {
    case settings::ContinuityMode::automatic:
      return continuity::Mode::automatic;
    case settings::ContinuityMode::enabled:
      return continuity::Mode::enabled;
    case settings::ContinuityMode::disabled:
      break;
  }
  return continuity::Mode::disabled;
}

continuity::Ladder ladder_of(const std::vector<settings::Rung>& from) {
  continuity::Ladder out;
  for (const auto rung : from) switch (rung) {
      case settings::Rung::any_code:
        out.push_back(continuity::Rung::any_code);
        break;
      case settings::Rung::recent_success:
        out.push_back(continuity::Rung::recent_success);
        break;
      case settings::Rung::deny:
        out.push_back(continuity::Rung::deny);
        break;
      case settings::Rung::silent:
        out.push_back(continuity::Rung::silent);
        break;
    }
  return out;
}

continuity::Ladders ladders_of(const settings::ValidationServer& from) {
  continuity::Ladders out;
  out.own = ladder_of(from.ladder);
  for (const auto& one : from.ladders)
    out.fors.push_back({one.group, one.attribute, one.value, ladder_of(one.ladder)});
  out.excluded = from.continuity_excluded_groups;
  return out;
}

// The same on every gateway with the same settings.
std::uint64_t digest_of(const settings::ValidationServer& from) {
  std::string text = fmt::format("mode {} digits {}", static_cast<int>(from.mode), from.code_digits);
  const auto add = [&text](std::string_view what, const std::string& word) {
    text += fmt::format(" {} {} {}", what, word.size(), word);
  };
  const auto add_ladder = [&text](const std::vector<settings::Rung>& ladder) {
    text += " ladder";
    for (const auto rung : ladder) text += fmt::format(" {}", static_cast<int>(rung));
  };
  for (const auto& group : from.required_groups) add("group", group);
  for (const auto& group : from.continuity_excluded_groups) add("excluded", group);
  add_ladder(from.ladder);
  for (const auto& one : from.ladders) {
    add("group", one.group);
    add("attribute", one.attribute);
    add("value", one.value);
    add_ladder(one.ladder);
  }
  const auto digest = crypto::sha256({base::as_bytes(text)});
  return base::ByteReader(digest).u64();
}

bool some_rung_asks_recent_success(const continuity::Ladders& ladders) {
  const auto asks = [](const continuity::Ladder& ladder) {
    return std::ranges::find(ladder, continuity::Rung::recent_success) != ladder.end();
  };
  return asks(ladders.own) ||
         std::ranges::any_of(ladders.fors, [&](const auto& one) { return asks(one.ladder); });
}

directory::Wanted wanted_by(const settings::ValidationServer& from, const ReplyAttributes& attributes) {
  directory::Wanted out;
  out.groups = from.required_groups;
  out.groups.insert(out.groups.end(), from.continuity_excluded_groups.begin(),
                    from.continuity_excluded_groups.end());
  for (const auto& one : from.ladders) {
    if (!one.group.empty()) out.groups.push_back(one.group);
    if (!one.attribute.empty()) out.attributes.push_back(one.attribute);
  }
  if (some_rung_asks_recent_success(ladders_of(from)))
    for (const auto attribute : password_change_attributes) out.attributes.emplace_back(attribute);
  attributes.add_wanted(out);
  return out;
}

}  // namespace

base::Result<std::shared_ptr<const ValidationServer>> ValidationServer::make(
    const settings::ValidationServer& from, const settings::Service* service,
    std::shared_ptr<const StateSeal> seal, std::shared_ptr<Shared> shared, const continuity::Profile& profile) {
  const auto failed = [&](const std::string& why) {
    return base::failure(fmt::format("validation server {}: {}", from.name, why));
  };
  auto out = std::make_shared<ValidationServer>();
  out->name = from.name;
  out->policy = policy_of(from, service);
  out->policy.ladders = ladders_of(from);
  out->policy.profile = profile;
  out->policy.first_factor_elsewhere = from.first_factor_elsewhere;
  out->mode = mode_of(from.continuity);
  out->asks_recent_success = some_rung_asks_recent_success(out->policy.ladders);
  out->recent_life = from.recent_days;
  out->outage_rules = {from.continuity_limit, static_cast<std::uint64_t>(from.continuity_logins_per_user),
                       static_cast<std::uint64_t>(from.continuity_logins_alarm)};
  out->tells_rung = from.continuity_class;
  out->rung_session = std::chrono::ceil<std::chrono::seconds>(from.continuity_session_timeout);
  auto clients = Clients::make(from.clients, out->policy);
  if (!clients) return failed(clients.error().what);
  out->clients = std::move(*clients);
  auto attributes = ReplyAttributes::make(from.reply_attributes);
  if (!attributes) return failed(attributes.error().what);
  out->reply_attributes = std::move(*attributes);
  out->wanted = wanted_by(from, out->reply_attributes);
  out->max_logins = from.max_logins;
  out->acknowledges_accounting = from.accounting_acknowledge;
  out->asks_user_stores =
      from.mode == settings::Mode::password_code || from.mode == settings::Mode::challenge || from.look_up_user;
  out->user_stores = from.user_stores;
  out->prompts = from.prompts;
  out->challenge_life = from.challenge_life;
  out->policy_digest = digest_of(from);
  out->seal = std::move(seal);
  out->shared = std::move(shared);
  return out;
}

}  // namespace sallyport::server
