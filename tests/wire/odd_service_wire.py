#!/usr/bin/env python3
"""The service that answers as it is told (support/odd_service.py): what the table of faults believes of it."""
import http.client
import ssl
import sys
import time

from house import House, hotp
from odd_service import OddService
from soap import SoapClient, path_of, request_xml, tls


class Through(SoapClient):
    """A client of the odd service in place of the real one."""

    def __init__(self, house, name="odd", identity="gateway", context=None):
        self.connection = http.client.HTTPSConnection("localhost", house.ports[name], context=context or tls(house, identity), timeout=10)

    def ask(self, user="nobody"):
        return self.post(path_of("authenticateUser"), request_xml("authenticateUser", userId=user, otpAuthData={"otp": "123456"}))


def what_it_is_not_told_to_spoil_passes(house, odd, secret):
    with Through(house) as client:
        assert client.authenticate("alice", hotp(secret, 0)) == "0000"
        assert client.authenticate("alice", hotp(secret, 0)) == "6009+49B5"
        assert client.call("getServerTime")["status"] == "0000"


def answers_are_as_told(house, odd, secret):
    with Through(house) as client:
        odd.say("status 503 retry_after 7")
        client.connection.request("POST", "/", b"x")
        answer = client.connection.getresponse()
        assert (answer.status, answer.headers["Retry-After"]) == (503, "7") and answer.read()
        odd.say("status 302 location https://elsewhere.example/")
        assert client.ask()[0] == 302
        odd.say("api 6005 detail 4879")
        assert client.authenticate("alice", "123456") == "6005+4879" and client.call("getServerTime")["status"] == "6005"
        odd.say("truncated")
        status, text = client.ask()
        assert status == 200 and text.startswith("<?xml") and "</S:Envelope>" not in text
    for conduct in ("reset", "garbage"):
        odd.say(conduct)
        with Through(house) as client:
            try:
                client.ask()
                raise AssertionError(conduct)
            except (OSError, http.client.HTTPException, UnicodeDecodeError):
                pass


def answers_are_narrowed_down(house, odd, secret):
    with Through(house) as client:
        odd.say("api 6005 user alice")
        assert client.authenticate("alice", "123456") == "6005" and client.authenticate("nobody", "123456") == "6003"
        odd.say("status 500 every 2")
        assert [client.ask()[0] for _ in range(4)] == [200, 500, 200, 500]


def answers_are_late(house, odd, secret):
    with Through(house) as client:
        odd.say("slow 0.5")
        begin = time.monotonic()
        assert client.authenticate("nobody", "123456") == "6003" and time.monotonic() - begin >= 0.5
        odd.say("loaded 5 0.5")
        times = []
        for _ in range(7):
            begin = time.monotonic()
            assert client.ask()[0] == 200
            times.append(time.monotonic() - begin >= 0.5)
        assert times[:5] == [False] * 5 and times[5], times


def what_it_does_not_understand_changes_nothing(house, odd, secret):
    for line in ("status", "status many", "api", "api 6005 garbage", "dance"):
        try:
            odd.say(line)
            raise SystemExit(f"understood: {line}")
        except AssertionError:
            pass
    with Through(house) as client:
        assert client.authenticate("nobody", "123456") == "6003"


def alert_of(house, name, identity, version):
    context = tls(house, identity)
    context.minimum_version = context.maximum_version = version
    try:
        with Through(house, name, context=context) as client:
            client.ask()
    except OSError as trouble:
        return str(trouble)
    return "none"


def refused_certificates_get_their_alert(house):
    """Where it closes at once, TLS 1.3's client may see no more than the end."""
    for version, tls_version in (("1.2", ssl.TLSVersion.TLSv1_2), ("1.3", ssl.TLSVersion.TLSv1_3)):
        for closes in (False, True):
            name = f"odd{version}{closes}"
            OddService(house, name, house.ports["service"], tls=version, closes_after_alert=closes)
            assert alert_of(house, name, "gateway", tls_version) == "none"
            alert = alert_of(house, name, "expired", tls_version)
            assert "CERTIFICATE_EXPIRED" in alert.upper().replace(" ", "_") or (closes and version == "1.3" and alert != "none"), (name, alert)
            other = ssl.TLSVersion.TLSv1_3 if version == "1.2" else ssl.TLSVersion.TLSv1_2
            assert alert_of(house, name, "gateway", other) != "none", "another version of TLS"


def main():
    with House(sys.argv[1]) as house:
        house.certificates.make("expired", days=-1)
        house.start_authservice()
        secret = house.enrol("alice", "--kind", "hotp")
        odd = OddService(house, "odd", house.ports["service"])
        for test in (what_it_is_not_told_to_spoil_passes, answers_are_as_told, answers_are_narrowed_down, answers_are_late,
                     what_it_does_not_understand_changes_nothing):
            odd.say("pass")
            test(house, odd, secret)
        refused_certificates_get_their_alert(house)


main()
