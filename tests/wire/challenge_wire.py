#!/usr/bin/env python3
"""Challenges and pushes through the whole house: our own service, four workers, and clients that retransmit in all the
ways of real ones."""
import sys
import threading
import time

from house import House, file_store, hotp, server, totp, until
from radius_packets import (ACCEPT, CALLING_STATION_ID, CHALLENGE, Client, REJECT, REPLY_MESSAGE, STATE, access_request,
                            attribute, attributes_of, check_reply)

PEOPLE = {"alice": "hunter2", "bob": "sesame", "carol": "xyzzy"}


def of(reply, kind):
    return next(value for found, value in attributes_of(reply) if found == kind)


def ask(client, request, expected, seconds=8):
    reply = client.ask(request, seconds)
    assert reply is not None, "no answer"
    assert check_reply(request, reply) == expected, attributes_of(reply)
    return reply


def answer_to(challenge, code, user="alice", identifier=2):
    return access_request(user, code, identifier, attribute(STATE, of(challenge, STATE)))


def a_code_after_the_password(house, secret):
    client = Client(house.ports["challenge"])
    challenge = ask(client, access_request("alice", "hunter2"), CHALLENGE)
    assert of(challenge, REPLY_MESSAGE) == b"Enter your security code", challenge
    code = totp(secret)
    ask(client, answer_to(challenge, code), ACCEPT)
    ask(client, answer_to(challenge, totp(secret, 1), identifier=3), REJECT)   # a State is answered once
    ask(client, access_request("alice", "wrong", 4), REJECT)                   # nobody is asked on after a wrong password
    challenge = ask(client, access_request("alice", "hunter2", 5), CHALLENGE)
    ask(client, answer_to(challenge, code, identifier=6), REJECT)              # a code is spent once
    challenge = ask(client, access_request("alice", "hunter2", 7), CHALLENGE)
    ask(client, answer_to(challenge, totp(secret, 1), "bob", 8), REJECT)       # another user's
    other = Client(house.ports["challenge2"])
    challenge = ask(client, access_request("alice", "hunter2", 9), CHALLENGE)
    ask(other, answer_to(challenge, totp(secret, 1), identifier=10), REJECT)   # another validation server's
    ask(client, access_request("alice", totp(secret, 1), 11, attribute(STATE, b"forged")), REJECT)
    challenge = ask(client, access_request("ALICE ", "hunter2", 12), CHALLENGE)
    ask(client, answer_to(challenge, totp(secret, 1), identifier=13), ACCEPT)  # one user, however spelled
    client.close()
    other.close()


def the_login_command(house, secret):
    done = house.run("login", "--server", f"127.0.0.1:{house.ports['challenge']}", "alice", "--no-code", "--password", "hunter2",
                     "--answer", totp(secret, 2), check=False)
    assert done.returncode == 0 and "Enter your security code" in done.stdout, done
    done = house.run("login", "--server", f"127.0.0.1:{house.ports['challenge']}", "alice", "--no-code", "--password", "hunter2",
                     check=False)
    assert done.returncode == 5, done


def pushes_sent(house):
    return house.metric("authservice", 'sallyport_authservice_pushes_total{outcome="sent"}')


def waiting(house, user):
    return house.run("push", "list", "--user", user, "--json").stdout.splitlines()


def one_push_whatever_is_retransmitted(house):
    """The same packet, a new id, a new socket: the newest gets the answer, and the telephone rings once."""
    before = pushes_sent(house)
    station = attribute(CALLING_STATION_ID, "02-00-00-00-00-01")
    first, second = Client(house.ports["push"]), Client(house.ports["push"])
    request = access_request("bob", "sesame", 7, station)
    first.send(request)
    time.sleep(0.3)
    first.send(request)
    until(lambda: waiting(house, "bob"), "bob's push waits")
    time.sleep(1.0)
    first.send(access_request("bob", "sesame", 8, station))
    time.sleep(1.0)
    last = access_request("bob", "sesame", 99, station)
    second.send(last)
    time.sleep(0.3)
    house.run("push", "approve", "--user", "bob")
    reply = second.receive(8)
    assert reply is not None and check_reply(last, reply) == ACCEPT
    assert first.receive(0.5) is None, "the older attempts get no answer"
    assert pushes_sent(house) - before == 1
    first.close()
    second.close()


def nobody_rides_on_another_s_push(house):
    before = pushes_sent(house)
    mine, theirs = Client(house.ports["push"]), Client(house.ports["push"])
    request = access_request("bob", "sesame", 20, attribute(CALLING_STATION_ID, "02-00-00-00-00-01"))
    mine.send(request)
    until(lambda: waiting(house, "bob"), "bob's push waits")
    time.sleep(1.0)
    for number, station in ((21, b"06-06-06-06-06-06"), (22, None)):
        ask(theirs, access_request("bob", "sesame", number, attribute(CALLING_STATION_ID, station) if station else b""), REJECT)
    house.run("push", "approve", "--user", "bob")
    reply = mine.receive(8)
    assert reply is not None and check_reply(request, reply) == ACCEPT
    assert theirs.receive(0.5) is None
    assert pushes_sent(house) - before == 1
    assert house.metric("gateway", "sallyport_pushes_two_at_once_total") == 2
    mine.close()
    theirs.close()


def a_denied_push_makes_the_next_wait(house, secret):
    client = Client(house.ports["push"])
    request = access_request("carol", "xyzzy", 30)
    client.send(request)
    until(lambda: waiting(house, "carol"), "carol's push waits")
    house.run("push", "deny", "--user", "carol")
    reply = client.receive(8)
    assert reply is not None and check_reply(request, reply) == REJECT
    before = pushes_sent(house)
    ask(client, access_request("carol", "xyzzy", 31), REJECT)
    assert pushes_sent(house) == before, "the next one waits a minute"
    ask(client, access_request("carol", "xyzzy" + hotp(secret, 0), 32), ACCEPT)  # codes work
    def causes():
        return [line["cause"] for line in house.audit() if line["user"] == "carol"]
    until(lambda: len(causes()) == 3, "carol's three logins are on record")
    assert causes() == ["push_denied", "push_paused", "none"], causes()
    client.close()


def a_choice_and_a_push_behind_a_challenge(house):
    """Bob has a push and a code: he chooses; his push is answered after the first packet was."""
    client = Client(house.ports["challenge_push"])
    choice = ask(client, access_request("bob", "sesame", 40), CHALLENGE)
    assert of(choice, REPLY_MESSAGE) == b"Enter a security code, or choose: 1 push, 2 security code", choice
    request = answer_to(choice, "1", "bob", 41)
    client.send(request)
    until(lambda: waiting(house, "bob"), "bob's push waits")
    reply = client.receive(10)  # its patience is short: the push goes on waiting behind a challenge
    assert reply is not None and check_reply(request, reply) == CHALLENGE, reply
    house.run("push", "approve", "--user", "bob")
    ask(client, answer_to(reply, "", "bob", 42), ACCEPT)
    ask(client, answer_to(reply, "", "bob", 43), REJECT)
    client.close()


def many_at_once(house, secrets):
    """Fifty answers to one challenge at the same moment, from as many sockets: one gets in."""
    client = Client(house.ports["challenge"])
    challenge = ask(client, access_request("alice", "hunter2", 60), CHALLENGE)
    code, verdicts = totp(secrets["alice"], 3), []

    def answer(number):
        own = Client(house.ports["challenge"])
        request = answer_to(challenge, code, identifier=number)
        reply = own.ask(request, 8)
        if reply is not None:
            verdicts.append(check_reply(request, reply))
        own.close()
    threads = [threading.Thread(target=answer, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts.count(ACCEPT) == 1, verdicts
    client.close()


def main(program):
    with House(program) as house:
        house.start_authservice()
        client = 'timeout = "1s"\ntries = 4'
        patient = 'timeout = "1s"\ntries = 12'  # the commands that answer pushes take their time on a busy machine
        house.start_gateway(
            [server("challenge", "challenge", client, methods=["code"]),
             server("challenge2", "challenge", client, methods=["code"]),
             server("challenge_push", "challenge", client, methods=["push", "code"]),
             server("push", "password_code", patient, methods=["push"])],
            [file_store(PEOPLE)], workers=4, extra='[cluster]\nkey = "a cluster key of the tests"\n[guard]\nuser_failures = 0')
        secrets = {"alice": house.enrol("alice"), "bob": house.enrol("bob", "--kind", "hotp", "--push"),
                   "carol": house.enrol("carol", "--kind", "hotp", "--push")}
        a_code_after_the_password(house, secrets["alice"])
        the_login_command(house, secrets["alice"])
        many_at_once(house, secrets)
        one_push_whatever_is_retransmitted(house)
        nobody_rides_on_another_s_push(house)
        a_denied_push_makes_the_next_wait(house, secrets["carol"])
        a_choice_and_a_push_behind_a_challenge(house)


if __name__ == "__main__":
    main(sys.argv[1])
