#!/usr/bin/env python3
"""What an outage lets in and how much of it: limits that hold across a restart, what an accept by a rung carries, the alarm, and
a rehearsal without any outage. With real programs."""
import json
import sys
import time

from house import House, file_store, hotp, json_lines, server, until

PEOPLE = {"alice": "hunter2", "bob": "sesame"}


class Site:
    def __init__(self, house):
        self.house = house
        self.record = house.folder / "continuity"
        self.record.mkdir(mode=0o700)
        house.start_authservice()
        self.secret = house.enrol("alice", "--kind", "hotp")
        self.counter = 0

    def start(self, attributes="", **keys):
        keys.setdefault("continuity", "automatic")
        table = f"[[validation_server.reply_attribute]]\n{attributes}\n" if attributes else ""
        self.house.start_gateway([server("vpn", "password_code", client=table, **keys)], [file_store(PEOPLE)],
                                 service=f'[continuity]\nfolder = "{self.record}"\n')

    def begin_again(self):
        self.house.begin("gateway", [self.house.sallyport, "gateway", "--config", "gateway.toml"])
        self.house.ready("gateway", self.house.ports["gateway_metrics"])

    def run(self, *words, **options):
        return self.house.run(*words, "--config", "gateway.toml", **options)

    def state(self):
        return json.loads(self.run("status", "--json").stdout)["state"]

    def login(self, user, code=None):
        if code is None:
            code = hotp(self.secret, self.counter)
            self.counter += 1
        return self.house.login(user, PEOPLE[user] + code, timeout=15)


def a_rehearsal_says_who_would_have_got_in(site):
    site.start(ladder=["recent_success", "deny"])
    until(lambda: site.state() == "normal", "normal", 20)
    assert "nothing was rehearsed" in site.run("rehearse", "report").stdout
    assert site.run("rehearse", "stop", check=False).returncode == 1
    assert site.run("rehearse", "start", "--for", "8d", check=False).returncode == 2
    site.run("rehearse", "start", "--for", "1h", "--logins", "2")
    assert site.login("alice")[0] == "accept"
    assert site.login("alice", "000000")[0] == "reject", "who is refused is not judged"
    assert site.login("alice")[0] == "accept"
    assert site.login("alice")[0] == "accept", "the third is one too many"
    report = json.loads(site.run("rehearse", "report", "--json").stdout)["rehearsals"][0]
    assert report["logins"] == 2 and not report["goes_on"], report
    found = {(row["user"], row["word"]): row["logins"] for row in report["rows"]}
    assert found == {("alice", "deny"): 1, ("alice", "recent_success"): 1}, found
    words = site.run("rehearse", "report").stdout
    assert "1 recent_success" in words and "1 deny" in words, words
    assert not any(record.read_text().count("let_in") for record in site.record.glob("record-*.jsonl"))


def its_report_outlives_the_gateway_and_is_nobody_else_s(site):
    site.run("rehearse", "start", "--for", "1h")
    assert site.login("alice")[0] == "accept"
    site.house.stop("gateway")
    assert (site.record / "rehearsal.json").stat().st_mode & 0o077 == 0
    site.start(continuity_logins_per_user=2, continuity_logins_alarm=3, continuity_class=True,
               continuity_session_timeout="2h", attributes='name = "Session-Timeout"\nvalue = "14400"')
    report = json.loads(site.run("rehearse", "report", "--json").stdout)["rehearsals"][0]
    assert report["logins"] == 1 and not report["goes_on"] and report["ended"], report


def an_accept_by_a_rung_says_so_and_does_not_last_long(site):
    until(lambda: site.state() == "normal", "normal", 20)
    verdict, packet = site.login("alice")
    assert verdict == "accept" and "Class" not in packet and "Session-Timeout = 14400" in packet, packet
    site.house.stop("authservice")
    verdict, packet = site.login("alice", "123456")
    assert verdict == "accept", packet
    assert "Class = 0x" + b"sallyport-continuity:any_code".hex() in packet, packet
    assert packet.count("Session-Timeout") == 1 and "Session-Timeout = 7200" in packet, packet


def a_user_gets_in_so_often_and_no_more_whatever_restarts(site):
    assert site.login("alice", "123456")[0] == "accept"
    verdict, packet = site.login("alice", "123456")
    assert verdict == "reject" and "reason=14" in packet, packet
    assert site.house.metric("gateway", 'sallyport_continuity_logins_total{rung="any_code"') == 2
    site.house.stop("gateway")
    site.begin_again()
    verdict, packet = site.login("alice", "123456")
    assert verdict == "reject" and "reason=14" in packet, packet


def the_number_that_raises_the_alarm_refuses_nobody(site):
    def alarms():
        return json_lines(site.house.folder / "gateway.log", "SP0826")
    assert not alarms()
    assert site.login("bob", "123456")[0] == "accept"
    until(lambda: len(alarms()) == 1, "the alarm", 5)
    assert site.login("bob", "123456")[0] == "accept"


def the_end_of_the_outage_ends_the_count(site):
    site.house.start_authservice()
    until(lambda: site.state() == "normal", "normal", 20)
    assert site.login("alice")[0] == "accept"
    site.house.stop("authservice")
    assert site.login("alice", "123456")[0] == "accept"


def refused_as_over_a_limit(site):
    verdict, packet = site.login("alice", "123456")
    return verdict == "reject" and "reason=14" in packet


def change_memory(site, change):
    kept = site.record / "continuity.json"
    memory = json.loads(kept.read_text())
    change(memory)
    kept.write_text(json.dumps(memory))


def move(moment, seconds, wall=0):
    """On this boot's monotonic clock, which alone counts here."""
    moment["steady"] += int(seconds * 1e9)
    moment["wall"] += int(wall * 1e6)


def the_limit_in_time_does_not_hold_by_hand(site):
    site.house.stop("gateway")
    change_memory(site, lambda memory: move(memory["counted"]["vpn"]["began"], -61, wall=3600))  # a clock that was set back
    site.start(continuity_limit="1m")
    until(lambda: site.state() == "continuity", "continuity", 20)
    assert refused_as_over_a_limit(site), "the outage is older than a minute"
    site.run("continuity", "enable", "--for", "1h")
    assert site.login("alice", "123456")[0] == "accept"


def what_is_let_in_by_hand_has_its_own_count(site):
    site.house.stop("gateway")
    site.start(continuity_limit="1m", continuity_logins_per_user=2)
    assert site.login("alice", "123456")[0] == "accept", "the second by hand"
    assert refused_as_over_a_limit(site), "the third by hand"
    site.run("continuity", "enable", "--for", "2h")
    assert refused_as_over_a_limit(site), "the same order again is no new one"


def its_end_by_time_counts_anew(site):
    site.house.stop("gateway")
    def ends_soon(memory):
        until = memory["by_hand"]["vpn"]["until"]
        until["steady"] = time.monotonic_ns() + 15_000_000_000
    change_memory(site, ends_soon)
    site.begin_again()
    assert refused_as_over_a_limit(site), "by hand still"
    until(lambda: not json.loads(site.run("status", "--json").stdout)["servers"][0]["by_hand"], "its end", 30)
    until(lambda: site.state() == "continuity", "continuity", 20)
    assert site.login("alice", "123456")[0] == "accept", "the outage's own count"


def as_the_settings_say(site):
    site.run("continuity", "enable", "--until-i-say")
    assert "is enabled" in site.run("continuity", "enable", "--until-i-say").stdout
    site.run("continuity", "settings", "--server", "vpn")
    server = json.loads(site.run("status", "--json").stdout)["servers"][0]
    assert server["mode"] == "automatic" and not server["by_hand"], server
    assert [one["by"] for one in json_lines(site.house.folder / "gateway.log", "SP0833")] == ["the time that was given", "root"]
    assert site.run("continuity", "settings", "--server", "nobody", check=False).returncode == 1


def enabled_by_the_settings_is_limited_across_a_restart_too(site):
    site.house.stop("gateway")
    site.start(continuity="enabled", continuity_logins_per_user=2)
    assert site.login("alice", "123456")[0] == "accept"
    site.house.processes["gateway"].kill()
    site.house.stop("gateway")
    site.begin_again()
    assert site.login("alice", "123456")[0] == "accept"
    assert refused_as_over_a_limit(site)
    line = json_lines(site.house.folder / "gateway.log", "SP0201")[-1]
    assert line["ladder_detail"] == "over a limit of the outage", line
    until(lambda: json_lines(site.house.folder / "gateway.log", "SP0837"), "that a limit is reached is said", 5)
    site.house.stop("gateway")
    site.start(continuity="automatic", continuity_logins_per_user=2)
    until(lambda: site.state() == "continuity", "continuity", 20)
    assert site.login("alice", "123456")[0] == "accept", "another mode has a count of its own"


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (a_rehearsal_says_who_would_have_got_in,
                     its_report_outlives_the_gateway_and_is_nobody_else_s,
                     an_accept_by_a_rung_says_so_and_does_not_last_long,
                     a_user_gets_in_so_often_and_no_more_whatever_restarts,
                     the_number_that_raises_the_alarm_refuses_nobody,
                     the_end_of_the_outage_ends_the_count,
                     the_limit_in_time_does_not_hold_by_hand,
                     what_is_let_in_by_hand_has_its_own_count,
                     its_end_by_time_counts_anew,
                     as_the_settings_say,
                     enabled_by_the_settings_is_limited_across_a_restart_too):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
