#!/usr/bin/env python3
"""RADIUS clients are configured with both gateways and use them in a round-robin fashion. In an outage too.

Each gateway detects the loss for itself, and lets in whoever comes to it; a gateway whose own path is broken does not make the other one
let users in by the first factor alone."""
from scenario import AT_ONCE, play, together


def in_an_outage_each_lets_in_whoever_comes(site):
    alice, bob = site.employee("alice"), site.employee("bob")
    together(lambda: site.gateway("one"), lambda: site.gateway("two"))
    one, two = site.gateways["one"], site.gateways["two"]
    for turn in range(4):
        alice.signs_in((one, two)[turn % 2])

    one.way_to_service.closes()
    alice.gets_in(one, code="123456")
    alice.is_turned_away(two, code="000000")  # its path is whole
    alice.signs_in(two)

    two.way_to_service.closes()
    bob.gets_in(two, code="123456")
    for turn in range(4):
        alice.gets_in((one, two)[turn % 2], code="123456", within=AT_ONCE)

    for gateway in (one, two):
        gateway.way_to_service.opens()
    together(one.asks_for_both_factors_again, two.asks_for_both_factors_again)
    for turn in range(4):
        alice.signs_in((one, two)[turn % 2])


play(in_an_outage_each_lets_in_whoever_comes)
