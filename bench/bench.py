"""What the measurements share: loads on a house, results, targets, and the table at the end."""
import json
import os

import bench_house
import measure
from bench_house import ROOT, USERS
from house import RADIUS_SECRET

# As a client with the shipped `timeout` and `tries` does.
LIKE_A_CLIENT = {"patience": 9, "retransmit_every": 3}


def say(text):
    print(text, flush=True)


class Bench:
    def __init__(self, options, build):
        self.options = options
        self.build = build
        self.load_program = build / "bench" / "radius_load"
        self.results = {}
        self.verdicts = []  # (name, what, found, target, good)
        self.differences = list(bench_house.DIFFERENCES)

    def target(self, name, what, found, target, good):
        self.verdicts.append((name, what, found, target, bool(good)))

    def differs(self, *lines):
        self.differences += [line for line in lines if line not in self.differences]

    def begin_load(self, house, port, processes, **more):
        options = {"server": f"127.0.0.1:{port}", "secret": RADIUS_SECRET, "users": house.users_file,
                   "seconds": self.options.seconds, "warm_up": 1, "in_flight": 64, **more}
        load = measure.Load(self.load_program, options, {name: house.pid(name) for name in processes})
        house.processes[f"radius_load of {port}"] = load.process  # so that it ends with the house
        return load

    def load(self, house, port, processes, **more):
        return self.begin_load(house, port, processes, **more).finish()

    @staticmethod
    def calmest(runs):
        """What others are compared with is the better of several runs: a machine that was disturbed lowers no bar."""
        return min(runs, key=lambda run: run["p99_ms"])

    def start_service(self, house):
        house.start_authservice()
        say(f"{USERS} users with HOTP credentials: {house.enrol_all():.0f} a second by `sallyport user import`")

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
        say("\nOther than shipped:\n" + "\n".join(f"- {line}" for line in self.differences))
        self.write()

    def write(self):
        self.results["targets"] = [dict(zip(("bench", "what", "found", "target", "met"), verdict)) for verdict in self.verdicts]
        self.results["machine"] = {"cores": os.cpu_count(), "load_before": self.options.load_before,
                                   "runs": self.options.runs, "seconds": self.options.seconds}
        file = ROOT / "build" / "bench" / "results.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.results, indent=2) + "\n")
        say(f"\nnumbers: {file.relative_to(ROOT)}")
