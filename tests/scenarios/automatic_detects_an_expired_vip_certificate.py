#!/usr/bin/env python3
"""Automatic Business Continuity detects an expired VIP certificate.

Whether it is ours, with which the gateway shows whose it is, or the service's. Ours is renewed by putting the new file in the old one's
place: nobody restarts the gateway."""
import time

from scenario import play, until

FILES_TAKEN = "SP0819"
FILES_ARE_LOOKED_AT = 4  # seconds: every two, and once more when they have changed


def ours_expires(site):
    gateway, alice = site.gateway("one", certificate="brief"), site.employee("alice")
    alice.signs_in(gateway)
    end = site.certify("brief", seconds=9)
    until(lambda: gateway.said(FILES_TAKEN), "the gateway has the certificate that ends soon", 9)

    time.sleep(max(0, end + 1 - time.time()))
    gateway.way_to_service.cut()  # a connection that stands outlives the certificate it was made with
    alice.gets_in(gateway, code="123456")
    assert gateway.status()["cause"] == "own_certificate_expired", gateway.status()

    site.certify("brief", seconds=3600)
    gateway.asks_for_both_factors_again(within=FILES_ARE_LOOKED_AT + 1.2)
    alice.signs_in(gateway)
    gateway.nobody_has_touched_it()


def the_service_s_expires(site):
    gateway, bob = site.gateway("two"), site.employee("bob")
    bob.signs_in(gateway)
    gateway.way_to_service.leads_to(site.service_with_an_expired_certificate())
    bob.gets_in(gateway, code="123456")
    assert gateway.status()["cause"] == "service_certificate_expired", gateway.status()

    gateway.way_to_service.leads_to(site.ports["service"])
    gateway.asks_for_both_factors_again()
    bob.signs_in(gateway)


play(ours_expires, the_service_s_expires)
