"""`outage`: 2,000 logins a second in mode `code`, whoever waits, while the service falls silent for 60 s and comes back. Nobody may be
lost: those whom the silence meets wait for the monitor's word, those after them are let in by `any_code`, on record. Told by
phase: each is a load of its own, so that each has its percentiles; together they never pause."""
import time

from bench import LIKE_A_CLIENT, say
from bench_house import USERS, BenchHouse, name_of
from continuity import start_people, state
from gate import Gate
from house import until

RATE = 2000
GUESTS = 2 * USERS  # whom the service never sees: enough for all who wait at the same time
LOAD = {"rate": RATE, "in_flight": GUESTS, "warm_up": 0, "with_password": 0, "wrong_every": 0, **LIKE_A_CLIENT}
BEFORE, ENTRY, SILENT, AFTER = 10, 10, 60, 15  # seconds; ENTRY is the beginning of SILENT
END, RETURN = 4, 5  # the end of SILENT, the beginning of AFTER
BACK = 3.5  # seconds until `normal`


def run(bench):
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        gate = Gate(house, "between", house.ports["service"])
        start_people(house, house.folder, [name_of(n) for n in range(USERS)] + [name_of(n, "guest") for n in range(GUESTS)], "between")
        until(lambda: state(house) == "normal", "the service is reached", 20)
        shares = Shares(house)
        phases = {}

        def phase(name, seconds, users, watched=None):
            phases[name] = bench.begin_load(house, house.ports["lost"], (), users=users, seconds=seconds, **LOAD)
            begin, seen = time.monotonic(), None
            while time.monotonic() < begin + seconds:
                if watched and seen is None and state(house) == watched:
                    seen = time.monotonic() - begin
                time.sleep(0.05)
            return seen

        phase("before", BEFORE, shares.next())
        gate.say("silent")
        entered = phase("silent, entry", ENTRY, guests(house, "early", range(GUESTS - USERS // 2)), "continuity")
        phase("silent, then", SILENT - ENTRY - END, guests(house, "late", range(GUESTS - USERS // 2, GUESTS)))
        phase("silent, end", END, shares.next())
        gate.say("pass")
        back = phase("back, return", RETURN, shares.next(), "normal")
        phase("back, then", AFTER - RETURN, shares.next())
        results = {name: load.finish() for name, load in phases.items()}
    judge(bench, results, entered, back)


def guests(house, name, numbers):
    """Their codes count on and on, which the service would not follow: so none of them is ever asked for when it is there."""
    file = house.folder / f"{name}.tsv"
    file.write_text("".join(f"{name_of(n, 'guest')}\t\t{house.secrets[n % USERS].hex()}\t0\n" for n in numbers))
    return file


class Shares:
    """Loads overlap, while the last logins of one wait: each has users of its own, whose counters nobody else moves."""
    PARTS = 4

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
