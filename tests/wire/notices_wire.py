#!/usr/bin/env python3
"""Notices of business continuity: a program, a webhook and mail hear that it begins and ends, once each; one that hangs delays
neither a login nor another; a reload takes up others; what fails and is back is said in the log."""
import json
import os
import shutil
import socket
import sys
import time
from pathlib import Path

from house import House, file_store, hotp, json_lines, server, until

PEERS = Path(__file__).parent.parent / "support" / "delivery_peers.py"
ENTRY = 6.1  # seconds from the arrival of the first login that the outage hits
SLOW_MACHINE = 4.0


class Site:
    def __init__(self, house):
        self.house = house
        self.folder = house.folder / "continuity"
        self.folder.mkdir(mode=0o700)
        house.start_authservice()
        self.secret = house.enrol("alice", "--kind", "hotp")
        self.counter = 0
        for name in ("tell", "late"):
            program = house.folder / name
            program.write_text(f"#!/bin/sh\n(cat; echo) >> {house.folder}/{name}.got\n")
            program.chmod(0o755)
        hang = house.folder / "hang"
        hang.write_text(f"#!/bin/sh\ntouch {house.folder}/hang.begun\nexec sleep 600\n")
        hang.chmod(0o755)
        self.web = self.peer("web", "webhook", house.folder / "web.got", "--certificate", "service.pem", "service.key")
        self.mail = self.peer("mail", "mail", house.folder / "mail.got", "--starttls", "service.pem", "service.key")

    def peer(self, name, *words):
        self.house.begin(name, ["/usr/bin/python3", PEERS, *words])
        return int(until(lambda: (self.house.folder / f"{name}.out.log").read_text().strip(), f"{name} says its port", 30))

    def notices(self, program="tell"):
        folder = self.house.folder
        return f"""
[[continuity.notice]]
name = "hang"
kind = "command"
argv = ["{folder}/hang"]
time_limit = "60s"
[[continuity.notice]]
name = "program"
kind = "command"
argv = ["{folder}/{program}"]
[[continuity.notice]]
name = "web"
kind = "webhook"
url = "https://localhost:{self.web}/503,200"
ca_file = "ca.pem"
signature_key = "file:hook.key"
[[continuity.notice]]
name = "mail"
kind = "smtp"
host = "localhost"
port = {self.mail}
ca_file = "ca.pem"
from = "sallyport@example.com"
to = ["one@example.org", "two@example.org"]
"""

    def settings(self, program="tell"):
        (self.house.folder / "hook.key").write_text("0123456789abcdef")
        (self.house.folder / "hook.key").chmod(0o600)
        service = f'[continuity]\nfolder = "{self.folder}"\n{self.notices(program)}'
        return [server("vpn", "password_code", continuity="automatic")], [file_store({"alice": "hunter2"})], service

    def start(self):
        servers, stores, service = self.settings()
        self.house.start_gateway(servers, stores, service=service)

    def state(self):
        return json.loads(self.house.run("status", "--json", "--config", "gateway.toml").stdout)["state"]

    def login(self, code=None):
        if code is None:
            self.counter += 1
            code = hotp(self.secret, self.counter - 1)
        begin = time.monotonic()
        verdict, _ = self.house.login("alice", "hunter2" + code, timeout=10)
        return verdict, time.monotonic() - begin

    def got(self, name, event):
        """What a peer got of that event."""
        lines = json_lines(self.house.folder / f"{name}.got")
        if name == "mail":
            word = {"continuity_entered": "has begun", "continuity_left": "has ended"}[event]
            return [line for line in lines if word in line["headers"]["Subject"]]
        notices = [line.get("delivery", line) for line in lines if line.get("status", 200) == 200]
        return [notice for notice in notices if notice["event"] == event]

    def hears(self, name, event, count=1):
        return until(lambda: len(found := self.got(name, event)) >= count and found, f"{name} hears {event}", 20)


def who_is_named_hears_that_continuity_begins_and_a_receiver_that_hangs_delays_nothing(site):
    until(lambda: site.state() == "normal", "normal", 20)
    assert site.login()[0] == "accept"
    site.house.stop("authservice")
    verdict, seconds = site.login("123456")
    assert verdict == "accept" and seconds < ENTRY + SLOW_MACHINE, (verdict, seconds)
    notice = site.hears("tell", "continuity_entered")[0]
    host = socket.gethostname()
    assert notice["kind"] == "notice" and notice["headline"].startswith(host + ": "), notice
    for words in (f"Gateway {host}: business continuity has begun", "State: continuity, since 20", "Cause: refused", "What to do:"):
        assert words in notice["text"], notice["text"]
    assert site.hears("web", "continuity_entered")[0]["text"] == notice["text"]
    assert all(line["signed"] for line in json_lines(site.house.folder / "web.got"))
    mails = site.hears("mail", "continuity_entered", 2)
    assert sorted(mail["recipients"] for mail in mails) == [["one@example.org"], ["two@example.org"]], mails
    assert "Cause: refused" in mails[0]["body"] and host in mails[0]["headers"]["Subject"], mails[0]
    until((site.house.folder / "hang.begun").exists, "one hangs")
    for _ in range(5):
        verdict, seconds = site.login("123456")
        assert verdict == "accept" and seconds < 1 + SLOW_MACHINE, (verdict, seconds)


def its_end_is_told_with_how_many_it_let_in(site):
    site.house.start_authservice()
    until(lambda: site.state() == "normal", "normal", 20)
    notice = site.hears("tell", "continuity_left")[0]
    assert "Logins let in: 6" in notice["text"] and "the service answers again" in notice["text"], notice["text"]
    site.hears("web", "continuity_left")
    site.hears("mail", "continuity_left", 2)
    assert site.login()[0] == "accept"
    for name, times in (("tell", 1), ("web", 1), ("mail", 2)):
        for event in ("continuity_entered", "continuity_left"):
            assert len(site.got(name, event)) == times, (name, event)


def a_reload_takes_up_other_notices_and_refuses_those_that_cannot_be(site):
    house = site.house
    servers, stores, service = site.settings("nobody")
    house.write_gateway(servers, stores, service=service)
    os.kill(house.processes["gateway"].pid, 1)
    refused = until(lambda: json_lines(house.folder / "gateway.log", '"SP0106"'), "the program is not there")
    assert "notice" in refused[0]["mistake"], refused
    servers, stores, service = site.settings("late")
    house.write_gateway(servers, stores, service=service)
    os.kill(house.processes["gateway"].pid, 1)
    until(lambda: json_lines(house.folder / "gateway.log", '"SP0105"'), "it is in force")
    house.stop("mail")
    house.stop("authservice")
    assert site.login("123456")[0] == "accept"
    site.hears("late", "continuity_entered")
    assert len(site.got("tell", "continuity_entered")) == 1


def a_receiver_that_fails_and_is_back_is_said_in_the_log_and_gets_it_still(site):
    house = site.house

    def said(id):
        return json_lines(house.folder / "gateway.log", f'"{id}"')
    failing = until(lambda: [line for line in said("SP0701") if line["channel"] == "mail"], "mail fails", 20)
    assert failing[0]["level"] == "error", failing
    before = len(site.got("mail", "continuity_entered"))
    house.begin("mail", ["/usr/bin/python3", PEERS, "mail", house.folder / "mail.got", "--starttls", "service.pem",
                         "service.key", "--port", str(site.mail)])
    until(lambda: len(site.got("mail", "continuity_entered")) == before + 2, "both get it", 60)
    until(lambda: [line for line in said("SP0702") if line["channel"] == "mail"], "mail is back")
    assert house.metric("gateway", 'sallyport_notices_sent_total{channel="mail"') >= 2
    begin = time.monotonic()
    assert house.stop("gateway") == 0
    assert time.monotonic() - begin < 5 + SLOW_MACHINE, "one that hangs does not hold the end"


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        site.start()
        for step in (who_is_named_hears_that_continuity_begins_and_a_receiver_that_hangs_delays_nothing,
                     its_end_is_told_with_how_many_it_let_in,
                     a_reload_takes_up_other_notices_and_refuses_those_that_cannot_be,
                     a_receiver_that_fails_and_is_back_is_said_in_the_log_and_gets_it_still):
            step(site)
            print(step.__name__.replace("_", " "))
        shutil.rmtree(site.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
