#!/usr/bin/env python3
"""The admin API as docs/openapi.yaml describes it: every path there is served, every answer is described there to its last member, and
the service serves no path that is not there."""
import re
import sys
from http.client import HTTPSConnection
from pathlib import Path

from house import House, hotp
from openapi import Api
from soap import SoapClient, tls

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs/openapi.yaml"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NOTHING_HERE = "there is nothing at this path"


class Kept:
    """One connection of one caller."""

    def __init__(self, house, identity="admin"):
        self.connection = HTTPSConnection("localhost", house.ports["service"], context=tls(house, identity), timeout=30)

    def __call__(self, method, path, body=None):
        headers = {} if body is None else {"Content-Type": "application/json"}
        self.connection.request(method, "/admin/v1" + path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


def status_is_as_described(api):
    found = api.ask("GET", "/status")
    assert found["account"] == "tests" and re.fullmatch(r"\d+\.\d+\.\d+", found["version"]), found


def users(api):
    assert api.ask("POST", "/users", {"user": "alice"}, status=201)["user"] == "alice"
    api.ask("POST", "/users", {"user": "Alice"}, status=409)
    api.ask("POST", "/users", {"user": "bob"}, status=201)
    page = api.ask("GET", "/users", query="?limit=1")
    assert [one["user"] for one in page["users"]] == ["alice"]
    page = api.ask("GET", "/users", query=f"?limit=100&after={page['next']}&search=O")
    assert [one["user"] for one in page["users"]] == ["bob"] and "next" not in page
    for template in ("/users", "/credentials", "/pushes"):
        for query in ("?limit=0", "?limit=1001", "?limit=many", "?colour=red", "?search=%2"):
            api.ask("GET", template, query=query, status=400)
    for action, status in (("show", "ACTIVE"), ("lock", "LOCKED"), ("unlock", "ACTIVE")):
        assert api.ask("POST", "/users/{action}", {"user": "bob"}, action=action)["status"] == status
    assert api.ask("POST", "/users/{action}", {"user": "Bob"}, action="remove") == {"removed": "bob"}
    for action in ("show", "lock", "unlock", "remove"):
        api.ask("POST", "/users/{action}", {"user": "bob"}, action=action, status=404)


def new_credentials(api):
    whole = {"user": "carol", "create_user": True, "kind": "hotp", "algorithm": "SHA1", "digits": 6, "counter": 7, "credential": "TOKN0001",
             "push": True, "secret": SECRET, "friendly_name": "keys"}
    made = api.ask("POST", "/credentials", whole, status=201)
    assert {name: made[name] for name in ("user", "kind", "digits", "credential", "push", "secret")} == \
        {name: whole[name] for name in ("user", "kind", "digits", "credential", "push", "secret")}, made
    api.ask("POST", "/credentials", whole, status=409)
    api.ask("POST", "/credentials", {"user": "nobody"}, status=404)
    assert "user" not in api.ask("POST", "/credentials", {"kind": "totp", "algorithm": "SHA512", "digits": 8, "period": 60}, status=201)
    for kind, to in (("sms", "15551234567"), ("voice", "15551234567"), ("email", "carol@ex.test"), ("service", "DESK1")):
        made = api.ask("POST", "/credentials", {"user": "carol", "kind": kind, "credential": to}, status=201)
        assert made["credential"] == f"{kind}:{to}" and "secret" not in made, made
    for wrong in ({"digits": 7}, {"period": 45}, {"algorithm": "MD5"}, {"kind": "fax"}, {"kind": "sms"}, {"counter": -1}, {"push": 1},
                  {"secret": "short"}, {"credential": "a b"}, {"create_user": "yes"}, {"user": ""}):
        api.ask("POST", "/credentials", wrong, status=400)
    page = api.ask("GET", "/credentials", query="?limit=1&search=tokn")
    assert page["next"] == "TOKN0001" and page["credentials"][0]["users"] == ["carol"], page


def act(api, action, status=200, **body):
    return api.ask("POST", "/credentials/{action}", {"credential": "tokn0001", **body}, action=action, status=status)


def acts_on_credentials(api):
    assert act(api, "show")["status"] == "ENABLED" and act(api, "lock")["status"] == "LOCKED" and act(api, "unlock")["status"] == "ENABLED"
    act(api, "resync", otp=hotp(SECRET, 9), otp2=hotp(SECRET, 10))
    act(api, "resync", 409, otp=hotp(SECRET, 9), otp2=hotp(SECRET, 10))
    act(api, "bind", user="alice", friendly_name="hers too")
    act(api, "bind", 409, user="alice")
    shown = api.ask("POST", "/users/{action}", {"user": "alice"}, action="show")["credentials"][0]
    assert shown["friendly_name"] == "hers too" and shown["bound"], shown
    act(api, "unbind", user="alice")
    act(api, "unbind", 404, user="alice")
    assert act(api, "disable-push")["push"] is False and act(api, "enable-push")["push"] is True
    for action in ("enable-push", "disable-push", "resync"):
        more = {"otp": "123456", "otp2": "123456"} if action == "resync" else {}
        act(api, action, 409, credential="sms:15551234567", **more)
    last = api.ask("POST", "/credentials", {"kind": "hotp"}, status=201)["credential"]
    assert act(api, "remove", credential=last) == {"removed": last}
    for action in ("show", "lock", "unlock", "enable-push", "disable-push", "remove"):
        act(api, action, 404, credential=last)


def pushes(api, client):
    def sent():
        return client.call("authenticateUserWithPush", userId="carol", pushAuthData={
            "displayParameters": [{"Key": "push.message.text", "Value": "VPN"}]})["transactionId"]
    first, second = sent(), sent()
    page = api.ask("GET", "/pushes", query="?search=CAR&limit=1")
    assert page["pushes"][0]["text"] == "VPN" and page["next"] in (first, second), page
    approved = api.ask("POST", "/pushes/{answer}", {"transaction": first, "credential": "TOKN0001"}, answer="approve")
    assert approved["state"] == "approved" and approved["answered"] and approved["user"] == "carol", approved
    assert api.ask("POST", "/pushes/{answer}", {"transaction": second}, answer="deny")["state"] == "denied"
    for answer in ("approve", "deny"):
        api.ask("POST", "/pushes/{answer}", {"transaction": first}, answer=answer, status=409)
        api.ask("POST", "/pushes/{answer}", {"transaction": "0123456789abcdef"}, answer=answer, status=404)


def imports(api):
    whole = {"user": "dora", "kind": "totp", "algorithm": "SHA256", "digits": 8, "period": 60, "counter": 0, "credential": "TOKN0002",
             "push": True, "secret": SECRET, "friendly_name": "keys"}
    for words in (("created", "created", "created"), ("unchanged", "unchanged", "unchanged")):
        telephone = {"user": "emil", "kind": "sms", "credential": "15550000000"}
        answer = api.ask("POST", "/import", {"lines": [whole, {"user": "emil"}, telephone]})
        assert [one["result"] for one in answer["results"]] == list(words) and answer[words[0]] == 3, answer
    answer = api.ask("POST", "/import", {"lines": [{**whole, "secret": "A" * 32}]})
    assert answer["results"][0]["reason"] and answer["refused"] == 1, answer
    for lines in ([], [whole] * 1001, "none"):
        api.ask("POST", "/import", {"lines": lines}, status=400)


def members_that_are_not_described_are_refused(api):
    for method, template, words, operation in api.operations():
        if method == "POST":
            whole = {"user": "zoe", "credential": "TOKN0001", "transaction": "0123456789abcdef", "lines": [{"user": "zoe"}]}
            schema = api.resolved(api.resolved(operation["requestBody"])["content"]["application/json"]["schema"])
            needed = {name: whole[name] for name in schema.get("required", [])}
            api.ask(method, template, {**needed, "colour": "red"}, status=400, **words)
            status, text, _ = api.send(method, template.format(**words), "no JSON")
            assert status == 400 and "not JSON" in text, text


def all_was_asked(api):
    assert api.not_asked(200, 201) == [], "never done"
    without = {("GET", "/status")}
    assert set(api.not_asked(400, 404, 409)) == without, "never refused"


def nobody_but_an_administrator_asks(house, api):
    for identity in ("gateway", "manager"):
        others = Api(FILE, Kept(house, identity))
        for method, template, words, _ in api.operations():
            others.ask(method, template, {} if method == "POST" else None, status=403, **words)


def candidates():
    """Every path that words of the file and of what reads paths make, of one or two words, the empty one among them."""
    source = (ROOT / "src/authservice/admin_service.cpp").read_text()
    paths = " ".join([path for _, path in Api(FILE, None).paths()] + re.findall(r'"([a-z/-]+)"', source))
    found = sorted(set(re.findall(r"[a-z-]+", paths)))
    assert {"users", "resync", "import", "deny"} <= set(found) <= set(re.findall(r"[a-z-]+", source)), found
    return found + [f"{one}/{other}" for one in found for other in [*found, ""]]


def no_path_is_served_that_is_not_described(house, api):
    described, send = api.paths(), api.send
    served = set()
    for path in candidates():
        for method, body in (("GET", None), ("POST", "{}")):
            status, text, _ = send(method, "/" + path, body)
            if status != 404 or NOTHING_HERE not in text:
                served.add((method, "/" + path))
    assert described <= served, f"described, not served: {sorted(described - served)}"
    assert served <= described, f"served, not described: {sorted(served - described)}"
    for method in ("PUT", "DELETE", "PATCH"):
        assert send(method, "/users")[0] == 405


def bodies_have_a_limit(house, api):
    size = 1 << 20
    assert Kept(house)("POST", "/users", " " * size)[0] == 400
    assert Kept(house)("POST", "/users", " " * (size + 1))[0] == 413


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice()
        api = Api(FILE, Kept(house))
        with SoapClient(house) as client:
            for step, more in ((status_is_as_described, (api,)),
                               (users, (api,)),
                               (new_credentials, (api,)),
                               (acts_on_credentials, (api,)),
                               (pushes, (api, client)),
                               (imports, (api,)),
                               (members_that_are_not_described_are_refused, (api,)),
                               (all_was_asked, (api,)),
                               (nobody_but_an_administrator_asks, (house, api)),
                               (bodies_have_a_limit, (house, api)),
                               (no_path_is_served_that_is_not_described, (house, api))):
                step(*more)
                print(step.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
