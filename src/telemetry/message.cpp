#include "telemetry/message.h"

#include <fmt/format.h>

#include <array>

namespace sallyport::telemetry {
namespace messages {

// 1: process and settings

constinit const Message started{101, Level::info, "{program} {version} started with {workers} workers",
                                "The program serves from now on.", "Nothing."};
constinit const Message stopping{102, Level::info, "{program} stops: {reason}",
                                 "It was asked to stop, or cannot go on; logins in flight finish first.",
                                 "Nothing, if somebody asked for it."};
constinit const Message stopped{103, Level::info, "{program} stopped",
                                "Everything that was in flight has ended.", "Nothing."};
constinit const Message drain_timed_out{
    104, Level::warning, "{left} requests were still in flight when drain_limit was over",
    "They were given up and their clients got no answer.", "Raise drain_limit, or look for what was slow."};
constinit const Message settings_loaded{
    105, Level::info, "settings of {file} are in force",
    "Said after SIGHUP: the file was read and checked; it is what counts now.", "Nothing."};
constinit const Message settings_refused{
    106, Level::error, "settings of {file} are refused: {mistake}",
    "Said after SIGHUP, one line for each mistake: the old settings stay in force.",
    "Correct the file. `sallyport check --config FILE` tries it without starting."};
constinit const Message settings_warning{107, Level::warning, "settings of {file}: {key}: {what}",
                                         "The settings are allowed and unwise.",
                                         "Follow the advice in the line, or leave it knowingly."};
constinit const Message settings_need_restart{
    108, Level::warning, "{key} changed in the settings and takes effect at the next restart",
    "Some settings, such as the number of workers, are fixed while the program runs.",
    "Restart when it suits."};
constinit const Message listening{109, Level::info, "{server} listens on {address}",
                                  "Said by the gateway alone: the address is bound and served.", "Nothing."};
constinit const Message cannot_listen{110, Level::error, "{server} cannot listen on {address}: {detail}",
                                      "The address is not this machine's, is taken, or needs more rights.",
                                      "See who has it (ss -lunp, ss -ltnp), or correct the settings."};
constinit const Message descriptors_short{
    111, Level::warning, "only {have} descriptors are allowed and {need} may be needed",
    "Connections fail when they run out.", "Raise LimitNOFILE of the service."};
constinit const Message certificate_expiring{112, Level::warning, "certificate {file} expires on {not_after}",
                                             "In less than 30 days TLS with this certificate will fail.",
                                             "Renew it in time and send SIGHUP."};
constinit const Message certificate_expired{113, Level::error, "certificate {file} expired on {not_after}",
                                            "Peers refuse it, and logins fail.", "Renew it and send SIGHUP."};

// 2: RADIUS

constinit const Message login{201, Level::audit, "login {login} of {user}: {verdict}",
                              "One line for each login, with both factors, the reason and what took how long.",
                              "For the record."};
constinit const Message packet_unknown_client{
    202, Level::warning, "packet from {peer} dropped: no client has this address",
    "Nobody with this address may ask.", "Add the client to the validation server, or find out who sends."};
constinit const Message packet_wrong_secret{
    203, Level::warning, "packet of client {client} ({peer}) dropped: the secret does not match",
    "Its Message-Authenticator is not of our secret, or its password cannot be read with it.",
    "Set the same secret on both sides."};
constinit const Message packet_malformed{
    204, Level::warning, "packet from {peer} dropped: malformed ({detail})",
    "It is not a RADIUS packet as RFC 2865 has it.", "Find out what sends it."};
constinit const Message packet_replayed{
    205, Level::warning,
    "packet of client {client} ({peer}) dropped: its Request Authenticator was used before",
    "An old packet came again, or the client draws poor random numbers.",
    "If it goes on: find out who sends it."};
constinit const Message packet_without_message_authenticator{
    206, Level::warning, "packet of client {client} ({peer}) dropped: no Message-Authenticator",
    "Without it answers can be forged (CVE-2024-3596), and this client must send it.",
    "Switch it on in the client, or set message_authenticator = \"observe\" with a date."};
constinit const Message observed_without_message_authenticator{
    207, Level::warning,
    "client {client} ({peer}) sends no Message-Authenticator and would be locked out by \"require\"",
    "It is let in while message_authenticator is \"observe\".",
    "Switch Message-Authenticator on in the client, then set \"require\"."};
constinit const Message observe_ended{
    208, Level::error, "client {client} was to be observed until {observe_until} and still is",
    "The date has passed; its packets are still let in without Message-Authenticator.",
    "Set message_authenticator = \"require\", or a later date."};
constinit const Message packet_proxy_state_dropped{
    209, Level::warning,
    "packet of client {client} ({peer}) dropped: Proxy-State without Message-Authenticator",
    "This is the form of an attack on RADIUS (CVE-2024-3596).",
    "Switch Message-Authenticator on in the client or the proxy."};
constinit const Message packet_not_for_us{
    210, Level::warning, "packet of client {client} ({peer}) dropped: code {code} is not served here",
    "It is neither an Access-Request nor Status-Server (nor accounting that is acknowledged).",
    "Correct the client's ports, or set accounting = \"acknowledge\"."};
constinit const Message admission_limit{
    211, Level::error, "validation server {server} dropped a login: {limit} are in flight",
    "More logins came than end; something behind is slow, or somebody floods.",
    "Look at the times by step in the audit lines; raise max_logins if they are right."};
constinit const Message method_not_supported{
    212, Level::warning, "client {client} asks with {method}, which cannot carry a code",
    "CHAP, MS-CHAP and EAP are rejected: only PAP has a password field that can be split.",
    "Set PAP for this server in the client."};
constinit const Message would_join{213, Level::info, "retry of login {login} joined",
                                   "Another packet of the same login came while it was in flight.", "Nothing."};
constinit const Message two_at_once{
    214, Level::warning,
    "user {user}: a second login at {validation_server} wanted a push while one is waiting",
    "It was refused and nothing was sent. Somebody else may know the password, or the user is impatient.",
    "Ask the user. If it was not the user, have the password changed."};
constinit const Message reply_attribute_left_out{
    215, Level::warning, "a reply attribute of {user} was left out: {detail}",
    "The directory holds a value that the RADIUS attribute cannot carry.",
    "Correct the entry, or the [[validation_server.reply_attribute]]."};

// 3: user stores

constinit const Message user_store_connection_down{
    301, Level::error, "user store {user_store}: connection {connection} is down: {detail}",
    "The next connection of this store is used, if one is up.",
    "See to the directory server or the way to it."};
constinit const Message user_store_connection_up{302, Level::info,
                                                 "user store {user_store}: connection {connection} is up",
                                                 "It can be asked (again).", "Nothing."};
constinit const Message user_store_unreachable{
    303, Level::error, "user store {user_store} cannot be asked: {detail}",
    "None of its connections is up; logins that need it get reason 6 or silence.",
    "See to the directory servers or the way to them."};
constinit const Message user_store_back{304, Level::info, "user store {user_store} can be asked again",
                                        "At least one connection is up.", "Nothing."};
constinit const Message user_ambiguous{
    305, Level::error, "user store {user_store} has more than one entry for {user}",
    "The login is refused: nobody can say who it is.", "Make the filter or the base DN tell them apart."};
constinit const Message user_store_refuses_us{306, Level::error,
                                              "user store {user_store} refuses our service account: {detail}",
                                              "The bind of bind_dn failed; no user can be searched.",
                                              "Correct bind_dn and bind_password, or unlock the account."};
constinit const Message user_store_skipped{307, Level::warning, "user store {user_store} is skipped: {detail}",
                                           "It cannot be asked and says skip_when_unreachable.",
                                           "See to the directory servers."};

// 4: service channel

constinit const Message service_unreachable{
    401, Level::error, "the authentication service cannot be reached: {evidence}: {detail}",
    "Codes cannot be checked; logins get reason 7 or silence.",
    "See to the network, the proxy and the service's status page."};
constinit const Message service_back{402, Level::info, "the authentication service answers again",
                                     "Codes are checked.", "Nothing."};
constinit const Message service_not_trusted{
    403, Level::error, "the authentication service is not trusted: {detail}",
    "Its certificate has another name or an unknown signer; somebody may be in the middle.",
    "Do not switch the check off. Compare the certificate, then correct url or ca_file."};
constinit const Message own_certificate_refused{
    404, Level::error, "the authentication service refuses our certificate: {detail}",
    "It is revoked or unknown there.", "Get a new certificate for this account."};
constinit const Message own_certificate_expired{
    405, Level::error, "our certificate for the authentication service has expired: {detail}",
    "The service refuses the connection.", "Renew it; the new file is taken up by itself."};
constinit const Message service_certificate_expired{
    406, Level::error, "the authentication service's certificate has expired: {detail}",
    "Its operator forgot, or our clock is wrong.", "Check the clock, then tell the operator."};
constinit const Message service_refused_request{
    407, Level::error, "the authentication service refuses our requests: {detail}",
    "The address in the settings leads to something else, or the account may not do this.",
    "Check url and the rights of the account."};
constinit const Message service_redirected{
    408, Level::error, "the authentication service's name leads to {address}",
    "Loopback, link-local or our own address: the name's answer is wrong or forged.",
    "Check the name service."};
constinit const Message clock_doubtful{409, Level::error, "the clock of this machine is in doubt: {detail}",
                                       "Certificates cannot be judged by it.",
                                       "Set the clock (chrony, systemd-timesyncd)."};
constinit const Message service_throttles{
    410, Level::warning, "the authentication service asks us to slow down: {detail}",
    "Too many requests for this account.", "Ask the operator for a higher limit if it goes on."};
constinit const Message service_user_without_credential{
    411, Level::warning, "{user} has no credential at the service ({status})",
    "The user store knows the user and the service does not, or no credential is enabled.",
    "Register the user and a credential."};
constinit const Message exchange_queue_full{
    412, Level::warning, "{waiting} exchanges wait for the authentication service",
    "max_in_flight are under way already.",
    "Look at the service's times; raise max_in_flight if they are right."};
constinit const Message kept_addresses_lost{
    413, Level::warning, "{file} cannot be used: {detail}",
    "Where the authentication service was reached in the last week is not known: a start while the name server "
    "fails does not find it.",
    "Nothing: it is written anew when the service answers. Find out what damaged it."};
constinit const Message dns_changed{414, Level::error,
                                    "dns_changed: the authentication service answers at {address}, where its "
                                    "name {name} does not lead ({whereto})",
                                    "Its certificate proves that it is the service, so both factors go on. The "
                                    "name server fails or lies, or the "
                                    "service is moving and cannot be reached at its new address.",
                                    "Ask the name server and the service's operator which address is right. "
                                    "One that has answered is tried for a "
                                    "week."};
constinit const Message dns_changed_is_over{415, Level::info,
                                            "the authentication service answers where its name leads",
                                            "It was reached at an address kept from before.", "Nothing."};

// 5: authentication service

constinit const Message credential_locked{
    501, Level::warning, "{locked} of user {user} in account {account} is locked after {failures} wrong codes",
    "Nobody can sign in with it until it is unlocked.", "Ask the user; then `sallyport credential unlock`."};
constinit const Message client_certificate_refused{
    502, Level::warning,
    "{peer} is refused: client certificate {subject} ({fingerprint}) belongs to no account",
    "It was signed by the right authority and nobody names it.",
    "Add it to its account, or find out who it is."};
constinit const Message role_refused{503, Level::warning, "{subject} may not {operation}: its role is {role}",
                                     "The certificate's role does not allow the operation (6010).",
                                     "Give the certificate another role, if that is right."};
constinit const Message database_trouble{
    504, Level::error, "the database {file} cannot be written: {detail}",
    "Nothing is acknowledged while it cannot be kept; every check fails with 6005.",
    "Make room on the disk, or see to its health."};
constinit const Message database_back{505, Level::info, "the database {file} can be written again",
                                      "Codes are checked again.", "Nothing."};
constinit const Message database_opened{506, Level::info,
                                        "the database {file} holds {users} users and {credentials} credentials",
                                        "It was opened and checked.", "Nothing."};
constinit const Message secrets_key_changed{
    507, Level::info, "{count} secrets were encrypted anew under the key {key_id}",
    "The key in the settings had changed.", "Take the old key out of old_secrets_keys."};
constinit const Message secrets_key_wrong{
    508, Level::error, "{count} secrets cannot be read with the keys of the settings",
    "They were encrypted under another key.", "Put the former key into old_secrets_keys."};
constinit const Message admin_change{509, Level::audit,
                                     "{subject} did {operation} in account {account}: {detail}",
                                     "Somebody changed users or credentials.", "For the record."};
constinit const Message verification{510, Level::audit, "code of user {user} in account {account}: {status}",
                                     "One line for each code that was checked.", "For the record."};
constinit const Message request_malformed{511, Level::warning, "request of {peer} is malformed: {detail}",
                                          "It is not SOAP of this interface; the answer was an error.",
                                          "Look at the client."};
// 512 was a backup's, which is a command of its own and speaks on its terminal.
constinit const Message request_id_reused{
    513, Level::error, "request id {request_id} of account {account} came again with another body, from {peer}",
    "A client under this certificate re-used an id that promises to be unique (600B); nothing was done for it.",
    "Find out who else holds the certificate's key; replace it if nobody should."};

// 6: logs and metrics

constinit const Message log_lines_dropped{601, Level::error, "{count} log lines were dropped",
                                          "They came faster than they could be written.",
                                          "Raise the level, or see to the disk."};
constinit const Message log_file_trouble{602, Level::error, "log file {file} cannot be written: {detail}",
                                         "Lines are kept in memory for a while, then dropped.",
                                         "Make room on the disk, or correct the file's rights."};
constinit const Message log_file_back{603, Level::info,
                                      "log file {file} can be written again; {count} lines were lost",
                                      "It was in trouble and is not any more.", "Nothing."};
constinit const Message syslog_down{
    604, Level::warning, "syslog server {host} cannot be reached: {detail}",
    "Lines for it are kept in memory for a while, then dropped; files get them all the same.",
    "See to the syslog server or the way to it."};
constinit const Message syslog_back{605, Level::info,
                                    "syslog server {host} takes lines again; {count} lines were lost",
                                    "It was down and is not any more.", "Nothing."};
constinit const Message metrics_cannot_listen{
    606, Level::error, "metrics cannot be served on {address}: {detail}",
    "The address is not this machine's, or is taken.", "Correct metrics.listen."};
constinit const Message log_reopened{607, Level::info, "log files were opened again", "SIGHUP came.",
                                     "Nothing."};

// 7: delivery of codes and pushes

constinit const Message delivery_channel_failing{
    701, Level::error, "delivery channel {channel} fails: {detail}",
    "An attempt failed; each delivery is tried again until its code or push is out of life.",
    "See to the program, webhook or mail server that the channel names."};
constinit const Message delivery_channel_back{
    702, Level::info, "delivery channel {channel} delivers again; {count} attempts had failed",
    "It had failed and does not any more.", "Nothing."};
constinit const Message delivery_refused{
    703, Level::warning, "delivery channel {channel} refused a {kind} for user {user}: {detail}",
    "The receiver says that trying again would not help; the user gets nothing.",
    "Correct the user's number or address; when all are refused, what the channel is told to be."};
constinit const Message delivery_dropped{
    704, Level::warning, "a {kind} for user {user} was not delivered by channel {channel}: {why}",
    "It was out of life before an attempt worked, or too many waited.",
    "See why the channel fails or is slow; raise at_once or queue_limit."};
constinit const Message delivery_overflow{705, Level::error,
                                          "{count} deliveries by {kind} were dropped at channel {channel}",
                                          "They came faster than they could be put into its queue.",
                                          "Raise queue_limit, or find out who asks for so many."};

// One more line here for each message above; a test sees that none is forgotten, none is twice, all are in
// order.
constexpr std::array all{&started,
                         &stopping,
                         &stopped,
                         &drain_timed_out,
                         &settings_loaded,
                         &settings_refused,
                         &settings_warning,
                         &settings_need_restart,
                         &listening,
                         &cannot_listen,
                         &descriptors_short,
                         &certificate_expiring,
                         &certificate_expired,
                         &login,
                         &packet_unknown_client,
                         &packet_wrong_secret,
                         &packet_malformed,
                         &packet_replayed,
                         &packet_without_message_authenticator,
                         &observed_without_message_authenticator,
                         &observe_ended,
                         &packet_proxy_state_dropped,
                         &packet_not_for_us,
                         &admission_limit,
                         &method_not_supported,
                         &would_join,
                         &two_at_once,
                         &reply_attribute_left_out,
                         &user_store_connection_down,
                         &user_store_connection_up,
                         &user_store_unreachable,
                         &user_store_back,
                         &user_ambiguous,
                         &user_store_refuses_us,
                         &user_store_skipped,
                         &service_unreachable,
                         &service_back,
                         &service_not_trusted,
                         &own_certificate_refused,
                         &own_certificate_expired,
                         &service_certificate_expired,
                         &service_refused_request,
                         &service_redirected,
                         &clock_doubtful,
                         &service_throttles,
                         &service_user_without_credential,
                         &exchange_queue_full,
                         &kept_addresses_lost,
                         &dns_changed,
                         &dns_changed_is_over,
                         &credential_locked,
                         &client_certificate_refused,
                         &role_refused,
                         &database_trouble,
                         &database_back,
                         &database_opened,
                         &secrets_key_changed,
                         &secrets_key_wrong,
                         &admin_change,
                         &verification,
                         &request_malformed,
                         &request_id_reused,
                         &log_lines_dropped,
                         &log_file_trouble,
                         &log_file_back,
                         &syslog_down,
                         &syslog_back,
                         &metrics_cannot_listen,
                         &log_reopened,
                         &delivery_channel_failing,
                         &delivery_channel_back,
                         &delivery_refused,
                         &delivery_dropped,
                         &delivery_overflow,
                         &continuity_entered,
                         &continuity_left,
                         &service_in_doubt,
                         &service_degraded,
                         &service_normal,
                         &continuity_barred,
                         &service_never_seen,
                         &record_failing,
                         &record_back,
                         &record_head,
                         &continuity_mode_changed,
                         &late_refusal,
                         &continuity_state_not_kept,
                         &continuity_by_hand,
                         &control_socket_trouble,
                         &notice_lost,
                         &certificate_ends_soon,
                         &certificate_ends_now,
                         &service_files_taken,
                         &service_files_refused,
                         &outage_logins_alarm,
                         &rehearsal_begun,
                         &session_end_asked_for,
                         &refusal_surge,
                         &refusal_surge_over,
                         &continuity_state_unread,
                         &by_hand_is_over,
                         &service_unknown,
                         &rehearsal_ended,
                         &recent_successes_forgotten,
                         &outage_limit_reached};

}  // namespace messages

std::span<const Message* const> all_messages() { return messages::all; }

}  // namespace sallyport::telemetry
