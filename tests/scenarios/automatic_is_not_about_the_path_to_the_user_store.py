#!/usr/bin/env python3
"""Automatic Business Continuity is not about the path between the gateway and the user store.

Without its directory a gateway turns users away, for it cannot tell who they are. It does not come to Business Continuity for it, however
many try and however the path is broken."""
from scenario import play, until

LONGER_THAN_THE_THRESHOLD = 4


def the_path_breaks(site, name, employee, how):
    gateway, user = site.gateway(name), site.employee(employee)
    user.signs_in(gateway)
    how(gateway.way_to_directory)
    for _ in range(3):
        user.is_turned_away(gateway, code="123456")
    gateway.stays_out_of_continuity(LONGER_THAN_THE_THRESHOLD)
    user.is_turned_away(gateway, code="123456")
    assert gateway.state() == "normal" and gateway.record() == []

    gateway.way_to_directory.opens()
    until(lambda: user.tries(gateway, user.next_code())[0] == "accept", "the directory is asked again", 15)


def the_directory_s_port_is_closed(site):
    the_path_breaks(site, "one", "alice", lambda way: way.closes())


def the_directory_says_nothing(site):
    the_path_breaks(site, "two", "bob", lambda way: way.falls_silent())


play(the_directory_s_port_is_closed, the_directory_says_nothing)
