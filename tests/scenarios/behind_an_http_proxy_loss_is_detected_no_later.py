#!/usr/bin/env python3
"""Behind an HTTP proxy the product detects loss late, and so switches late. Ours must not.

Two gateways, one with a direct path to the service and one behind a proxy (squid), lose it at the same moment, while the proxy stays well:
both let the first user in within the same 6.1 s."""
from scenario import FIRST_LOGIN, SLOW_MACHINE, THRESHOLD, play, together

MUCH = 2  # seconds


def both_lose_it(site, number, employees, how):
    direct = site.gateway(f"direct{number}", threshold=THRESHOLD)
    behind = site.gateway(f"behind{number}", threshold=THRESHOLD, through_proxy=True)
    here, there = (site.employee(name) for name in employees)
    here.signs_in(direct)
    there.signs_in(behind)
    how(direct.way_to_service)
    how(behind.way_to_service)
    took = {}
    together(lambda: took.update(direct=here.gets_in(direct, code="123456")), lambda: took.update(behind=there.gets_in(behind, code="123456")))
    assert took["behind"] < FIRST_LOGIN + SLOW_MACHINE and took["behind"] - took["direct"] < MUCH, took
    together(*(gateway.way_to_service.opens for gateway in (direct, behind)))
    together(*(gateway.asks_for_both_factors_again for gateway in (direct, behind)))


def the_service_is_gone(site):
    both_lose_it(site, 1, ("alice", "bob"), lambda way: way.closes())


def the_service_says_nothing(site):
    both_lose_it(site, 2, ("carol", "dave"), lambda way: way.falls_silent())


play(the_service_is_gone, the_service_says_nothing)
