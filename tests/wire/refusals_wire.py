#!/usr/bin/env python3
"""Users who signed in before are removed at the service behind the gateway's back: half of ten refused as unknown there is an alarm,
told once, and over when it does not hold any more; and never business continuity."""
import base64
import os
import sys
import time

from house import House, hotp, json_lines, server, until

BEGUN, OVER, CONTINUITY = "SP0830", "SP0831", "SP0801"
PEOPLE = [f"user{number:02}" for number in range(1, 13)]
PASSWORD = "one for all"


class Site:
    def __init__(self, house):
        self.house = house
        self.secrets = {name: base64.b32encode(os.urandom(20)).decode() for name in PEOPLE}
        self.used = dict.fromkeys(PEOPLE, 0)
        (house.folder / "continuity").mkdir(mode=0o700)
        house.start_authservice()
        (house.folder / "people.csv").write_text("user,kind,secret,digits,counter\n" + "".join(
            f"{name},hotp,{secret},6,0\n" for name, secret in self.secrets.items()))
        house.run("user", "import", "people.csv")
        store, hashed = house.folder / "people.users", house.hash(PASSWORD)
        store.touch(0o600)
        store.write_text("".join(f"{name}:{hashed}\n" for name in PEOPLE))
        tell = house.folder / "tell"
        tell.write_text(f"#!/bin/sh\n(cat; echo) >> {house.folder}/tell.got\n")
        tell.chmod(0o755)
        house.start_gateway([server("vpn", "password_code", continuity="automatic")], [{"name": "people", "kind": "file", "file": store.name}],
                            service=f'[continuity]\nfolder = "continuity"\n[[continuity.notice]]\nname = "program"\nkind = "command"\n'
                                    f'argv = ["{tell}"]\n')

    def each(self, names, verdict):
        for name in names:
            code = hotp(self.secrets[name], self.used[name])
            self.used[name] += 1
            assert self.house.login(name, PASSWORD + code)[0] == verdict, name

    def said(self, id):
        return json_lines(self.house.folder / "gateway.log", f'"{id}"')

    def told(self, event):
        return [line for line in json_lines(self.house.folder / "tell.got") if line["event"] == event]

    def gauge(self):
        return self.house.metric("gateway", "sallyport_refusal_surge")


def users_who_sign_in_are_no_surge(site):
    site.each(PEOPLE, "accept")
    site.each(PEOPLE[:5], "accept")
    time.sleep(1.5)
    assert site.gauge() == 0 and not site.said(BEGUN)


def half_of_ten_refused_as_unknown_are_told_once(site):
    for name in PEOPLE[5:10]:
        site.house.run("user", "remove", name)
    site.each(PEOPLE[5:9], "reject")
    time.sleep(1.5)
    assert not site.said(BEGUN), "four of nine"
    site.each(PEOPLE[9:10], "reject")
    alarm = until(lambda: site.said(BEGUN), "the alarm")
    assert alarm[0]["level"] == "error" and (alarm[0]["refused"], alarm[0]["users"]) == (5, 10), alarm
    assert site.gauge() == 1
    notice = until(lambda: site.told("refusal_surge"), "the notice")
    assert "5 of 10" in notice[0]["text"] and "What to do:" in notice[0]["text"], notice
    site.each(PEOPLE[5:10], "reject")
    time.sleep(1.5)
    assert len(site.said(BEGUN)) == 1 and len(site.told("refusal_surge")) == 1, "once"


def it_lets_nobody_in(site):
    assert site.house.login(PEOPLE[5], PASSWORD + "123456")[0] == "reject"
    assert not site.said(CONTINUITY)
    assert site.house.metric("gateway", 'sallyport_continuity_state{state="normal"}') == 1


def it_is_over_when_fewer_are_refused(site):
    site.each(PEOPLE[10:], "accept")
    until(lambda: site.said(OVER), "its end")
    until(lambda: site.told("refusal_surge_over"), "the notice of its end")
    assert site.gauge() == 0


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (users_who_sign_in_are_no_surge, half_of_ten_refused_as_unknown_are_told_once, it_lets_nobody_in,
                     it_is_over_when_fewer_are_refused):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
