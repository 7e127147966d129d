"""`start`: from nothing to the first answer, what a gateway that has done nothing keeps resident, and what a million hostile
datagrams add to that."""
import statistics
import time

import measure
from bench_house import REMEMBERED, BenchHouse, name_of, password_of
from hostile import Flood
from house import hotp
from radius_packets import ACCEPT, Client, access_request, check_reply

HOSTILE = 1_000_000
LEAST_RECEIVED = 0.5  # what the kernel loses before the gateway has read it puts nothing to the test
MALFORMED = ("too_short", "length_too_small", "length_beyond_octets", "message_authenticator_wrong")


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
        flooded = flood(house, parts)
    result = {"first_answer_ms": round(statistics.median(first_answers), 1), "resident_mib": round(statistics.median(sizes), 1), **flooded}
    bench.results["start"] = {"sallyport": result}
    bench.differs(REMEMBERED)
    bench.target("start", "first answer, ms", result["first_answer_ms"], "<= 150", result["first_answer_ms"] <= 150)
    bench.target("start", "resident, MiB", result["resident_mib"], "<= 48", result["resident_mib"] <= 48)
    judge(bench, flooded)


def accepted_login(house, secret, counter):
    """Its packet, and whether it was accepted."""
    request = access_request(name_of(0), password_of(0) + hotp(secret, counter))
    client = Client(house.ports["password_code"])
    reply = client.ask(request, 9)
    client.close()
    return request, reply is not None and check_reply(request, reply) == ACCEPT


def flood(house, parts):
    """A gateway that has done one login, before and after a million datagrams of five kinds."""
    secret = house.enrol(name_of(0), "--kind", "hotp")
    house.start_bench_gateway(parts)
    request, accepted = accepted_login(house, secret, 0)
    if not accepted:
        raise RuntimeError("a right login is not accepted")
    time.sleep(1)
    before = measure.resident_mib(house.pid("gateway"))
    Flood(house.ports["password_code"], accepted=request, stranger=True).sends(HOSTILE)
    time.sleep(1)
    grown = measure.resident_mib(house.pid("gateway")) - before
    dropped = {kind: house.metric("gateway", f'sallyport_radius_dropped_total{{reason="{kind}"')
               for kind in ("unknown_client", "replayed", *MALFORMED)}
    everything = house.metric("gateway", "sallyport_radius_dropped_total")
    _, accepted = accepted_login(house, secret, 1)
    house.stop("gateway")
    return {"flood_grown_mib": round(grown, 1), "flood_dropped": everything, "flood_dropped_by_reason": dropped,
            "flood_then_accepted": accepted}


def judge(bench, found):
    dropped = found["flood_dropped"] / HOSTILE
    none = [kind for kind, count in found["flood_dropped_by_reason"].items() if not count]
    bench.target("start", "hostile datagrams: dropped and counted", f"{dropped:.2f}", f">= {LEAST_RECEIVED}", dropped >= LEAST_RECEIVED)
    bench.target("start", "hostile datagrams: kinds never counted", ", ".join(none) or "none", "none", not none)
    grown, accepted = found["flood_grown_mib"], found["flood_then_accepted"]
    bench.target("start", "a million hostile datagrams: growth, MiB", grown, "<= 5 MiB", grown <= 5)
    bench.target("start", "then a right login is accepted", "yes" if accepted else "no", "yes", accepted)
