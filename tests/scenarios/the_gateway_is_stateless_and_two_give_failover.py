#!/usr/bin/env python3
"""The gateway is stateless, as is every component in it; deploying two gives failover and redundancy. In an outage too.

What one gateway has begun the other finishes, also where connectivity was lost in between; when one of them is killed the other goes on."""
from scenario import AT_ONCE, play, together

SERVERS = {"vpn": {}, "portal": {"mode": "challenge", "methods": ["code"]}}


def one_finishes_what_the_other_began(site):
    alice, bob = site.employee("alice"), site.employee("bob")
    together(lambda: site.gateway("one", SERVERS), lambda: site.gateway("two", SERVERS))
    one, two = site.gateways["one"], site.gateways["two"]
    assert alice.answers(two, alice.is_prompted(one), alice.next_code()) == "accept"

    asked_before = alice.is_prompted(one)
    site.stop("authservice")
    together(lambda: bob.gets_in(one, code="123456"), lambda: bob.gets_in(two, code="123456"))
    assert alice.answers(two, asked_before, "123456") == "accept"
    assert alice.answers(one, alice.is_prompted(two), "123456") == "accept"

    asked_before = alice.is_prompted(one)
    one.is_killed()
    assert alice.answers(two, asked_before, "123456") == "accept"
    alice.gets_in(two, code="123456", within=AT_ONCE)
    assert [line["user"] for line in two.record()] == ["bob", "alice", "alice", "alice"], two.record()

    site.start_again("authservice")
    two.asks_for_both_factors_again()
    alice.signs_in(two)


play(one_finishes_what_the_other_began)
