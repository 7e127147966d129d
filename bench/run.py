#!/usr/bin/env python3
"""Measures Sallyport against targets and real peers: `./dev bench NAME...`; without names, all.

One machine, everything on it, peers in turn in one run. Prints a table, writes the numbers to build/bench/results.json,
and ends with exit code 1 below a target, 2 when it could not measure.
"""
import argparse
import os
import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import codec
import continuity
import freeradius
import logins
import outage
import pushes
import silent_directory
import slapd
import slow_service
import start
from bench import Bench, say
from bench_house import ROOT

PROGRAMS = {"sallyport": "src/sallyport", "load": "bench/radius_load", "gate": "tests/gate/gate", "codec": "bench/codec_bench"}
NAMES = {  # how it is run, and what it needs
    "code": (logins.code, ["sallyport", "load"]),
    "password_code": (logins.password_code, ["sallyport", "load", *slapd.PROGRAMS, *freeradius.PROGRAMS]),
    "start": (start.run, ["sallyport", *slapd.PROGRAMS]),
    "slow_service": (slow_service.run, ["sallyport", "load", "gate", *freeradius.PROGRAMS, freeradius.REST_MODULE]),
    "pushes": (pushes.run, ["sallyport", "load", *slapd.PROGRAMS]),
    "silent_directory": (silent_directory.run, ["sallyport", "load", "gate", *slapd.PROGRAMS]),
    "continuity": (continuity.run, ["sallyport", "load", str(continuity.IN_MEMORY), *freeradius.PROGRAMS]),
    "outage": (outage.run, ["sallyport", "load", "gate"]),
    "codec": (codec.run, ["codec"]),
}


def missing(names, build):
    needed = {need for name in names for need in NAMES[name][1]}
    paths = [build / PROGRAMS[need] if need in PROGRAMS else Path(need) for need in sorted(needed)]
    return [str(path) for path in paths if not path.exists()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="a release build folder")
    parser.add_argument("--runs", type=int, default=5, help="of which the median is taken, where there are several")
    parser.add_argument("--seconds", type=float, default=5, help="measured in each of these, after one of warming up")
    parser.add_argument("--in-flight", type=int, default=128, help="logins under way in `code`")
    parser.add_argument("--freeradius-threads", type=int, default=0, help="in `password_code`; 0: the best of 8, 16 and 32")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f"no bench {', '.join(unknown)}; there are {', '.join(NAMES)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # the house ends what it started
    options.load_before = os.getloadavg()[0]
    names = options.names or list(NAMES)
    bench = Bench(options, Path(options.build).resolve())
    if absent := missing(names, bench.build):
        print("cannot measure, missing: " + ", ".join(absent), file=sys.stderr)
        return 2
    if options.load_before > 0.5 * (os.cpu_count() or 1):
        say(f"the machine is busy (load {options.load_before:.1f}): the numbers will be too")
    for name in names:
        NAMES[name][0](bench)
    bench.report()
    return 0 if all(verdict[4] for verdict in bench.verdicts) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, OSError, RuntimeError) as trouble:
        print(f"cannot measure: {trouble}", file=sys.stderr)
        sys.exit(2)
