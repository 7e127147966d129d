"""`outage`: 2,000 logins a second in mode `code`, whoever waits, while the service falls silent for 60 s and comes back. Nobody may be
lost: those whom the silence meets wait for the monitor's word, those after them are let in by `any_code`, on record. Told by
phase: each is a load of its own, so that each has its percentiles; together they never pause."""
import time

from bench import LIKE_A_CLIENT, say
from bench_house import USERS, BenchHouse
from continuity import start_people, state
from gate import Gate
from house import until

RATE = 2000
LOAD = {"rate": RATE, "in_flight": 4 * USERS, "warm_up": 0, "with_password": 0, "wrong_every": 0, **LIKE_A_CLIENT}
BEFORE, ENTRY, SILENT, AFTER = 10, 10, 60, 15  # seconds; ENTRY is the beginning of SILENT
RETURN = 5  # the beginning of AFTER
BACK = 3.5  # seconds until `normal`


def run(bench):
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        gate = Gate(house, "between", house.ports["service"])
        start_people(house, house.folder, service="between")
        until(lambda: state(house) == "normal", "the service is reached", 20)
        shares = Shares(house)
        phases = {}

        def phase(name, seconds, watched=None):
            load = bench.begin_load(house, house.ports["lost"], ("gateway", "authservice"), users=shares.next(), seconds=seconds, **LOAD)
            begin = time.monotonic()
            phases[name] = load
            seen = None
            while time.monotonic() < begin + seconds:
                if watched and seen is None and state(house) == watched:
                    seen = time.monotonic() - begin
                time.sleep(0.05)
            return seen

        phase("before", BEFORE)
        gate.say("silent")
        entered = phase("silent, entry", ENTRY, "continuity")
        phase("silent, then", SILENT - ENTRY)
        gate.say("pass")
        back = phase("back, return", RETURN, "normal")
        phase("back, then", AFTER - RETURN)
        results = {name: load.finish() for name, load in phases.items()}
    judge(bench, results, entered, back)


class Shares:
    """Loads overlap, while the last logins of one wait: each has users of its own, whose counters nobody else moves."""
    PARTS = 5

    def __init__(self, house):
        lines = house.users_file.read_text().splitlines(keepends=True)
        self.files = []
        for number in range(self.PARTS):
            self.files.append(house.folder / f"share{number}.tsv")
            self.files[-1].write_text("".join(lines[number::self.PARTS]))

    def next(self):
        return self.files.pop(0)


def judge(bench, results, entered, back):
    bench.results["outage"] = {**results, "seconds_to_continuity": entered, "seconds_back": back}
    for name, of in results.items():
        say(f"outage, {name}: {of['rate']:.0f}/s, p99 {of['p99_ms']:.0f} ms, {of['lost']} of {of['logins_in_all']} lost")
        asked = of["logins_in_all"] / of["seconds"]
        bench.target("outage", f"logins/s, {name}", f"{asked:.0f}", f">= {0.98 * RATE:.0f}", asked >= 0.98 * RATE)
    lost = sum(of["lost"] for of in results.values())
    bench.target("outage", "lost", lost, "0", lost == 0)
    bench.target("outage", "seconds to continuity", "never" if entered is None else f"{entered:.1f}", "<= 6.1", entered and entered <= 6.1)
    bench.target("outage", "seconds back to normal", "never" if back is None else f"{back:.1f}", f"<= {BACK}", back and back <= BACK)
    calm = results["before"]["p99_ms"]
    found = results["silent, then"]["p99_ms"]
    bench.target("outage", "p99 ms in continuity", f"{found:.1f}", f"<= {2 * max(calm, 5):.1f} (2 x before)", found <= 2 * max(calm, 5))
