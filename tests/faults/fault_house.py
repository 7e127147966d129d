"""The house that faults are done to: a gateway at the site, an own authentication service with its users, slapd as the user store, gates
in front of the service and of a proxy, a name server, and the clients. The gateway is started anew for each fault; the rest stays."""
import base64
import glob
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "bench"))
import slapd  # noqa: E402
import states  # noqa: E402
import world  # noqa: E402
from gate import Gate  # noqa: E402
from house import RADIUS_SECRET, House, free_port, until  # noqa: E402
from name_server import NameServer  # noqa: E402
from odd_service import OddService  # noqa: E402
from proxies import SmallProxy, Squid, answers  # noqa: E402

NAME = "vip.sallyport.test"
USERS = 4_000
PROXY_USER, PROXY_PASSWORD = "sallyport", "open sesame"
LETTING_IN = ("any_code", "recent_success")
BRIEF = "gateway-brief"  # a certificate of ours that ends while the fault is tried
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")
# The gateway's allocator asks for the time before the library is ready to fool it, and neither goes on: there, malloc is libc's.
FAKETIME_FOR_GATEWAY = f"{FAKETIME}:libstdc++.so.6:libc.so.6"


class FaultHouse(House):
    def __init__(self, build):
        super().__init__(build / "src" / "sallyport")
        self.clients_program = build / "tests" / "clients" / "retransmitting_clients"
        self.names = NameServer(world.NAME_SERVER, {NAME: world.SERVICE})
        self.more_certificates()
        self.gates, self.small_proxies, self.squid = {}, [], None
        self.odd_ones = 0

    def __exit__(self, *why):
        if self.squid:
            self.squid.stop()
        return super().__exit__(*why)

    def host_of(self, name):
        return world.GATEWAY_INSIDE if name == "gateway" else super().host_of(name)

    # Certificates

    def more_certificates(self):
        make, here = self.certificates.make, f"subjectAltName=DNS:localhost,DNS:{NAME},IP:127.0.0.1"
        make("service", "localhost", here)
        make("expired_service", "localhost", here, days=-1)
        make("other_service", "other.example.test", "subjectAltName=DNS:other.example.test")
        stranger = self.folder / "stranger_ca"
        stranger.mkdir()
        other = type(self.certificates)(stranger)
        other.make("service", "localhost", here)
        for kind in ("pem", "key"):
            shutil.copy(stranger / f"service.{kind}", self.folder / f"untrusted_service.{kind}")
        self.revoke("gateway")

    def revoke(self, name):
        """revoked.pem: the authority's list, which holds this certificate."""
        (self.folder / "index.txt").touch()
        (self.folder / "ca.conf").write_text("[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\ndefault_md = sha256\n"
                                             "default_crl_days = 30\n")
        openssl = self.certificates.openssl
        ca = ("ca", "-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key")
        openssl(*ca, "-revoke", f"{name}.pem")
        openssl(*ca, "-gencrl", "-out", "revoked.pem")

    def certificate_for(self, seconds):
        """BRIEF.pem and its key, which are good for so many seconds from now."""
        new = f"{BRIEF}-new"
        self.certificates.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                                  f"/O=Sallyport tests/CN={BRIEF}", "-keyout", f"{new}.key", "-out", f"{new}.csr")
        (self.folder / f"{new}.ext").write_text("extendedKeyUsage=clientAuth\n")
        done = subprocess.run(["openssl", "x509", "-req", "-in", f"{new}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "1", "-extfile",
                               f"{new}.ext", "-out", f"{new}.pem"], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "LD_PRELOAD": FAKETIME, "FAKETIME": f"-{86_400 - seconds}"})
        if done.returncode != 0:
            raise RuntimeError(f"openssl x509: {done.stderr}")
        for kind in ("key", "pem"):
            os.replace(self.folder / f"{new}.{kind}", self.folder / f"{BRIEF}.{kind}")

    # What stays

    def start(self):
        self.start_authservice(account="hotp_look_ahead = 64\nlockout_failures = 0\n"
                               f'[[account.certificate]]\nsubject = "CN={BRIEF},O=Sallyport tests"\nrole = "validation"')
        self.secrets = [hashlib.sha256(b"fault secret %d" % number).digest()[:20] for number in range(USERS)]
        people = [(f"user{number:05}", f"Passw0rd-{number:05}") for number in range(USERS)]
        table = self.folder / "import.csv"
        table.write_text("user,kind,secret,digits,counter\n" + "".join(
            f"{name},hotp,{base64.b32encode(secret).decode()},6,0\n" for (name, _), secret in zip(people, self.secrets)))
        self.run("user", "import", table, seconds=600)
        (self.folder / "users.tsv").write_text("".join(f"{name}\t{password}\t{secret.hex()}\t0\n"
                                                       for (name, password), secret in zip(people, self.secrets)))
        self.start_slapd(people)
        self.gates["wan"] = Gate(self, "wan", self.ports["service"], listen="0.0.0.0")
        self.ports["vpn"], self.ports["gateway_metrics"] = free_port(), free_port()

    def start_slapd(self, people):
        self.ports["slapd"] = free_port()
        slapd.prepare(self.folder, people)
        words = slapd.command(self.folder, self.ports["slapd"])
        self.begin("slapd", [str(word).replace("127.0.0.1", world.INSIDE) for word in words])

        def connects():
            with socket.socket() as one:
                return one.connect_ex((world.INSIDE, self.ports["slapd"])) == 0
        until(connects, "slapd takes connections")

    def proxy_gate(self):
        """In front of squid, which is started when the first fault asks for it."""
        if "proxy" not in self.gates:
            self.squid = Squid("basic", {PROXY_USER: PROXY_PASSWORD}, [NAME])
            self.gates["proxy"] = Gate(self, "proxy", self.squid.port, listen=world.SERVICE)
        return self.gates["proxy"]

    def proxy_that_says(self, octets):
        """A proxy of its own; the port of it."""
        proxy = SmallProxy(answers(octets))
        self.small_proxies.append(proxy)
        return proxy.port

    def end_small_proxies(self):
        while self.small_proxies:
            self.small_proxies.pop().stop()

    def odd_service(self, **how):
        self.odd_ones += 1
        name = f"odd{self.odd_ones}"
        return OddService(self, name, self.ports["service"], **how), name

    # The gateway of one fault

    def continuity_folder(self):
        return self.folder / "continuity"

    def write_fault_gateway(self, fault):
        proxy = f"""[service.proxy]
url = "http://{world.SERVICE}:{self.ports['proxy']}"
user = "{PROXY_USER}"
password = "{PROXY_PASSWORD}"
""" if fault.through_proxy else ""
        name = BRIEF if fault.brief_certificate else "gateway"
        continuity = ('[continuity]\nfolder = "continuity"\n', 'continuity = "automatic"\nladder = ["any_code"]\n') if self.knows_continuity() \
            else ("", "")
        (self.folder / "gateway.toml").write_text(f"""
workers = 2
{continuity[0]}
[log]
file = "gateway.log"
level = "info"
[metrics]
listen = "{world.GATEWAY_INSIDE}:{self.ports['gateway_metrics']}"
[guard]
user_failures = 0
in_a_row = 0
[service]
url = "https://{NAME}:{self.ports['wan']}/vipuserservices/"
certificate_file = "{name}.pem"
key_file = "{name}.key"
ca_file = "ca.pem"
{fault.service_settings}
{proxy}
[[user_store]]
name = "people"
urls = ["ldap://{world.INSIDE}:{self.ports['slapd']}"]
bind_dn = "{slapd.SERVICE_DN}"
bind_password = "{slapd.SERVICE_PASSWORD}"
base_dn = "{slapd.PEOPLE}"
filter = "(uid=%s)"
remember_dn = "60s"
allow_clear_text = true
[[validation_server]]
name = "vpn"
listen = ["{world.GATEWAY_INSIDE}:{self.ports['vpn']}"]
mode = "password_code"
{continuity[1]}
[[validation_server.client]]
name = "nas"
addresses = ["10.92.0.0/24"]
secret = "{RADIUS_SECRET}"
timeout = "3s"
tries = 3
""")
        (self.folder / "gateway.toml").chmod(0o600)

    def knows_continuity(self):
        if not hasattr(self, "has_continuity"):
            self.has_continuity = "[continuity]" in self.run("docs", "settings").stdout
        return self.has_continuity

    def begin_fault_gateway(self, fault):
        """With a folder of its own: not armed, nothing remembered."""
        folder = self.continuity_folder()
        world.run(f"umount {folder}", check=False)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        if fault.small_folder:
            world.run(f"mount -t tmpfs -o size=1m,mode=700 tmpfs {folder}")
        for log in (self.folder / "gateway.log", self.folder / "gateway.out.log"):
            log.unlink(missing_ok=True)
        self.write_fault_gateway(fault)
        environment = {**os.environ}
        if fault.clock_can_step:
            self.step_clock(0)
            environment.update(LD_PRELOAD=FAKETIME_FOR_GATEWAY, FAKETIME_TIMESTAMP_FILE=str(self.folder / "clock"),
                               FAKETIME_CACHE_DURATION="1", FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1")
        self.begin("gateway", world.at_site(self.sallyport, "gateway", "--config", "gateway.toml"), env=environment)
        self.ready("gateway", self.ports["gateway_metrics"])
        return states.States(self.continuity_folder() / "control",
                             f"http://{world.GATEWAY_INSIDE}:{self.ports['gateway_metrics']}/metrics")

    def step_clock(self, seconds):
        """The gateway's own wall clock is so much ahead from now on."""
        (self.folder / "clock").write_text(f"{seconds:+d}\n")

    def gateway_pid(self):
        return self.processes["gateway"].pid

    def status(self):
        """What `sallyport status --json` says, or None where there is no such command."""
        done = self.run("status", "--json", "--config", "gateway.toml", check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def record(self):
        """The lines of the continuity record that let somebody in, oldest first; None where there is no such command."""
        if not self.knows_continuity():
            return None
        done = self.run("audit", "list", "--config", "gateway.toml", "--format", "json", check=False)
        if done.returncode != 0:
            raise RuntimeError(f"sallyport audit list: {done.stderr.strip()}")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return [line for line in lines if line.get("rung") in LETTING_IN]

    def broken_record(self):
        """What `sallyport audit verify` has against the record; nothing where it is whole."""
        if not self.knows_continuity():
            return ""
        done = self.run("audit", "verify", "--config", "gateway.toml", check=False)
        return "" if done.returncode == 0 else (done.stdout + done.stderr).strip()

    # The clients

    def begin_clients(self, rate, port=None):
        journal = self.folder / "journal.jsonl"
        words = ["--server", f"{world.GATEWAY_INSIDE}:{self.ports['vpn']}" if port is None else f"127.0.0.1:{port}", "--secret", RADIUS_SECRET,
                 "--users", "users.tsv", "--journal", journal, "--rate", rate, "--clients", world.CLIENTS]
        if port is None:
            words += ["--sources", world.FIRST_CLIENT]
        self.processes["clients"] = subprocess.Popen([str(self.clients_program), *map(str, words)], cwd=self.folder, stdin=subprocess.PIPE,
                                                     stdout=subprocess.PIPE, text=True)

    def end_clients(self):
        """(summary, what became of each login)"""
        process = self.processes["clients"]
        out, _ = process.communicate("", timeout=60)
        del self.processes["clients"]
        if process.returncode != 0:
            raise RuntimeError(f"the clients ended with exit code {process.returncode}")
        return json.loads(out), [json.loads(line) for line in (self.folder / "journal.jsonl").read_text().splitlines()]

    def has_ended(self, name):
        return self.processes[name].poll() is not None
