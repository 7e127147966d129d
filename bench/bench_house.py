"""The house that is measured: one authentication service with 10,000 users and their HOTP credentials, and one gateway
with a validation server for each measurement. Shipped defaults, save what DIFFERENCES says."""
import base64
import hashlib
import hmac
import os
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
import peers  # noqa: E402
from house import RADIUS_SECRET, House, free_port, until  # noqa: E402

USERS = 10_000
DIFFERENCES = [
    "ports, paths and secrets are the bench's own; metrics stay on",
    "reject_delay = 0ms (shipped: 1s)",
    "remember_dn = 60s for `password_code` (shipped: searched each time; measured beside it)",
    "FreeRADIUS: reject_delay = 0, as many ldap connections as threads, no other module than ldap",
]


def name_of(number):
    return f"user{number:05}"


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
        self.users_file = self.folder / "users.tsv"
        self.write_users()

    def write_users(self):
        self.users_file.write_text("".join(f"{name_of(n)}\t{password_of(n)}\t{secret.hex()}\t0\n"
                                           for n, secret in enumerate(self.secrets)))

    def pid(self, name):
        return self.processes[name].pid

    # The directory and its other reader

    def start_slapd(self):
        self.ports["slapd"] = free_port()
        peers.prepare_slapd(self.folder, [(name_of(n), password_of(n)) for n in range(USERS)])
        self.begin("slapd", peers.slapd_command(self.folder, self.ports["slapd"]))
        self.wait_for_tcp("slapd")

    def start_freeradius(self, threads):
        self.ports.setdefault("freeradius", free_port())
        peers.prepare_freeradius(self.folder, self.ports["freeradius"], self.ports["slapd"], RADIUS_SECRET, threads)
        self.begin("freeradius", peers.freeradius_command(self.folder))
        until(lambda: self.status_server(self.ports["freeradius"], 0.2), "FreeRADIUS answers")

    def wait_for_tcp(self, name):
        def connects():
            if self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} ended: " + (self.folder / f"{name}.out.log").read_text(errors="replace")[-2000:])
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", self.ports[name])) == 0
        until(connects, f"{name} takes connections")

    # Users

    def enrol_all(self):
        """Every user with an HOTP credential, counter 0, by the import that administrators use."""
        table = self.folder / "import.csv"
        with open(table, "w", encoding="ascii") as out:
            out.write("user,kind,secret,digits,counter\n")
            out.writelines(f"{name_of(n)},hotp,{base64.b32encode(secret).decode()},6,0\n" for n, secret in enumerate(self.secrets))
        begin = time.monotonic()
        self.run("user", "import", table, seconds=600)
        table.unlink()
        return USERS / (time.monotonic() - begin)

    # The gateway

    def write_bench_gateway(self):
        for name in ("gateway_metrics", "code", "password_code", "searched"):
            self.ports.setdefault(name, free_port())
        stores = servers = ""
        if "slapd" in self.ports:
            for name, remember in (("remembered", "60s"), ("searched", "0s")):
                stores += f"""
[[user_store]]
name = "{name}"
urls = ["ldap://127.0.0.1:{self.ports['slapd']}"]
bind_dn = "{peers.SERVICE_DN}"
bind_password = "{peers.SERVICE_PASSWORD}"
base_dn = "{peers.PEOPLE}"
filter = "(uid=%s)"
remember_dn = "{remember}"
"""
            servers += self.validation_server("password_code", 'mode = "password_code"\nuser_stores = ["remembered"]')
            servers += self.validation_server("searched", 'mode = "password_code"\nuser_stores = ["searched"]')
        servers += self.validation_server("code", 'mode = "code"\nlook_up_user = false')
        settings = self.folder / "gateway.toml"
        settings.write_text(f"""
[log]
file = "gateway.log"
[metrics]
listen = "127.0.0.1:{self.ports['gateway_metrics']}"
[service]
url = "https://localhost:{self.ports['service']}/vipuserservices/"
certificate_file = "gateway.pem"
key_file = "gateway.key"
ca_file = "ca.pem"
{stores}{servers}""")
        settings.chmod(0o600)

    def validation_server(self, name, lines):
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
"""

    def begin_gateway(self):
        self.write_bench_gateway()
        self.begin("gateway", [self.sallyport, "gateway", "--config", "gateway.toml"])

    def start_bench_gateway(self):
        self.begin_gateway()
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
