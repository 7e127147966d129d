#!/usr/bin/env python3
"""Automatic Business Continuity detects that the host of the user services cannot be reached.

Whether it is switched off, so that what is sent to it is lost without a word, or no route leads to it."""
from own_network import HOST_ADDRESSES, in_a_network_of_its_own
from scenario import play


def the_host_is_off(site):
    host = site.host(HOST_ADDRESSES[0])
    gateway, alice = site.gateway("one", host=host), site.employee("alice")
    alice.signs_in(gateway)
    host.is_off()
    alice.gets_in(gateway, code="123456")
    assert gateway.state() == "continuity"
    host.is_on()
    gateway.asks_for_both_factors_again()
    alice.signs_in(gateway)


def no_route_leads_to_the_host(site):
    host = site.host(HOST_ADDRESSES[1])
    gateway, bob = site.gateway("two", host=host), site.employee("bob")
    bob.signs_in(gateway)
    host.is_nowhere()
    bob.gets_in(gateway, code="123456")
    assert gateway.status()["cause"] == "unreachable", gateway.status()
    host.is_somewhere_again()
    gateway.asks_for_both_factors_again()
    bob.signs_in(gateway)


in_a_network_of_its_own()
play(the_host_is_off, no_route_leads_to_the_host)
