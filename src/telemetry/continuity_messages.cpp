// Messages 8: business continuity.
#include "telemetry/message.h"

namespace sallyport::telemetry::messages {

constinit const Message continuity_entered{
    801, Level::error, "business continuity: the authentication service is lost ({cause}); the ladder decides",
    "No probe was answered for `threshold`. Users still type a code; what they must bring stands in `ladder`. "
    "Each login is in the continuity record.",
    "See to the service, the proxy and the way to it; `sallyport status` shows what is seen."};
constinit const Message continuity_left{
    802, Level::warning,
    "business continuity ended after {seconds} s ({why}); {let_in} logins were let in by it",
    "The service is asked again for every login.", "Look at the record: `sallyport audit list`."};
constinit const Message service_in_doubt{
    803, Level::info, "the authentication service is in doubt: {why} ({cause})",
    "It is probed each second; logins without a verdict wait for what comes of it.", "Nothing yet."};
constinit const Message service_degraded{
    804, Level::warning, "the authentication service is degraded: {why} ({cause})",
    "It answers some and fails others, or answers late. It is asked first for every login.",
    "See to the service and the way to it."};
constinit const Message service_normal{805, Level::info,
                                       "the authentication service is as it should be ({why})",
                                       "Both factors, for everybody.", "Nothing."};
constinit const Message service_unknown{
    834, Level::warning, "the authentication service is not in doubt any more: nothing is known ({why})",
    "Nothing was seen that says that it is lost, and not enough that says that it is well: our own trouble, "
    "answers "
    "that look as if somebody meant them, or a few users who fail. Both factors are asked for, as always.",
    "See what the lines before it say of probes and of this machine's own network."};
constinit const Message continuity_barred{
    806, Level::error, "the authentication service fails as if somebody meant it ({cause}): {detail}",
    "It does not open business continuity: a service that is not trusted, a refused certificate or a name that "
    "leads back here may be an attack.",
    "Find out who answers in its place, or why it refuses us."};
constinit const Message service_never_seen{
    807, Level::error, "the authentication service was never reached with these settings ({cause})",
    "What was never reached does not count as lost: url, proxy or certificate may be wrong.",
    "Correct [service]; `sallyport check --connect` tries it."};
constinit const Message record_failing{
    808, Level::error, "the continuity record cannot be written: {detail}",
    "Nobody is let in by business continuity until it can be; logins with both factors go on.",
    "Make room on the disk, or see to the folder's rights."};
constinit const Message record_back{809, Level::info, "the continuity record can be written again",
                                    "Business continuity can let users in.", "Nothing."};
constinit const Message record_head{810, Level::audit,
                                    "the continuity record ends with line {seq} of {segment}, {mac}",
                                    "Kept elsewhere, it shows later whether the record's end was cut off.",
                                    "Nothing. `sallyport audit verify` takes it with `--head`."};
constinit const Message continuity_mode_changed{
    811, Level::audit, "business continuity of {server} is {mode} by hand, says {by}; until {until}",
    "Somebody used `sallyport continuity`. It outlives reload and restart.", "For the record."};
constinit const Message late_refusal{
    812, Level::error,
    "user {user} was let in by business continuity, and the service has refused the code since",
    "The service got the question, and its answer came too late ({status}).",
    "Ask the user; end the session if it was somebody else."};
constinit const Message by_hand_is_over{
    833, Level::audit, "business continuity of {server} is {mode} again, as the settings say",
    "The time that somebody gave with `sallyport continuity` is over, or somebody said `sallyport continuity "
    "settings`.",
    "For the record."};
constinit const Message continuity_state_unread{
    832, Level::error, "what business continuity keeps cannot be read: {detail}",
    "Without continuity.json it is not known what was set by hand before, so no rung lets anybody in; without "
    "recent_successes the rung of that name lets nobody in. Logins with both factors go on. The file is left "
    "as "
    "it is.",
    "Mend the file, or move it away, then reload (SIGHUP)."};
constinit const Message continuity_state_not_kept{
    813, Level::error, "{file} cannot be written: {detail}",
    "What was set by hand, and that the service was reached before, may be forgotten at the next start.",
    "See to the folder."};
constinit const Message continuity_by_hand{
    814, Level::warning, "business continuity of {server} is still {mode} by hand",
    "Enabled: nobody is asked for a second factor there. Disabled: nobody gets in there while the "
    "authentication "
    "service is lost. Said at each start, and once a day.",
    "`sallyport continuity settings --server NAME`, when the reason is gone."};
constinit const Message control_socket_trouble{
    815, Level::error, "the control socket {path} cannot be opened: {detail}",
    "`sallyport continuity` and `sallyport status` cannot speak with this gateway.",
    "See to the folder, or name another socket."};
constinit const Message notice_lost{
    816, Level::warning, "notice {event} was not brought by {channel}: {why}",
    "Somebody of [[continuity.notice]] was not told: the receiver refused it, or nothing worked for a day.",
    "See to the program, webhook or mail server that the notice names."};
constinit const Message certificate_ends_soon{
    817, Level::warning, "{whose} certificate ends on {not_after}, in {days} days",
    "Said 60 and 30 days ahead. When it ends, nobody can be asked for a second factor.",
    "Renew ours at the service: its new file is taken up by itself. Ask the service's operator about theirs."};
constinit const Message certificate_ends_now{818, Level::error,
                                             "{whose} certificate ends on {not_after}, in {days} days",
                                             "Said 7 days ahead, and once a day from the last day on. When it "
                                             "has ended, the service is lost until it is "
                                             "renewed.",
                                             "Renew ours at the service now: its new file is taken up by "
                                             "itself. Ask the service's operator about theirs."};
constinit const Message service_files_taken{
    819, Level::info, "new files of [service] are in force; our certificate ends on {not_after}",
    "certificate_file, key_file or ca_file has changed; connections with the old ones are not used again.",
    "Nothing."};
constinit const Message service_files_refused{
    820, Level::error, "changed files of [service] cannot be used: {detail}",
    "The old ones stay in force until the program ends. It tries again by itself when the files change.",
    "Put certificate and key there that fit each other."};
constinit const Message outage_logins_alarm{
    826, Level::error, "business continuity has let in {logins} logins at {server} in this outage",
    "As many as `continuity_logins_alarm` names; none is refused for it.",
    "Look at the record: `sallyport audit list`. `sallyport continuity disable` ends it by hand."};
constinit const Message outage_limit_reached{
    837, Level::error, "business continuity refuses logins at {server}: a limit of the outage is reached",
    "`continuity_limit` or `continuity_logins_per_user`. Said once an outage; the audit line of each such "
    "login "
    "says `over a limit of the outage`.",
    "Raise the limit and reload, if that is what you want; or `sallyport continuity enable` for a time."};
constinit const Message rehearsal_begun{
    827, Level::audit, "a rehearsal of business continuity at {server} goes on until {until}, says {by}",
    "Logins that the service accepts are also judged by the ladder, without effect.",
    "`sallyport rehearse report` says who would have got in."};
constinit const Message rehearsal_ended{
    835, Level::audit, "the rehearsal of business continuity at {server} has ended, after {logins} logins",
    "Its time or its number of logins is over, or somebody said `sallyport rehearse stop`.",
    "`sallyport rehearse report` says who would have got in."};
constinit const Message recent_successes_forgotten{
    836, Level::audit, "recent successes of {user} count no more at {places} places, says {by}",
    "Somebody used `sallyport continuity forget`. The rung `recent_success` lets the user in again after the "
    "next login with both factors.",
    "For the record."};
constinit const Message session_end_asked_for{
    828, Level::audit, "client {client} was asked to end the session of {user}, says {by}: {outcome}",
    "Somebody used `sallyport continuity review --disconnect`. `disconnected`: the client says that it ended "
    "it; "
    "`refused`: it says why not; `no answer`: it may not take Disconnect-Requests, or not from here; `not "
    "sent`: "
    "the settings do not say where to.",
    "See to sessions that were not ended at the client itself; `disconnect_port` and `disconnect_secret` say "
    "how "
    "it is asked."};
constinit const Message refusal_surge{
    830, Level::error,
    "{refused} of {users} users who signed in before are refused: the service does not know them any more",
    "Of the users who had signed in with both factors before and were answered in the last five minutes, ten "
    "or "
    "more, half are refused with 6001, 6003 or 6008. Somebody has deleted users or credentials, the account is "
    "another one, or the service has lost data. Nobody gets in by business continuity for it.",
    "Ask who changed users at the service, and see whether our certificate is of the right account. "
    "`sallyport continuity enable` bridges it, if you are sure."};
constinit const Message refusal_surge_over{
    831, Level::info,
    "fewer than half of the users who signed in before are refused as unknown: {refused} of {users}",
    "Said after SP0830, when it does not hold any more; also when nobody signs in for five minutes.",
    "Nothing, if you know why."};

}  // namespace sallyport::telemetry::messages
