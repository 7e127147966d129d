#!/usr/bin/env python3
"""What the directory's groups and attributes decide: who gets in at all, what an Access-Accept carries, and who gets in while the
authentication service is lost; and a code that is asked for before the password. With a real slapd whose groups lie in groups, and one
gateway whose validation servers all share that user store, so that every group is looked at for every login."""
import base64
import hashlib
import ipaddress
import json
import os
import signal
import struct
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))
import slapd  # noqa: E402
from house import House, free_port, hotp, json_lines, server, toml, until, whole_lines  # noqa: E402
from radius_packets import (ACCEPT, CHALLENGE, MESSAGE_AUTHENTICATOR, REJECT, REPLY_MESSAGE, STATE, Client, access_request,  # noqa: E402
                            attribute, attributes_of, check_reply)
from slapd import group, person  # noqa: E402

GROUPS = {
    "vpn": [person("anna"), person("rosa"), group("remote")],
    "remote": [group("night")],
    "night": [person("ben"), person("quin")],
    "board": [person("iris")],
    "staff": [person("anna"), group("day")],           # of reply attributes
    "day": [person("dora"), person("hugo")],
    "admins": [group("oncall")],                       # excluded from business continuity
    "oncall": [person("eric"), person("quin"), person("lena"), person("hugo")],
    "contractors": [group("temps")],                   # with a ladder of their own, as "duty" has
    "temps": [person("fred"), person("kurt"), person("rosa"), person("hugo")],
    "duty": [group("ward")],
    "ward": [person("mara"), person("lena"), person("hugo")],
    "wiki": [group("writers")],                        # required at another validation server
    "writers": [person("gina"), person("hugo")],
    "unasked": [person("ivan"), group("unasked")],     # which nothing names, and which is in itself
}
LINES = {
    "anna": "departmentNumber: sales\ndepartmentNumber: night shift\nroomNumber: 192.0.2.17\nemployeeNumber: 70000\n"
            "title:: " + base64.b64encode("Größe".encode()).decode() + "\n",
    "ben": "roomNumber: second floor\ntitle: not of the staff\n",
    "jana": "employeeType: Temporary\n",
    "kurt": "employeeType: temporary\n",
    "nils": "employeeType: nurse\nemployeeType: Doctor\n",
    "olga": "employeeType: doctor\n",
}
PEOPLE = ("anna", "ben", "carl", "dora", "eric", "fred", "gina", "hugo", "iris", "ivan", "jana", "kurt", "lena", "mara", "nils", "olga",
          "quin", "rosa")
REASONS = {"none": 0, "not_in_required_group": 1, "wrong_password": 1, "wrong_code": 1, "no_code_in_password": 1,
           "service_unreachable": 7, "silent_by_ladder": 7, "denied_by_ladder": 14}
CLASS, FILTER_ID, FRAMED_IP_ADDRESS, SESSION_TIMEOUT, VENDOR_SPECIFIC = 25, 11, 8, 27, 26
ANY_DIGITS = "123456"
SETTINGS_LOADED = "SP0105"  # docs/messages.md


def tables(kind, *all_of_them):
    return "".join(f"[[validation_server.{kind}]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in one.items())
                   for one in all_of_them)


REPLY_ATTRIBUTES = tables(
    "reply_attribute",
    {"name": "Filter-Id", "from": "departmentNumber"},
    {"name": "Framed-IP-Address", "from": "roomNumber"},
    {"name": "Session-Timeout", "value": "3600"},
    {"name": "Class", "value": "remote", "group": group("remote")},
    {"name": "Filter-Id", "from": "title", "group": group("staff")},
    {"vendor": 9, "number": 1, "value": "shell:priv-lvl=15", "group": group("vpn")},
    {"vendor": 14988, "number": 8, "type": "integer", "from": "employeeNumber"},
    {"vendor": 311, "number": 7, "type": "octets", "value": "00ff10"},
    {"vendor": 4874, "number": 99, "type": "ipv6", "value": "2001:db8::7"})
FOR_ALL = [(SESSION_TIMEOUT, struct.pack(">I", 3600))]


def of_vendor(vendor, number, octets):
    return VENDOR_SPECIFIC, struct.pack(">IBB", vendor, number, len(octets) + 2) + octets


OF_VENDORS = [of_vendor(311, 7, b"\x00\xff\x10"), of_vendor(4874, 99, ipaddress.ip_address("2001:db8::7").packed)]
ANNA_S = [(FILTER_ID, b"sales"), (FILTER_ID, b"night shift"), (FRAMED_IP_ADDRESS, bytes([192, 0, 2, 17])), *FOR_ALL,
          (FILTER_ID, "Größe".encode()), of_vendor(9, 1, b"shell:priv-lvl=15"), of_vendor(14988, 8, struct.pack(">I", 70000)),
          *OF_VENDORS]
BEN_S = [*FOR_ALL, (CLASS, b"remote"), of_vendor(9, 1, b"shell:priv-lvl=15"), *OF_VENDORS]
IRIS_S = [*FOR_ALL, *OF_VENDORS]


def spelled_otherwise(name):
    return group(name).replace(",", ", ").title()


def servers(*required):
    vpn = {"required_groups": [group(name) for name in required], "continuity": "automatic",
           "continuity_excluded_groups": [group("admins")]}
    contractors = tables("ladder_for", {"group": group("contractors"), "ladder": ["deny"]})
    clinic = tables("ladder_for", {"group": group("contractors"), "ladder": ["deny"]},
                    {"attribute": "employeeType", "value": "temporary", "ladder": ["silent"]})
    strict = tables("ladder_for", {"group": group("duty"), "ladder": ["any_code"]},
                    {"attribute": "employeeType", "value": "doctor", "ladder": ["recent_success"]})
    return [server("vpn", "password_code", client=REPLY_ATTRIBUTES + contractors, **vpn),
            server("portal", "challenge", client=REPLY_ATTRIBUTES + contractors, methods=["code"], **vpn),
            server("desk", "code", client=REPLY_ATTRIBUTES + contractors, **vpn),
            server("wiki", "password_code", required_groups=[spelled_otherwise("wiki")]),
            server("open", "password_code"),
            server("hardened", "password_code", client=contractors, second_factor_first=True, **vpn),
            server("clinic", "password_code", client=clinic, continuity="automatic", continuity_excluded_groups=[group("admins")]),
            server("strict", "password_code", client=strict, continuity="automatic", ladder=["deny"],
                   continuity_excluded_groups=[spelled_otherwise("admins")])]


class Answer:
    """`own`: attributes that are not the protocol's."""

    def __init__(self, kind, attributes, line):
        self.kind, self.line = kind, line
        self.text = dict(attributes).get(REPLY_MESSAGE, b"").decode()
        self.state = dict(attributes).get(STATE)
        self.own = [one for one in attributes if one[0] not in (MESSAGE_AUTHENTICATOR, REPLY_MESSAGE, STATE)]

    def __repr__(self):
        return f"{self.kind} {self.text!r} {self.own} {self.line}"


class Site:
    def __init__(self, house):
        self.house, self.used, self.logins = house, dict.fromkeys(PEOPLE, 0), 0
        self.secrets = {name: base64.b32encode(hashlib.sha1(name.encode()).digest()).decode() for name in PEOPLE}
        (house.folder / "continuity").mkdir(mode=0o700)

    def opens(self):
        house = self.house
        slapd.prepare(house.folder, [(name, self.password(name)) for name in PEOPLE], LINES, GROUPS)
        port = house.ports["slapd"] = free_port()
        house.begin("slapd", slapd.command(house.folder, port, "stats"))
        until(lambda: any("slapd starting" in line for line in whole_lines(house.folder / "slapd.out.log")), "slapd serves")
        house.start_authservice()
        table = house.folder / "import.csv"
        table.write_text("user,kind,secret,digits,counter\n" + "".join(f"{name},hotp,{self.secrets[name]},6,0\n" for name in PEOPLE))
        house.run("user", "import", table)
        self.store = {"name": "people", "urls": [f"ldap://127.0.0.1:{port}"], "bind_dn": slapd.SERVICE_DN,
                      "bind_password": slapd.SERVICE_PASSWORD, "base_dn": slapd.PEOPLE, "filter": "(uid=%s)"}
        self.settings = {"extra": '[cluster]\nkey = "a key of the tests, long enough"\n',
                         "service": '[continuity]\nfolder = "continuity"\nthreshold = "2s"\n'}
        house.start_gateway(servers("vpn", "board"), [self.store], **self.settings)
        self.comes_to("normal")

    def requires_from_now_on(self, name):
        self.house.write_gateway(servers(name), [self.store], **self.settings)
        os.kill(self.house.processes["gateway"].pid, signal.SIGHUP)
        until(lambda: json_lines(self.house.folder / "gateway.log", SETTINGS_LOADED), "the settings are loaded again")

    def comes_to(self, state):
        until(lambda: json.loads(self.run("status", "--json"))["state"] == state, state, 20)

    def run(self, *words):
        return self.house.run(*words, "--config", "gateway.toml").stdout

    def password(self, user):
        return f"{user}'s password"

    def code(self, user):
        """The next one, until it is spent."""
        return hotp(self.secrets[user], self.used[user])

    def binds(self, user):
        """How often somebody tried a password of that user at the directory, by its own log."""
        return sum(f'BIND dn="{person(user)}" method=' in line for line in whole_lines(self.house.folder / "slapd.out.log"))

    def ask(self, door, user, field, more=b"", seconds=10):
        client, request = Client(self.house.ports[door]), access_request(user, field, attributes=more)
        reply = client.ask(request, seconds)
        client.close()
        self.logins += 1
        line = self.house.audit(self.logins)[-1]
        assert (line["user"], line["validation_server"]) == (user, door), line
        return Answer(check_reply(request, reply) if reply else None, attributes_of(reply) if reply else [], line)

    def field(self, door, user, code, password):
        return code if door == "desk" else (self.password(user) if password is None else password) + code

    def lets_in(self, door, user, code=None, rung=None):
        """With both factors, unless a rung is said. What the Access-Accept carries."""
        answer = self.ask(door, user, self.field(door, user, code or self.code(user), None))
        assert answer.kind == ACCEPT and answer.text == "reason=0 Access granted", answer
        assert (answer.line["cause"], answer.line.get("rung")) == ("none", rung), answer
        assert answer.line["second_factor"] == ("unavailable" if rung else "good"), answer
        self.used[user] += not rung
        return answer.own

    def turns_away(self, door, user, cause, code=None, password=None):
        """The audit line."""
        return self.is_refusal(self.ask(door, user, self.field(door, user, code or self.code(user), password)), cause)

    def is_refusal(self, answer, cause):
        assert answer.kind == REJECT and answer.text.startswith(f"reason={REASONS[cause]} "), (cause, answer)
        assert (answer.line["cause"], answer.line["reason"]) == (cause, REASONS[cause]), (cause, answer)
        assert not answer.own and not answer.state and "rung" not in answer.line, f"a reject that carries something: {answer}"
        return answer.line

    def prompts(self, user):
        """What the answer to the challenge carries."""
        answer = self.ask("portal", user, self.password(user))
        assert answer.kind == CHALLENGE and answer.state and answer.line["cause"] == "none", answer
        assert not answer.own, f"a challenge that carries something: {answer}"
        return attribute(STATE, answer.state)


# Required groups

def members_get_in_and_members_of_groups_in_the_group(site):
    for door in ("vpn", "desk", "hardened"):
        for user in ("anna", "ben", "iris"):
            site.lets_in(door, user)
    for user in ("anna", "ben"):
        answer = site.ask("portal", user, site.code(user), site.prompts(user))
        assert answer.kind == ACCEPT, answer
        site.used[user] += 1


def a_user_in_no_group_is_rejected(site):
    for door in ("vpn", "desk", "hardened", "wiki"):
        site.turns_away(door, "carl", "not_in_required_group")
        site.turns_away(door, "ivan", "not_in_required_group")
    assert site.binds("carl") == 2, "neither a look-up nor a code that comes first binds"


def a_group_that_is_looked_at_for_another_reason_lets_nobody_in(site):
    """In turn: of a reply attribute, excluded, of a ladder, required elsewhere, and all of these."""
    for user in ("dora", "eric", "fred", "mara", "gina", "hugo"):
        for door in ("vpn", "desk", "hardened"):
            line = site.turns_away(door, user, "not_in_required_group")
            assert (line["first_factor"], line["second_factor"]) == ("refused", "not_asked"), line
        site.is_refusal(site.ask("portal", user, site.password(user)), "not_in_required_group")
    for user in ("anna", "ben", "dora", "eric", "fred", "mara"):
        site.turns_away("wiki", user, "not_in_required_group")


def the_very_code_that_it_was_refused_with_is_good_where_the_user_may_enter(site):
    for user in ("gina", "hugo"):
        site.lets_in("wiki", user)
    for user in ("carl", "dora", "eric", "fred", "mara", "ivan"):
        site.lets_in("open", user)


def a_stranger_is_not_told_of_groups(site):
    """Who does not know the password learns nothing of them, not even by the log's cause."""
    site.turns_away("vpn", "dora", "wrong_password", password="wrong")
    site.turns_away("vpn", "anna", "wrong_password", password="wrong")


# Reply attributes

def accepts_carry_what_directory_and_settings_say(site):
    assert site.lets_in("vpn", "anna") == ANNA_S
    assert site.lets_in("vpn", "ben") == BEN_S
    assert site.lets_in("vpn", "iris") == IRIS_S
    assert site.lets_in("desk", "anna") == ANNA_S, "of an entry that was only looked up"
    left_out = json_lines(site.house.folder / "gateway.log", "Framed-IP-Address from roomNumber")
    assert left_out and all(line["user"] == "ben" for line in left_out), left_out


def the_answer_to_a_challenge_brings_them_too_and_neither_challenge_nor_reject_does(site):
    for user, expected in (("anna", ANNA_S), ("ben", BEN_S)):
        answer = site.ask("portal", user, site.code(user), site.prompts(user))
        assert answer.kind == ACCEPT and answer.own == expected, answer
        site.used[user] += 1
    site.is_refusal(site.ask("portal", "anna", "000000", site.prompts("anna")), "wrong_code")
    site.turns_away("vpn", "anna", "wrong_code", code="000000")
    site.turns_away("vpn", "anna", "wrong_password", password="wrong")


def other_validation_servers_send_none_of_them(site):
    for door in ("open", "hardened"):
        assert site.lets_in(door, "anna") == [], door


# The code before the password

def a_wrong_code_never_comes_to_the_directory(site):
    before = site.binds("anna")
    for password in (None, "wrong", "wronger"):
        line = site.turns_away("hardened", "anna", "wrong_code", code="000000", password=password)
        assert (line["first_factor"], line["second_factor"]) == ("not_asked", "refused"), line
    site.is_refusal(site.ask("hardened", "anna", site.password("anna")), "no_code_in_password")
    assert site.binds("anna") == before
    site.turns_away("vpn", "anna", "wrong_code", code="000000")
    assert site.binds("anna") == before + 1, "elsewhere the password comes first"


def a_right_code_with_a_wrong_password_is_one_bind_and_spends_the_code(site):
    before = site.binds("anna")
    line = site.turns_away("hardened", "anna", "wrong_password", password="wrong")
    assert (line["first_factor"], line["second_factor"]) == ("refused", "good"), line
    assert site.binds("anna") == before + 1
    site.turns_away("hardened", "anna", "wrong_code")
    assert site.binds("anna") == before + 1
    site.used["anna"] += 1


def both_right_get_in_with_one_bind(site):
    before = site.binds("anna")
    site.lets_in("hardened", "anna")
    assert site.binds("anna") == before + 1


# An outage

def before_it_ladders_say_nothing(site):
    for user in ("anna", "eric", "fred", "jana", "kurt"):
        site.lets_in("clinic", user)
    for user in ("anna", "lena", "mara", "nils"):
        site.lets_in("strict", user)
    for door in ("vpn", "desk", "hardened"):
        site.lets_in(door, "quin")
        site.lets_in(door, "rosa")
    for door, user in (("clinic", "anna"), ("strict", "mara"), ("strict", "nils"), ("vpn", "anna")):
        site.turns_away(door, user, "wrong_code", code=ANY_DIGITS)


def the_first_login_in_the_outage_waits_and_gets_in_also_with_the_code_first(site):
    before = site.binds("ben")
    site.house.stop("authservice")
    site.lets_in("hardened", "ben", ANY_DIGITS, rung="any_code")
    assert site.binds("ben") == before + 1
    site.comes_to("continuity")


def is_denied(site, door, user):
    site.turns_away(door, user, "denied_by_ladder", code=ANY_DIGITS)


def in_it_the_server_s_ladder_holds_for_who_is_named_nowhere(site):
    site.lets_in("clinic", "mara", ANY_DIGITS, rung="any_code")
    is_denied(site, "strict", "anna")
    site.turns_away("clinic", "anna", "wrong_password", code=ANY_DIGITS, password="wrong")
    site.turns_away("open", "anna", "service_unreachable", code=ANY_DIGITS)


def the_ladder_for_a_group_wins_for_members_of_groups_in_it(site):
    is_denied(site, "clinic", "fred")
    site.lets_in("strict", "mara", ANY_DIGITS, rung="any_code")


def the_ladder_for_a_value_wins_whatever_its_case(site):
    answer = site.ask("clinic", "jana", site.field("clinic", "jana", ANY_DIGITS, None), seconds=1)
    assert answer.kind is None and answer.line["verdict"] == "silent", answer
    assert (answer.line["cause"], answer.line["reason"]) == ("silent_by_ladder", REASONS["silent_by_ladder"]), answer
    is_denied(site, "clinic", "kurt")  # in the group too, which stands first
    site.lets_in("strict", "nils", ANY_DIGITS, rung="recent_success")
    is_denied(site, "strict", "olga")  # who has not signed in lately


def excluded_groups_win_over_every_ladder(site):
    is_denied(site, "clinic", "eric")
    is_denied(site, "strict", "lena")  # whose other group would get in
    for door in ("vpn", "desk", "hardened"):
        is_denied(site, door, "quin")


def required_groups_hold_in_it_and_accepts_carry_their_attributes(site):
    assert site.lets_in("vpn", "anna", ANY_DIGITS, rung="any_code") == ANNA_S
    assert site.lets_in("vpn", "ben", ANY_DIGITS, rung="any_code") == BEN_S
    for door in ("desk", "hardened"):
        site.lets_in(door, "ben", ANY_DIGITS, rung="any_code")
    for door in ("vpn", "desk", "hardened"):
        is_denied(site, door, "rosa")  # of the required group, and a contractor
        for user in ("carl", "dora", "eric", "fred", "gina", "hugo"):
            site.turns_away(door, user, "not_in_required_group", code=ANY_DIGITS)


def a_challenge_in_it_is_answered_by_any_digits_of_whom_the_ladder_lets_in(site):
    answer = site.ask("portal", "ben", ANY_DIGITS, site.prompts("ben"))
    assert answer.kind == ACCEPT and answer.line["rung"] == "any_code" and answer.own == BEN_S, answer
    for user in ("quin", "rosa"):
        site.is_refusal(site.ask("portal", user, ANY_DIGITS, site.prompts(user)), "denied_by_ladder")
    site.is_refusal(site.ask("portal", "hugo", site.password("hugo")), "not_in_required_group")


def with_the_code_first_the_password_still_decides_in_it(site):
    before = site.binds("ben")
    site.turns_away("hardened", "ben", "wrong_password", code=ANY_DIGITS, password="wrong")
    site.lets_in("hardened", "ben", ANY_DIGITS, rung="any_code")
    assert site.binds("ben") == before + 2


def the_record_names_all_who_came_in_by_a_rung_and_nobody_else(site):
    lines = map(json.loads, site.run("audit", "list", "--format", "json").splitlines())
    recorded = sorted((line["server"], line["user"], line["rung"]) for line in lines if line.get("what") == "let_in")
    let_in = sorted((line["validation_server"], line["user"], line["rung"]) for line in site.house.audit() if "rung" in line)
    assert recorded == let_in and len(let_in) == 10, (recorded, let_in)


def when_the_service_is_back_all_is_as_before(site):
    site.house.start_authservice()
    site.comes_to("normal")
    before_it_ladders_say_nothing(site)
    members_get_in_and_members_of_groups_in_the_group(site)
    a_group_that_is_looked_at_for_another_reason_lets_nobody_in(site)
    accepts_carry_what_directory_and_settings_say(site)


def a_reload_changes_who_gets_in_even_after_a_challenge(site):
    challenged = site.prompts("ben")
    site.requires_from_now_on("staff")
    site.is_refusal(site.ask("portal", "ben", site.code("ben"), challenged), "not_in_required_group")
    for door in ("vpn", "desk", "hardened"):
        site.turns_away(door, "ben", "not_in_required_group")
        site.lets_in(door, "dora")


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        site.opens()
        for step in (members_get_in_and_members_of_groups_in_the_group,
                     a_user_in_no_group_is_rejected,
                     a_group_that_is_looked_at_for_another_reason_lets_nobody_in,
                     the_very_code_that_it_was_refused_with_is_good_where_the_user_may_enter,
                     a_stranger_is_not_told_of_groups,
                     accepts_carry_what_directory_and_settings_say,
                     the_answer_to_a_challenge_brings_them_too_and_neither_challenge_nor_reject_does,
                     other_validation_servers_send_none_of_them,
                     a_wrong_code_never_comes_to_the_directory,
                     a_right_code_with_a_wrong_password_is_one_bind_and_spends_the_code,
                     both_right_get_in_with_one_bind,
                     before_it_ladders_say_nothing,
                     the_first_login_in_the_outage_waits_and_gets_in_also_with_the_code_first,
                     in_it_the_server_s_ladder_holds_for_who_is_named_nowhere,
                     the_ladder_for_a_group_wins_for_members_of_groups_in_it,
                     the_ladder_for_a_value_wins_whatever_its_case,
                     excluded_groups_win_over_every_ladder,
                     required_groups_hold_in_it_and_accepts_carry_their_attributes,
                     a_challenge_in_it_is_answered_by_any_digits_of_whom_the_ladder_lets_in,
                     with_the_code_first_the_password_still_decides_in_it,
                     the_record_names_all_who_came_in_by_a_rung_and_nobody_else,
                     when_the_service_is_back_all_is_as_before,
                     a_reload_changes_who_gets_in_even_after_a_challenge):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
