"""`continuity`: mode `code` while the service is lost, each login looked up in a file store, let in by the rung `any_code`, and on record
before its accept leaves. Beside it FreeRADIUS with rlm_files and rlm_pap, and the same gateway with its record in memory, which
says what the disk costs. In turn, as fast as answers come."""
import shutil
import signal
import tempfile
from pathlib import Path

import freeradius
import measure
from bench import say
from bench_house import USERS, BenchHouse, name_of, password_of
from house import until

IN_MEMORY = Path("/dev/shm")
THREADS = 8
LEAST = 1.8  # so much less CPU a login than FreeRADIUS
RECORDS = ("on disk", "in memory")
PEER = "FreeRADIUS files + pap"
ENTERS = 20  # seconds within which a gateway whose service is gone knows it: with the service silent from the start
NAMES = [name_of(number) for number in range(USERS)]
WITHOUT_WRONG_CODES = {"wrong_every": 0}  # any code is as good


def run(bench):
    runs = {f"sallyport, record {where}": [] for where in RECORDS} | {PEER: []}
    memory = Path(tempfile.mkdtemp(prefix="sallyport-bench-", dir=IN_MEMORY))
    try:
        with BenchHouse(bench.build) as house:
            reach_once(house)
            for number in range(bench.options.runs):
                for where in RECORDS:
                    runs[f"sallyport, record {where}"].append(in_continuity(bench, house, memory if where == "in memory" else house.folder))
                runs[PEER].append(peer(bench, house))
                say(f"continuity {number + 1}/{bench.options.runs}: " + ", ".join(f"{name} {of[-1]['rate']:.0f}/s" for name, of in runs.items()))
    finally:
        shutil.rmtree(memory, ignore_errors=True)
    judge(bench, {name: measure.median_of(of) for name, of in runs.items()})


def reach_once(house):
    """As one must have for its loss to be an outage; then the service goes for good."""
    house.start_authservice()
    start_people(house, house.folder, NAMES)
    until(lambda: state(house) == "normal", "the service is reached", 20)
    house.stop("gateway")
    house.stop("authservice")


def start_people(house, where, names, service="service"):
    """The gateway, with those users in a file; `where`: the folder of the record lies there."""
    people = house.folder / "people.users"
    if not people.exists():
        hashed = house.hash(password_of(0))  # no password is asked for in mode `code`
        people.touch(0o600)
        people.write_text("".join(f"{name}:{hashed}\n" for name in names))
    record = where / "continuity"
    record.mkdir(mode=0o700, exist_ok=True)
    house.start_bench_gateway([
        f'[continuity]\nfolder = "{record}"\n', '[[user_store]]\nname = "people"\nkind = "file"\nfile = "people.users"\n',
        house.validation_server("lost", 'mode = "code"\nuser_stores = ["people"]\ncontinuity = "automatic"')], service)


def state(house):
    return next((word.split('"')[1] for word, value in house.metrics("gateway").items()
                 if word.startswith("sallyport_continuity_state{") and value), None)


def in_continuity(bench, house, where):
    if where != house.folder:  # it knows the service too
        shutil.copytree(house.folder / "continuity", where / "continuity", dirs_exist_ok=True, ignore=shutil.ignore_patterns("record*", "control"))
    start_people(house, where, NAMES)
    until(lambda: state(house) == "continuity", "the service is lost", ENTERS)
    result = bench.load(house, house.ports["lost"], ("gateway",), with_password=0, in_flight=bench.options.in_flight, **WITHOUT_WRONG_CODES)
    house.stop("gateway")
    return result


def peer(bench, house):
    house.start_freeradius(THREADS, freeradius.files(house.folder, [(name, password_of(n)) for n, name in enumerate(NAMES)]))
    result = bench.load(house, house.ports["freeradius"], ("freeradius",), code_digits=0, in_flight=bench.options.in_flight, **WITHOUT_WRONG_CODES)
    house.stop("freeradius", signal.SIGKILL)
    return result


def judge(bench, results):
    ours, in_memory, theirs = (results[name] for name in results)
    cpu = {name: sum(of["cpu_us_a_login"][who] for who in ("gateway", "freeradius") if who in of["cpu_us_a_login"]) for name, of in results.items()}
    mine, with_memory, peer_cpu = cpu.values()
    bench.results["continuity"] = {**results, "cpu_us_a_login": cpu}
    bench.differs(f"FreeRADIUS files + pap: reject_delay = 0, {THREADS} threads, no other module than the ones that look up and compare",
                  "continuity: logins with any six digits; FreeRADIUS's with their passwords")
    limit = peer_cpu / LEAST
    bench.target("continuity", "CPU us a login", f"{mine:.1f}", f"<= {limit:.1f} ({peer_cpu:.1f} of FreeRADIUS / {LEAST})", mine <= limit)
    bench.target("continuity", "rate / FreeRADIUS", f"{ours['rate'] / max(1, theirs['rate']):.2f}", "told", True)
    bench.target("continuity", "the disk: rate, record on it / in memory", f"{ours['rate'] / max(1, in_memory['rate']):.2f}", "told", True)
    bench.target("continuity", "the disk: CPU us a login", f"{mine - with_memory:+.1f}", "told", True)
    bench.target("continuity", "lost", ours["lost"], "0", ours["lost"] == 0)
    bench.target("continuity", "lost by FreeRADIUS", theirs["lost"], "0 (else no fair peer)", theirs["lost"] == 0)
