#!/usr/bin/env python3
"""Every method of a second factor by RADIUS, with the real gateway and the real authentication service: codes by SMS, voice and
e-mail behind a choice, a PIN before the code, a push with a number, and what users are told of accounts that their directory refuses."""
import json
import sys
import time
from collections import namedtuple

from house import House, hotp, json_lines, server, until
from radius_packets import ACCEPT, CHALLENGE, REJECT, REPLY_MESSAGE, STATE, Client, access_request, attribute, attributes_of, check_reply
from refusing_directory import RefusingDirectory
from soap import SoapClient

PEOPLE = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi")
PASSWORD = "hunter2"
DENIED = "reason=1 Access denied"
ALICE = {"sms": "15551234567", "voice": "15551234568", "email": "alice@example.com"}
CHOICES = "1 SMS to ***67, 2 call to ***68, 3 e-mail to a***@example.com"
MASKED = {"sms": "***67", "voice": "***68", "email": "a***@example.com"}
REFUSALS = {  # by docs/reasons.md, and how Active Directory says it
    "password_expired": ("532", "reason=8 Password has expired"),
    "password_must_change": ("773", "reason=9 Password must be changed"),
    "account_disabled": ("533", "reason=10 Account is disabled"),
    "account_locked": ("775", "reason=11 Account is locked"),
    "account_expired": ("701", "reason=12 Account has expired"),
}
OF_ENTRIES = {  # what a look-up can see
    "account_disabled": {"userAccountControl": "514"},
    "account_locked": {"lockoutTime": "133444736000000000"},
    "account_expired": {"accountExpires": "133444736000000000"},
}
Answer = namedtuple("Answer", "kind message state")


class Site:
    def __init__(self, house):
        self.house, self.asked, self.taken, self.secrets, self.used = house, 0, 0, {}, {}
        self.directory = RefusingDirectory({"usable": {}, "unusable": {"data": "530"}, "mistyped": {"data": "52e"}}
                                           | {cause: {"data": data} for cause, (data, _) in REFUSALS.items()}
                                           | {f"{cause} by its entry": {"entry": entry} for cause, entry in OF_ENTRIES.items()})
        hook = house.folder / "deliver"
        hook.write_text('#!/bin/sh\n{ cat; echo; } >> "$1"\n')
        hook.chmod(0o755)
        house.start_authservice(account='push_numbers = "on"\nlockout_failures = 4', extra=f"""
[[delivery.channel]]
name = "phones"
kind = "command"
kinds = ["push", "sms", "voice", "email"]
argv = ["{hook}", "{house.folder / 'delivered'}"]
""")
        servers = [{**one, "listen": ["127.0.0.1:0"]} for one in self.servers()]
        house.start_gateway(servers, self.stores(), service='api = "1.10"',
                            extra='[cluster]\nkey = "a cluster key of the tests"\n[guard]\nuser_failures = 0')
        self.enrol()
        listening = until(lambda: self.listening(len(servers)), "every server listens")
        house.ports.update({line["server"]: int(line["address"].rsplit(":", 1)[1]) for line in listening})

    def listening(self, count):
        lines = json_lines(self.house.folder / "gateway.log", "SP0109")
        return lines if len({line["server"] for line in lines}) == count else None

    def servers(self):
        client = 'timeout = "1s"\ntries = 5'
        own_words = client + """
[validation_server.prompts]
code = "Your code, please"
sent = "Look at {destination} for the code"
choice = "Which way? {choices}."
push = "Your phone asks you"
number = "It is {number}: tap it, then go on"
push_title = "Example VPN"
push_text = "Signing in?"
"""
        people = {"user_stores": ["people"]}
        return [server("sent", "challenge", own_words, methods=["sms", "voice", "email"], **people),
                server("code_too", "challenge", client, methods=["code", "email", "sms"], **people),
                server("first", "challenge", client, methods=["email", "sms", "voice"], when_several="first", **people),
                server("append", "password_code", client + "\nshows_challenges = true", methods=["sms"], **people),
                server("pin", "pin_code", client, **people),
                server("pin_alone", "pin_code", client, look_up_user=False),
                server("number", "challenge", own_words, methods=["push", "code"], when_several="first", **people),
                server("blind", "password_code", client, methods=["push"], **people),
                *(server(f"tells-{name}", "challenge", client, methods=["code"], user_stores=["ad"], tell_user=told)
                  for name, told in (*((one, [one]) for one in REFUSALS), ("all", list(REFUSALS)))),
                server("tells-nothing", "challenge", client, methods=["code"], user_stores=["ad"]),
                server("looks-up", "code", client, user_stores=["ad"], tell_user=list(REFUSALS)),
                server("looks-up-silently", "code", client, user_stores=["ad"])]

    def stores(self):
        people = self.house.folder / "people.users"
        people.touch(0o600)
        people.write_text("".join(f"{user}:{digest}\n" for digest in [self.house.hash(PASSWORD)] for user in PEOPLE))
        return [{"name": "people", "kind": "file", "file": people.name},
                {"name": "ad", "urls": [f"ldap://127.0.0.1:{self.directory.port}"], "bind_dn": "cn=service", "bind_password": "secret",
                 "base_dn": "dc=example"}]

    def enrol(self):
        for user in ("alice", "carol", "erin", "frank", "grace", "heidi", "usable"):
            self.secrets[user] = self.credential(user, kind="hotp", push=user in ("carol", "erin", "frank", "grace"))["secret"]
        for kind, destination in ALICE.items():
            self.credential("alice", kind=kind, credential=destination)
        self.credential("bob", kind="email", credential="bob@example.com")
        self.credential("dave", kind="sms", credential="15559990001")
        self.credential("dave", kind="sms", credential="15559990002")

    def admin(self, method, path, expected, **body):
        status, text, _ = self.house.request(method, f"/admin/v1/{path}", json.dumps(body) if body else None)
        assert status == expected, (status, text)
        return json.loads(text)

    def credential(self, user, **fields):
        return self.admin("POST", "credentials", 201, user=user, create_user=True, **fields)

    def code(self, user):
        """The next one of the user's token."""
        self.used[user] = self.used.get(user, -1) + 1
        return hotp(self.secrets[user], self.used[user])

    def ask(self, name, user, text, state=b""):
        client = Client(self.house.ports[name])
        request = access_request(user, text, self.asked % 256, attribute(STATE, state) if state else b"")
        reply = client.ask(request, 10)
        client.close()
        assert reply is not None, f"no answer to {user} at {name}"
        self.asked += 1
        kind = {ACCEPT: "accept", REJECT: "reject", CHALLENGE: "challenge"}[check_reply(request, reply)]
        found = dict(attributes_of(reply))
        return Answer(kind, found[REPLY_MESSAGE].decode(), found.get(STATE, b""))

    def is_asked(self, name, user, text=PASSWORD, state=b"", words=None):
        """The State of the challenge that shows these words."""
        answer = self.ask(name, user, text, state)
        assert answer.kind == "challenge" and answer.state, answer
        assert words is None or answer.message == words, (answer.message, words)
        return answer.state

    def gets_in(self, name, user, text, state=b""):
        answer = self.ask(name, user, text, state)
        assert (answer.kind, answer.message) == ("accept", "reason=0 Access granted"), (answer, self.last_cause())

    def is_refused(self, name, user, text, state=b"", cause="wrong_code", words=DENIED):
        answer = self.ask(name, user, text, state)
        assert (answer.kind, answer.message) == ("reject", words), (answer, words)
        assert self.last_cause() == cause, (self.last_cause(), cause)

    def last_cause(self):
        return self.house.audit(self.asked)[-1]["cause"]

    def delivered(self):
        return json_lines(self.house.folder / "delivered")

    def next_delivery(self, kind, destination=None):
        """What the hook was given next: one thing, and no other before."""
        self.taken += 1
        one = until(lambda: self.delivered()[self.taken - 1:], f"delivery {self.taken}")[0]
        assert one["kind"] == kind and (destination is None or one["destination"] == destination), one
        return one

    def code_sent(self, kind, destination):
        return self.next_delivery(kind, destination)["code"]

    def alice_chooses(self, number, kind):
        """(the State, the code that was sent)"""
        state = self.is_asked("sent", "alice", words=f"Which way? {CHOICES}.")
        state = self.is_asked("sent", "alice", str(number), state, f"Look at {MASKED[kind]} for the code")
        return state, self.code_sent(kind, ALICE[kind])

    def waiting(self, user):
        return self.admin("GET", f"pushes?search={user}", 200)["pushes"]

    def approve(self, push, expected=200, **number):
        self.admin("POST", "pushes/approve", expected, transaction=push["transaction"], **number)

    def number_shown_to(self, user):
        """After the password: (the number on the sign-in page, the State)"""
        answer = self.ask("number", user, PASSWORD)
        assert answer.kind == "challenge", (answer, self.last_cause())
        number = "".join(letter for letter in answer.message if letter.isdigit())
        assert len(number) == 2 and answer.message == f"It is {number}: tap it, then go on", answer.message
        return number, answer.state


def other_than(code):
    return str((int(code) + 1) % 10 ** len(code)).zfill(len(code))


# Codes that are sent

def a_user_with_several_methods_chooses_by_number(site):
    for number, kind in enumerate(ALICE, 1):
        state, code = site.alice_chooses(number, kind)
        site.gets_in("sent", "alice", code, state)
        site.is_refused("sent", "alice", code, state, cause="stale_challenge")
    assert len(site.delivered()) == site.taken, "nothing is sent before the choice"


def a_choice_is_a_number_that_was_shown(site):
    for choice in ("0", "4", "SMS", " 1", "-1", ""):
        state = site.is_asked("sent", "alice")
        site.is_refused("sent", "alice", choice, state, cause="no_such_choice")
    site.is_refused("sent", "alice", "1", state, cause="stale_challenge")
    assert len(site.delivered()) == site.taken


def a_wrong_code_ends_the_login_and_a_newer_code_the_older(site):
    state, older = site.alice_chooses(1, "sms")
    site.is_refused("sent", "alice", other_than(older), state)
    site.is_refused("sent", "alice", older, state, cause="stale_challenge")
    state, newer = site.alice_chooses(1, "sms")
    if older != newer:
        site.is_refused("sent", "alice", older, state)
    site.gets_in("sent", "alice", newer, site.is_asked("sent", "alice"))  # digits are a code, whatever was asked


def a_sent_code_is_good_once(site):
    state, code = site.alice_chooses(2, "voice")
    site.gets_in("sent", "alice", code, state)
    for _ in range(6):  # and is no guess: more often than wrong codes lock
        site.is_refused("sent", "alice", code, site.is_asked("sent", "alice"))  # nothing newer was sent
    state, code = site.alice_chooses(2, "voice")
    site.gets_in("sent", "alice", code, state)


def a_code_is_its_user_s_alone(site):
    choice = site.is_asked("sent", "dave", words="Which way? 1 SMS to ***01, 2 SMS to ***02.")
    his = site.is_asked("sent", "dave", "2", choice, "Look at ***02 for the code")
    code = site.code_sent("sms", "15559990002")
    state, own = site.alice_chooses(1, "sms")
    site.is_refused("sent", "alice", code, state)
    site.is_refused("sent", "alice", own, his, cause="stale_challenge")
    site.gets_in("sent", "alice", own, site.is_asked("sent", "alice"))
    site.gets_in("sent", "dave", code, site.is_asked("sent", "dave"))


def the_only_method_is_not_chosen(site):
    state = site.is_asked("sent", "bob", words="Look at b***@example.com for the code")
    site.gets_in("sent", "bob", site.code_sent("email", "bob@example.com"), state)


def without_a_choice_the_first_method_counts(site):
    state = site.is_asked("first", "alice", words="Enter the code sent to a***@example.com")
    site.gets_in("first", "alice", site.code_sent("email", ALICE["email"]), state)
    state = site.is_asked("first", "dave", words="Enter the code sent to ***01")  # who has no e-mail address
    site.gets_in("first", "dave", site.code_sent("sms", "15559990001"), state)


def a_token_is_a_method_among_others(site):
    words = "Enter a security code, or choose: 1 security code, 2 e-mail to a***@example.com, 3 SMS to ***67"
    site.gets_in("code_too", "alice", site.code("alice"), site.is_asked("code_too", "alice", words=words))
    state = site.is_asked("code_too", "alice", "1", site.is_asked("code_too", "alice"), "Enter your security code")
    site.gets_in("code_too", "alice", site.code("alice"), state)
    state = site.is_asked("code_too", "alice", "2", site.is_asked("code_too", "alice"), "Enter the code sent to a***@example.com")
    code = site.code_sent("email", ALICE["email"])
    site.is_refused("code_too", "alice", hotp(site.secrets["alice"], site.used["alice"]), state)  # spent
    site.gets_in("code_too", "alice", code, site.is_asked("code_too", "alice"))


def a_code_is_sent_to_who_appended_none(site):
    state = site.is_asked("append", "alice", words="Enter the code sent to ***67")
    site.gets_in("append", "alice", site.code_sent("sms", ALICE["sms"]), state)
    site.is_asked("append", "alice")
    site.gets_in("append", "alice", PASSWORD + site.code_sent("sms", ALICE["sms"]))


def who_has_none_of_the_methods_is_refused(site):
    site.is_refused("sent", "heidi", PASSWORD, cause="no_credential")
    site.is_refused("sent", "alice", "wrong", cause="wrong_password")
    assert len(site.delivered()) == site.taken, "nothing is sent after a wrong password"


def a_user_who_is_locked_at_the_service_is_sent_nothing(site):
    site.admin("POST", "users/lock", 200, user="bob")
    site.is_refused("sent", "bob", PASSWORD, cause="user_disabled_at_service")
    site.admin("POST", "users/unlock", 200, user="bob")
    site.is_asked("sent", "bob")
    site.code_sent("email", "bob@example.com")


def e_mail_needs_the_newer_api(site):
    settings = (site.house.folder / "gateway.toml").read_text()
    (site.house.folder / "older.toml").write_text(settings.replace('api = "1.10"', ""))
    (site.house.folder / "older.toml").chmod(0o600)
    done = site.house.run("check", "--config", "older.toml", check=False)
    assert done.returncode == 2 and 'expected no "email", or service.api = "1.10"' in done.stderr, done


# A PIN before the code

def a_pin_and_a_code_let_in(site):
    with SoapClient(site.house, "manager") as manager:
        for user in ("heidi", "grace"):
            assert manager.call("updateUser", userId=user, newPin="4711x")["status"] == "0000"
    for name in ("pin", "pin_alone"):
        site.gets_in(name, "heidi", "4711x" + site.code("heidi"))
    site.gets_in("pin_alone", "grace", "4711x" + site.code("grace"))


def a_wrong_pin_or_none_lets_nobody_in_and_spends_no_code(site):
    code = site.code("heidi")
    for pin in ("4712x", "4711X", PASSWORD):
        site.is_refused("pin", "heidi", pin + code, cause="refused_by_service")
    site.is_refused("pin", "heidi", code, cause="empty_password")
    site.gets_in("pin", "heidi", "4711x" + code)
    for pin in ("4711x", PASSWORD):  # who never got one
        site.is_refused("pin", "erin", pin + site.code("erin"), cause="refused_by_service")
    site.is_refused("pin", "nobody", "4711x" + code, cause="unknown_user")
    site.is_refused("pin_alone", "nobody", "4711x" + code, cause="unknown_at_service")


def a_wrong_code_after_the_pin_lets_nobody_in(site):
    code = site.code("heidi")
    site.is_refused("pin", "heidi", "4711x" + other_than(code))
    site.is_refused("pin", "heidi", "4711x", cause="no_code_in_password")
    site.gets_in("pin", "heidi", "4711x" + code)
    site.is_refused("pin", "heidi", "4711x" + code)  # spent


def wrong_pins_lock_their_user(site):
    code = site.code("grace")
    for _ in range(4):
        site.is_refused("pin", "grace", "0000x" + code, cause="refused_by_service")
    site.is_refused("pin", "grace", "4711x" + code, cause="user_disabled_at_service")
    site.admin("POST", "users/unlock", 200, user="grace")
    site.gets_in("pin", "grace", "4711x" + code)


# A push with a number

def the_number_that_is_shown_approves(site):
    number, state = site.number_shown_to("carol")
    push = json.loads(site.house.run("push", "list", "--user", "carol", "--json").stdout)
    assert push["number_needed"] is True and push["text"] == "Example VPN - Signing in? - number", push
    told = site.next_delivery("push")
    assert (told["number"], told["transaction_id"], told["text"]) == (number, push["transaction"], push["text"]), (told, number)
    assert "needed" in site.house.run("push", "list").stdout
    assert site.house.run("push", "approve", "--user", "carol", check=False).returncode == 1, "without the number"
    assert site.waiting("carol") == [push], "it goes on waiting"
    site.house.run("push", "approve", "--user", "carol", "--number", number)
    site.gets_in("number", "carol", "", state)
    site.is_refused("number", "carol", "", state, cause="stale_challenge")


def a_wrong_number_denies(site):
    number, state = site.number_shown_to("erin")
    site.next_delivery("push")
    push = site.waiting("erin")[0]
    site.approve(push, 409, number=str(10 + (int(number) - 9) % 90))
    assert site.waiting("erin") == []
    site.approve(push, 409, number=number)
    site.is_refused("number", "erin", "", state, cause="push_denied")
    state = site.is_asked("number", "erin", words="Your code, please")  # the next push waits a minute
    site.gets_in("number", "erin", site.code("erin"), state)


def a_code_is_as_good_as_the_number(site):
    _, state = site.number_shown_to("frank")
    site.next_delivery("push")
    site.gets_in("number", "frank", site.code("frank"), state)


def who_goes_on_too_early_still_sees_the_number(site):
    number, state = site.number_shown_to("carol")
    site.next_delivery("push")
    begin = time.monotonic()
    answer = site.ask("number", "carol", "", state)
    assert answer.kind == "challenge" and time.monotonic() - begin > 2, "it waits for the client's patience"
    push = site.waiting("carol")
    assert len(push) == 1 and len(site.delivered()) == site.taken, "it is the same push"
    site.approve(push[0], number=number)
    site.gets_in("number", "carol", "", answer.state)
    assert answer.message == f"It is {number}: tap it, then go on", answer.message


def a_client_that_cannot_show_the_number_gets_no_push(site):
    site.is_refused("blind", "grace", PASSWORD, cause="push_needs_number")


# What users are told

def each_value_of_tell_user_tells_its_cause_alone(site):
    for told in (*REFUSALS, None):
        for cause, (_, words) in REFUSALS.items():
            site.is_refused(f"tells-{told or 'nothing'}", cause, PASSWORD, cause=cause, words=words if cause == told else DENIED)


def all_values_tell_all_causes_and_nothing_else(site):
    for cause, (_, words) in REFUSALS.items():
        site.is_refused("tells-all", cause, PASSWORD, cause=cause, words=words)
    for user, cause in (("mistyped", "wrong_password"), ("nobody", "unknown_user"), ("unusable", "account_unusable")):
        site.is_refused("tells-all", user, PASSWORD, cause=cause)
    site.is_refused("tells-all", "usable", other_than(site.code("usable")), site.is_asked("tells-all", "usable"))


def what_an_entry_says_is_told_where_no_password_is_asked(site):
    for cause in OF_ENTRIES:
        site.is_refused("looks-up", f"{cause} by its entry", "123456", cause=cause, words=REFUSALS[cause][1])
        site.is_refused("looks-up-silently", f"{cause} by its entry", "123456", cause=cause)
    site.gets_in("looks-up", "usable", site.code("usable"))


def who_is_disabled_while_a_code_is_asked_is_told_so(site):
    for name, words in (("tells-all", REFUSALS["account_disabled"][1]), ("tells-nothing", DENIED)):
        state = site.is_asked(name, "usable")
        site.directory.people["usable"] = {"entry": OF_ENTRIES["account_disabled"]}
        site.is_refused(name, "usable", site.code("usable"), state, cause="account_disabled", words=words)
        site.directory.people["usable"] = {}
    site.gets_in("tells-all", "usable", site.code("usable"), site.is_asked("tells-all", "usable"))


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (a_user_with_several_methods_chooses_by_number,
                     a_choice_is_a_number_that_was_shown,
                     a_wrong_code_ends_the_login_and_a_newer_code_the_older,
                     a_sent_code_is_good_once,
                     a_code_is_its_user_s_alone,
                     the_only_method_is_not_chosen,
                     without_a_choice_the_first_method_counts,
                     a_token_is_a_method_among_others,
                     a_code_is_sent_to_who_appended_none,
                     who_has_none_of_the_methods_is_refused,
                     a_user_who_is_locked_at_the_service_is_sent_nothing,
                     e_mail_needs_the_newer_api,
                     a_pin_and_a_code_let_in,
                     a_wrong_pin_or_none_lets_nobody_in_and_spends_no_code,
                     a_wrong_code_after_the_pin_lets_nobody_in,
                     wrong_pins_lock_their_user,
                     the_number_that_is_shown_approves,
                     a_wrong_number_denies,
                     a_code_is_as_good_as_the_number,
                     who_goes_on_too_early_still_sees_the_number,
                     a_client_that_cannot_show_the_number_gets_no_push,
                     each_value_of_tell_user_tells_its_cause_alone,
                     all_values_tell_all_causes_and_nothing_else,
                     what_an_entry_says_is_told_where_no_password_is_asked,
                     who_is_disabled_while_a_code_is_asked_is_told_so):
            step(site)
            print(step.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
