"""What the scenarios are written in: a site as its administrator knows it. One authentication service, one directory (slapd), employees,
and gateways; each gateway has ways of its own to the service, to the directory and to a proxy (tests/gate), which can be broken.

    def the_way_is_closed(site):
        gateway, alice = site.gateway("one"), site.employee("alice")
        alice.signs_in(gateway)
        gateway.way_to_service.closes()
        alice.gets_in(gateway, code="123456", within=FIRST_LOGIN)

    play(the_way_is_closed)
"""
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))
import slapd  # noqa: E402
from gate import Gate  # noqa: E402
from house import RADIUS_SECRET, House, free_port, hotp, json_lines, toml, until  # noqa: E402
from odd_service import OddService  # noqa: E402
from own_network import HOST_ADDRESSES, Host  # noqa: E402
from proxies import SmallProxy, Squid, accepts, answers  # noqa: E402
from radius_packets import ACCEPT, CHALLENGE, REJECT, REPLY_MESSAGE, STATE, Client, access_request, attribute, attributes_of, check_reply  # noqa: E402

# What is promised by default settings, in seconds.
FIRST_LOGIN = 6.1     # from the arrival of the first login that meets the loss to its Access-Accept
NOBODY_ASKS = 16      # from the loss to continuity, where nobody signs in
AT_ONCE = 1           # a login that finds continuity there
BOTH_FACTORS = 1.2    # from the end of the loss until every login asks the service again
NORMAL = 3.5          # from there to the state `normal`
SLOW_MACHINE = 4      # more: sanitizers, and other tests beside
THRESHOLD = "5s"      # the default

BEGUN, ENDED, BY_HAND, SETTINGS_LOADED = "SP0801", "SP0802", "SP0811", "SP0105"  # docs/messages.md
PROXY_USER, PROXY_PASSWORD = "sallyport", "open sesame"


def together(*acts):
    """All at the same time; fails when one of them does, after all have ended."""
    failures = []

    def carry_out(act):
        try:
            act()
        except BaseException:
            failures.append(traceback.format_exc())
    threads = [threading.Thread(target=carry_out, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, "\n".join(failures)


def play(*stories):
    """Tells them at the same time, on one site; each has gateways and employees of its own."""
    with Site(sys.argv[1]) as site:
        site.opens()

        def tell(story):
            begin = time.monotonic()
            story(site)
            print(f"{story.__name__.replace('_', ' ')}: {time.monotonic() - begin:.1f} s", flush=True)
        together(*(lambda story=story: tell(story) for story in stories))


class Way(Gate):
    """A path of TCP connections, whole at first."""

    def closes(self):
        """Nobody listens there any more."""
        self.say("refuse")
        self.cut()

    def falls_silent(self):
        """Connections are taken, and nothing comes through."""
        self.say("silent")

    def leads_to(self, port):
        self.lead_to(port)
        self.cut()

    def opens(self):
        self.say("pass")
        self.cut()


class Line(Gate):
    """A path of RADIUS packets."""

    def loses_everything(self):
        self.say("silent")

    def loses_answers(self):
        self.say("drop_answers 100")

    def opens(self):
        self.say("pass")


class Employee:
    """In the directory with a password; with `token`, also at the service with a credential that gives codes."""

    def __init__(self, site, name, token):
        self.site, self.name, self.password = site, name, site.PASSWORDS[name]
        self.secret, self.used = site.enrol(name, "--kind", "hotp") if token else None, 0

    def next_code(self):
        self.used += 1
        return hotp(self.secret, self.used - 1)

    def tries(self, gateway, code, door="vpn", password=None, waits=10):
        """("accept", "reject" or "none", after how many seconds)"""
        begin = time.monotonic()
        verdict, _ = self.site.login(self.name, (self.password if password is None else password) + code, name=gateway.doors[door],
                                     timeout=waits)
        return verdict, time.monotonic() - begin

    def gets_in(self, gateway, code, within=FIRST_LOGIN, **how):
        verdict, seconds = self.tries(gateway, code, **how)
        assert verdict == "accept" and seconds < within + SLOW_MACHINE, f"{self.name} at {gateway.name}: {verdict} after {seconds:.1f} s"
        return seconds

    def signs_in(self, gateway, **how):
        """With both factors."""
        return self.gets_in(gateway, self.next_code(), **how)

    def is_turned_away(self, gateway, code, **how):
        verdict, _ = self.tries(gateway, code, **how)
        assert verdict == "reject", f"{self.name} at {gateway.name}: {verdict}"

    def gets_no_answer(self, gateway, code, **how):
        verdict, _ = self.tries(gateway, code, waits=3, **how)
        assert verdict == "none", f"{self.name} at {gateway.name}: {verdict}"

    # Where the RADIUS client shows challenges

    def is_prompted(self, gateway, door="portal"):
        """After the password: (the text that the user sees, the State that the answer carries)."""
        kind, attributes = self.ask(gateway, door, self.password)
        assert kind == CHALLENGE, (kind, attributes)
        return attributes[REPLY_MESSAGE].decode(), attributes[STATE]

    def answers(self, gateway, prompt, code, door="portal"):
        kind, _ = self.ask(gateway, door, code, attribute(STATE, prompt[1]))
        return {ACCEPT: "accept", REJECT: "reject", CHALLENGE: "challenge"}[kind]

    def ask(self, gateway, door, password, attributes=b""):
        client, request = Client(self.site.ports[gateway.doors[door]]), access_request(self.name, password, 1, attributes)
        reply = client.ask(request, 10)
        client.close()
        assert reply is not None, f"{self.name} at {gateway.name}: no answer"
        return check_reply(request, reply), dict(attributes_of(reply))


class Gateway:
    """`servers`: settings of its validation servers by their names; all have continuity = "automatic" unless they say otherwise."""

    def __init__(self, site, name, servers, through_proxy, certificate, host, threshold):
        self.site, self.name = site, name
        self.way_to_directory = Way(site, f"{name}-directory", site.ports["slapd"])
        self.way_to_service = host.way_to(site, f"{name}-service", Way) if host else Way(site, f"{name}-service", site.ports["service"])
        self.way_to_proxy = Way(site, f"{name}-proxy", site.squid().port) if through_proxy else None
        self.doors = {door: f"{name}-{door}" for door in servers}
        for key in (*self.doors.values(), f"{name}_metrics"):
            site.ports[key] = free_port()
        (site.folder / f"{name}-continuity").mkdir(mode=0o700)
        settings = site.folder / f"{name}.toml"
        settings.write_text(self.head(certificate, host.address if host else "localhost", threshold)
                            + "".join(self.server(door, dict(keys)) for door, keys in servers.items()))
        settings.chmod(0o600)
        self.starts()

    def head(self, certificate, host, threshold):
        ports = self.site.ports
        proxy = f"""[service.proxy]
url = "http://localhost:{ports[self.name + '-proxy']}"
user = "{PROXY_USER}"
password = "{PROXY_PASSWORD}"
""" if self.way_to_proxy else ""
        return f"""
workers = 2
[log]
file = "{self.name}.log"
[metrics]
listen = "127.0.0.1:{ports[self.name + '_metrics']}"
[cluster]
key = "one key for all gateways of the site"
[continuity]
folder = "{self.name}-continuity"
threshold = "{threshold}"
[service]
url = "https://{host}:{ports[self.name + '-service']}/vipuserservices/"
certificate_file = "{certificate}.pem"
key_file = "{certificate}.key"
ca_file = "ca.pem"
{proxy}[[user_store]]
name = "people"
urls = ["ldap://127.0.0.1:{ports[self.name + '-directory']}"]
bind_dn = "{slapd.SERVICE_DN}"
bind_password = "{slapd.SERVICE_PASSWORD}"
base_dn = "{slapd.PEOPLE}"
filter = "(uid=%s)"
probe_interval = "1s"
allow_clear_text = true
"""

    def server(self, door, keys):
        keys = {"name": door, "mode": "password_code", "continuity": "automatic", "reject_delay": "0ms", **keys}
        keys["listen"] = [f"127.0.0.1:{self.site.ports[self.doors[door]]}"]
        return "[[validation_server]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items()) + \
            f'[[validation_server.client]]\nname = "nas"\naddresses = ["127.0.0.0/8"]\nsecret = {toml(RADIUS_SECRET)}\n'

    def starts(self):
        self.process = self.site.begin(self.name, [self.site.sallyport, "gateway", "--config", f"{self.name}.toml"])
        self.site.ready(self.name, self.site.ports[f"{self.name}_metrics"])
        self.comes_to("normal", within=10)

    def is_killed(self):
        self.process.kill()
        self.process.wait()

    def application_line(self):
        """Between the application (the RADIUS client) and "vpn"; from now on logins take it."""
        line = Line(self.site, f"{self.name}-line", self.site.ports[self.doors["vpn"]], udp=True)
        self.doors["vpn"] = f"{self.name}-line"
        return line

    # What an administrator sees of it

    def state(self):
        metrics = self.site.metrics(self.name)
        return next(state for state in ("normal", "suspect", "degraded", "continuity")
                    if metrics[f'sallyport_continuity_state{{state="{state}"}}'] == 1)

    def status(self):
        return json.loads(self.site.run("status", "--json", "--config", f"{self.name}.toml").stdout)

    def comes_to(self, state, within):
        """After how many seconds."""
        begin = time.monotonic()
        until(lambda: self.state() == state, f"{self.name} comes to the state {state}", within + SLOW_MACHINE)
        return time.monotonic() - begin

    def stays_out_of_continuity(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.state() in ("normal", "suspect"), f"{self.name} is in the state {self.state()}"
            time.sleep(0.1)
        assert not self.said(BEGUN)

    def asks_for_both_factors_again(self, within=BOTH_FACTORS):
        """By somebody who has no token: in continuity any digits let her in, the service does not."""
        nora = self.site.employee("nora", token=False)
        until(lambda: nora.tries(self, "123456")[0] == "reject", f"{self.name} asks for both factors", within + SLOW_MACHINE)

    def said(self, id):
        return json_lines(self.site.folder / f"{self.name}.log", f'"{id}"')

    def record(self):
        """Who was let in by a rung, oldest first."""
        out = self.site.run("audit", "list", "--config", f"{self.name}.toml", "--format", "json").stdout
        return [line for line in map(json.loads, out.splitlines()) if line.get("what") == "let_in"]

    def nobody_has_touched_it(self):
        """It is the process that was started, with the settings it began with, and nobody has used `sallyport continuity`."""
        assert self.process.poll() is None and self.site.processes[self.name] is self.process
        assert not self.said(BY_HAND) and not self.said(SETTINGS_LOADED)


class Site(House):
    PASSWORDS = {name: f"{name}'s password" for name in ("alice", "bob", "carol", "dave", "nora")}

    def __init__(self, sallyport):
        super().__init__(sallyport)
        self.employees, self.gateways, self.lock, self.only_squid, self.small_proxies = {}, {}, threading.RLock(), None, []

    def __exit__(self, *why):
        for proxy in [*self.small_proxies, *([self.only_squid] if self.only_squid else [])]:
            proxy.stop()
        return super().__exit__(*why)

    def opens(self):
        here = "subjectAltName=" + ",".join(["DNS:localhost", "IP:127.0.0.1", *(f"IP:{address}" for address in HOST_ADDRESSES)])
        self.certificates.make("service", "localhost", here)
        self.certificates.make("expired_service", "localhost", here, days=-1)
        self.certificates.make("brief")
        slapd.prepare(self.folder, list(self.PASSWORDS.items()))
        self.ports["slapd"] = free_port()
        self.begin("slapd", slapd.command(self.folder, self.ports["slapd"]))
        self.start_authservice(account='[[account.certificate]]\nsubject = "CN=brief,O=Sallyport tests"\nrole = "validation"\n')
        until(lambda: accepts(self.ports["slapd"]), "slapd takes connections")

    def gateway(self, name, servers=None, through_proxy=False, certificate="gateway", host=None, threshold="2s"):
        """`host`: the service is there (own_network.py), and not on this machine. `threshold`: a short one, where a scenario is about
        something else than time."""
        self.gateways[name] = Gateway(self, name, servers or {"vpn": {}}, through_proxy, certificate, host, threshold)
        return self.gateways[name]

    def start_again(self, name):
        """A program that was stopped, as it was."""
        self.begin(name, [self.sallyport, name, "--config", f"{name}.toml"])
        self.ready(name, self.ports[f"{name}_metrics"])

    def employee(self, name, token=True):
        with self.lock:
            if name not in self.employees:
                self.employees[name] = Employee(self, name, token)
            return self.employees[name]

    def host(self, address):
        return Host(self, address)

    def squid(self):
        """The enterprise's proxy, which asks for a password."""
        with self.lock:
            self.only_squid = self.only_squid or Squid("basic", {PROXY_USER: PROXY_PASSWORD})
            return self.only_squid

    def proxy_that_answers(self, status):
        """The port of one that says this to every CONNECT."""
        self.small_proxies.append(SmallProxy(answers(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())))
        return self.small_proxies[-1].port

    def service_with_an_expired_certificate(self):
        """The port of one that is otherwise the real one."""
        OddService(self, "expired", self.ports["service"], certificate="expired_service")
        return self.ports["expired"]

    def certify(self, name, seconds):
        """NAME.pem anew, for the same key, good for so many seconds from now; gives when it ends."""
        begin, end = (time.strftime("%y%m%d%H%M%SZ", time.gmtime(int(time.time()) + offset)) for offset in (-86400, seconds))
        (self.folder / "issued.txt").touch()
        (self.folder / "issue.conf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = issued.txt\nnew_certs_dir = .\nrand_serial = yes\nunique_subject = no\n"
            "default_md = sha256\npolicy = any\n[any]\norganizationName = optional\ncommonName = supplied\n")
        self.certificates.openssl("ca", "-batch", "-notext", "-config", "issue.conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr",
                                  "-extfile", f"{name}.ext", "-startdate", begin, "-enddate", end, "-out", f"{name}.new")
        os.replace(self.folder / f"{name}.new", self.folder / f"{name}.pem")
        return int(time.time()) + seconds
