"""A whole house for one wire test: certificates, settings, the two programs and their peers on free ports in a folder of
its own. Used as a context manager; whatever happens, every process it started is ended and the folder removed.

    with House(sys.argv[1]) as house:
        house.start_authservice()
        house.start_gateway(servers=[server("vpn", "password_code")], stores=[file_store({"alice": "hunter2"})])
        secret = house.enrol("alice")
        reply = house.login("alice", "hunter2" + code(secret))
"""
import base64
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

RADIUS_SECRET = "a shared secret of the tests"


def free_port():
    """A port that is free on 127.0.0.1 for TCP and UDP, and for UDP at the next number too (accounting)."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, socket.socket(type=socket.SOCK_DGRAM) as beside:
            tcp.bind(("127.0.0.1", 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
                beside.bind(("127.0.0.1", port + 1))
                return port
            except (OSError, OverflowError):
                continue


def hotp(secret, counter, digits=6):
    """RFC 4226."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return str((struct.unpack(">I", mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 10 ** digits).zfill(digits)


def totp(secret, steps_ahead=0, period=30):
    """RFC 6238, SHA-1, 6 digits; each code is accepted once, so successive logins ask for steps ahead."""
    return hotp(secret, int(time.time()) // period + steps_ahead)


def whole_lines(file):
    """The lines so far of a file that another process may be writing: never half a line."""
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    return [line for line in lines if line.endswith("\n")]


def json_lines(file, having=""):
    return [json.loads(line) for line in whole_lines(file) if having in line]


def until(condition, what, seconds=10.0, pause=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(pause)
    raise AssertionError(f"not within {seconds} s: {what}")


class Certificates:
    """One CA and what it signed, made by openssl(1)."""

    def __init__(self, folder):
        self.folder = folder
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                     "-subj", "/O=Sallyport tests/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE",
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", "ca.key", "-out", "ca.pem")

    def openssl(self, *words, stdin=None):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, input=stdin, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)

    def make(self, name, common_name=None, extension="extendedKeyUsage=clientAuth", days=30):
        """NAME.pem and NAME.key; `days` may be negative for one that has expired."""
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                     f"/O=Sallyport tests/CN={common_name or name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        (self.folder / f"{name}.ext").write_text(extension + "\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                     "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        return self.fingerprint(name)

    def make_server(self, name="service"):
        return self.make(name, "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1")

    def fingerprint(self, name):
        der = ssl.PEM_cert_to_DER_cert((self.folder / f"{name}.pem").read_text())
        return hashlib.sha256(der).hexdigest()


def server(name, mode, client="", **settings):
    return {"name": name, "mode": mode, "client": client, **settings}


def file_store(users, name="people"):
    return {"name": name, "kind": "file", "users": users}


def toml(value):
    return json.dumps(value)


class House:
    @property
    def sanitized(self):
        return b"__asan_init" in Path(self.sallyport).read_bytes()

    def __init__(self, sallyport):
        self.sallyport = str(Path(sallyport).resolve())
        self.folder = Path(tempfile.mkdtemp(prefix="sallyport-test-"))
        self.processes = {}
        self.ports = {}
        self.certificates = Certificates(self.folder)
        self.fingerprints = {"service": self.certificates.make_server()}
        for name in ("gateway", "admin", "manager", "stranger"):
            self.fingerprints[name] = self.certificates.make(name)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for name in reversed(list(self.processes)):
            self.stop(name)
        if kind is not None:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Processes

    def begin(self, name, command, **options):
        log = open(self.folder / f"{name}.out.log", "ab")
        # What AddressSanitizer keeps of freed memory would hide whether memory is flat.
        options.setdefault("env", {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1:" + os.environ.get("ASAN_OPTIONS", "")})
        self.processes[name] = subprocess.Popen([str(word) for word in command], cwd=self.folder, stdin=subprocess.DEVNULL,
                                                stdout=log, stderr=log, **options)
        log.close()
        return self.processes[name]

    def stop(self, name, sig=signal.SIGTERM, seconds=20):
        process = self.processes.pop(name, None)
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(sig)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise AssertionError(f"{name} did not end within {seconds} s of signal {sig}")
        return process.returncode

    def run(self, *words, stdin="", check=True, environment=None, seconds=60):
        """Runs `sallyport WORDS`."""
        done = subprocess.run([self.sallyport, *map(str, words)], cwd=self.folder, input=stdin, text=True, capture_output=True,
                              env={**os.environ, **self.admin_environment(), **(environment or {})}, timeout=seconds)
        if check and done.returncode != 0:
            raise AssertionError(f"sallyport {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def ready(self, name, metrics_port):
        def asks():
            process = self.processes[name]
            if process.poll() is not None:
                raise AssertionError(f"{name} ended with exit code {process.returncode}: "
                                     + (self.folder / f"{name}.out.log").read_text(errors="replace")[-2000:])
            try:
                return urllib.request.urlopen(f"http://{self.host_of(name)}:{metrics_port}/readyz", timeout=2).status == 200
            except OSError:
                return False
        until(asks, f"{name} is ready", 30)

    def host_of(self, name):
        """Where the program's metrics are read."""
        return "127.0.0.1"

    def metrics(self, name):
        """{'sallyport_x_total{a="b"}': 1.0, ...}"""
        url = f"http://{self.host_of(name)}:{self.ports[name + '_metrics']}/metrics"
        text = urllib.request.urlopen(url, timeout=5).read().decode()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line and line[0] != "#"}

    def metric(self, name, start):
        return sum(value for key, value in self.metrics(name).items() if key.startswith(start))

    # The authentication service

    def start_authservice(self, account="", extra=""):
        self.ports.setdefault("service", free_port())
        self.ports.setdefault("authservice_metrics", free_port())
        key = self.folder / "secrets.key"
        if not key.exists():
            key.write_text(base64.b64encode(os.urandom(32)).decode())
            key.chmod(0o600)
        certificates = "".join(f'[[account.certificate]]\nfingerprint_sha256 = "{self.fingerprints[name]}"\nrole = "{role}"\n'
                               for name, role in (("gateway", "validation"), ("admin", "admin"), ("manager", "management")))
        (self.folder / "authservice.toml").write_text(f"""
listen = ["127.0.0.1:{self.ports['service']}"]
certificate_file = "service.pem"
key_file = "service.key"
client_ca_file = "ca.pem"
database = "authservice.db"
secrets_key = "file:secrets.key"
{extra}
[log]
file = "authservice.log"
[metrics]
listen = "127.0.0.1:{self.ports['authservice_metrics']}"
[[account]]
id = "tests"
{account}
{certificates}""")
        self.begin("authservice", [self.sallyport, "authservice", "--config", "authservice.toml"])
        self.ready("authservice", self.ports["authservice_metrics"])

    def admin_environment(self):
        return {"SALLYPORT_ADMIN_URL": f"https://localhost:{self.ports.get('service', 1)}",
                "SALLYPORT_ADMIN_CERTIFICATE": str(self.folder / "admin.pem"),
                "SALLYPORT_ADMIN_KEY": str(self.folder / "admin.key"), "SALLYPORT_ADMIN_CA": str(self.folder / "ca.pem"),
                "SALLYPORT_RADIUS_SECRET": RADIUS_SECRET}

    def enrol(self, user, *options):
        """A credential for `user`; gives its secret in base 32."""
        out = self.run("credential", "add", user, "--no-qr", *options).stdout
        return next(line.split(":", 1)[1].strip() for line in out.splitlines() if line.startswith("secret:"))

    def request(self, method, path, body=None, identity="admin", headers=None, seconds=10):
        """(status, body, headers) of an HTTPS exchange with the authentication service, certificate of `identity`."""
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        if identity:
            context.load_cert_chain(self.folder / f"{identity}.pem", self.folder / f"{identity}.key")
        asked = urllib.request.Request(f"https://localhost:{self.ports['service']}{path}", method=method,
                                       data=body.encode() if isinstance(body, str) else body, headers=headers or {})
        try:
            with urllib.request.urlopen(asked, context=context, timeout=seconds) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode(), dict(answer.headers)

    # The gateway

    def write_gateway(self, servers, stores, service="", extra="", workers=4):
        self.ports.setdefault("gateway_metrics", free_port())
        self.ports.setdefault("service", free_port())
        parts = [f"""
workers = {workers}
{extra}
[log]
file = "gateway.log"
level = "debug"
[metrics]
listen = "127.0.0.1:{self.ports['gateway_metrics']}"
[service]
url = "https://localhost:{self.ports['service']}/vipuserservices/"
certificate_file = "gateway.pem"
key_file = "gateway.key"
ca_file = "ca.pem"
{service}
"""]
        for store in stores:
            parts.append(self.store_toml(dict(store)))
        for one in servers:
            parts.append(self.server_toml(dict(one)))
        settings = self.folder / "gateway.toml"
        settings.write_text("".join(parts))
        settings.chmod(0o600)

    def store_toml(self, store):
        users = store.pop("users", None)
        if users is not None:
            path = self.folder / f"{store['name']}.users"
            path.touch(0o600)
            path.write_text("".join(f"{user}:{self.hash(password)}\n" for user, password in users.items()))
            store["file"] = path.name
        return "[[user_store]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in store.items())

    def server_toml(self, one):
        client = one.pop("client")
        if "listen" not in one:
            self.ports.setdefault(one["name"], free_port())
            one["listen"] = [f"127.0.0.1:{self.ports[one['name']]}"]
        one.setdefault("reject_delay", "0ms")
        text = "[[validation_server]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in one.items())
        if isinstance(client, str):
            client = [client if "addresses" in client else f'addresses = ["127.0.0.0/8", "::1"]\n{client}']
        for number, lines in enumerate(client):
            text += f'[[validation_server.client]]\nname = "client{number}"\nsecret = {toml(RADIUS_SECRET)}\n{lines}\n'
        return text

    def hash(self, password):
        return self.run("hash-password", stdin=password + "\n").stdout.strip()

    def start_gateway(self, servers, stores, **settings):
        self.write_gateway(servers, stores, **settings)
        self.begin("gateway", [self.sallyport, "gateway", "--config", "gateway.toml"])
        self.ready("gateway", self.ports["gateway_metrics"])

    def audit(self, count=None):
        """The login lines so far, parsed; waits until there are `count`."""
        def lines():
            found = json_lines(self.folder / "gateway.log", '"verdict"')
            return found if count is None or len(found) >= count else None
        return until(lines, f"{count} audit lines", pause=0.01) if count else lines()

    def login(self, user, password, name="vpn", attributes="", timeout=5, tries=1):
        """One login by radclient(1): ('accept' | 'reject' | 'none', what it printed)."""
        quoted = password.replace("\\", "\\\\").replace('"', '\\"')
        request = f'User-Name="{user}",User-Password="{quoted}",Message-Authenticator=0x00{attributes}\n'
        done = subprocess.run(["radclient", "-x", "-t", str(timeout), "-r", str(tries), f"127.0.0.1:{self.ports[name]}", "auth",
                               RADIUS_SECRET], input=request, text=True, capture_output=True, cwd=self.folder)
        out = done.stdout + done.stderr
        verdict = "accept" if "Received Access-Accept" in out else "reject" if "Received Access-Reject" in out else "none"
        return verdict, out
