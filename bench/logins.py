"""`code` and `password_code`: how many logins a second, as fast as answers come."""
import freeradius
import measure
from bench import say
from bench_house import REMEMBERED, BenchHouse


def code(bench):
    """Mode `code`: the gateway, the service and its database."""
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        house.start_bench_gateway([house.code_server()])
        runs = []
        for number in range(bench.options.runs):
            runs.append(bench.load(house, house.ports["code"], ("gateway", "authservice"), with_password=0,
                                   in_flight=bench.options.in_flight))
            say(f"code {number + 1}/{bench.options.runs}: {runs[-1]['rate']:.0f}/s")
        result = measure.median_of(runs)
        result["resident_mib"] = {name: round(measure.resident_mib(house.pid(name)), 1) for name in ("gateway", "authservice")}
    bench.results["code"] = {"sallyport": result}
    bench.target("code", "logins/s", f"{result['rate']:.0f}", ">= 10000", result["rate"] >= 10_000)
    bench.target("code", "lost", result["lost"], "0", result["lost"] == 0)


def best_threads(bench, house):
    """FreeRADIUS is measured at the number of threads, and LDAP connections, at which it is fastest here."""
    rates = {}
    for threads in (8, 16, 32):
        house.start_freeradius(threads, freeradius.ldap(house.ports["slapd"], threads))
        rates[threads] = bench.load(house, house.ports["freeradius"], ("freeradius",), code_digits=0, seconds=2)["rate"]
        house.stop("freeradius")
    best = max(rates, key=rates.get)
    say("FreeRADIUS: " + ", ".join(f"{threads} threads {rate:.0f}/s" for threads, rate in rates.items()) + f"; taken: {best}")
    return best


def password_code(bench):
    """Mode `password_code` against rlm_ldap, on one slapd."""
    ours = ("gateway", "authservice", "slapd")
    theirs = ("freeradius", "slapd")
    runs = {"sallyport": [], "sallyport, searched each time": [], "FreeRADIUS rlm_ldap": []}
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        house.start_slapd()
        house.start_bench_gateway([
            house.ldap_store("remembered"), house.ldap_store("searched", remember="0s"),
            house.validation_server("password_code", 'mode = "password_code"\nuser_stores = ["remembered"]'),
            house.validation_server("searched", 'mode = "password_code"\nuser_stores = ["searched"]')])
        threads = bench.options.freeradius_threads or best_threads(bench, house)
        house.start_freeradius(threads, freeradius.ldap(house.ports["slapd"], threads))
        for number in range(bench.options.runs):
            runs["FreeRADIUS rlm_ldap"].append(bench.load(house, house.ports["freeradius"], theirs, code_digits=0))
            runs["sallyport"].append(bench.load(house, house.ports["password_code"], ours))
            runs["sallyport, searched each time"].append(bench.load(house, house.ports["searched"], ours))
            say(f"password_code {number + 1}/{bench.options.runs}: "
                + ", ".join(f"{name} {of[-1]['rate']:.0f}/s" for name, of in runs.items()))
        resident = {name: round(measure.resident_mib(house.pid(name)), 1) for name in (*ours, "freeradius")}
    results = {name: measure.median_of(of) for name, of in runs.items()}
    mine, peer = results["sallyport"], results["FreeRADIUS rlm_ldap"]
    ratio = mine["rate"] / max(1, peer["rate"])
    bench.results["password_code"] = {**results, "resident_mib": resident, "ratio": round(ratio, 3), "freeradius_threads": threads}
    bench.differs(REMEMBERED, "FreeRADIUS: reject_delay = 0, as many connections as threads, no other module than the one that asks")
    bench.target("password_code", "rate / FreeRADIUS", f"{ratio:.2f}", ">= 1.00", ratio >= 1)
    bench.target("password_code", "p99 ms", f"{mine['p99_ms']:.1f}", f"<= {peer['p99_ms']:.1f}", mine["p99_ms"] <= peer["p99_ms"])
    bench.target("password_code", "lost", mine["lost"], "0", mine["lost"] == 0)
    bench.target("password_code", "lost by FreeRADIUS", peer["lost"], "0 (else no fair peer)", peer["lost"] == 0)
