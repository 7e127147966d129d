#!/usr/bin/env python3
"""What an operator does: wrong settings, reload, log rotation, syslog, stopping under load, a service that is gone."""
import signal
import socket
import ssl
import sys
import threading
import time
from pathlib import Path

from house import House, file_store, free_port, hotp, server, until

PEOPLE = file_store({"alice": "hunter2", "bob": "hunter3"})


WRONG_FILES = (  # what is there, what stands there instead, the key that is to blame
    ('certificate_file = "gateway.pem"', 'certificate_file = "nothing.pem"', "service.certificate_file"),
    ('certificate_file = "gateway.pem"', 'certificate_file = "admin.pem"', "service.certificate_file"),  # of another key
    ('key_file = "gateway.key"', 'key_file = "ca.pem"', "service.key_file"),
    ('gateway.key"\nca_file = "ca.pem"', 'gateway.key"\nca_file = "gateway.key"', "service.ca_file"),
    ('ca_file = "ca.pem"', 'ca_file = "gateway.key"', "log.syslog[2].ca_file"),
    ('file = "people.users"', 'file = "gateway.pem"', "user_store[0].file"),
)


def wrong_files(house):
    for program, cases in (("gateway", WRONG_FILES), ("authservice", (
            ('certificate_file = "service.pem"', 'certificate_file = "nothing.pem"', "certificate_file"),
            ('key_file = "service.key"', 'key_file = "nothing.key"', "key_file"),
            ('client_ca_file = "ca.pem"', 'client_ca_file = "secrets.key"', "client_ca_file"),
            ('database = "authservice.db"', 'database = "nowhere/authservice.db"', "database"),
            ('file = "authservice.log"', 'file = "nowhere/authservice.log"', "log.file"),
            ('secrets_key = "file:secrets.key"', 'secrets_key = "file:nothing.key"', "secrets_key")))):
        good = (house.folder / f"{program}.toml").read_text()
        for old, new, key in cases:
            bad = good.replace(old, new, 1)
            (house.folder / "wrong.toml").write_text(bad)
            line = 1 + next(n for n, pair in enumerate(zip(good.splitlines(), bad.splitlines())) if pair[0] != pair[1])
            for command in ("check", program):
                done = house.run(command, "--config", "wrong.toml", check=False)
                assert done.returncode == 2 and f"wrong.toml:{line}: {key}: " in done.stderr, (command, key, line, done)


def cannot_listen(house):
    text = (house.folder / "authservice.toml").read_text()
    text = text.replace("authservice.db", "second.db").replace("authservice.log", "second.log")
    (house.folder / "second.toml").write_text(text)
    assert house.run("authservice", "--config", "second.toml", check=False).returncode == 1
    assert '"SP0110"' in (house.folder / "second.log").read_text()


def wrong_settings(house):
    good = (house.folder / "gateway.toml").read_text()
    for old, new, expected in (('mode = "password_code"', 'mode = "passwort"', "mode"),
                               ("[service]", "[service]\ncolour = 1", "colour"),
                               ('secret = "', 'secret = 7 # "', "secret"),
                               ("[[user_store]]", "[[user_store]", "")):
        assert old in good, old
        wrong = house.folder / "wrong.toml"
        wrong.touch(0o600)
        wrong.write_text(good.replace(old, new, 1))
        line = good[:good.index(old)].count("\n") + (2 if "colour" in new else 1)
        for command in ("check", "gateway"):
            done = house.run(command, "--config", "wrong.toml", check=False)
            assert done.returncode == 2, (command, done)
            assert f"wrong.toml:{line}:" in done.stderr and expected in done.stderr, (line, done.stderr)
    wrong_files(house)
    (house.folder / "gateway.toml").chmod(0o644)  # secrets in it: others may not read it
    done = house.run("check", "--config", "gateway.toml", check=False)
    assert done.returncode == 2 and "secret" in done.stderr, done
    (house.folder / "gateway.toml").chmod(0o600)
    done = house.run("check", "--config", "gateway.toml", "--connect")
    assert "people" in done.stdout and "answered" in done.stdout, done.stdout


def an_import_refuses_a_credential_without_its_secret(house):
    (house.folder / "people.csv").write_text("user,kind,secret\ncarol,hotp,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\ndave,totp,\nerin,,\n")
    done = house.run("user", "import", "people.csv", check=False)
    assert done.returncode == 1 and "2 created, 0 there already, 1 refused" in done.stdout, done
    lines = (house.folder / "people.csv.refused.csv").read_text().splitlines()
    assert len(lines) == 2 and lines[1].startswith("dave,totp,") and "secret" in lines[1], lines


def reload(house, secret):
    settings = house.folder / "gateway.toml"
    good = settings.read_text()
    gateway = house.processes["gateway"]

    def refused(key):
        lines = (house.folder / "gateway.log").read_text().splitlines()
        return sum('"SP0106"' in line and f"{key}: expected" in line for line in lines)

    for old, new, key in (*WRONG_FILES, ('mode = "password_code"', 'mode = "nothing"', ".mode")):
        before = refused(key)
        settings.write_text(good.replace(old, new, 1))
        gateway.send_signal(signal.SIGHUP)
        until(lambda: refused(key) > before, f"the log names {key}")
    assert house.login("alice", "hunter2" + hotp(secret, 0))[0] == "accept"  # the old settings are in force
    port = house.ports["added"] = free_port()
    added = good + house.server_toml(server("added", "code"))
    settings.write_text(added)
    (house.folder / "gateway.log").rename(house.folder / "gateway.log.1")
    gateway.send_signal(signal.SIGHUP)
    until(lambda: (house.folder / "gateway.log").exists(), "the log file is opened again")
    until(lambda: house.login("alice", "000000", "added", timeout=1)[0] == "reject", f"port {port} is served")
    assert house.login("alice", hotp(secret, 1), "added")[0] == "accept"
    settings.write_text(good)
    gateway.send_signal(signal.SIGHUP)
    until(lambda: house.login("alice", "000000", "added", timeout=0.3)[0] == "none", "the port is closed again")


def reload_under_load(house, secrets):
    """A login every few milliseconds while the settings are loaded again ten times: none is lost."""
    lost, done, stopping = [], [0], threading.Event()

    def log_in(user, password, secret, counter):
        while not stopping.is_set():
            verdict, out = house.login(user, password + hotp(secret, counter), timeout=3)
            counter += 1
            done[0] += 1
            if verdict != "accept":
                lost.append((user, counter, out))
                return

    threads = [threading.Thread(target=log_in, args=one) for one in secrets]
    for thread in threads:
        thread.start()
    for _ in range(10):
        house.processes["gateway"].send_signal(signal.SIGHUP)
        time.sleep(0.2)
    until(lambda: lost or done[0] >= 10, "logins beside the reloads", 30)
    stopping.set()
    for thread in threads:
        thread.join()
    assert not lost, (lost, done)


def the_service_goes(house, secret):
    house.stop("authservice", signal.SIGKILL)
    verdict, out = house.login("alice", "hunter2" + hotp(secret, 2), timeout=9)
    assert verdict == "reject" and "reason=7" in out, out
    line = until(lambda: [one for one in house.audit() if one["cause"] == "service_unreachable"], "the audit line")[0]
    assert line["evidence"] == "refused" and line["sendings"] == 2, line
    until(lambda: house.metric("gateway", 'sallyport_service_exchanges_total{evidence="refused"}') >= 2, "both sendings are counted")
    house.ready("gateway", house.ports["gateway_metrics"])  # it still gives verdicts
    verdict, out = house.login("alice", "wrong" + hotp(secret, 2), timeout=9)
    assert "reason=1" in out, out  # the first factor is still judged first
    house.start_authservice(account="lockout_failures = 0")
    assert house.login("alice", "hunter2" + hotp(secret, 2))[0] == "accept"


def leaving_finishes_what_is_in_flight(house):
    results = []
    thread = threading.Thread(target=lambda: results.append(house.login("alice", "wrong000000", "slow", timeout=5)[0]))
    thread.start()
    time.sleep(0.7)
    gateway = house.processes["gateway"]
    gateway.send_signal(signal.SIGTERM)
    time.sleep(0.2)
    assert gateway.poll() is None
    assert house.run("login", "--server", f"127.0.0.1:{house.ports['vpn']}", "--status-server", "--tries", "1", "--timeout", "300",
                     check=False).returncode == 3  # no Status-Server answer while leaving
    thread.join()
    assert results == ["reject"], results
    assert gateway.wait(5) == 0


class TlsReceiver(threading.Thread):
    """A syslog server by Python's ssl: what it heard, or why the handshake failed."""

    def __init__(self, house, identity):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(house.folder / f"{identity}.pem", house.folder / f"{identity}.key")
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.settimeout(20)
        self.port, self.heard, self.refused = self.listening.getsockname()[1], b"", ""
        self.start()

    def run(self):
        try:
            accepted, _ = self.listening.accept()
            accepted.settimeout(20)
            with self.context.wrap_socket(accepted, server_side=True) as connection:
                while octets := connection.recv(65536):
                    self.heard += octets
        except OSError as error:  # ssl.SSLError is one
            self.refused = str(error)
        self.listening.close()


def frames(octets):
    """The messages of RFC 5425 section 4.3, MSG-LEN SP SYSLOG-MSG one after the other, and the octets of one that is not whole."""
    found = []
    while octets:
        length, space, rest = octets.partition(b" ")
        if not space or len(rest) < int(length):
            break
        found.append(rest[:int(length)].decode())
        octets = rest[int(length):]
    return found, octets


def syslog(house):
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(5)
    stream = socket.socket()
    stream.bind(("127.0.0.1", 0))
    stream.listen(1)
    stream.settimeout(5)
    trusted, of_another_name = TlsReceiver(house, "service"), TlsReceiver(house, "gateway")
    house.write_gateway([server("vpn", "password_code"), server("slow", "password_code", reject_delay="2s")], [PEOPLE], extra="")
    settings = house.folder / "gateway.toml"
    settings.write_text(settings.read_text().replace("[metrics]", f"""[[log.syslog]]
transport = "udp"
host = "127.0.0.1"
port = {receiver.getsockname()[1]}
[[log.syslog]]
transport = "tcp"
host = "127.0.0.1"
port = {stream.getsockname()[1]}
[[log.syslog]]
transport = "tls"
host = "127.0.0.1"
port = {trusted.port}
ca_file = "ca.pem"
[[log.syslog]]
transport = "tls"
host = "127.0.0.1"
port = {of_another_name.port}
ca_file = "ca.pem"
[metrics]""", 1))
    house.begin("gateway", [house.sallyport, "gateway", "--config", "gateway.toml"])
    house.ready("gateway", house.ports["gateway_metrics"])
    line = receiver.recv(65536).decode()
    assert line.startswith("<") and ">1 20" in line and " sallyport " in line, line
    connection, _ = stream.accept()
    connection.settimeout(5)
    text = connection.recv(65536).decode()
    length, _, rest = text.partition(" ")
    assert int(length) > 40 and rest.startswith("<"), text  # RFC 6587 octet counting
    until(lambda: len(frames(trusted.heard)[0]) >= 2, "two messages over TLS")
    for message in frames(trusted.heard)[0]:
        assert message.startswith("<") and ">1 20" in message and " sallyport " in message, message
    until(lambda: '"SP0604"' in (house.folder / "gateway.log").read_text(), "a server of another name is not trusted")
    assert of_another_name.heard == b""
    connection.close()
    stream.close()
    receiver.close()


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice(account="lockout_failures = 0")
        syslog(house)
        wrong_settings(house)
        cannot_listen(house)
        an_import_refuses_a_credential_without_its_secret(house)
        secrets = {user: house.enrol(user, "--kind", "hotp") for user in ("alice", "bob")}
        reload(house, secrets["alice"])
        the_service_goes(house, secrets["alice"])
        reload_under_load(house, [("alice", "hunter2", secrets["alice"], 3), ("bob", "hunter3", secrets["bob"], 0)])
        leaving_finishes_what_is_in_flight(house)
        assert Path(house.folder / "gateway.log").stat().st_size > 0


if __name__ == "__main__":
    main()
