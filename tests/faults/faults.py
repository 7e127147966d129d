#!/usr/bin/python3
"""Tries the table of faults (table.py) on a real gateway under a steady load: `./dev test faults [NAME...]`. Prints what was expected and
seen; a run of the whole table writes docs/faults.md. Ends with exit code 1 when something was not as expected, 2 when it could not run."""
import argparse
import os
import shutil
import subprocess
import sys
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

import judge  # noqa: E402
import report  # noqa: E402
import table  # noqa: E402
import world  # noqa: E402

CALM = 4.0    # seconds of load before a fault
AFTER = 5.0   # seconds of load after it, at least
TRACE = "SALLYPORT_FAULTS_TRACE" in os.environ
BACK = 30.0   # seconds that the gateway gets to come back: more than any row allows


def say(words):
    print(words, flush=True)


def sleep_until(moment):
    time.sleep(max(0.0, moment - time.monotonic()))


def try_fault(house, fault, rate):
    """Sets the fault, heals it, and gives what was seen."""
    from scene import Scene
    scene = Scene(house, fault)
    watch = None
    try:
        if fault.through_proxy:
            house.proxy_gate()
        if fault.before:
            fault.before(scene)
        watch = house.begin_fault_gateway(fault)
        if not fault.never_good:
            watch.wait_for((table.NORMAL, judge.UNKNOWN), 15)
        house.begin_clients(rate, house.ports["radius"] if fault.through_radius_gate else None)
        return under_load(house, fault, scene, watch)
    finally:
        if watch:
            watch.stop()
        scene.restore()
        for name in ("clients", "gateway"):
            house.stop(name)


def under_load(house, fault, scene, watch):
    time.sleep(0 if fault.never_good else CALM)
    fault.set(scene)
    set_at = time.monotonic()  # the last of what it does is what bites
    for after, act in fault.later:
        sleep_until(set_at + after)
        act(scene)
    sleep_until(set_at + fault.lasts)
    status, then = house.status(), watch.now()
    healed_at = time.monotonic()
    fault.heal(scene)
    watch.wait_for((table.NORMAL, judge.UNKNOWN), BACK)
    sleep_until(max(healed_at + AFTER, time.monotonic() + 1))
    summary, logins = house.end_clients()
    if house.has_ended("gateway"):
        raise RuntimeError("the gateway ended: " + (house.folder / "gateway.out.log").read_text(errors="replace")[-2000:])
    return judge.Seen(set_at, healed_at, watch.since(set_at), logins, house.record(), time.time() - time.monotonic(), status, then, summary,
                      house.audit(), house.broken_record())


def tried(house, fault, rate):
    """The finding; one that could not be tried does not keep the others from it."""
    try:
        seen = try_fault(house, fault, rate)
    except (AssertionError, OSError, RuntimeError, subprocess.SubprocessError) as trouble:
        if TRACE:
            traceback.print_exc()
        say(f"\n{fault.name}: could not be tried: {trouble}")
        return judge.Finding(faults=[f"could not be tried: {trouble}"])
    finding = judge.judge(fault, seen)
    tell(fault, seen, finding)
    return finding


def tell(fault, seen, finding):
    summary = seen.summary
    say(f"\n{fault.name}: {fault.what}\n  {summary['logins']} logins in {summary['packets']} packets, slowest answer {finding.slowest:.1f} s; "
        f"expected: {report.expected(fault)}")
    say("  states: " + " → ".join(f"{state} {when - seen.set_at:+.1f} s{f' ({cause})' if cause else ''}"
                                  for when, state, cause in seen.changes) + f"; healed {seen.healed_at - seen.set_at:+.1f} s")
    time_in, time_back = (report.number(value) or "-" for value in (finding.time_in, finding.time_back))
    bounds = f"back {time_back} of {finding.most_back:.1f} s"
    say(f"  lost {finding.lost}, wrong accepts {finding.wrong_accepts}, wrong rejects {finding.wrong_rejects}, nothing to know "
        f"{finding.undecided}, crossed {finding.crossed}, in {time_in} s, {bounds}, let in {finding.let_in}")
    say("  evidence: " + ", ".join(f"{count} × {evidence}" for evidence, count in sorted(finding.evidence.items(), key=lambda one: -one[1])))
    for words, count in sorted(finding.words.items(), key=lambda one: -one[1])[:6]:
        say(f"    {count} × {words}")
    say("  " + ("as expected" if not finding.faults else "NOT as expected: " + "; ".join(finding.faults)))


def keep_files(house, fault, into):
    folder = into / fault.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("gateway.log", "gateway.out.log", "journal.jsonl", "gateway.toml", "authservice.log"):
        if (house.folder / name).exists():
            shutil.copy(house.folder / name, folder)


def options_of(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=str(ROOT / "build" / "release"), help="a build folder: of release, since times are measured")
    parser.add_argument("--rate", type=int, default=200, help="logins a second")
    parser.add_argument("--quick", action="store_true", help="a few of them")
    parser.add_argument("--list", action="store_true", help="say which there are")
    parser.add_argument("--keep", metavar="FOLDER", help="where logs and journals are kept")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a fault, or the beginning of several")
    options = parser.parse_args(words)
    chosen = [fault for fault in table.FAULTS if fault.name.startswith(tuple(options.names))] if options.names else table.FAULTS
    for name in options.names:
        if not any(fault.name.startswith(name) for fault in table.FAULTS):
            parser.error(f"no fault '{name}'; --list says which there are")
    options.chosen = [fault for fault in chosen if fault.quick or not options.quick]
    return options


def main():
    options = options_of(sys.argv[1:])
    if options.list:
        for fault in table.FAULTS:
            say(f"{fault.name:<42} {fault.what}")
        return 0
    code = world.enter(sys.argv)
    if code is not None:
        return code
    from fault_house import FaultHouse
    say(f"{len(options.chosen)} faults, about {sum(one.lasts + CALM + AFTER + 6 for one in options.chosen) / 60:.0f} minutes")
    results = []
    with FaultHouse(Path(options.build).resolve()) as house:
        house.start()
        for fault in options.chosen:
            results.append((fault, tried(house, fault, options.rate)))
            if options.keep:
                keep_files(house, fault, Path(options.keep))
    say("\n" + report.text([report.row(*one) for one in results]))
    if options.chosen == table.FAULTS:
        (ROOT / "docs" / "faults.md").write_text(report.markdown(results, options.rate), encoding="utf-8")
    return 0 if all(not finding.faults for _, finding in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, OSError, RuntimeError) as trouble:
        if TRACE:
            raise
        print(f"cannot try the faults: {trouble}", file=sys.stderr)
        sys.exit(2)
