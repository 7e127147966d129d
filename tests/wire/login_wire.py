#!/usr/bin/env python3
"""Logins through the whole house by clients that nobody here wrote (radclient, pyrad), and by packets made by hand."""
import io
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pyrad.client
import pyrad.dictionary
import pyrad.packet

from hostile import Flood
from house import House, RADIUS_SECRET, file_store, free_port, server, totp, hotp, until
from radius_packets import (ACCEPT, CALLING_STATION_ID, CHAP_PASSWORD, Client, EAP_MESSAGE, MESSAGE_AUTHENTICATOR, PROXY_STATE,
                            REJECT, REPLY_MESSAGE, access_request, attribute, attributes_of, check_reply, hide, packet, sign,
                            status_server)

PEOPLE = {"alice": "hunter2", "bob": "pass 4 bob", "müller": "grüße", "carol": "x" * 100}


def reason(reply):
    return next(value.decode() for kind, value in attributes_of(reply) if kind == REPLY_MESSAGE)


def right_and_wrong(house, secret):
    code = totp(secret)
    assert house.login("alice", "hunter2" + code)[0] == "accept"
    verdict, out = house.login("alice", "hunter2" + code)
    assert verdict == "reject" and "reason=1" in out, out  # spent
    verdict, out = house.login("alice", "hunter3" + totp(secret, 1))
    assert verdict == "reject" and "reason=1" in out, out
    verdict, out = house.login("nobody", "hunter2" + totp(secret, 1))
    assert verdict == "reject" and "reason=1" in out, out
    assert house.login("alice", totp(secret, 1))[0] == "reject"       # nothing before the code
    assert house.login("alice", "hunter2")[0] == "reject"             # no code
    verdict, out = house.login("bob", "pass 4 bob123456")
    assert verdict == "reject" and "reason=1" in out, out             # no credential, and it does not show
    assert house.login("ALICE", "hunter2" + totp(secret, 1))[0] == "accept"  # one user, whatever the case
    lines = house.audit(8)
    assert lines[0]["verdict"] == "accept" and lines[0]["user"] == "alice" and lines[0]["user_store"] == "people"
    assert [line["cause"] for line in lines[1:8]] == ["wrong_code", "wrong_password", "unknown_user", "empty_password",
                                                      "no_code_in_password", "unknown_at_service", "none"], lines
    assert lines[7]["user"] == "alice"


def code_mode(house, secret):
    assert house.login("alice", totp(secret, 2), "codes")[0] == "accept"
    assert house.login("alice", "hunter2" + totp(secret, 3), "codes")[0] == "reject"
    assert house.login("nobody", totp(secret, 3), "codes")[0] == "reject"


def by_pyrad(house, secret):
    """Debian's pyrad signs no request: it is observed."""
    dictionary = pyrad.dictionary.Dictionary(io.StringIO(
        "ATTRIBUTE User-Name 1 string\nATTRIBUTE User-Password 2 string\nATTRIBUTE Reply-Message 18 string\n"
        "ATTRIBUTE Message-Authenticator 80 octets\n"))
    client = pyrad.client.Client(server="127.0.0.1", authport=house.ports["observed"], secret=RADIUS_SECRET.encode(), dict=dictionary)
    client.timeout, client.retries = 5, 1
    request = client.CreateAuthPacket(code=pyrad.packet.AccessRequest, User_Name="alice")
    request["User-Password"] = request.PwCrypt("hunter2" + totp(secret, 4))
    assert client.SendPacket(request).code == pyrad.packet.AccessAccept


def odd_users_and_passwords(house):
    secrets = {user: house.enrol(user, "--kind", "hotp") for user in ("müller", "carol")}
    assert house.login("müller", "grüße" + hotp(secrets["müller"], 0))[0] == "accept"
    assert house.login("carol", "x" * 100 + hotp(secrets["carol"], 0))[0] == "accept"
    assert house.login(" alice ", "hunter2000000")[0] == "reject"
    client = Client(house.ports["vpn"])
    for user in (b"al\0ice", b"\xff\xfe", b"a" * 253, b"*)(uid=*", b"alice\x01", b"alice\xe2\x80\x8e"):
        request = access_request(user, "hunter2123456")
        assert check_reply(request, client.ask(request)) == REJECT, user
    for password in (b"", b"\0" * 16, b"\xff" * 20, b"hunter2\0123456", b"123456"):
        request = access_request("alice", password)
        assert check_reply(request, client.ask(request)) == REJECT, password
    client.close()


def other_methods(house):
    client = Client(house.ports["vpn"])
    for extra, password in ((attribute(CHAP_PASSWORD, bytes(17)), None), (attribute(EAP_MESSAGE, b"\x02\x01\x00\x06\x01a"), None),
                            (attribute(26, b"\x00\x00\x01\x37" + bytes([25, 52]) + bytes(50)), None), (b"", None)):
        request = access_request("alice", password, attributes=extra)
        reply = client.ask(request)
        assert check_reply(request, reply) == REJECT and reason(reply).startswith("reason=2"), reply
    client.close()


def proxy_state_and_status(house):
    client = Client(house.ports["vpn"])
    states = b"".join(attribute(PROXY_STATE, os.urandom(n)) for n in (1, 16, 253, 3))
    request = access_request("alice", "hunter2000000", attributes=states)
    reply = client.ask(request)
    assert check_reply(request, reply) == REJECT
    assert b"".join(attribute(kind, value) for kind, value in attributes_of(reply) if kind == PROXY_STATE) == states
    request = status_server()
    assert check_reply(request, client.ask(request)) == ACCEPT
    assert client.ask(status_server(secret=b"another")[:], 0.3) is None
    client.close()


def the_same_bytes_again(house, secret):
    client, code = Client(house.ports["vpn"]), totp(secret, 5)
    request = access_request("alice", "hunter2" + code)
    first = client.ask(request)
    assert check_reply(request, first) == ACCEPT
    for _ in range(3):
        assert client.ask(request) == first  # RFC 5080 section 2.2.2: an accept again, though the code is spent
    other = Client(house.ports["vpn"])
    assert other.ask(request, 0.5) is None   # a replay from elsewhere
    client.close()
    other.close()


def a_retry_from_a_new_socket_joins(house, secret):
    """The OpenVPN plugin's way: new socket, id and authenticator, while the first is under way. A reject_delay of 2 s holds
    the first, so that the second finds it in flight."""
    station = attribute(CALLING_STATION_ID, "02-00-00-00-00-01")
    first, second = Client(house.ports["slow"]), Client(house.ports["slow"])
    asked = 'sallyport_service_exchanges_total{evidence="answered"}'
    time.sleep(1.5)  # the gateway copies this count once a second
    before = house.metric("gateway", asked)
    first.send(access_request("alice", "hunter2000000", 7, station))
    time.sleep(1.0)
    again = access_request("alice", "hunter2000000", 99, station)
    reply = second.ask(again, 4)
    assert check_reply(again, reply) == REJECT
    assert first.receive(0.5) is None  # the newest gets the answer
    until(lambda: house.metric("gateway", "sallyport_logins_joined_total") == 1, "one join is counted")
    time.sleep(1.5)
    assert house.metric("gateway", asked) - before == 1, "two packets, one login: the service is asked once"
    first.close()
    second.close()


def policies_about_message_authenticator(house, secret):
    required, observed = Client(house.ports["vpn"]), Client(house.ports["observed"])
    assert required.ask(access_request("alice", "hunter2000000", message_authenticator=False), 0.5) is None
    request = access_request("alice", "hunter2" + totp(secret, 6), message_authenticator=False)
    assert check_reply(request, observed.ask(request)) == ACCEPT
    with_proxy = access_request("alice", "hunter2000000", message_authenticator=False, attributes=attribute(PROXY_STATE, b"x"))
    assert observed.ask(with_proxy, 0.5) is None
    wrong = bytearray(access_request("alice", "hunter2000000"))
    wrong[25] ^= 1
    assert observed.ask(bytes(wrong), 0.5) is None and required.ask(bytes(wrong), 0.5) is None
    assert observed.ask(access_request("alice", "hunter2000000", message_authenticator=False, secret=b"wrong one"), 0.5) is None
    required.close()
    observed.close()


def ipv6_and_accounting(house, secret):
    client = Client(house.ports["six"], "::1")
    request = access_request("alice", totp(secret, 7))
    assert check_reply(request, client.ask(request)) == ACCEPT
    client.close()
    code = house.run("login", "--server", f"[::1]:{house.ports['six']}", "--ipv6", "alice", "--code-only", "--code", totp(secret, 7),
                     check=False).returncode
    assert code == 1, code
    done = subprocess.run(["radclient", "-t", "3", "-r", "1", f"127.0.0.1:{house.ports['vpn'] + 1}", "acct", RADIUS_SECRET], text=True,
                          input='User-Name="alice",Acct-Status-Type=Start,Acct-Session-Id="1"\n', capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def resident_kib(process):
    return next(int(line.split()[1]) for line in open(f"/proc/{process.pid}/status") if line.startswith("VmRSS"))


def a_million_datagrams(house):
    """Random and mutated: dropped, counted, memory flat (5 MiB)."""
    flood = Flood(house.ports["vpn"])
    flood.sends(100_000)
    time.sleep(0.5)
    before, counted = resident_kib(house.processes["gateway"]), house.metric("gateway", "sallyport_radius_dropped_total")
    flood.sends(900_000)
    time.sleep(0.5)
    counted = house.metric("gateway", "sallyport_radius_dropped_total") - counted
    assert counted > 450_000, counted  # the kernel may drop some before us; never most
    grown = resident_kib(house.processes["gateway"]) - before
    print(f"memory grew by {grown} KiB; {counted:.0f} of 900,000 hostile datagrams were received, dropped and counted")
    assert house.processes["gateway"].poll() is None
    limit = (32 if house.sanitized else 5) * 1024
    assert grown <= limit, grown


def many_at_once(house):
    secret = house.enrol("bob", "--kind", "hotp")
    code = hotp(secret, 0)
    with ThreadPoolExecutor(50) as pool:
        verdicts = list(pool.map(lambda n: house.login("bob", "pass 4 bob" + code, attributes=f",NAS-Port={n}", timeout=15)[0], range(50)))
    assert verdicts.count("accept") == 1 and verdicts.count("reject") == 49, verdicts


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice(account="lockout_failures = 0")
        six = house.ports["six"] = free_port()
        house.start_gateway(
            [server("vpn", "password_code", accounting="acknowledge"), server("codes", "code"),
             server("slow", "password_code", reject_delay="2s", client='addresses = ["127.0.0.1"]\ntimeout = "1s"\ntries = 4'),
             server("observed", "password_code",
                    client='addresses = ["127.0.0.1"]\nmessage_authenticator = "observe"\nobserve_until = "2099-12-31"'),
             server("six", "code", listen=[f"[::1]:{six}"])],
            [file_store(PEOPLE)])
        secret = house.enrol("alice")
        right_and_wrong(house, secret)
        code_mode(house, secret)
        by_pyrad(house, secret)
        odd_users_and_passwords(house)
        other_methods(house)
        proxy_state_and_status(house)
        the_same_bytes_again(house, secret)
        a_retry_from_a_new_socket_joins(house, secret)
        policies_about_message_authenticator(house, secret)
        ipv6_and_accounting(house, secret)
        many_at_once(house)
        a_million_datagrams(house)
        assert house.login("alice", "hunter2000000")[0] == "reject"  # it still serves
        for name in ("hunter2", "pass 4 bob", RADIUS_SECRET, secret):
            assert name not in (house.folder / "gateway.log").read_text(), f"the log holds a secret: {name}"
        assert house.stop("gateway") == 0 and house.stop("authservice") == 0


if __name__ == "__main__":
    main()
