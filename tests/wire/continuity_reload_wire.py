#!/usr/bin/env python3
"""What a reload of the settings makes of business continuity, and files of its folder that cannot be read: with real programs."""
import json
import signal
import sys

from house import House, file_store, json_lines, server, until

PEOPLE = {"alice": "hunter2"}


class Site:
    def __init__(self, house):
        self.house = house
        self.record = house.folder / "continuity"
        self.record.mkdir(mode=0o700)
        self.kept = self.record / "continuity.json"
        house.start_authservice()

    def write(self, folder=True, **keys):
        self.house.write_gateway([server("vpn", "password_code", **keys), server("lan", "password_code")], [file_store(PEOPLE)],
                                 service=f'[continuity]\nfolder = "{self.record}"\n' if folder else "")

    def start(self):
        self.house.begin("gateway", [self.house.sallyport, "gateway", "--config", "gateway.toml"])
        self.house.ready("gateway", self.house.ports["gateway_metrics"])

    def reload(self, **keys):
        self.write(**keys)
        before = len(self.said("SP0105"))
        self.house.processes["gateway"].send_signal(signal.SIGHUP)
        until(lambda: len(self.said("SP0105")) > before, "the settings were loaded again", 10)

    def said(self, message):
        return json_lines(self.house.folder / "gateway.log", message)

    def status(self):
        return json.loads(self.house.run("status", "--json", "--config", "gateway.toml").stdout)

    def awaits(self, state):
        def is_so():
            return json.loads(self.house.run("status", "--json", "--config", "gateway.toml").stdout)["state"] == state
        until(is_so, state, 20)

    def login(self):
        """Any code: right in an outage alone."""
        return self.house.login("alice", "hunter2123456", timeout=15)[0]


def a_file_that_cannot_be_read_is_left_alone_and_nobody_gets_in_by_a_rung(site):
    site.write(continuity="automatic")
    site.start()
    site.awaits("normal")
    site.house.stop("gateway")
    site.kept.chmod(0o644)
    before = site.kept.read_bytes()
    site.start()
    assert "readable by others" in site.said("SP0832")[0]["detail"] or "0644" in site.said("SP0832")[0]["detail"], site.said("SP0832")
    site.awaits("normal")
    assert "continuity.json" in site.status()["unread"], site.status()
    refused = site.house.run("continuity", "enable", "--for", "1h", "--config", "gateway.toml", check=False)
    assert refused.returncode == 1 and "cannot be read" in refused.stderr, refused
    site.house.stop("authservice")
    assert site.login() == "reject"
    assert site.kept.read_bytes() == before


def when_it_is_mended_a_reload_takes_it_up(site):
    site.kept.chmod(0o600)
    site.reload(continuity="automatic")
    assert site.login() == "accept"
    assert "unread" not in site.status(), site.status()


def what_was_reached_before_is_known_when_the_file_is_mended_in_an_outage(site):
    site.house.stop("gateway")
    site.kept.chmod(0o644)
    site.start()
    assert not site.status()["armed"]
    site.kept.chmod(0o600)
    site.reload(continuity="automatic")
    assert site.status()["armed"]
    site.awaits("continuity")
    assert site.login() == "accept"


def recent_successes_that_cannot_be_read_shut_out_that_rung_alone(site):
    site.house.stop("gateway")
    book = site.record / "recent_successes"
    book.write_text("nothing that this program writes\n")
    book.chmod(0o600)
    site.start()
    assert "recent_successes" in site.status()["unread"] and site.status()["armed"], site.status()
    assert site.login() == "accept"
    forget = site.house.run("continuity", "forget", "alice", "--config", "gateway.toml", check=False)
    assert forget.returncode == 1 and "cannot be read" in forget.stderr, forget
    site.house.stop("gateway")
    assert book.read_text() == "nothing that this program writes\n"
    book.unlink()
    site.start()
    site.awaits("continuity")


def a_control_socket_that_was_removed_is_there_again_after_a_reload(site):
    (site.record / "control").unlink()
    site.reload(continuity="automatic")
    assert site.status()["state"] == "continuity"


def another_mode_in_the_settings_counts_anew(site):
    keys = {"continuity_logins_per_user": 2}
    site.reload(continuity="automatic", **keys)
    for mode in ("enabled", "automatic"):
        site.reload(continuity=mode, **keys)
        site.awaits("continuity")
        assert [site.login() for _ in range(3)] == ["accept", "accept", "reject"], mode
    site.reload(continuity="enabled", **keys)
    site.house.start_authservice()
    site.awaits("normal")
    site.reload(continuity="automatic", **keys)
    site.house.stop("authservice")
    assert site.login() == "accept", "the next outage has a count of its own"


def an_order_for_all_leaves_out_who_has_it_disabled_in_the_settings(site):
    def modes():
        status = json.loads(site.house.run("status", "--json", "--config", "gateway.toml").stdout)
        return {one["name"]: (one["mode"], one["by_hand"]) for one in status["servers"]}
    for word, words in (("enabled", ("enable", "--for", "1h")), ("automatic", ("automatic",))):
        site.house.run("continuity", *words, "--config", "gateway.toml")
        assert modes() == {"vpn": (word, True), "lan": ("disabled", False)}, modes()
    site.house.run("continuity", "disable", "--config", "gateway.toml")
    assert modes() == {"vpn": ("disabled", True), "lan": ("disabled", True)}, modes()
    site.house.run("continuity", "automatic", "--server", "vpn", "--config", "gateway.toml")


def settings_without_it_let_nobody_in(site):
    site.awaits("continuity")
    site.reload(folder=False)
    assert site.login() == "reject"
    refused = site.house.run("continuity", "enable", "--for", "1h", "--socket", site.record / "control", check=False)
    assert refused.returncode != 0, refused
    site.reload(continuity="automatic")
    assert site.login() == "accept"


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (a_file_that_cannot_be_read_is_left_alone_and_nobody_gets_in_by_a_rung,
                     when_it_is_mended_a_reload_takes_it_up,
                     what_was_reached_before_is_known_when_the_file_is_mended_in_an_outage,
                     recent_successes_that_cannot_be_read_shut_out_that_rung_alone,
                     a_control_socket_that_was_removed_is_there_again_after_a_reload,
                     another_mode_in_the_settings_counts_anew,
                     an_order_for_all_leaves_out_who_has_it_disabled_in_the_settings,
                     settings_without_it_let_nobody_in):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
