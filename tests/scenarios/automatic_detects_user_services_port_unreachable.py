#!/usr/bin/env python3
"""Automatic Business Continuity detects that the port of the user services cannot be reached.

Whether nothing listens there, or something takes the connection and says nothing."""
from scenario import play


def nothing_listens_there(site):
    gateway, alice = site.gateway("one"), site.employee("alice")
    alice.signs_in(gateway)
    gateway.way_to_service.closes()
    alice.gets_in(gateway, code="123456")
    assert gateway.status()["cause"] == "refused", gateway.status()
    gateway.way_to_service.opens()
    gateway.asks_for_both_factors_again()
    alice.signs_in(gateway)


def something_listens_and_says_nothing(site):
    gateway, bob = site.gateway("two"), site.employee("bob")
    bob.signs_in(gateway)
    gateway.way_to_service.falls_silent()
    bob.gets_in(gateway, code="123456")
    assert gateway.state() == "continuity"
    gateway.way_to_service.opens()
    gateway.asks_for_both_factors_again()
    bob.signs_in(gateway)


play(nothing_listens_there, something_listens_and_says_nothing)
