#!/usr/bin/env python3
"""Users are still prompted for a security code, so that the login looks the same.

Where the VPN shows challenges the prompt is the same to the letter; where the code is typed behind the password it has to be there, with
as many digits as ever."""
from scenario import AT_ONCE, play


def the_prompt_is_the_same(site):
    gateway = site.gateway("prompting", servers={"vpn": {}, "portal": {"mode": "challenge", "methods": ["code"]}})
    alice = site.employee("alice")
    before = alice.is_prompted(gateway)
    assert alice.answers(gateway, before, alice.next_code()) == "accept"

    gateway.way_to_service.closes()
    alice.gets_in(gateway, code="123456")
    prompt = alice.is_prompted(gateway)
    assert prompt[0] == before[0] == "Enter your security code", (before, prompt)
    assert alice.answers(gateway, prompt, "123456") == "accept"
    for no_code in ("", "12345", "12345x"):
        assert alice.answers(gateway, alice.is_prompted(gateway), no_code) != "accept", no_code


def behind_the_password_the_digits_are_still_asked_for(site):
    gateway, bob = site.gateway("typing"), site.employee("bob")
    bob.signs_in(gateway)

    gateway.way_to_service.closes()
    bob.gets_in(gateway, code="123456")
    for no_code in ("", "12345", "12345x"):
        bob.is_turned_away(gateway, code=no_code)
    bob.gets_in(gateway, code="123456", within=AT_ONCE)


play(the_prompt_is_the_same, behind_the_password_the_digits_are_still_asked_for)
