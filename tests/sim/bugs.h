#pragma once
// The bugs that are planted in the gateway's code (base/planted.h), each of which a run must find. Those of a
// secret stand where the simulation takes a line from the gateway: that it reads every line is what they try.
#include <array>
#include <string_view>

#include "base/planted.h"

namespace sallyport::sim {

struct Bug {
  std::string_view name;
};
inline constexpr std::array bugs{
    Bug{"stale_evidence_counts"},
    Bug{"a_refused_login_goes_to_the_ladder"},
    Bug{"accept_before_flush"},
    Bug{"a_second_push_on_a_retry"},
    Bug{"wall_clock_in_an_interval"},
    Bug{"local_is_down"},
    Bug{"lease_ignored"},
    Bug{"a_new_request_id_on_the_second_sending"},
    Bug{"barred_is_down"},
    Bug{"ladder_without_first_factor"},
    Bug{"no_threshold"},
    Bug{"fall_of_one"},
    Bug{"late_answer_ignored"},
    Bug{"window_never_opens"},
    Bug{"window_opens_at_once"},
    Bug{"verdict_beside_the_record_ignored"},
    Bug{"one_good_probe_is_enough"},
    Bug{"first_good_probe_ignored"},
    Bug{"never_reached_is_an_outage"},
    Bug{"degraded_asks_for_no_other_failure"},
    Bug{"a_failed_record_grants"},
    Bug{"user_store_failure_is_evidence"},
    Bug{"a_blind_gateway_goes_on"},
    Bug{"barred_keeps_it_open"},
    Bug{"suspect_without_end"},
    Bug{"an_answer_is_sent_once"},
    Bug{"a_disabled_server_follows_the_monitor"},
    Bug{"a_third_sending"},
    Bug{"throttled_is_down"},
    Bug{"logins_count_as_probes"},
    Bug{"everybody_had_a_recent_success"},
    Bug{"no_word_is_waited_for"},
    Bug{"old_votes_degrade"},
    Bug{"votes_outlive_an_outage"},
    Bug{"a_line_holds_when_the_service_is_back"},
    Bug{"a_secret_in_the_record"},
    Bug{"a_secret_in_the_log"},
};

inline bool can_plant() {
#ifdef SALLYPORT_PLANTED_BUGS
  return true;
#else
  return false;
#endif
}
inline void plant([[maybe_unused]] std::string_view name) {
#ifdef SALLYPORT_PLANTED_BUGS
  base::planted_bug = name;
#endif
}

}  // namespace sallyport::sim
