"""How a fault is judged, on logins made by hand."""
import unittest

import judge
import table

CALM = [(90.0, "normal", "")]
OPENED = [*CALM, (101.0, "suspect", "refused"), (106.0, "continuity", "refused"), (121.0, "degraded", ""), (123.0, "normal", "")]


def fault(**more):
    return table.Fault("one", "words", None, **more)


def login(sent=110.0, verdict="accept", kind="good", user="a", answered=0.0, way="new_id"):
    end = None if verdict == "none" else answered or sent + 0.1
    return {"number": 1, "user": user, "kind": kind, "way": way, "sent": sent, "answered": end, "verdict": verdict, "reply_message": ""}


def judged(row, logins=(), changes=OPENED, record=(), **more):
    return judge.judge(row, judge.Seen(100.0, 120.0, changes, list(logins), list(record), 0.0, **more))


def rung(when, user="a"):
    return {"time": when, "user": user, "rung": "any_code"}


def opened_at(seconds):
    return [*CALM, (100.1, "suspect", "throttled"), (105.1, "degraded", ""), (100.0 + seconds, "continuity", ""), (121.0, "degraded", ""),
            (123.0, "normal", "")]


def flaps(*takes):
    """Outage and return, one after the other; the last return begins with the healing. `takes`: seconds, of each return."""
    out, begins = [*CALM, (106.0, "continuity", "")], 120.0 - 20 * (len(takes) - 1)
    for seconds in takes:
        out += [(begins, "degraded", ""), (begins + seconds, "normal", ""), (begins + seconds + 5, "continuity", "")]
        begins += 20
    return sorted(out[:-1])


class Judge(unittest.TestCase):
    def test_times_in_and_back_are_measured_from_fault_and_healing(self):
        finding = judged(fault())
        self.assertEqual((finding.time_in, finding.time_back, finding.faults), (6.0, 3.0, []))

    def test_one_that_stays_closed_must_not_open(self):
        self.assertIn("continuity opened", judged(fault(opens=table.MUST_NOT)).faults)
        self.assertEqual(judged(fault(opens=table.MUST_NOT, decides=table.NOBODY), changes=CALM).faults, [])

    def test_one_that_must_open_and_does_not_is_told(self):
        self.assertIn("continuity did not open", judged(fault(), changes=CALM).faults)

    def test_late_is_late(self):
        late = [*CALM, (107.0, "continuity", ""), (125.0, "normal", "")]
        self.assertEqual(judged(fault(), changes=late).faults, ["opened after 7.0 s", "not back in time"])

    def test_no_answer_is_lost_whatever_was_typed(self):
        logins = [login(verdict="none", kind=kind) for kind in ("good", "wrong_code", "wrong_password")]
        self.assertEqual(judged(fault(), logins).lost, 3)

    def test_where_nobody_can_know_only_a_wrong_accept_counts(self):
        row = fault(opens=table.MUST_NOT, decides=table.NOBODY)
        finding = judged(row, [login(verdict="none"), login(verdict="reject"), login(kind="wrong_code")], changes=CALM)
        self.assertEqual((finding.lost, finding.wrong_rejects, finding.undecided, finding.wrong_accepts), (0, 0, 2, 1))

    def test_before_and_after_such_a_fault_all_is_counted(self):
        row = fault(opens=table.MUST_NOT, decides=table.NOBODY)
        finding = judged(row, [login(sent=95.0, verdict="reject"), login(sent=130.0, verdict="none")], changes=CALM)
        self.assertEqual((finding.lost, finding.wrong_rejects, finding.undecided), (1, 1, 0))

    def test_six_digits_pass_only_on_record_and_only_where_the_ladder_decides(self):
        logins = [login(kind="wrong_code", user="a"), login(kind="wrong_code", user="b")]
        self.assertEqual(judged(fault(), logins, record=[rung(110.05)]).wrong_accepts, 1)
        closed = fault(opens=table.MUST_NOT, decides=table.SERVICE)
        self.assertEqual(judged(closed, logins, CALM, [rung(110.05)]).wrong_accepts, 2)

    def test_what_may_open_and_did_lets_in_on_record(self):
        row = fault(opens=table.MAY, decides=table.NOBODY)
        self.assertEqual(judged(row, [login(kind="wrong_code")], record=[rung(110.05)]).wrong_accepts, 0)
        self.assertEqual(judged(row, [login(kind="wrong_code")]).wrong_accepts, 1)

    def test_a_wrong_password_never_passes(self):
        self.assertEqual(judged(fault(), [login(kind="wrong_password")], record=[rung(110.05)]).wrong_accepts, 1)

    def test_an_answer_that_the_client_waited_for_no_longer_is_told_apart(self):
        lines = [{"time": "1970-01-01T00:01:50Z", "verdict": "accept", "calling_station_id": "02-00-00-00-00-01"}]
        finding = judged(fault(), [login(verdict="reject")], lines=lines)
        self.assertEqual(finding.wrong_rejects, 1)
        self.assertIn("after an accept", next(iter(finding.words)))

    def test_where_turns_meet_tries_a_few_may_cross(self):
        lines = [{"time": "1970-01-01T00:01:50Z", "verdict": "accept", "calling_station_id": "02-00-00-00-00-01"}]
        row, one = fault(most_crossed=1), login(verdict="reject", way="new_socket")
        self.assertEqual(judged(row, [one], lines=lines).faults, [])
        self.assertEqual(judged(row, [one, one], lines=lines).faults, ["2 refused after an accept"])
        self.assertEqual(judged(row, [one]).faults, ["1 wrong rejects"])  # there was no accept
        self.assertEqual(judged(row, [login(verdict="reject")], lines=lines).faults, ["1 wrong rejects"])  # on the same socket
        self.assertEqual(judged(row, [login(verdict="none", way="new_socket")], lines=lines).faults, ["1 lost"])
        self.assertEqual(judged(fault(), [one], lines=lines).faults, ["1 wrong rejects"])

    def test_the_users_that_the_fault_is_for_are_not_counted(self):
        self.assertEqual(judged(fault(exempt=("a",)), [login(verdict="reject"), login(verdict="reject", user="b")]).wrong_rejects, 1)

    def test_the_ladder_ends_soon_after_healing(self):
        self.assertIn("the ladder let in 2.0 s after healing", judged(fault(), record=[rung(122.0)]).faults)

    def test_one_that_is_no_outage_at_first_must_not_open_sooner(self):
        row = fault(in_after=9.5, in_within=11.1)
        self.assertEqual(judged(row).faults, ["opened after 6.0 s"])
        self.assertEqual(judged(row, changes=opened_at(10.0)).faults, [])
        self.assertEqual(judged(row, changes=opened_at(11.2)).faults, ["opened after 11.2 s"])

    def test_nor_may_the_ladder_decide_sooner(self):
        row = fault(ladder_after=4.5)
        self.assertEqual(judged(row, record=[rung(105.0)]).faults, [])
        self.assertEqual(judged(row, record=[rung(105.0), rung(104.0)]).faults, ["the ladder let in 4.0 s after the fault"])

    def test_of_the_first_ones_a_few_may_be_refused(self):
        row = fault(known_after=1, most_undecided=2)
        early, late = login(sent=100.9, verdict="reject"), login(sent=101.1, verdict="reject")
        self.assertEqual(judged(row, [early, early]).faults, [])
        self.assertEqual(judged(row, [early, early, early]).faults, ["3 with nothing to know"])
        self.assertEqual(judged(row, [late]).faults, ["1 wrong rejects"])
        self.assertEqual(judged(row, [login(sent=95.0, verdict="reject")]).faults, ["1 wrong rejects"])  # before the fault
        self.assertEqual(judged(row, [login(sent=100.5, verdict="none")]).faults, ["1 lost"])
        self.assertEqual(judged(row, [login(sent=100.5, kind="wrong_password")]).faults, ["1 wrong accepts"])

    def test_each_return_soon_after_another_may_take_longer_and_has_to(self):
        self.assertEqual([judge.rise_of(number) for number in (1, 2, 3, 4, 5, 20)], [3, 3, 6, 12, 24, 300])
        self.assertEqual(judged(fault(), changes=flaps(2, 2, 5, 11)).faults, [])
        self.assertEqual(judged(fault(), changes=flaps(2, 2, 5, 13)).faults, ["not back in time"])
        self.assertEqual(judged(fault(), changes=flaps(2, 2, 2)).faults, ["return 3 took 2.0 s, with 6 good probes needed"])
        self.assertEqual(judged(fault(), changes=flaps(2, 4)).faults, ["not back in time"])

    def test_one_that_does_not_end_in_normal_is_not_back(self):
        self.assertEqual(judged(fault(), changes=flaps(2, 2, 5, 11)[:-1]).faults, ["not back in time"])

    def test_every_row_is_judged_on_its_way_back(self):
        self.assertEqual([row.name for row in table.FAULTS if row.back_within < 3.5], [])

    def test_every_row_can_fail(self):
        """Whoever was away for good, and opened or did not: neither is as any row says."""
        never_back = [*CALM, (101.0, "suspect", ""), (119.0, "degraded", "")]
        self.assertEqual([row.name for row in table.FAULTS if not judged(row, changes=never_back).faults], [])

    def test_a_gateway_that_tells_no_state_is_told(self):
        self.assertEqual(judged(fault(), changes=[(90.0, "unknown", "")]).faults, ["the gateway tells no state"])

    def test_times_of_the_record_are_read(self):
        self.assertEqual(judge.time_of("1970-01-01T00:01:40.250Z"), 100.25)


if __name__ == "__main__":
    unittest.main()
