#!/usr/bin/env python3
"""Business continuity is switched to and fro by hand and by reload while people sign in, and no login is lost for it: with the
service, and without. With real programs."""
import signal
import sys
import threading
import time

from house import House, file_store, hotp, json_lines, server, until

USERS = [f"user{number}" for number in range(6)]
PASSWORD = "hunter2"


class Person(threading.Thread):
    """Signs in again and again with what is right, until told to stop."""

    def __init__(self, house, user, secret):
        super().__init__()
        self.house, self.user, self.secret = house, user, secret
        self.counter, self.ended, self.outcomes = 0, False, []

    def run(self):
        while not self.ended:
            code = hotp(self.secret, self.counter)
            self.counter += 1
            self.outcomes.append(self.house.login(self.user, PASSWORD + code, timeout=15)[0])


class Site:
    def __init__(self, house):
        self.house = house
        self.record = house.folder / "continuity"
        self.record.mkdir(mode=0o700)
        house.start_authservice()
        self.secrets = {user: house.enrol(user, "--kind", "hotp") for user in USERS}
        self.counters = dict.fromkeys(USERS, 0)
        self.write("automatic")
        house.begin("gateway", [house.sallyport, "gateway", "--config", "gateway.toml"])
        house.ready("gateway", house.ports["gateway_metrics"])
        self.awaits("normal")

    def write(self, mode):
        self.house.write_gateway([server("vpn", "password_code", continuity=mode)], [file_store(dict.fromkeys(USERS, PASSWORD))],
                                 service=f'[continuity]\nfolder = "{self.record}"\n')

    def awaits(self, state):
        until(lambda: self.house.metrics("gateway")[f'sallyport_continuity_state{{state="{state}"}}'] == 1, state, 20)

    def by_hand(self, *words):
        self.house.run("continuity", *words, "--config", "gateway.toml")

    def reload(self, mode):
        self.write(mode)
        before = len(json_lines(self.house.folder / "gateway.log", "SP0105"))
        self.house.processes["gateway"].send_signal(signal.SIGHUP)
        until(lambda: len(json_lines(self.house.folder / "gateway.log", "SP0105")) > before, "the settings were loaded again", 10)

    def people_sign_in_while(self, changes, rounds):
        people = [Person(self.house, user, self.secrets[user]) for user in USERS]
        for person in people:
            person.counter = self.counters[person.user]
            person.start()
        try:
            for _ in range(rounds):
                for change in changes:
                    change()
                    time.sleep(0.05)
        finally:
            for person in people:
                person.ended = True
            for person in people:
                person.join()
        self.counters = {person.user: person.counter for person in people}
        outcomes = [outcome for person in people for outcome in person.outcomes]
        assert len(outcomes) >= 4 * len(changes), outcomes
        assert set(outcomes) == {"accept"}, {word: outcomes.count(word) for word in set(outcomes)}
        print(f"{len(outcomes)} logins, {rounds * len(changes)} changes")


def with_the_service_nothing_is_lost(site):
    site.people_sign_in_while([lambda: site.by_hand("disable"), lambda: site.reload("disabled"),
                               lambda: site.by_hand("automatic", "--server", "vpn"), lambda: site.reload("automatic"),
                               lambda: site.by_hand("settings")], rounds=2)


def without_it_nothing_is_lost_either(site):
    site.house.stop("authservice")
    site.by_hand("enable", "--for", "1h")
    site.awaits("continuity")
    site.people_sign_in_while([lambda: site.by_hand("automatic"), lambda: site.reload("enabled"), lambda: site.by_hand("settings"),
                               lambda: site.reload("automatic"), lambda: site.by_hand("enable", "--for", "1h")], rounds=2)


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (with_the_service_nothing_is_lost, without_it_nothing_is_lost_either):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
