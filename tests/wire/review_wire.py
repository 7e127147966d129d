#!/usr/bin/env python3
"""After an outage: who came in by which rung, and their sessions ended by Disconnect-Requests (RFC 5176) to a NAS that says yes,
no, nothing, and to whose answers somebody adds forged ones."""
import hashlib
import hmac
import json
import socket
import struct
import sys
import threading
import time

from house import House, file_store, json_lines, server, until
from radius_packets import MESSAGE_AUTHENTICATOR, attribute, attributes_of, packet

SECRET = b"a secret for disconnects alone"
USER_NAME, NAS_IP_ADDRESS, NAS_PORT, CALLING_STATION_ID, ACCT_SESSION_ID, EVENT_TIMESTAMP, ERROR_CAUSE = 1, 4, 5, 31, 44, 55, 101
REQUEST, ACK, NAK = 40, 41, 42
PEOPLE = {"alice": "yes", "bob": "no", "carol": "nothing", "dave": "forged", "erin": "forged, then yes"}


def reply(request, code, attributes=b"", secret=SECRET, message_authenticator=False):
    """RFC 5176 section 3.4: the request's authenticator stands in the place of the reply's, in both."""
    raw = packet(code, request[1], request[4:20], attributes + (attribute(MESSAGE_AUTHENTICATOR, bytes(16)) if message_authenticator else b""))
    if message_authenticator:
        raw = raw[:-16] + hmac.new(secret, raw, hashlib.md5).digest()
    return raw[:4] + hashlib.md5(raw + secret).digest() + raw[20:]


def check_request(raw):
    """RFC 5176 sections 2.3 and 3.4."""
    assert raw[0] == REQUEST and struct.unpack(">H", raw[2:4])[0] == len(raw), raw
    assert raw[4:20] == hashlib.md5(raw[:4] + bytes(16) + raw[20:] + SECRET).digest(), "a wrong Request Authenticator"
    found = attributes_of(raw)
    at = 22
    assert found[0][0] == MESSAGE_AUTHENTICATOR, found
    zeroed = raw[:4] + bytes(16) + raw[20:at] + bytes(16) + raw[at + 16:]
    assert found[0][1] == hmac.new(SECRET, zeroed, hashlib.md5).digest(), "a wrong Message-Authenticator"
    return dict(found)


class Nas:
    """Answers Disconnect-Requests as PEOPLE says; `asked` is (user, seconds, octets, peer) of each, `wrong` what was amiss."""

    def __init__(self):
        self.asked, self.wrong = [], []
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.elsewhere = socket.socket(type=socket.SOCK_DGRAM)
        self.elsewhere.bind(("127.0.0.1", 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            raw, peer = self.socket.recvfrom(8192)
            try:
                attributes = check_request(raw)
            except AssertionError as wrong:
                self.wrong.append(wrong)
                continue
            user = attributes[USER_NAME].decode()
            self.asked.append((user, time.monotonic(), raw, peer))
            self.answer(PEOPLE[user], raw, peer)

    def answer(self, how, raw, peer):
        if "forged" in how:
            self.elsewhere.sendto(reply(raw, ACK), peer)  # right, and from another port
            self.socket.sendto(reply(raw, ACK, secret=b"not the secret"), peer)
            self.socket.sendto(reply(raw, NAK, attribute(ERROR_CAUSE, struct.pack(">I", 503)), secret=b"not the secret"), peer)
            good = reply(raw, ACK, message_authenticator=True)
            bad = good[:4] + raw[4:20] + good[20:-1] + bytes([good[-1] ^ 1])  # its Message-Authenticator is wrong, its digest right
            self.socket.sendto(bad[:4] + hashlib.md5(bad + SECRET).digest() + bad[20:], peer)
            self.socket.sendto(bytes([ACK, raw[1] ^ 1]) + reply(raw, ACK)[2:], peer)
        if "yes" in how:
            self.socket.sendto(reply(raw, ACK, message_authenticator="then" in how), peer)
        if how == "no":
            self.socket.sendto(reply(raw, NAK, attribute(ERROR_CAUSE, struct.pack(">I", 503))), peer)

    def users(self):
        return [user for user, *_ in self.asked]


class Site:
    def __init__(self, house):
        self.house, self.nas = house, Nas()
        record = house.folder / "continuity"
        record.mkdir(mode=0o700)
        house.start_authservice()
        client = f'addresses = ["127.0.0.1"]\ndisconnect_port = {self.nas.port}\ndisconnect_secret = "{SECRET.decode()}"'
        house.start_gateway([server("vpn", "password_code", client=client, continuity="automatic")],
                            [file_store({user: "hunter2" for user in PEOPLE})], service=f'[continuity]\nfolder = "{record}"\n')

    def state(self):
        return json.loads(self.house.run("status", "--json", "--config", "gateway.toml").stdout)["state"]

    def review(self, *words, code=0):
        """{user: login}, as listed."""
        done = self.house.run("continuity", "review", "--config", "gateway.toml", "--json", *words, check=False)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        self.said = done.stderr
        return {login["user"]: login for login in json.loads(done.stdout)["logins"]} if done.stdout else None

    def login(self, user, number=7):
        session = f',NAS-IP-Address=192.0.2.7,NAS-Port={number},Calling-Station-Id="10.0.0.{number}",Acct-Session-Id="4D{number}"'
        return self.house.login(user, "hunter2123456", attributes=session, timeout=12)[0]


def an_outage_lets_people_in_and_the_review_says_whom(site):
    until(lambda: site.state() == "normal", "the service is seen", 20)
    assert site.review() == {}
    assert "nobody came in" in site.house.run("continuity", "review", "--config", "gateway.toml").stdout
    site.house.stop("authservice")
    for number, user in enumerate(PEOPLE):
        assert site.login(user, number) == "accept", user
    listed = site.review()
    assert list(listed) == list(PEOPLE), listed
    for number, login in enumerate(listed.values()):
        assert login["rung"] == "any_code" and login["server"] == "vpn" and login["client"] == "client0" and login["late"] == "", login
        assert login["acct_session_id"] == f"4D{number}" and login["calling_station_id"] == f"10.0.0.{number}", login
        assert login["since"] < login["time"] and "disconnect" not in login, login
    text = site.house.run("continuity", "review", "--config", "gateway.toml").stdout
    assert text.splitlines()[0].split() == ["TIME", "SERVER", "USER", "CLIENT", "RUNG", "CAUSE", "LATE"], text


def it_is_narrowed_by_time_server_and_user(site):
    assert list(site.review("--user", "BOB")) == ["bob"]
    assert site.review("--server", "portal") == {} and list(site.review("--server", "vpn")) == list(PEOPLE)
    third = site.review()["carol"]["time"]
    assert list(site.review("--since", third)) == ["carol", "dave", "erin"]
    assert list(site.review("--until", third)) == ["alice", "bob"]
    assert site.review("--late", "refused") == {}
    assert site.review("--from", "soon", code=2) is None


def no_session_is_ended_unless_somebody_says_whose(site):
    assert site.review("--disconnect", code=2) is None and "whose sessions?" in site.said
    assert site.review("--all-listed", code=2) is None
    assert site.nas.asked == []


def a_new_certificate_changes_nothing_about_it(site):
    """Whose channels are made anew: the settings that the sessions are ended by stay in force."""
    certificate = site.house.folder / "gateway.pem"
    certificate.write_text(certificate.read_text())
    until(lambda: json_lines(site.house.folder / "gateway.log", "SP0819"), "it is taken up", 15)


def one_users_session_is_ended_as_its_access_request_named_it(site):
    listed = site.review("--disconnect", "--user", "alice")
    assert listed["alice"]["disconnect"] == "disconnected", listed
    (user, _, raw, peer), = site.nas.asked
    assert user == "alice" and peer[0] == "127.0.0.1"
    found = check_request(raw)
    assert abs(struct.unpack(">I", found.pop(EVENT_TIMESTAMP))[0] - time.time()) < 30
    found.pop(MESSAGE_AUTHENTICATOR)
    assert found == {USER_NAME: b"alice", NAS_IP_ADDRESS: bytes([192, 0, 2, 7]), NAS_PORT: struct.pack(">I", 0),
                     CALLING_STATION_ID: b"10.0.0.0", ACCT_SESSION_ID: b"4D0"}, found
    until(lambda: site.review()["alice"].get("disconnect") == "disconnected", "it is on record")


def the_gateway_serves_while_a_nas_lets_it_wait(site):
    """The others' sessions; a silent NAS takes eleven seconds."""
    answers = []
    ending = threading.Thread(target=lambda: answers.append(site.review("--disconnect", "--all-listed", code=1)))
    ending.start()
    until(lambda: "carol" in site.nas.users(), "the request for carol")
    begin = time.monotonic()
    assert site.state() == "continuity"
    assert site.login("alice", 20) == "accept"
    assert ending.is_alive() and time.monotonic() - begin < 8, "neither control socket nor record waited"
    ending.join()
    site.listed = answers[0]


def it_says_of_each_what_became_of_it(site):
    ends = {user: login["disconnect"] for user, login in site.listed.items()}
    assert ends == {"alice": "disconnected", "bob": "refused", "carol": "no answer", "dave": "no answer", "erin": "disconnected"}, ends
    assert site.listed["bob"]["why"] == "Session-Context-Not-Found (503): it knows no such session", site.listed["bob"]
    assert "wrong authenticators" in site.listed["dave"]["why"] and site.listed["carol"]["why"] == "", site.listed
    assert site.nas.wrong == []
    counts = {user: site.nas.users().count(user) for user in PEOPLE}
    assert counts == {"alice": 1, "bob": 1, "carol": 4, "dave": 4, "erin": 1}, counts


def a_retransmit_is_the_same_packet_after_one_two_and_four_seconds(site):
    carol = [(at, raw, peer) for user, at, raw, peer in site.nas.asked if user == "carol"]
    assert len({(raw, peer) for _, raw, peer in carol}) == 1, "a NAS can tell it from a new request"
    gaps = [after[0] - before[0] for before, after in zip(carol, carol[1:])]
    assert all(wanted - 0.2 < gap < wanted + 1.5 for gap, wanted in zip(gaps, (1, 2, 4))), gaps


def it_is_on_record_and_in_the_log_who_had_it_done(site):
    def written():
        out = site.house.run("audit", "list", "--config", "gateway.toml", "--format", "json").stdout
        return [line for line in map(json.loads, out.splitlines()) if line["what"] == "disconnect"]
    until(lambda: len(written()) >= 5, "five lines")
    lines = written()
    assert sorted(line["user"] for line in lines) == list(PEOPLE) and all(line["by"] for line in lines), lines
    assert site.house.run("audit", "verify", "--config", "gateway.toml").returncode == 0
    log = (site.house.folder / "gateway.log").read_text()
    assert log.count("SP0828") == 5 and SECRET.decode() not in log


def the_record_is_read_without_a_gateway_and_sessions_are_not_ended_without(site):
    site.house.stop("gateway")
    listed = site.review()
    assert set(listed) == set(PEOPLE) and listed["alice"]["acct_session_id"] == "4D20", "her later login is listed last"
    assert set(site.review("--disconnect", "--user", "bob", code=1)) == {"bob"}
    assert "no gateway listens there" in site.said, site.said


def main():
    with House(sys.argv[1]) as house:
        site = Site(house)
        for step in (an_outage_lets_people_in_and_the_review_says_whom,
                     it_is_narrowed_by_time_server_and_user,
                     no_session_is_ended_unless_somebody_says_whose,
                     a_new_certificate_changes_nothing_about_it,
                     one_users_session_is_ended_as_its_access_request_named_it,
                     the_gateway_serves_while_a_nas_lets_it_wait,
                     it_says_of_each_what_became_of_it,
                     a_retransmit_is_the_same_packet_after_one_two_and_four_seconds,
                     it_is_on_record_and_in_the_log_who_had_it_done,
                     the_record_is_read_without_a_gateway_and_sessions_are_not_ended_without):
            step(site)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
