#!/usr/bin/env python3
"""When connectivity is back, validation servers return to two-factor authentication with no human in between.

Every login asks the service again within 1.2 s, and all is normal within 3.5 s: here after the service itself was away."""
import time

from scenario import ENDED, NORMAL, SLOW_MACHINE, THRESHOLD, play


def both_factors_again(site):
    gateway, alice = site.gateway("one", threshold=THRESHOLD), site.employee("alice")
    alice.signs_in(gateway)
    site.stop("authservice")
    alice.gets_in(gateway, code="123456")
    assert gateway.state() == "continuity"

    site.start_again("authservice")
    begin = time.monotonic()
    gateway.asks_for_both_factors_again()
    gateway.comes_to("normal", within=NORMAL)
    assert time.monotonic() - begin < NORMAL + SLOW_MACHINE
    alice.is_turned_away(gateway, code="000000")
    alice.signs_in(gateway)

    assert len(gateway.said(ENDED)) == 1, "the operator is told, once"
    gateway.nobody_has_touched_it()


play(both_factors_again)
