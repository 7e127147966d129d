#!/usr/bin/env python3
"""Automatic Business Continuity is not about the path between an application and the gateway.

Whether the application's packets are lost on the way, or the gateway's answers: nobody gets in by it, and the gateway's state stays as it
was."""
from scenario import play

LONGER_THAN_THE_THRESHOLD = 4


def the_path_breaks(site, name, employee, how):
    gateway, user = site.gateway(name), site.employee(employee)
    line = gateway.application_line()
    user.signs_in(gateway)
    how(line)
    user.gets_no_answer(gateway, code=user.next_code())
    gateway.stays_out_of_continuity(LONGER_THAN_THE_THRESHOLD)
    assert gateway.state() == "normal" and gateway.record() == []

    line.opens()
    user.is_turned_away(gateway, code="000000")
    user.signs_in(gateway)


def requests_are_lost(site):
    the_path_breaks(site, "one", "alice", lambda line: line.loses_everything())


def answers_are_lost(site):
    the_path_breaks(site, "two", "bob", lambda line: line.loses_answers())


play(requests_are_lost, answers_are_lost)
