"""`slow_service`: the service comes to answer a second late, and 2,000 logins a second come for 20 seconds, whoever waits. Beside
ours, on the same service through the same gate, FreeRADIUS with rlm_rest: with the 32 threads that it ships with, and
with 256: with 512 its connections have descriptors that its select(2) cannot watch."""
import functools

import freeradius
from bench import LIKE_A_CLIENT, say
from bench_house import BenchHouse
from gate import Gate

THREADS = (32, 256)
LOAD = {"rate": 2000, "in_flight": 10_000, "seconds": 20, **LIKE_A_CLIENT}
DIFFERENCES = ["FreeRADIUS rlm_rest: reject_delay = 0, as many connections as threads, made and used before the service is slow"]


def run(bench):
    results = {}
    with BenchHouse(bench.build) as house:
        bench.start_service(house)
        gate = Gate(house, "slow", house.ports["service"])
        house.start_bench_gateway([house.code_server()], service="slow")
        results["sallyport"] = slowed(bench, house, gate, "code", ("gateway", "authservice"))
        tell("sallyport", results["sallyport"])
        house.stop("gateway")
        for threads in THREADS:
            name = f"FreeRADIUS rlm_rest, {threads} threads"
            gate.say("pass")
            house.start_freeradius(threads, freeradius.rest(house.folder, house.ports["slow"], threads))
            results[name] = slowed(bench, house, gate, "freeradius", ("freeradius", "authservice"), in_flight=threads)
            tell(name, results[name])
            house.stop_freeradius()
    bench.results["slow_service"] = results
    bench.differs(*DIFFERENCES)
    lost = results["sallyport"]["lost"]
    bench.target("slow_service", "lost", lost, "0", lost == 0)


def slowed(bench, house, gate, door, processes, in_flight=64):
    """First two seconds with an answer at once: the first login of each of FreeRADIUS's connections makes it anew."""
    ask = functools.partial(bench.load, house, house.ports[door], processes, with_password=0)
    ask(in_flight=in_flight, seconds=2)
    gate.say("late 1000")  # its answers, not the handshakes of new connections
    return ask(**LOAD)


def tell(name, result):
    say(f"slow_service, {name}: {result['rate']:.0f}/s, {result['lost']} of {result['logins_in_all']} lost")
