#!/usr/bin/env python3
"""Validation servers detect the loss of connectivity to the VIP service and switch to Business Continuity mode by themselves.

The first login that meets the loss is let in within 6.1 s; where nobody signs in, the gateway knows within 16 s. A validation server whose
settings say `disabled` does not switch."""
from scenario import AT_ONCE, BEGUN, NOBODY_ASKS, THRESHOLD, play


def the_first_login_that_meets_the_loss_gets_in(site):
    gateway = site.gateway("busy", servers={"vpn": {}, "mail": {}, "vault": {"continuity": "disabled"}}, threshold=THRESHOLD)
    alice = site.employee("alice")
    alice.signs_in(gateway)
    alice.is_turned_away(gateway, code="000000")

    gateway.way_to_service.closes()
    alice.gets_in(gateway, code="123456")
    assert gateway.status()["state"] == "continuity"
    alice.gets_in(gateway, code="123456", door="mail", within=AT_ONCE)
    alice.is_turned_away(gateway, code="123456", door="vault")

    assert len(gateway.said(BEGUN)) == 1, "the operator is told, once"
    gateway.nobody_has_touched_it()


def a_gateway_where_nobody_signs_in_knows_too(site):
    gateway = site.gateway("idle", threshold=THRESHOLD)
    gateway.way_to_service.falls_silent()
    gateway.comes_to("continuity", within=NOBODY_ASKS)
    gateway.nobody_has_touched_it()


play(the_first_login_that_meets_the_loss_gets_in, a_gateway_where_nobody_signs_in_knows_too)
