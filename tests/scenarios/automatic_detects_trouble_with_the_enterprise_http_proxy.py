#!/usr/bin/env python3
"""Automatic Business Continuity detects trouble with the enterprise's HTTP proxy.

Whether the proxy (squid) is gone, says nothing, does not take our password any more, or cannot reach the service."""
from scenario import play


def trouble(site, name, employee, begins):
    """Through squid at first; then that begins, and ends again."""
    gateway, user = site.gateway(name, through_proxy=True), site.employee(employee)
    user.signs_in(gateway)
    begins(gateway.way_to_proxy)
    user.gets_in(gateway, code="123456")
    assert gateway.state() == "continuity"
    gateway.way_to_proxy.leads_to(site.squid().port)
    gateway.way_to_proxy.opens()
    gateway.asks_for_both_factors_again()
    user.signs_in(gateway)


def the_proxy_is_gone(site):
    trouble(site, "one", "alice", lambda way: way.closes())


def the_proxy_says_nothing(site):
    trouble(site, "two", "bob", lambda way: way.falls_silent())


def the_proxy_does_not_take_our_password_any_more(site):
    port = site.proxy_that_answers('407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="renewed"')
    trouble(site, "three", "carol", lambda way: way.leads_to(port))


def the_proxy_cannot_reach_the_service(site):
    port = site.proxy_that_answers("503 Service Unavailable")
    trouble(site, "four", "dave", lambda way: way.leads_to(port))


play(the_proxy_is_gone, the_proxy_says_nothing, the_proxy_does_not_take_our_password_any_more, the_proxy_cannot_reach_the_service)
