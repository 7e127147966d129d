"""`start`: from nothing to the first answer, and what a gateway that has done nothing keeps resident."""
import statistics
import time

import measure
from bench_house import REMEMBERED, BenchHouse


def run(bench):
    first_answers, sizes = [], []
    with BenchHouse(bench.build) as house:
        house.start_authservice()
        house.start_slapd()
        parts = [house.ldap_store("people"), house.validation_server("password_code", 'mode = "password_code"'), house.code_server()]
        for _ in range(bench.options.runs):
            begin = time.monotonic()
            house.begin_gateway(parts)
            while not house.status_server(house.ports["password_code"], 0.002):
                if house.processes["gateway"].poll() is not None or time.monotonic() - begin > 10:
                    raise RuntimeError("the gateway does not answer Status-Server")
                time.sleep(0.0005)
            first_answers.append((time.monotonic() - begin) * 1000)
            time.sleep(1)
            sizes.append(measure.resident_mib(house.pid("gateway")))
            house.stop("gateway")
    result = {"first_answer_ms": round(statistics.median(first_answers), 1), "resident_mib": round(statistics.median(sizes), 1)}
    bench.results["start"] = {"sallyport": result}
    bench.differs(REMEMBERED)
    bench.target("start", "first answer, ms", result["first_answer_ms"], "<= 150", result["first_answer_ms"] <= 150)
    bench.target("start", "resident, MiB", result["resident_mib"], "<= 48", result["resident_mib"] <= 48)
