"""`pushes`: 10,000 users sign in by password and push within ten seconds and wait, their clients sending again every five
seconds. When all wait, 1,000 logins a second come by code, and the pushes are answered at random times: 90 % approved, 5 %
denied, 5 % not at all. Who is to get which verdict stands in the load's file beforehand."""
import random
import time

import measure
from bench import LIKE_A_CLIENT, say
from bench_house import REMEMBERED, USERS, BenchHouse, name_of, password_of
from house import until
from phones import Phones

PROCESSES = ("gateway", "authservice", "slapd")
CODES = {"rate": 1000, "with_password": 0, "in_flight": USERS, **LIKE_A_CLIENT}
CLIENT = 'timeout = "5s"\ntries = 12'  # 60 s
PATIENCE, RAMP = 60, USERS / 1000
LAST_ANSWER = PATIENCE - 5  # seconds after the first push


def run(bench):
    draw = random.Random(1)
    fates = draw.choices(("approve", "deny", None), (90, 5, 5), k=USERS)
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        house.enrol_phones()
        house.start_slapd(kinds=("user", "phone"))
        house.start_bench_gateway([house.ldap_store("people"), house.code_server(),
                                   house.validation_server("push", 'mode = "password_code"', CLIENT)])
        before = bench.calmest([bench.load(house, house.ports["code"], PROCESSES, seconds=5, **CODES) for _ in range(3)])
        say(f"pushes: code logins without them: p99 {before['p99_ms']:.1f} ms")
        begun = time.monotonic()
        waiting = bench.begin_load(house, house.ports["push"], PROCESSES, users=write_fates(house, fates), rate=USERS / RAMP,
                                   logins=USERS, in_flight=USERS, seconds=PATIENCE + 2 * RAMP, warm_up=0, patience=PATIENCE,
                                   retransmit_every=5, code_digits=0, wrong_every=0)
        at_once = all_in_flight(house)
        polls = polls_over_time(house, seconds=6)
        phones = Phones(house)
        left = begun + LAST_ANSWER - time.monotonic()
        codes = bench.begin_load(house, house.ports["code"], PROCESSES, seconds=left - 3, **CODES)
        phones.answer({name_of(n, "phone"): fate for n, fate in enumerate(fates) if fate},
                      lambda: time.monotonic() + draw.uniform(0.5, left - 0.5))
        results = {"codes, without pushes": before, "codes, beside pushes": codes.finish(), "pushes": waiting.finish()}
        sent = house.metric("authservice", 'sallyport_authservice_pushes_total{outcome="sent"}')
        peak = measure.peak_mib(house.pid("gateway"))
    bench.results["pushes"] = {**results, "polls": polls, "in_flight": at_once, "sent": sent, "peak_mib": round(peak, 1)}
    bench.differs(REMEMBERED, "`pushes`: timeout = 5s, tries = 12 of the client whose users wait (shipped: 3s, 3)")
    judge(bench, bench.results["pushes"])


def write_fates(house, fates):
    file = house.folder / "phones.tsv"
    file.write_text("".join(f"{name_of(n, 'phone')}\t{password_of(n)}\t\t0\t{'accept' if fate == 'approve' else 'reject'}\n"
                            for n, fate in enumerate(fates)))
    return file


def all_in_flight(house):
    """How many logins wait once no more come: all, where none was answered early."""
    most = 0

    def as_many():
        nonlocal most
        most = max(most, int(house.metric("gateway", "sallyport_logins_in_flight")))
        return most >= USERS
    try:
        until(as_many, "all pushes are in flight", 2 * RAMP)
    except AssertionError:
        pass  # judged by what was found
    return most


def polls_over_time(house, seconds):
    """While nothing but polls goes to the service: how many its database answers in a tenth of a second, at most and on
    average."""
    counts = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        counts.append((time.monotonic(), house.metric("authservice", "sallyport_authservice_batched_requests_total")))
        time.sleep(max(0.0, counts[-1][0] + 0.1 - time.monotonic()))
    rates = [(after[1] - before[1]) / (after[0] - before[0]) / 10 for before, after in zip(counts, counts[1:])]
    mean = sum(rates) / len(rates)
    return {"in_100_ms": [round(rate, 1) for rate in rates], "mean": round(mean, 2), "max_to_mean": round(max(rates) / max(mean, 0.01), 2)}


def judge(bench, of):
    before, beside, waiting = (of[name] for name in ("codes, without pushes", "codes, beside pushes", "pushes"))
    polls = of["polls"]
    say(f"pushes: {waiting['accepted']} accepted, {waiting['rejected']} rejected, {waiting['sent_again']} packets sent again; "
        f"polls in 100 ms: {polls['mean']} on average, at most {polls['max_to_mean']} times that")
    bench.target("pushes", "in flight at once", of["in_flight"], f"{USERS}", of["in_flight"] == USERS)
    bench.target("pushes", "pushes sent", f"{of['sent']:.0f}", f"{USERS}, one a user", of["sent"] == USERS)
    bench.target("pushes", "lost, pushes", waiting["lost"], "0", waiting["lost"] == 0 and waiting["logins_in_all"] == USERS)
    bench.target("pushes", "lost, codes", before["lost"] + beside["lost"], "0", before["lost"] + beside["lost"] == 0)
    limit = 2 * before["p99_ms"]
    bench.target("pushes", "p99 ms, codes", f"{beside['p99_ms']:.1f}", f"<= {limit:.1f} (2 x without)", beside["p99_ms"] <= limit)
    bench.target("pushes", "gateway's peak, MiB", of["peak_mib"], "<= 250", of["peak_mib"] <= 250)
