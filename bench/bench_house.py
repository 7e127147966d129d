"""The house that is measured: one authentication service with 10,000 users and their HOTP credentials, and one gateway
with the validation servers that a measurement asks for. Shipped defaults, save what DIFFERENCES says here and there."""
import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import freeradius  # noqa: E402
import slapd  # noqa: E402
from house import RADIUS_SECRET, House, free_port, until  # noqa: E402

USERS = 10_000
DIFFERENCES = ["ports, paths and secrets are the bench's own; metrics stay on", "reject_delay = 0ms (shipped: 1s)"]
REMEMBERED = "remember_dn = 60s where nothing else is said (shipped: searched each time)"


def name_of(number, kind="user"):
    return f"{kind}{number:05}"


def password_of(number):
    return f"Passw0rd-{number:05}"


class BenchHouse(House):
    """Lies in build/bench, so that the database is on the build folder's disk; removes itself."""

    def __init__(self, build):
        within = ROOT / "build" / "bench"
        within.mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(within)
        super().__init__(build / "src" / "sallyport")
        self.secrets = [hashlib.sha256(b"bench secret %d" % number).digest()[:20] for number in range(USERS)]
        self.users_file = self.write_users("users.tsv", range(USERS))

    def write_users(self, name, numbers):
        """A users' file of radius_load: name, password, secret, counter."""
        (self.folder / name).write_text("".join(f"{name_of(n)}\t{password_of(n)}\t{self.secrets[n].hex()}\t0\n" for n in numbers))
        return self.folder / name

    def pid(self, name):
        return self.processes[name].pid

    # The directory and its other readers

    def start_slapd(self, kinds=("user",)):
        self.ports["slapd"] = free_port()
        slapd.prepare(self.folder, [(name_of(n, kind), password_of(n)) for kind in kinds for n in range(USERS)])
        self.begin("slapd", slapd.command(self.folder, self.ports["slapd"]))
        self.wait_for_tcp("slapd")

    def start_freeradius(self, threads, asked):
        self.ports.setdefault("freeradius", free_port())
        freeradius.prepare(self.folder, self.ports["freeradius"], RADIUS_SECRET, threads, asked)
        self.begin("freeradius", freeradius.command(self.folder))
        until(lambda: self.is_alive("freeradius") and self.status_server(self.ports["freeradius"], 0.2), "FreeRADIUS answers", 30)

    def stop_freeradius(self):  # which would first work off what it has queued
        self.stop("freeradius", signal.SIGKILL)

    def wait_for_tcp(self, name):
        def connects():
            with socket.socket() as one:
                return self.is_alive(name) and one.connect_ex(("127.0.0.1", self.ports[name])) == 0
        until(connects, f"{name} takes connections")

    def is_alive(self, name):
        if self.processes[name].poll() is not None:
            raise RuntimeError(f"{name} ended: " + (self.folder / f"{name}.out.log").read_text(errors="replace")[-2000:])
        return True

    # Users

    def enrol_all(self):
        """Every user with an HOTP credential, counter 0, by the import that administrators use; users a second."""
        table = self.folder / "import.csv"
        with open(table, "w", encoding="ascii") as out:
            out.write("user,kind,secret,digits,counter\n")
            out.writelines(f"{name_of(n)},hotp,{base64.b32encode(secret).decode()},6,0\n" for n, secret in enumerate(self.secrets))
        begin = time.monotonic()
        self.run("user", "import", table, seconds=600)
        table.unlink()
        return USERS / (time.monotonic() - begin)

    def enrol_phones(self):
        """As many others, whose devices take pushes."""
        lines = [{"user": name_of(n, "phone"), "kind": "hotp", "secret": base64.b32encode(secret).decode(), "push": True}
                 for n, secret in enumerate(self.secrets)]
        for begin in range(0, USERS, 1000):
            status, body, _ = self.request("POST", "/admin/v1/import", json.dumps({"lines": lines[begin:begin + 1000]}),
                                           headers={"Content-Type": "application/json"}, seconds=60)
            if status != 200 or '"error"' in body:
                raise RuntimeError(f"the service does not take users with phones: {status} {body[:300]}")

    # The gateway

    def ldap_store(self, name, ports=("slapd",), remember="60s"):
        urls = ", ".join(f'"ldap://127.0.0.1:{self.ports[port]}"' for port in ports)
        return f"""
[[user_store]]
name = "{name}"
urls = [{urls}]
bind_dn = "{slapd.SERVICE_DN}"
bind_password = "{slapd.SERVICE_PASSWORD}"
base_dn = "{slapd.PEOPLE}"
filter = "(uid=%s)"
remember_dn = "{remember}"
"""

    def validation_server(self, name, lines, client=""):
        self.ports.setdefault(name, free_port())
        return f"""
[[validation_server]]
name = "{name}"
listen = ["127.0.0.1:{self.ports[name]}"]
reject_delay = "0ms"
{lines}
[[validation_server.client]]
name = "load-{name}"
addresses = ["127.0.0.1"]
secret = "{RADIUS_SECRET}"
{client}
"""

    def code_server(self):
        return self.validation_server("code", 'mode = "code"\nlook_up_user = false')

    def write_bench_gateway(self, parts, service="service"):
        """`parts`: stores and validation servers as above; `service`: whose port the service is asked at."""
        self.ports.setdefault("gateway_metrics", free_port())
        settings = self.folder / "gateway.toml"
        settings.write_text(f"""
[log]
file = "gateway.log"
[metrics]
listen = "127.0.0.1:{self.ports['gateway_metrics']}"
[service]
url = "https://localhost:{self.ports[service]}/vipuserservices/"
certificate_file = "gateway.pem"
key_file = "gateway.key"
ca_file = "ca.pem"
""" + "".join(parts))
        settings.chmod(0o600)

    def begin_gateway(self, parts, service="service"):
        self.write_bench_gateway(parts, service)
        self.begin("gateway", [self.sallyport, "gateway", "--config", "gateway.toml"])

    def start_bench_gateway(self, parts, service="service"):
        self.begin_gateway(parts, service)
        self.ready("gateway", self.ports["gateway_metrics"])

    def status_server(self, port, seconds):
        """One Status-Server (RFC 5997): the reply's octets, or nothing within `seconds`."""
        authenticator = os.urandom(16)
        head = struct.pack(">BBH", 12, os.urandom(1)[0], 38) + authenticator + b"\x50\x12"
        packet = head + hmac.new(RADIUS_SECRET.encode(), head + bytes(16), hashlib.md5).digest()
        with socket.socket(type=socket.SOCK_DGRAM) as one:
            one.settimeout(seconds)
            one.connect(("127.0.0.1", port))
            try:
                one.send(packet)
                return one.recv(4096)
            except OSError:
                return None
