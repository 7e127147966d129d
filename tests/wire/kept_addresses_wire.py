#!/usr/bin/env python3
"""Where the service is reached when its name server fails or lies, or one of its addresses does not answer: real programs, and a
name server of our own in the gateway's mount namespace."""
import json
import socket
import subprocess
import sys
import time

from gate import Gate
from house import House, file_store, hotp, server, until
from name_server import NameServer

NAME = "vip.localhost"  # RFC 6761, 6.3: it may lead to loopback, and glibc asks the name server for it
NAME_SERVER = "127.0.53.53"
HOME, FIRST, SECOND, NOBODY = "127.0.0.1", "127.0.0.2", "127.0.0.8", "127.0.0.77"
SLOW_MACHINE = 4.0


class BlackHole:
    """Drops every SYN: it listens, and its line of connections is full."""

    def __init__(self, address, port):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.listen(0)
        self.inside = [socket.socket() for _ in range(4)]
        for one in self.inside:
            one.setblocking(False)
            one.connect_ex((address, port))

    def close(self):
        for one in (*self.inside, self.socket):
            one.close()


class Site:
    def __init__(self, house):
        self.house = house
        self.record = house.folder / "continuity"
        self.record.mkdir(mode=0o700)
        self.kept = self.record / "service_addresses.json"
        house.certificates.make("service", "localhost", f"subjectAltName=DNS:localhost,DNS:{NAME},IP:127.0.0.1")
        house.start_authservice()
        self.port = house.ports["service"]
        self.secret, self.counter = house.enrol("alice", "--kind", "hotp"), 0
        self.names = NameServer(NAME_SERVER, {NAME: HOME})
        (house.folder / "resolv.conf").write_text(f"nameserver {NAME_SERVER}\noptions timeout:1 attempts:1\n")

    def start(self, folder=True):
        extra = f'[continuity]\nfolder = "{self.record}"\n' if folder else ""
        self.house.write_gateway([server("vpn", "password_code", continuity="automatic" if folder else "disabled")],
                                 [file_store({"alice": "hunter2"})], service=extra)
        settings = self.house.folder / "gateway.toml"
        settings.write_text(settings.read_text().replace("https://localhost:", f"https://{NAME}:"))
        self.house.begin("gateway", ["unshare", "-m", "sh", "-c", "mount --bind resolv.conf /etc/resolv.conf && "
                                     f"exec {self.house.sallyport} gateway --config gateway.toml"])
        self.house.ready("gateway", self.house.ports["gateway_metrics"])

    def restart(self, **options):
        self.house.stop("gateway")
        self.start(**options)

    def state(self):
        return json.loads(self.house.run("status", "--json", "--config", "gateway.toml").stdout)

    def login(self, good=True):
        """(verdict, seconds)"""
        code = hotp(self.secret, self.counter) if good else "000000"
        self.counter += good
        begin = time.monotonic()
        verdict, _ = self.house.login("alice", "hunter2" + code, timeout=10)
        return verdict, time.monotonic() - begin

    def both_factors(self, seconds=2.0):
        verdict, took = self.login()
        assert verdict == "accept" and took < seconds + SLOW_MACHINE, (verdict, took)
        assert self.login(good=False)[0] == "reject"
        assert not list(self.record.glob("record-*.jsonl")) or "let_in" not in "".join(
            path.read_text() for path in self.record.glob("record-*.jsonl"))

    def said(self, message):
        return (self.house.folder / "gateway.log").read_text().count(message)

    def alarm(self):
        return self.house.metric("gateway", "sallyport_service_dns_changed") == 1


def an_address_that_has_answered_is_kept_on_disk(site):
    site.start()
    site.both_factors()
    until(site.kept.exists, "the file", 5 + SLOW_MACHINE)
    kept = json.loads(site.kept.read_text())
    assert [one["address"] for one in kept["names"][f"{NAME}:{site.port}"]] == [f"{HOME}:{site.port}"], kept
    assert site.kept.stat().st_mode & 0o077 == 0
    assert not site.alarm()


def a_gateway_that_starts_while_the_name_server_fails_asks_for_both_factors(site):
    for number, mode in enumerate(("fails", "silent")):
        site.names.mode = mode
        site.restart()
        site.both_factors()
        until(site.alarm, "the alarm", 15)
        assert site.said("SP0414") == number + 1, site.said("SP0414")


def the_alarm_ends_when_the_name_leads_there_again(site):
    site.names.mode = "answers"
    until(lambda: not site.alarm(), "no alarm", 20)
    until(lambda: site.said("SP0415") == 1, "its end is said", 5)
    assert site.state()["state"] == "normal"


def a_name_that_is_led_astray_is_passed_by(site):
    """To where nobody is, and to somebody who is not the service."""
    site.house.ports["stranger"] = site.port
    site.house.begin("stranger", ["openssl", "s_server", "-quiet", "-accept", f"{SECOND}:{site.port}", "-cert", "gateway.pem", "-key",
                                  "gateway.key"])
    for astray in (NOBODY, SECOND):
        site.names.names[NAME] = astray
        site.restart()
        site.both_factors()
        until(site.alarm, "the alarm", 15)
        assert site.state()["state"] == "normal" or until(lambda: site.state()["state"] == "normal", "normal", 20)
    site.house.stop("stranger")
    site.names.names[NAME] = HOME


def without_a_folder_nothing_is_kept(site):
    site.names.mode = "fails"
    site.restart(folder=False)
    assert site.login(good=False)[0] == "reject"
    until(lambda: site.house.metric("gateway", 'sallyport_service_exchanges_total{evidence="name_not_resolved"}') > 0, "it is counted", 5)
    site.names.mode = "answers"


def a_damaged_file_costs_nothing_but_that(site):
    site.house.stop("gateway")
    site.kept.write_text('{"version":1,"names":')
    site.start()
    assert site.said("SP0413") == 1
    site.both_factors()
    until(lambda: json.loads(site.kept.read_text())["names"], "it is written anew", 10)


def an_address_that_drops_what_comes_delays_and_breaks_nothing(site):
    """The first of two by RFC 6724: its longest prefix is common with ours."""
    site.house.stop("gateway")
    site.kept.unlink()
    site.house.ports["second"] = site.port
    gate = Gate(site.house, "second", site.port, listen=SECOND)
    hole = BlackHole(FIRST, site.port)
    site.names.names[NAME] = [FIRST, SECOND]
    site.start()
    site.both_factors()
    until(lambda: site.state()["state"] == "normal", "normal", 20)
    assert gate.count()[1] > 0
    hole.close()
    silent = Gate(site.house, "first", site.port, "silent", listen=FIRST) if site.house.ports.setdefault("first", site.port) else None
    site.house.stop("gateway")
    site.kept.unlink()
    site.start()
    site.both_factors()
    until(lambda: site.state()["state"] == "normal", "normal", 20)
    assert silent.count()[1] > 0, "it was tried"
    assert not site.alarm()


def the_loss_of_all_addresses_is_an_outage(site):
    site.house.stop("second")
    site.house.stop("authservice")
    begin = time.monotonic()
    verdict, _ = site.login(good=False)
    assert verdict == "accept" and time.monotonic() - begin < 6.1 + SLOW_MACHINE, (verdict, time.monotonic() - begin)


def main():
    if subprocess.run(["unshare", "-m", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return print("NOT TRIED, for nothing may be mounted here")
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (an_address_that_has_answered_is_kept_on_disk,
                     a_gateway_that_starts_while_the_name_server_fails_asks_for_both_factors,
                     the_alarm_ends_when_the_name_leads_there_again,
                     a_name_that_is_led_astray_is_passed_by,
                     without_a_folder_nothing_is_kept,
                     a_damaged_file_costs_nothing_but_that,
                     an_address_that_drops_what_comes_delays_and_breaks_nothing,
                     the_loss_of_all_addresses_is_an_outage):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
