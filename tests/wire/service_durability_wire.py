#!/usr/bin/env python3
"""What the authentication service has acknowledged stays so: killed under load again and again, copied while it serves,
restored, and with the key of its secrets changed."""
import base64
import http.client
import json
import os
import signal
import sys
import threading
import time

from house import House, free_port, hotp, until
from soap import SoapClient

USERS = 8
TOGETHER = 4  # of the codes that were accepted last, tried again: all are recognized as spent, which locks nobody out


class Load:
    """Each user signs in again and again, each with the next code; what was acknowledged is noted."""

    def __init__(self, house, secrets, counters):
        self.house, self.secrets, self.counters = house, secrets, counters
        self.accepted = {user: [] for user in secrets}
        self.trouble = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.sign_in, args=(user,)) for user in secrets]

    def sign_in(self, user):
        try:
            with SoapClient(self.house) as client:
                while not self.stopping.is_set():
                    counter = self.counters[user]
                    self.counters[user] += 1  # asked: it may be spent, whatever is heard of it
                    status = client.authenticate(user, hotp(self.secrets[user], counter))
                    if status != "0000":
                        self.trouble.append((user, counter, status))
                    self.accepted[user].append(counter)
        except (OSError, http.client.HTTPException):
            pass  # killed

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        assert not self.trouble, self.trouble

    def count(self):
        return sum(map(len, self.accepted.values()))


def nothing_is_accepted_twice(house, load):
    with SoapClient(house) as client:
        for user, counters in load.accepted.items():
            for counter in counters[-TOGETHER:]:
                assert client.authenticate(user, hotp(load.secrets[user], counter)) == "6009+49B5", (user, counter)


def killed_under_load(house, secrets, counters):
    for turn in range(5):
        with Load(house, secrets, counters) as load:
            until(lambda: load.count() >= 40 + 30 * turn, "logins under load", 30)
            house.stop("authservice", signal.SIGKILL)
        house.start_authservice()
        nothing_is_accepted_twice(house, load)


def user_names(house):
    status, text, _ = house.request("GET", "/admin/v1/users?limit=1000")
    assert status == 200, text
    return {user["user"] for user in json.loads(text)["users"]}


def copied_while_it_serves(house, secrets, counters):
    copy = house.folder / "copy.db"
    with Load(house, secrets, counters) as load:
        until(lambda: load.count() >= 20, "logins under load", 30)
        before = {user: list(accepted) for user, accepted in load.accepted.items()}
        house.run("authservice", "backup", "copy.db", "--config", "authservice.toml")
        after = load.count()
        until(lambda: load.count() >= after + 20, "it serves on", 30)
    assert copy.stat().st_mode & 0o777 == 0o600, oct(copy.stat().st_mode)
    names = user_names(house)
    done = house.run("authservice", "backup", "authservice.db", "--config", "authservice.toml", check=False)
    assert done.returncode == 1 and user_names(house) == names, f"the copy took the place of the database: {done}"
    house.run("user", "add", "after the copy")

    assert house.stop("authservice") == 0
    for kept in house.folder.glob("authservice.db*"):
        kept.rename(house.folder / f"kept.{kept.name}")
    copy.rename(house.folder / "authservice.db")
    house.start_authservice()
    assert user_names(house) == names
    with SoapClient(house) as client:
        for user, accepted in before.items():
            for counter in accepted[-2:]:
                assert client.authenticate(user, hotp(secrets[user], counter)) != "0000", "a code spent before the copy"
    assert house.stop("authservice") == 0
    for kept in house.folder.glob("kept.*"):
        kept.rename(house.folder / kept.name.removeprefix("kept."))
    house.start_authservice()
    assert "after the copy" in user_names(house)


def one_owner(house):
    """A second service on the same database would spend codes twice."""
    text = (house.folder / "authservice.toml").read_text()
    for port in (house.ports["service"], house.ports["authservice_metrics"]):
        text = text.replace(f":{port}", f":{free_port()}")
    (house.folder / "second.toml").write_text(text)
    done = house.run("authservice", "--config", "second.toml", check=False)
    assert done.returncode == 1 and done.stderr, done


def the_key_changes(house, secrets, counters):
    def signs_in(client, user):
        counters[user] += 1
        return client.authenticate(user, hotp(secrets[user], counters[user] - 1))

    assert house.stop("authservice") == 0
    key, old = house.folder / "secrets.key", house.folder / "old.key"
    key.rename(old)
    key.write_text(base64.b64encode(os.urandom(32)).decode())
    key.chmod(0o600)
    house.start_authservice(extra='old_secrets_keys = ["file:old.key"]')
    with SoapClient(house) as client:
        for user in secrets:
            assert signs_in(client, user) == "0000", user

    def left():
        return json.loads(house.request("GET", "/admin/v1/status")[1])["secrets_under_old_keys"] == 0
    until(left, "every secret is under the new key", 20)
    log = house.folder / "authservice.log"
    said = until(lambda: [line for line in log.read_text().splitlines() if '"SP0507"' in line], "the change is told")
    assert len(said) == 1 and f'"count":{len(secrets)}' in said[0], said
    assert f"and {len(secrets)} credentials" in log.read_text()  # SP0506
    assert house.stop("authservice") == 0
    old.unlink()
    house.start_authservice()  # the old key is no longer needed
    with SoapClient(house) as client:
        for user in secrets:
            assert signs_in(client, user) == "0000", user
    assert house.stop("authservice") == 0
    database = b"".join(file.read_bytes() for file in house.folder.glob("authservice.db*"))
    for secret in secrets.values():
        assert secret.encode() not in database and base64.b32decode(secret + "=" * (-len(secret) % 8)) not in database


def lockout_of_a_whole_user(house):
    house.start_authservice(account='lockout_scope = "user"\nlockout_failures = 3')
    secret = house.enrol("guessed", "--kind", "hotp")
    wrong = next(code for code in ("000000", "111111", "222222") if code not in {hotp(secret, n) for n in range(120)})
    with SoapClient(house) as client:
        for _ in range(3):
            assert client.authenticate("guessed", wrong) == "6009+49B5"
        assert client.authenticate("guessed", hotp(secret, 0)) == "601B"
    house.stop("authservice", signal.SIGKILL)
    house.start_authservice(account='lockout_scope = "user"\nlockout_failures = 3')
    with SoapClient(house) as client:
        assert client.authenticate("guessed", hotp(secret, 0)) == "601B", "still locked"
        house.run("user", "unlock", "guessed")
        assert client.authenticate("guessed", hotp(secret, 0)) == "0000"
    assert house.stop("authservice") == 0


def leaving_answers_what_was_asked(house, secrets, counters):
    with Load(house, secrets, counters) as load:
        until(lambda: load.count() >= 20, "logins under load", 30)
        start = time.monotonic()
        assert house.stop("authservice") == 0
        assert time.monotonic() - start < 10
    house.start_authservice()
    nothing_is_accepted_twice(house, load)


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice()
        secrets = {f"user {n}": house.enrol(f"user {n}", "--kind", "hotp") for n in range(USERS)}
        counters = dict.fromkeys(secrets, 0)
        killed_under_load(house, secrets, counters)
        copied_while_it_serves(house, secrets, counters)
        one_owner(house)
        leaving_answers_what_was_asked(house, secrets, counters)
        the_key_changes(house, secrets, counters)
        lockout_of_a_whole_user(house)


if __name__ == "__main__":
    main()
