"""`slow_service`: the service answers a second late, and 2,000 logins a second come for 20 seconds, whoever waits. Beside
ours, on the same service through the same gate, FreeRADIUS with rlm_rest: with the 32 threads that it ships with, and with
as many as do not slow it down again."""
import freeradius
from bench import LIKE_A_CLIENT, say
from bench_house import BenchHouse
from gate import Gate

THREADS = (32, 512)
LOAD = {"with_password": 0, "rate": 2000, "in_flight": 10_000, "seconds": 20, **LIKE_A_CLIENT}
DIFFERENCES = ["FreeRADIUS rlm_rest: reject_delay = 0, as many connections as threads, made before the service is slow"]


def run(bench):
    results = {}
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        gate = Gate(house, "slow", house.ports["service"], "delay 1000")
        house.start_bench_gateway([house.code_server()], service="slow")
        results["sallyport"] = bench.load(house, house.ports["code"], ("gateway", "authservice"), **LOAD)
        tell("sallyport", results["sallyport"])
        house.stop("gateway")
        for threads in THREADS:
            name = f"FreeRADIUS rlm_rest, {threads} threads"
            gate.say("pass")
            house.start_freeradius(threads, freeradius.rest(house.folder, house.ports["slow"], threads))
            gate.say("delay 1000")
            results[name] = bench.load(house, house.ports["freeradius"], ("freeradius", "authservice"), warm_up=0, **LOAD)
            tell(name, results[name])
            house.stop_freeradius()
    bench.results["slow_service"] = results
    bench.differs(*DIFFERENCES)
    lost = results["sallyport"]["lost"]
    bench.target("slow_service", "lost", lost, "0", lost == 0)


def tell(name, result):
    say(f"slow_service, {name}: {result['rate']:.0f}/s, {result['lost']} of {result['logins_in_all']} lost")
