#!/usr/bin/env python3
"""Measures Sallyport against targets and a real peer: `./dev bench NAME...`, names: code, password_code, start.

One machine, everything on it, peers in turn in one run, medians of several. Prints a table, writes the numbers to
build/bench/results.json, and ends with exit code 1 below a target, 2 when it could not measure.
"""
import argparse
import json
import os
import signal
import statistics
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import measure
import peers
from bench_house import DIFFERENCES, ROOT, USERS, BenchHouse
from house import RADIUS_SECRET

NAMES = ("code", "password_code", "start")


def say(text):
    print(text, flush=True)


class Bench:
    def __init__(self, options):
        self.options = options
        self.build = Path(options.build).resolve()
        self.load_program = self.build / "bench" / "radius_load"
        self.results = {}
        self.verdicts = []  # (name, what, found, target, good)

    def target(self, name, what, found, target, good):
        self.verdicts.append((name, what, found, target, bool(good)))

    def load(self, house, port, processes, **more):
        options = {"server": f"127.0.0.1:{port}", "secret": RADIUS_SECRET, "users": house.users_file,
                   "seconds": self.options.seconds, "warm_up": 1, "in_flight": 64, **more}
        return measure.load(self.load_program, options, {name: house.pid(name) for name in processes})

    def start_ours(self, house, with_slapd):
        house.start_authservice()
        say(f"{USERS} users with HOTP credentials: {house.enrol_all():.0f} a second by `sallyport user import`")
        if with_slapd:
            house.start_slapd()
        house.start_bench_gateway()

    # mode `code`: the gateway, the service and its database

    def code(self):
        with BenchHouse(self.build) as house:
            self.start_ours(house, with_slapd=False)
            runs = []
            for number in range(self.options.runs):
                runs.append(self.load(house, house.ports["code"], ("gateway", "authservice"), with_password=0,
                                      in_flight=self.options.in_flight))
                say(f"code {number + 1}/{self.options.runs}: {runs[-1]['rate']:.0f}/s")
            result = measure.median_of(runs)
            result["resident_mib"] = {name: round(measure.resident_mib(house.pid(name)), 1) for name in ("gateway", "authservice")}
        self.results["code"] = {"sallyport": result}
        self.target("code", "logins/s", f"{result['rate']:.0f}", ">= 10000", result["rate"] >= 10_000)
        self.target("code", "lost", result["lost"], "0", result["lost"] == 0)

    def best_threads(self, house):
        """FreeRADIUS is measured at the number of threads, and LDAP connections, at which it is fastest here."""
        rates = {}
        for threads in (8, 16, 32):
            house.start_freeradius(threads)
            rates[threads] = self.load(house, house.ports["freeradius"], ("freeradius",), code_digits=0, seconds=2)["rate"]
            house.stop("freeradius")
        best = max(rates, key=rates.get)
        say("FreeRADIUS: " + ", ".join(f"{threads} threads {rate:.0f}/s" for threads, rate in rates.items()) + f"; taken: {best}")
        return best

    # mode `password_code` against rlm_ldap, on one slapd

    def password_code(self):
        ours = ("gateway", "authservice", "slapd")
        theirs = ("freeradius", "slapd")
        runs = {"sallyport": [], "sallyport, searched each time": [], "FreeRADIUS rlm_ldap": []}
        with BenchHouse(self.build) as house:
            self.start_ours(house, with_slapd=True)
            threads = self.options.freeradius_threads or self.best_threads(house)
            house.start_freeradius(threads)
            for number in range(self.options.runs):
                runs["FreeRADIUS rlm_ldap"].append(self.load(house, house.ports["freeradius"], theirs, code_digits=0))
                runs["sallyport"].append(self.load(house, house.ports["password_code"], ours))
                runs["sallyport, searched each time"].append(self.load(house, house.ports["searched"], ours))
                say(f"password_code {number + 1}/{self.options.runs}: "
                    + ", ".join(f"{name} {of[-1]['rate']:.0f}/s" for name, of in runs.items()))
            resident = {name: round(measure.resident_mib(house.pid(name)), 1) for name in (*ours, "freeradius")}
        results = {name: measure.median_of(of) for name, of in runs.items()}
        results["resident_mib"] = resident
        self.results["password_code"] = results
        mine, peer = results["sallyport"], results["FreeRADIUS rlm_ldap"]
        ratio = mine["rate"] / max(1, peer["rate"])
        results["ratio"] = round(ratio, 3)
        results["freeradius_threads"] = threads
        self.target("password_code", "rate / FreeRADIUS", f"{ratio:.2f}", ">= 1.00", ratio >= 1)
        self.target("password_code", "p99 ms", f"{mine['p99_ms']:.1f}", f"<= {peer['p99_ms']:.1f}", mine["p99_ms"] <= peer["p99_ms"])
        self.target("password_code", "lost", mine["lost"], "0", mine["lost"] == 0)
        self.target("password_code", "lost by FreeRADIUS", peer["lost"], "0 (else no fair peer)", peer["lost"] == 0)

    # From nothing to the first answer

    def start(self):
        first_answers, sizes = [], []
        with BenchHouse(self.build) as house:
            house.start_authservice()
            house.start_slapd()
            house.write_bench_gateway()
            for _ in range(self.options.runs):
                begin = time.monotonic()
                house.begin_gateway()
                while not house.status_server(house.ports["password_code"], 0.002):
                    if house.processes["gateway"].poll() is not None or time.monotonic() - begin > 10:
                        raise RuntimeError("the gateway does not answer Status-Server")
                    time.sleep(0.0005)
                first_answers.append((time.monotonic() - begin) * 1000)
                time.sleep(1)
                sizes.append(measure.resident_mib(house.pid("gateway")))
                house.stop("gateway")
        result = {"first_answer_ms": round(statistics.median(first_answers), 1), "resident_mib": round(statistics.median(sizes), 1)}
        self.results["start"] = {"sallyport": result}
        self.target("start", "first answer, ms", result["first_answer_ms"], "<= 150", result["first_answer_ms"] <= 150)
        self.target("start", "resident, MiB", result["resident_mib"], "<= 48", result["resident_mib"] <= 48)

    # What is said at the end

    def report(self):
        rows = []
        for name, results in self.results.items():
            for who, of in results.items():
                if not isinstance(of, dict) or "rate" not in of:
                    continue
                cpu = ", ".join(f"{process} {of['cpu'][process]:.1f} s ({of['cpu_us_a_login'][process]:.0f} us)" for process in of["cpu"])
                rows.append((name, who, f"{of['rate']:.0f}", of["lost"], f"{of['p50_ms']:.1f}", f"{of['p95_ms']:.1f}",
                             f"{of['p99_ms']:.1f}", f"{of['max_ms']:.1f}", cpu))
                for words, count in of["wrong_words"].items():
                    say(f"{name}, {who}: {count} wrong verdicts: {words}")
        if rows:
            say("\n" + measure.table(rows, ("bench", "who", "logins/s", "lost", "p50 ms", "p95", "p99", "max", "CPU (a login)")))
        say("\n" + measure.table([(*verdict[:4], "yes" if verdict[4] else "NO") for verdict in self.verdicts],
                                 ("bench", "what", "found", "target", "met")))
        say("\nOther than shipped:\n" + "\n".join(f"- {line}" for line in DIFFERENCES))
        self.results["targets"] = [dict(zip(("bench", "what", "found", "target", "met"), verdict)) for verdict in self.verdicts]
        self.results["machine"] = {"cores": os.cpu_count(), "load_before": self.options.load_before,
                                   "runs": self.options.runs, "seconds": self.options.seconds}
        file = ROOT / "build" / "bench" / "results.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.results, indent=2) + "\n")
        say(f"\nnumbers: {file.relative_to(ROOT)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="a release build folder")
    parser.add_argument("--runs", type=int, default=5, help="of which the median is taken")
    parser.add_argument("--seconds", type=float, default=5, help="measured in each run, after one of warming up")
    parser.add_argument("--in-flight", type=int, default=128, help="logins under way in `code`")
    parser.add_argument("--freeradius-threads", type=int, default=0, help="0: the best of 8, 16 and 32")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no bench {', '.join(unknown)}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # the house ends what it started
    options.load_before = os.getloadavg()[0]
    bench = Bench(options)
    needed = [bench.load_program, bench.build / "src" / "sallyport"]
    if options.names != ["code"]:
        needed += [Path(path) for path in peers.missing()]
    absent = [str(path) for path in needed if not path.exists()]
    if absent:
        print("cannot measure, missing: " + ", ".join(absent), file=sys.stderr)
        return 2
    if options.load_before > 0.5 * (os.cpu_count() or 1):
        say(f"the machine is busy (load {options.load_before:.1f}): the numbers will be too")
    for name in options.names or NAMES:
        getattr(bench, name)()
    bench.report()
    return 0 if all(verdict[4] for verdict in bench.verdicts) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, OSError, RuntimeError) as trouble:
        print(f"cannot measure: {trouble}", file=sys.stderr)
        sys.exit(2)
