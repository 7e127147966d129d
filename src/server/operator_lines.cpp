#include "server/operator_lines.h"

#include <string>
#include <utility>

namespace sallyport::server {
namespace {

using telemetry::Message;
using validation::Cause;
namespace messages = telemetry::messages;

const Message& message_of(radius::DropReason reason) {
  using enum radius::DropReason;
  switch (reason) {
    case message_authenticator_wrong:
    case request_authenticator_wrong:
    case wrong_secret:
      return messages::packet_wrong_secret;
    case message_authenticator_missing:
      return messages::packet_without_message_authenticator;
    case proxy_state_unprotected:
      return messages::packet_proxy_state_dropped;
    case unexpected_code:
      return messages::packet_not_for_us;
    case replayed:
      return messages::packet_replayed;
    default:
      return messages::packet_malformed;
  }
}

std::vector<telemetry::Field> fields_of(const DroppedPacket& packet, std::string_view reason) {
  std::vector<telemetry::Field> out{{"peer", packet.peer.to_string()}, {"detail", std::string(reason)}};
  if (packet.client != nullptr) out.push_back({"client", packet.client->name});
  return out;
}

// What the service said, where it says that something is wrong with us, with it or with the way.
const Message* message_of(cloud::Evidence evidence) {
  using enum cloud::Evidence;
  switch (evidence) {
    case answered:
    case local:
      return nullptr;
    case own_certificate_expired:
      return &messages::own_certificate_expired;
    case service_certificate_expired:
      return &messages::service_certificate_expired;
    case throttled:
      return &messages::service_throttles;
    case service_not_trusted:
      return &messages::service_not_trusted;
    case own_certificate_refused:
      return &messages::own_certificate_refused;
    case refused_by_service:
      return &messages::service_refused_request;
    case redirected:
      return &messages::service_redirected;
    case clock_doubtful:
      return &messages::clock_doubtful;
    default:
      return &messages::service_unreachable;
  }
}

}  // namespace

void tell_dropped(telemetry::Logger& logger, radius::DropReason reason, const DroppedPacket& packet) {
  auto fields = fields_of(packet, to_string(reason));
  if (reason == radius::DropReason::unexpected_code)
    fields.push_back({"code", std::string(to_string(packet.code))});
  logger.log_rarely(message_of(reason), packet.arrival, std::move(fields));
}

void tell_dropped(telemetry::Logger& logger, Drop reason, const DroppedPacket& packet) {
  if (reason == Drop::unknown_client)
    return logger.log_rarely(messages::packet_unknown_client, packet.arrival,
                             {{"peer", packet.peer.to_string()}});
  if (reason != Drop::too_many_logins || packet.server == nullptr) return;  // counted only
  logger.log_rarely(messages::admission_limit, packet.arrival,
                    {{"server", packet.server->name}, {"limit", std::int64_t{packet.server->max_logins}}});
}

void tell_two_at_once(Outside& outside, const Login& login, base::Time now) {
  outside.tally.of(*login.first.server).two_at_once->add();
  outside.logger.log_rarely(messages::two_at_once, now,
                            {{"user", login.canonical_user},
                             {"login", login.id},
                             {"client", login.first.client->name},
                             {"validation_server", login.first.server->name}});
}

void tell_left_out(telemetry::Logger& logger, const Login& login, const std::vector<std::string>& what,
                   base::Time now) {
  for (const auto& one : what)
    logger.log_rarely(messages::reply_attribute_left_out, now,
                      {{"user", login.canonical_user}, {"detail", one}});
}

void tell_what_it_showed(telemetry::Logger& logger, const Login& login, base::Time now) {
  const auto& user = login.canonical_user.empty() ? login.user_name : login.canonical_user;
  const auto& evidence = login.evidence;
  switch (login.end->cause) {
    case Cause::ambiguous_user:
      logger.log_rarely(messages::user_ambiguous, now, {{"user_store", evidence.user_store}, {"user", user}});
      break;
    case Cause::user_store_unreachable:
      logger.log_rarely(messages::user_store_unreachable, now,
                        {{"user_store", evidence.user_store}, {"detail", evidence.first_detail}});
      break;
    case Cause::unknown_at_service:
    case Cause::no_credential:
      logger.log_rarely(messages::service_user_without_credential, now,
                        {{"user", user}, {"status", evidence.status}});
      break;
    case Cause::refused_by_service:
      if (evidence.status == "6001")  // of whom we are, not of the user
        logger.log_rarely(messages::own_certificate_refused, now, {{"detail", evidence.second_detail}});
      break;
    case Cause::chap:
    case Cause::ms_chap:
    case Cause::eap:
      logger.log_rarely(
          messages::method_not_supported, now,
          {{"client", login.first.client->name}, {"method", std::string(to_string(login.end->cause))}});
      break;
    default:
      break;
  }
  if (!evidence.service) return;
  auto& is_lost = login.first.server->shared->service_is_lost;
  if (*evidence.service == cloud::Evidence::answered) {
    if (is_lost.load(std::memory_order_relaxed) && is_lost.exchange(false))
      logger.log_rarely(messages::service_back, now, {});
    return;
  }
  const auto* message = message_of(*evidence.service);
  if (message == nullptr || login.end->second_factor != validation::SecondFactor::unavailable) return;
  is_lost = true;
  logger.log_rarely(
      *message, now,
      {{"evidence", std::string(to_string(*evidence.service))}, {"detail", evidence.second_detail}});
}

}  // namespace sallyport::server
