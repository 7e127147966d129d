#!/usr/bin/env python3
"""In Business Continuity mode validation servers use only first-factor authentication.

The password in the user store decides, and nothing but it: who has the right one gets in, with a token or without; who has not does not.
Everybody who got in so is on record."""
from scenario import AT_ONCE, play


def the_password_decides(site):
    gateway, alice, nora = site.gateway("one"), site.employee("alice"), site.employee("nora", token=False)
    nora.is_turned_away(gateway, code="123456")  # the service knows no token of hers

    gateway.way_to_service.closes()
    alice.gets_in(gateway, code="123456")
    alice.gets_in(gateway, code="654321", within=AT_ONCE)
    nora.gets_in(gateway, code="123456", within=AT_ONCE)

    alice.is_turned_away(gateway, code="123456", password="another password")
    alice.is_turned_away(gateway, code="123456", password="")
    verdict, _ = site.login("mallory", "a password123456", name=gateway.doors["vpn"])
    assert verdict == "reject", "nobody who is not in the user store"

    record = gateway.record()
    assert [line["user"] for line in record] == ["alice", "alice", "nora"], record
    assert all(line["rung"] == "any_code" and line["server"] == "vpn" and line["cause"] for line in record), record
    assert site.run("audit", "verify", "--config", "one.toml", check=False).returncode == 0
    text = "".join(path.read_text() for path in (site.folder / "one-continuity").glob("record-*.jsonl"))
    assert text and not any(secret in text for secret in (alice.password, nora.password, "123456", "654321"))


def no_password_decides_where_it_cannot_be_checked(site):
    gateway, bob = site.gateway("two"), site.employee("bob")
    bob.signs_in(gateway)
    gateway.way_to_service.closes()
    bob.gets_in(gateway, code="123456")
    gateway.way_to_directory.closes()
    bob.is_turned_away(gateway, code="123456")
    assert len(gateway.record()) == 1


play(the_password_decides, no_password_decides_where_it_cannot_be_checked)
