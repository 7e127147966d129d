"""`silent_directory`: two validation servers with a user store each, on one slapd. The preferred connection of one store
goes through a gate that falls silent in the middle of the run, its second one does not. Logins come at half the rate that
`password_code` reaches here, whoever waits; what the other store's users notice is compared with the same load before."""
import time

from bench import LIKE_A_CLIENT, say
from bench_house import REMEMBERED, USERS, BenchHouse
from gate import Gate

PROCESSES = ("gateway", "authservice", "slapd")
BEFORE, UNTIL_SILENT, SILENT = 4, 3, 9  # seconds; all three times, of which the calmest counts on either side


def run(bench):
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        house.start_slapd()
        gate = Gate(house, "gate", house.ports["slapd"])
        house.start_bench_gateway(parts(house))
        whole_rate = bench.load(house, house.ports["whole"], PROCESSES, seconds=3)["rate"]
        files = {"whole": house.users_file, "half_silent": house.folder / "others.tsv"}
        part_users(house.users_file, files["half_silent"])

        def begin_both(seconds):
            return {name: bench.begin_load(house, house.ports[name], PROCESSES, users=file, rate=whole_rate / 4, seconds=seconds,
                                           in_flight=USERS, **LIKE_A_CLIENT) for name, file in files.items()}

        before, during = [], []
        for _ in range(3):
            before.append({name: load.finish() for name, load in begin_both(BEFORE).items()})
            loads = begin_both(UNTIL_SILENT + SILENT)
            time.sleep(1 + UNTIL_SILENT)
            if gate.count()[0] == 0:
                raise RuntimeError("the preferred connection was not in use")
            gate.say("silent")
            during.append({name: load.finish() for name, load in loads.items()})
            house.stop("gateway")  # so that the next one prefers that connection again
            gate.say("pass")
            house.start_bench_gateway(parts(house))
    calmest = [{name: bench.calmest([run[name] for run in runs]) for name in files} for runs in (before, during)]
    lost = {name: sum(run[name]["lost"] for run in during) for name in files}
    judge(bench, whole_rate, *calmest, lost)


def parts(house):
    return [house.ldap_store("whole"), house.ldap_store("half_silent", ports=("gate", "slapd")),
            house.validation_server("whole", 'mode = "password_code"\nuser_stores = ["whole"]'),
            house.validation_server("half_silent", 'mode = "password_code"\nuser_stores = ["half_silent"]')]


def part_users(file, others):
    """The second half of the users' file goes to another."""
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:USERS // 2]))
    others.write_text("".join(lines[USERS // 2:]))


def judge(bench, whole_rate, before, during, lost):
    bench.results["silent_directory"] = {
        "other store, before": before["whole"], "other store, silent": during["whole"],
        "this store, before": before["half_silent"], "this store, silent": during["half_silent"], "password_code_rate": whole_rate}
    bench.differs(REMEMBERED)
    say(f"silent_directory: {whole_rate / 2:.0f} logins/s, half of what comes when each waits for the last")
    found, limit = during["whole"]["p99_ms"], 2 * before["whole"]["p99_ms"]
    bench.target("silent_directory", "p99 ms, other store", f"{found:.1f}", f"<= {limit:.1f} (2 x before)", found <= limit)
    bench.target("silent_directory", "lost, other store, three times", lost["whole"], "0", lost["whole"] == 0)
    bench.target("silent_directory", "lost, this store, three times", lost["half_silent"], "0", lost["half_silent"] == 0)
