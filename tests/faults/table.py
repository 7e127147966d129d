"""The table of faults. A row: how the fault is set, how it is healed, what the gateway's state has to be on the way, and who can decide a
login meanwhile. A new fault is a new row; its verbs are in scene.py."""
from dataclasses import dataclass

from scene import (all_of, bad_line_to_clients, brief_certificate, by_turns, certificate_has_ended, certificate_renewed, clock,
                   descriptors_again, full_disk, healed_in_background, hosts, names, network, no_descriptors, odd_says, odd_service,
                   proxy_gate, proxy_says, radius_gate, real_service, room_again, squid_again, stalls, wan)

NORMAL, SUSPECT, DEGRADED, CONTINUITY = "normal", "suspect", "degraded", "continuity"

# Whether continuity opens.
MUST, MUST_NOT, MAY = "must", "must not", "may"

# Who decides the logins that the fault meets:
LADDER = "ladder"    # continuity: each is answered, good ones get in, and so does who types six digits with the right password
EITHER = "either"    # the service where it answers, else the ladder
SERVICE = "service"  # both factors stay: each is answered as on any day
NOBODY = "nobody"    # nothing can be known: nobody wrong gets in, and who is refused or gets no answer is not counted


@dataclass
class Fault:
    name: str
    what: str
    set: object
    heal: object = real_service
    opens: str = MUST
    decides: str = LADDER
    allowed: tuple = ()          # states; empty: any that `opens` leaves
    must_see: tuple = ()         # states
    before: object = None        # before the gateway starts
    later: tuple = ()            # (seconds after the fault, what then)
    lasts: float = 14            # seconds
    heals_in: float = 0          # seconds that healing itself takes
    back_within: float = 3.5     # seconds to `normal` after healing, and one more for each good probe more that damping asks for
    in_within: float = 6.1       # seconds to `continuity`, and ...
    in_after: float = 0          # ... not sooner
    ladder_after: float = 0      # seconds before which the ladder lets nobody in
    known_after: float = 0       # seconds: a good login that came sooner may be refused, for nothing can be known of it ...
    most_undecided: int = 0      # ... of so many
    most_crossed: int = 0        # of clients that moved to a new socket just as their accept left: the next try's code is spent
    through_proxy: bool = False
    brief_certificate: bool = False
    clock_can_step: bool = False
    never_good: bool = False     # the fault stands from the start
    service_settings: str = ""
    exempt: tuple = ()           # users who are not counted
    through_radius_gate: bool = False
    small_folder: bool = False   # the record's
    quick: bool = False          # one of `--quick`


FILES_ARE_READ = 1.0  # two looks at new ones, half a second apart, see the same
CLOCK_IS_READ = 2.0   # so long clock() waits
BARRED = {"opens": MUST_NOT, "decides": NOBODY, "allowed": (NORMAL, SUSPECT)}
SLOW = {"opens": MUST_NOT, "decides": EITHER, "must_see": (DEGRADED,)}


def network_faults():
    drops = ["nft add table inet fault", "nft add chain inet fault arriving { type filter hook input priority 0 ; }",
             "nft add rule inet fault arriving iifname wan counter drop"]
    no_route = "ip -n site route {} unreachable 10.91.0.2/32"
    yield Fault("host_down", "the service's host is off", network("ip link set wan down"), network("ip link set wan up"), quick=True)
    yield Fault("port_closed", "nothing listens at the service's port", wan("refuse", "cut"), quick=True)
    yield Fault("blackhole", "packets to the service are dropped without a word", network(*drops), network("nft delete table inet fault"),
                quick=True)
    yield Fault("no_route", "no route to the service", network(no_route.format("add")), network(no_route.format("del")))
    yield Fault("silent", "the service takes connections and says nothing", wan("silent"))
    yield Fault("reset_when_connected", "an RST as soon as a connection stands", wan("reset"))
    yield Fault("reset_in_handshake", "an RST in the place of the service's part of the handshake", wan("break target 1", "cut"))
    yield Fault("reset_before_code_spent", "an RST when the request comes: it never reaches the service", wan("break client 2"), quick=True)
    yield Fault("reset_after_code_spent", "an RST in the place of the answer: the code is spent", wan("break target 2 after 150"), quick=True)
    yield Fault("half_closed", "the service's direction ends in the place of the answer", wan("break target 2 by half_close"))
    yield Fault("cut_short", "connections end in the middle of the service's certificate", wan("truncate 300", "cut"))
    yield Fault("corrupted", "octets of the service are changed on the way", wan("corrupt 700", "cut"))
    yield Fault("drips", "the service's octets come at 40 a second", wan("drip 40", "cut"))


def name_faults():
    keeps = {"opens": MUST_NOT, "decides": SERVICE, "allowed": (NORMAL, SUSPECT), "lasts": 42, "later": ((36, wan("cut")),)}
    yield Fault("dns_failing", "the name server answers SERVFAIL; kept addresses are used", names("fails"), names("answers"), **keeps)
    yield Fault("dns_silent", "the name server says nothing; kept addresses are used", names("silent"), names("answers"), **keeps)
    yield Fault("hosts_to_loopback", "/etc/hosts leads the service's name to loopback", hosts("127.0.0.1 vip.sallyport.test"), hosts(),
                **keeps)


def proxy_faults():
    def answer(status, words, fields=""):
        return f"HTTP/1.1 {status} {words}\r\n{fields}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()
    through = {"through_proxy": True, "heal": squid_again}
    yield Fault("proxy_down", "nothing listens at the proxy's port", proxy_gate("refuse", "cut"), **through, quick=True)
    yield Fault("proxy_silent", "the proxy takes connections and says nothing", proxy_gate("silent"), **through)
    for status, words, fields in ((403, "Forbidden", ""), (407, "Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="other"\r\n'),
                                  (502, "Bad Gateway", ""), (504, "Gateway Timeout", "")):
        yield Fault(f"proxy_{status}", f"the proxy answers CONNECT with {status} {words}", proxy_says(answer(status, words, fields)), **through)


def certificate_faults():
    for version in ("1.2", "1.3"):
        mark = version.replace(".", "")
        for closes in (False, True):
            tls = {"tls": version, "closes_after_alert": closes}
            end = f" (TLS {version}{', the service closes right after its alert' if closes else ''})"
            name = f"tls{mark}{'_closes' if closes else ''}"
            yield Fault(f"own_certificate_expired_{name}", "our certificate expires" + end, certificate_has_ended, certificate_renewed,
                        before=all_of(brief_certificate(22), odd_service(**tls)), brief_certificate=True, heals_in=FILES_ARE_READ)
            yield Fault(f"own_certificate_revoked_{name}", "our certificate is revoked" + end, odd_service(revoked="revoked.pem", **tls),
                        **BARRED)
        end, tls = f" (TLS {version})", {"tls": version}
        yield Fault(f"service_certificate_expired_tls{mark}", "the service's certificate is over" + end,
                    odd_service(certificate="expired_service", **tls))
        yield Fault(f"service_untrusted_tls{mark}", "the service's certificate is of an unknown authority" + end,
                    odd_service(certificate="untrusted_service", **tls), **BARRED)
    yield Fault("service_other_name", "the service's certificate is for another name", odd_service(certificate="other_service"), **BARRED)
    yield Fault("own_certificate_revoked_600E", "the service answers each request with status 600E", odd_service("api 600E"), **BARRED)
    forty_days = 40 * 86_400
    yield Fault("wrong_clock", "our clock leaps 40 days ahead: good certificates look over", all_of(clock(forty_days), wan("cut")), clock(0),
                clock_can_step=True, **BARRED, heals_in=CLOCK_IS_READ)


def answer_faults():
    # No outage at first. What is throttled after 5 s at the slowest rate counts as down: from then on the ladder decides in degraded, and
    # continuity opens as for any outage. Who came 8.5 s or more before that, and had been asked about twice when it began to count, is
    # refused at the end of patience: two or so a run.
    throttled = {"in_after": 9.5, "in_within": 5 + 6.1, "ladder_after": 4.5, "must_see": (SUSPECT, DEGRADED), "lasts": 16,
                 "known_after": 5 + 6.1 - 8.5, "most_undecided": 20}
    for name, what, conduct, more in (
            ("http_429", "429 with Retry-After", "status 429 retry_after 2", throttled),
            ("http_503_retry_after", "503 with Retry-After", "status 503 retry_after 2", throttled),
            ("http_404", "404", "status 404", BARRED),
            ("http_302", "302", "status 302 location https://localhost/", BARRED),
            ("http_500", "500", "status 500", {"quick": True}),
            ("http_503", "503 without Retry-After", "status 503", {}),
            ("garbage", "200 with garbage", "garbage", {}),
            ("truncated_xml", "200 with XML that is cut short", "truncated", {}),
            ("status_6005", "status 6005 for everybody", "api 6005", {"quick": True}),
            ("status_4879", "detail 4879, temporarily unavailable, for everybody", "api 6005 detail 4879", {})):
        yield Fault(name, f"the service answers {what}", odd_service(conduct), **more)
    yield Fault("status_6005_one_user", "the service answers 6005 for one user only", odd_service("api 6005 user user00007"), opens=MUST_NOT,
                decides=SERVICE, allowed=(NORMAL, SUSPECT), exempt=("user00007",), lasts=45, quick=True)


def slow_faults():
    yield Fault("answers_after_3s", "the service answers after 3 s", wan("late 3000"), wan("pass"), **SLOW, lasts=20, quick=True)
    yield Fault("loaded_to_3s", "the service takes 3 s while more than 100 requests a second come", odd_says("loaded 100 3"), odd_says("pass"),
                before=odd_service(), **SLOW, lasts=30)
    yield Fault("answers_after_10s", "the service answers after 10 s", wan("late 10000"), all_of(wan("pass"), wan("cut")), lasts=20)
    # About half of the votes were down: at 200 new ones a second they are fewer than half after two seconds at the latest.
    yield Fault("every_second_fails", "every second answer is 500", odd_service("status 500 every 2"), **SLOW, lasts=25, back_within=3.5 + 2)
    # It is there for the last 6 s: the return that is under way then needs 12 good probes, by three returns before. A turn comes while
    # some have waited for 3 s, the time after which the clients try again.
    yield Fault("flapping", "the service is silent for 7 s, there for 7 s, and so on", by_turns(7, wan("silent"), wan("pass", "cut")),
                all_of(healed_in_background, real_service), decides=EITHER, must_see=(DEGRADED,), most_crossed=30,
                lasts=55)


def own_faults():
    own = {"opens": MUST_NOT, "allowed": (NORMAL, SUSPECT)}
    yield Fault("own_pool_full", "we may have four exchanges under way, and each takes a second", wan("late 1000"), wan("pass"), **own,
                decides=NOBODY, service_settings="max_in_flight = 4")
    yield Fault("own_loop_stalled", "the gateway stands still every other second", stalls(1, 1), healed_in_background, **own, decides=SERVICE,
                heals_in=1, quick=True)
    yield Fault("own_descriptors_used_up", "the gateway may open no more descriptors", no_descriptors, descriptors_again, **own,
                decides=NOBODY)
    yield Fault("never_reached", "the URL leads nowhere, and did from the start: not armed", wan("refuse"), wan("pass"), **own,
                before=wan("refuse"), never_good=True, decides=NOBODY)
    yield Fault("record_cannot_be_written", "the service is lost, and the disk of the record is full",
                all_of(full_disk, wan("refuse", "cut")), all_of(room_again, real_service), opens=MAY, decides=NOBODY, small_folder=True)
    yield Fault("bad_line_to_clients", "datagrams between clients and gateway come late, twice and in disorder, and some never",
                bad_line_to_clients("drop 3 duplicate 10 reorder 20 jitter 20"), bad_line_to_clients("pass"), **own, decides=SERVICE,
                before=radius_gate, through_radius_gate=True)


FAULTS = [*network_faults(), *name_faults(), *proxy_faults(), *certificate_faults(), *answer_faults(), *slow_faults(), *own_faults()]
assert len({fault.name for fault in FAULTS}) == len(FAULTS)
