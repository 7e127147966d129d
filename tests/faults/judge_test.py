"""How a fault is judged, on logins made by hand."""
import unittest

import judge
import table

CALM = [(90.0, "normal", "")]
OPENED = [*CALM, (101.0, "suspect", "refused"), (106.0, "continuity", "refused"), (121.0, "degraded", ""), (123.0, "normal", "")]


def fault(**more):
    return table.Fault("one", "words", None, **more)


def login(sent=110.0, verdict="accept", kind="good", user="a", answered=0.0):
    end = None if verdict == "none" else answered or sent + 0.1
    return {"number": 1, "user": user, "kind": kind, "way": "new_id", "sent": sent, "answered": end, "verdict": verdict, "reply_message": ""}


def judged(row, logins=(), changes=OPENED, record=(), **more):
    return judge.judge(row, judge.Seen(100.0, 120.0, changes, list(logins), list(record), 0.0, **more))


def rung(when, user="a"):
    return {"time": when, "user": user, "rung": "any_code"}


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

    def test_the_users_that_the_fault_is_for_are_not_counted(self):
        self.assertEqual(judged(fault(exempt=("a",)), [login(verdict="reject"), login(verdict="reject", user="b")]).wrong_rejects, 1)

    def test_the_ladder_ends_soon_after_healing(self):
        self.assertIn("the ladder let in 2.0 s after healing", judged(fault(), record=[rung(122.0)]).faults)

    def test_a_gateway_that_tells_no_state_is_told(self):
        self.assertEqual(judged(fault(), changes=[(90.0, "unknown", "")]).faults, ["the gateway tells no state"])

    def test_times_of_the_record_are_read(self):
        self.assertEqual(judge.time_of("1970-01-01T00:01:40.250Z"), 100.25)


if __name__ == "__main__":
    unittest.main()
