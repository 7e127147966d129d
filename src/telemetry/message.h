#pragma once
// Every line for the operator has an id. The table below is the only place that names one; docs/messages.md is
// written from it (`sallyport docs messages`) and a test compares the two.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error, audit };

// Grouped by hundreds: 1 process and settings, 2 RADIUS, 3 user stores, 4 service channel, 5 authentication
// service, 6 logs and metrics, 7 delivery of codes and pushes, 8 business continuity. An id is never used again
// for something else.
struct Message {
  std::uint16_t id;  // printed as SP0101
  Level level;
  std::string_view text;  // "user store {user_store} cannot be asked: {detail}"
  std::string_view meaning;
  std::string_view advice;  // what to do
};

namespace messages {  // message.cpp; add yours here, in order
// process and settings
extern const Message started, stopping, stopped, drain_timed_out, settings_loaded, settings_refused,
    settings_warning, settings_need_restart, listening, cannot_listen, descriptors_short, certificate_expiring,
    certificate_expired;
// RADIUS
extern const Message login, packet_unknown_client, packet_wrong_secret, packet_malformed, packet_replayed,
    packet_without_message_authenticator, observed_without_message_authenticator, observe_ended,
    packet_proxy_state_dropped, packet_not_for_us, admission_limit, method_not_supported, would_join,
    two_at_once, reply_attribute_left_out;
// user stores
extern const Message user_store_connection_down, user_store_connection_up, user_store_unreachable,
    user_store_back, user_ambiguous, user_store_refuses_us, user_store_skipped;
// service channel
extern const Message service_unreachable, service_back, service_not_trusted, own_certificate_refused,
    own_certificate_expired, service_certificate_expired, service_refused_request, service_redirected,
    clock_doubtful, service_throttles, service_user_without_credential, exchange_queue_full,
    kept_addresses_lost, dns_changed, dns_changed_is_over;
// authentication service
extern const Message credential_locked, client_certificate_refused, role_refused, database_trouble,
    database_back, database_opened, secrets_key_changed, secrets_key_wrong, admin_change, verification,
    request_malformed, request_id_reused;
// logs and metrics
extern const Message log_lines_dropped, log_file_trouble, log_file_back, syslog_down, syslog_back,
    metrics_cannot_listen, log_reopened;
// delivery of codes and pushes
extern const Message delivery_channel_failing, delivery_channel_back, delivery_refused, delivery_dropped,
    delivery_overflow;
// business continuity
extern const Message continuity_entered, continuity_left, service_in_doubt, service_degraded, service_normal,
    continuity_barred, service_never_seen, record_failing, record_back, record_head, continuity_mode_changed,
    late_refusal, continuity_state_not_kept, continuity_state_unread, by_hand_is_over, continuity_by_hand,
    service_unknown, outage_limit_reached, rehearsal_ended, recent_successes_forgotten, control_socket_trouble,
    notice_lost, certificate_ends_soon, certificate_ends_now, service_files_taken, service_files_refused,
    outage_logins_alarm, rehearsal_begun, session_end_asked_for, refusal_surge, refusal_surge_over;
}  // namespace messages
std::span<const Message* const> all_messages();  // by id
std::string id_text(const Message&);             // "SP0101"
std::string_view to_string(Level);
std::string messages_markdown();  // docs/messages.md

}  // namespace sallyport::telemetry
