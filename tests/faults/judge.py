"""What came of one fault: held against its row of the table. Values in, values out."""
import calendar
import re
import time
from dataclasses import dataclass, field

import table

UNKNOWN = "unknown"
SETTING = 1.0  # seconds that setting a fault may take
GRACE = 9.0    # seconds: a login that was under way when the fault was healed
RISE, MOST_RISE = 3, 300  # good probes, a second apart, from `degraded` to `normal`


@dataclass
class Seen:
    """What was observed while one fault was tried. Times are monotonic seconds; `wall`: the wall clock's less the monotonic one's."""
    set_at: float
    healed_at: float
    changes: list                # (when, state, cause) from the fault on, the first of them older
    logins: list
    record: list                 # None: there is none
    wall: float
    status: dict = None          # of `sallyport status --json`, just before healing
    state_then: str = UNKNOWN    # what the states' reader said then
    summary: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)   # the gateway's own, one a login
    broken_record: str = ""      # what `sallyport audit verify` has against it


@dataclass
class Finding:
    states: list = field(default_factory=list)
    time_in: float = None        # seconds from the fault to `continuity`
    time_back: float = None      # seconds from healing to `normal`
    most_back: float = 0         # seconds that it may take
    first_rung: float = None     # seconds from the fault to the first login that the ladder let in
    last_rung: float = None      # seconds from healing to the last login that the ladder let in
    lost: int = 0
    wrong_accepts: int = 0
    wrong_rejects: int = 0
    undecided: int = 0           # met by a fault in which nothing can be known
    crossed: int = 0             # good ones refused after an accept that the client waited for no longer
    let_in: dict = field(default_factory=dict)  # by rung
    slowest: float = 0           # seconds
    evidence: dict = field(default_factory=dict)  # of the logins while the fault lasted: how often
    words: dict = field(default_factory=dict)   # of wrong and undecided answers: how often
    faults: list = field(default_factory=list)  # what is not as the row says


def time_of(text):
    """Unix seconds of an RFC 3339 time in UTC, or of a number."""
    if isinstance(text, (int, float)):
        return float(text)
    found = re.fullmatch(r"(\d+-\d+-\d+)[T ](\d+:\d+:\d+)(\.\d+)?(?:Z|\+00:00)", text)
    whole = calendar.timegm(time.strptime(f"{found.group(1)} {found.group(2)}", "%Y-%m-%d %H:%M:%S"))
    return whole + float(found.group(3) or 0)


def judge(fault, seen):
    finding = Finding()
    rungs = [{**line, "when": time_of(line["time"]) - seen.wall} for line in seen.record or []]
    count_states(fault, seen, finding)
    count_logins(fault, seen, rungs, finding)
    for line in rungs:
        finding.let_in[line["rung"]] = finding.let_in.get(line["rung"], 0) + 1
    for line in seen.lines:
        own_clock = fault.clock_can_step or seen.set_at <= time_of(line["time"]) - seen.wall <= seen.healed_at
        if own_clock and (evidence := line.get("evidence")):
            finding.evidence[evidence] = finding.evidence.get(evidence, 0) + 1
    late = [line["when"] - seen.healed_at for line in rungs if line["when"] > seen.healed_at]
    finding.last_rung = max(late) if late else None
    finding.first_rung = min((line["when"] - seen.set_at for line in rungs), default=None)
    compare(fault, seen, finding)
    return finding


def count_states(fault, seen, finding):
    for _, state, _ in seen.changes:
        finding.states.append(state)
    opened = [when for when, state, _ in seen.changes if state == table.CONTINUITY]
    finding.time_in = max(0.0, opened[0] - seen.set_at) if opened else None
    last = next(((when, state) for when, state, _ in reversed(seen.changes)), (0, UNKNOWN))
    if last[1] == table.NORMAL:
        finding.time_back = max(0.0, last[0] - seen.healed_at)
    rise = rise_of(len(ways_back(seen.changes)))
    finding.most_back = fault.back_within + fault.heals_in + (rise - RISE)


def ways_back(changes):
    """How long it was `degraded` before each return to `normal`. The gateway was started for this fault: none is older."""
    return [after[0] - before[0] for before, after in zip(changes, changes[1:]) if (before[1], after[1]) == (table.DEGRADED, table.NORMAL)]


def rise_of(number):
    """How many good probes in a row the so-manieth return takes: each return soon after another doubles it for the next."""
    return RISE if number <= 2 else min(RISE * 2 ** (number - 2), MOST_RISE)


def count_logins(fault, seen, rungs, finding):
    by_user = {}
    for line in rungs:
        by_user.setdefault(line.get("user"), []).append(line["when"])
    accepted = {line.get("calling_station_id") for line in seen.lines if line.get("verdict") == "accept"}
    for login in seen.logins:
        end = login["answered"] or login["sent"] + GRACE
        met = end >= seen.set_at - SETTING and login["sent"] <= seen.healed_at + GRACE
        if login["answered"]:
            finding.slowest = max(finding.slowest, login["answered"] - login["sent"])
        if login["user"] in fault.exempt:
            continue
        recorded = any(login["sent"] - 0.5 <= when <= end + 0.5 for when in by_user.get(login["user"], []))
        ladder_may = met and recorded and (fault.decides in (table.LADDER, table.EITHER) or fault.opens == table.MAY)
        wrong = what_is_wrong(login, ladder_may)
        if wrong is None:
            continue
        came_early = fault.known_after and login["sent"] < seen.set_at + fault.known_after
        nobody_knows = fault.decides == table.NOBODY and wrong != "wrong_accepts"
        if met and (nobody_knows or (came_early and wrong == "wrong_rejects" and login["kind"] == "good")):
            wrong = "undecided"
        crossed = wrong != "wrong_accepts" and station_of(login) in accepted
        if met and crossed and fault.most_crossed and wrong == "wrong_rejects" and login["way"] == "new_socket":
            wrong = "crossed"
        setattr(finding, wrong, getattr(finding, wrong) + 1)
        words = f"{wrong}: {login['kind']}, {login['way']}: {login['verdict']} {login['reply_message']}".rstrip()
        words += ", after an accept that the client waited for no longer" if crossed else ""
        finding.words[words] = finding.words.get(words, 0) + 1


def station_of(login):
    """The Calling-Station-Id that the clients made for it."""
    return "02-00-" + "-".join(f"{octet:02X}" for octet in (login["number"] & 0xFFFFFFFF).to_bytes(4, "big"))


def what_is_wrong(login, ladder_may):
    """None: as it should be."""
    verdict, kind = login["verdict"], login["kind"]
    if verdict in ("none", "forged"):
        return "lost"
    if kind == "good":
        return None if verdict == "accept" else "wrong_rejects"
    if verdict == "accept":  # six digits with the right password pass a rung, and stand on record
        return None if kind == "wrong_code" and ladder_may else "wrong_accepts"
    return None if verdict == "reject" else "wrong_rejects"


def compare(fault, seen, finding):
    """What is not as the row says, in words."""
    say = finding.faults.append
    for what in ("lost", "wrong_accepts", "wrong_rejects"):
        if count := getattr(finding, what):
            say(f"{count} {what.replace('_', ' ')}")
    if fault.decides != table.NOBODY and finding.undecided > fault.most_undecided:
        say(f"{finding.undecided} with nothing to know")
    if finding.crossed > fault.most_crossed:
        say(f"{finding.crossed} refused after an accept")
    if seen.broken_record:
        say(f"the record is broken: {seen.broken_record}")
    if set(finding.states) <= {UNKNOWN}:
        return say("the gateway tells no state")
    compare_states(fault, set(finding.states), finding)
    compare_times(fault, finding)
    for number, took in enumerate(ways_back(seen.changes), 1):
        if number > 2 and took < rise_of(number) - 2:  # the first of the good ones leads to `degraded`, and may be told late
            say(f"return {number} took {took:.1f} s, with {rise_of(number)} good probes needed")
    if seen.status and seen.status.get("state") != seen.state_then:
        say(f"`sallyport status` said {seen.status.get('state')} where the socket said {seen.state_then}")


def compare_states(fault, states, finding):
    say = finding.faults.append
    if fault.opens == table.MUST and table.CONTINUITY not in states:
        say("continuity did not open")
    if fault.opens == table.MUST_NOT and table.CONTINUITY in states:
        say("continuity opened")
    if fault.opens == table.MUST_NOT and fault.decides in (table.NOBODY, table.SERVICE) and finding.let_in:
        say(f"the ladder let in {sum(finding.let_in.values())}")
    for state in fault.must_see:
        if state not in states:
            say(f"never {state}")
    if fault.allowed and (more := states - set(fault.allowed)):
        say(f"was {', '.join(sorted(more))}")


def compare_times(fault, finding):
    say = finding.faults.append
    if fault.opens == table.MUST and finding.time_in is not None and not fault.in_after <= finding.time_in <= fault.in_within:
        say(f"opened after {finding.time_in:.1f} s")
    if fault.ladder_after and finding.first_rung is not None and finding.first_rung < fault.ladder_after:
        say(f"the ladder let in {finding.first_rung:.1f} s after the fault")
    if finding.time_back is None or finding.time_back > finding.most_back:
        say("not back in time")
    if fault.opens == table.MUST and finding.last_rung and finding.last_rung > 1.2 + fault.heals_in:
        say(f"the ladder let in {finding.last_rung:.1f} s after healing")
