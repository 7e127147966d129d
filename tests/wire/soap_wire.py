#!/usr/bin/env python3
"""The authentication service as its clients see it: python3-zeep (strict about order and names) and npm `soap` (lax, with an
order of its own) over our own description of it, the operations of users, tokens and codes with the statuses that were captured from the
original; codes by oathtool(1); one code asked fifty times at once; repeated requests; lockout; resynchronization."""
import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
import zeep
from zeep.transports import Transport

from house import House, hotp
from soap import SERVICES, SoapClient, idempotent_id, path_of, read_answer, request_xml

HERE = Path(__file__).resolve().parent
GOOD, WRONG, UNSYNCHRONIZED = "0000", "6009+49B5", "6009+4923"


def oath(secret, kind="hotp", **options):
    """One code of oathtool(1); options are its own: counter, digits, now, time_step_size."""
    words = ["oathtool", f"--{kind}", "--base32", *(f"--{name.replace('_', '-')}={value}" for name, value in options.items()), secret]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def new_credential(house, user=None, **fields):
    """A credential made through the admin API: its description, secret included."""
    body = {**({"user": user, "create_user": True} if user else {}), **fields}
    status, text, _ = house.request("POST", "/admin/v1/credentials", json.dumps(body))
    assert status == 201, text
    return json.loads(text)


# Two stacks that nobody here wrote. Each is a function (operation, fields) -> answer with .status, .detail, ... as a dictionary.

class Zeep:
    def __init__(self, house, identity, version="1_8"):
        session = requests.Session()
        session.trust_env = False  # nor a bundle of authorities that it names
        session.cert = (str(house.folder / f"{identity}.pem"), str(house.folder / f"{identity}.key"))
        session.verify = str(house.folder / "ca.pem")
        base = f"https://localhost:{house.ports['service']}/vipuserservices/"
        self.proxies = {}
        for service, operations in SERVICES.items():
            client = zeep.Client(f"{base}{service}_{version}?wsdl", transport=Transport(session=session, timeout=20),
                                 settings=zeep.Settings(strict=True))
            port = next(iter(client.wsdl.services[service].ports.values()))
            assert set(port.binding._operations) == set(operations)
            for operation in operations:
                self.proxies[operation] = client.service

    def __call__(self, operation, **fields):
        answer = self.proxies[operation][operation](requestId="zeep_fixed", **fields)
        assert answer["requestId"] == "zeep_fixed", answer
        return zeep.helpers.serialize_object(answer, dict)


class Npm:
    """Collects calls; `answers` runs them in one node."""

    def __init__(self, house, identity, version="1_8"):
        self.asked = {"version": version, "base": f"https://localhost:{house.ports['service']}/vipuserservices/", "ca": str(house.folder / "ca.pem"),
                      "certificate": str(house.folder / f"{identity}.pem"), "key": str(house.folder / f"{identity}.key")}

    def __call__(self, *calls):
        service = {operation: name for name, operations in SERVICES.items() for operation in operations}
        asked = {**self.asked, "calls": [(operation, service[operation], fields) for operation, fields in calls]}
        done = subprocess.run(["node", HERE / "soap_client.mjs"], input=json.dumps(asked), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def status_of(answer):
    return answer["status"] + ("+" + answer["detail"] if answer.get("detail") else "")


def conversation(token, secret, counter):
    """What is asked of both stacks, in turn, with what is to come of it. `token` is bound to nobody and INACTIVE."""
    alice, named = {"userId": "alice"}, {"credentialId": token, "credentialType": "STANDARD_OTP"}

    def codes(at, second=None):
        return {"otpAuthData": {"otp": oath(secret, counter=counter + at), **({"otp2": oath(secret, counter=counter + second)} if second else {})}}

    wrong = {"otpAuthData": {"otp": "000000" if codes(0)["otpAuthData"]["otp"] != "000000" else "000001"}}
    return [
        ("getServerTime", {}, GOOD),
        ("getUserInfo", alice, "6003"), ("authenticateUser", {**alice, **wrong}, "6003"), ("checkOtp", {**alice, **wrong}, "6003"),
        ("deleteUser", alice, "6003"), ("updateUser", {**alice, "newUserStatus": "ACTIVE"}, "6003"),
        ("addCredential", {**alice, "credentialDetail": named}, "6003"),
        ("createUser", alice, GOOD), ("createUser", {"userId": "ALICE"}, "6002"), ("getUserInfo", alice, GOOD),
        ("authenticateUser", {**alice, **codes(0)}, "6008"), ("checkOtp", {**alice, **codes(0)}, "6008"),
        ("removeCredential", {**alice, **named}, "6007"), ("updateCredential", {**alice, **named, "friendlyName": "x"}, "6007"),
        ("addCredential", {**alice, "credentialDetail": {**named, "credentialId": "NONE00000000"}}, "6004"),
        ("addCredential", {**alice, "credentialDetail": {**named, "friendlyName": "key ring"}, **wrong}, WRONG),
        ("addCredential", {**alice, "credentialDetail": {**named, "friendlyName": "key ring"}, **codes(0)}, GOOD),
        ("addCredential", {**alice, "credentialDetail": named}, "6026"),
        ("getUserInfo", {**alice, "includeTokenInfo": True}, GOOD), ("getCredentialInfo", named, GOOD),
        ("getCredentialInfo", {**named, "credentialId": "NONE00000000"}, "6004"),
        ("authenticateUser", {**alice, **codes(1)}, GOOD), ("authenticateUser", {**alice, **codes(1)}, WRONG),
        ("authenticateUser", {**alice, **wrong}, WRONG), ("authenticateUser", {**alice, "otpAuthData": {"otp": "12345a"}}, "6009"),
        ("checkOtp", {**alice, **codes(2)}, GOOD), ("checkOtp", {**alice, **codes(2)}, WRONG),
        ("authenticateCredentials", {"credentials": [named], **codes(3)}, GOOD),
        ("authenticateCredentials", {"credentials": [named], **wrong}, WRONG),
        ("authenticateUser", {**alice, **codes(4, 5)}, GOOD),
        ("updateCredential", {**alice, **named, "friendlyName": "drawer"}, GOOD),
        ("updateUser", {**alice, "newUserStatus": "DISABLED"}, GOOD),
        ("authenticateUser", {**alice, **codes(6)}, "601B"), ("addCredential", {**alice, "credentialDetail": named}, "601B"),
        ("updateUser", {**alice, "newUserStatus": "ACTIVE"}, GOOD), ("updateUser", {**alice, "newUserId": "Alice B"}, GOOD),
        ("authenticateUser", {"userId": "alice b", **codes(6)}, GOOD),
        ("removeCredential", {"userId": "Alice B", **named}, GOOD), ("removeCredential", {"userId": "Alice B", **named}, "6007"),
        ("getCredentialInfo", named, GOOD), ("authenticateCredentials", {"credentials": [named], **codes(7)}, "6009+4990"),
        ("authenticateCredentials", {"credentials": [named], "activate": True, **codes(7)}, GOOD),
        ("deleteUser", {"userId": "Alice B"}, GOOD), ("getUserInfo", alice, "6003"),
        ("getCredentialInfo", {**named, "credentialId": "no space"}, "600B"), ("createUser", {"userId": ""}, "600B"),
    ]


def check_facts(answers):
    """What stands beside the statuses; `answers` are (operation, status, answer) in the order of the conversation."""
    def nth(operation, status, index=0):
        return [answer for name, found, answer in answers if name == operation and found == status][index]
    assert str(nth("getServerTime", GOOD)["timestamp"])[:4] == str(time.gmtime().tm_year)
    empty, bound = nth("getUserInfo", GOOD), nth("getUserInfo", GOOD, 1)
    assert int(empty["numBindings"]) == 0 and not empty.get("credentialBindingDetail"), empty
    assert empty["userStatus"] == "ACTIVE" and bound["userId"] == "alice", bound
    detail = bound["credentialBindingDetail"][0]
    assert detail["credentialStatus"] == "ENABLED" and detail["bindingDetail"]["friendlyName"] == "key ring", detail
    assert detail["tokenCategoryDetails"]["MovingFactor"] == "EVENT", detail
    accepted, again = nth("authenticateUser", GOOD), nth("checkOtp", GOOD)
    for answer in (accepted, again):
        assert answer["credentialId"] == detail["credentialId"] and len(answer["authnId"]) == 16, answer
        assert answer["statusMessage"] == "Success", answer
    assert accepted["authnId"] != again["authnId"]
    assert nth("authenticateUser", WRONG)["detailMessage"] == "Failed with an invalid OTP"
    assert nth("getCredentialInfo", GOOD)["credentialStatus"] == "ENABLED"
    assert nth("getCredentialInfo", GOOD, 1)["credentialStatus"] == "INACTIVE"


def two_stacks(house):
    token = new_credential(house, kind="hotp")
    strict = Zeep(house, "manager")
    asked = conversation(token["credential"], token["secret"], 0)
    answers = [(operation, expected, strict(operation, **fields)) for operation, fields, expected in asked]
    for (operation, fields, expected), (_, _, answer) in zip(asked, answers, strict=True):
        assert status_of(answer) == expected, (operation, fields, expected, answer)
    check_facts(answers)
    others = {"authenticateUserWithPush", "pollPushStatus", "getTemporaryPasswordAttributes", "clearUserPin", "setTemporaryPassword",
              "clearTemporaryPassword", "setTemporaryPasswordAttributes", "sendOtp", "register"}  # second_channel_wire.py
    assert {operation for operation, _, _ in asked} == {one for all_of in SERVICES.values() for one in all_of} - others

    token = new_credential(house, kind="hotp")
    asked = conversation(token["credential"], token["secret"], 0)
    # With the identifier last, as this stack sends it where types are derived.
    answers = Npm(house, "manager")(*((operation, {**fields, "requestId": "npm_fixed"}) for operation, fields, _ in asked))
    for (operation, fields, expected), got in zip(asked, answers, strict=True):
        assert status_of(got["answer"]) == expected, (operation, fields, expected, got)
        assert got["answer"]["requestId"] == "npm_fixed" and got["order"][-1] == "requestId", got
    for one in answers:
        detail = one["answer"].get("credentialBindingDetail")
        if isinstance(detail, dict):
            one["answer"]["credentialBindingDetail"] = [detail]
    check_facts([(operation, expected, got["answer"]) for (operation, _, expected), got in zip(asked, answers, strict=True)])


def any_order_is_read(house, client):
    secret = house.enrol("orderly", "--kind", "hotp")
    for counter, (version, prefix, order) in enumerate([("1_8", "", "uor"), ("1_7", "v:", "our"), ("1_1", "a:", "rou"), ("1_10", "", "oru")]):
        name = f"xmlns{':' + prefix[:-1] if prefix else ''}"
        fields = {"u": f"<{prefix}userId>orderly</{prefix}userId>", "r": f"<{prefix}requestId>odd_order</{prefix}requestId>",
                  "o": f"<!--Optional:--><{prefix}otpAuthData><{prefix}otp>{hotp(secret, counter)}</{prefix}otp></{prefix}otpAuthData>"}
        space = request_xml("checkOtp").split('xmlns="')[1].split('"')[0]
        body = (f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body><{prefix}CheckOtpRequest {name}="{space}">'
                + "".join(fields[one] for one in order) + f"</{prefix}CheckOtpRequest></e:Body></e:Envelope>")
        status, text = client.post(path_of("checkOtp", version), body, "text/xml; charset=ISO-8859-1" if counter else "text/xml")
        answer = read_answer(text, "checkOtp")
        assert status == 200 and answer["status"] == GOOD and answer["requestId"] == "odd_order", text
        assert "<CheckOtpResponse xmlns=" in text and "<status>0000</status>" in text  # no prefix within: some clients look for none


def who_may_ask(house):
    with SoapClient(house, "gateway") as gateway, SoapClient(house, "stranger") as stranger, SoapClient(house, "admin") as admin:
        assert gateway.call("getServerTime")["status"] == GOOD
        assert gateway.call("createUser", userId="forbidden")["status"] == "6010"
        assert gateway.call("getUserInfo", userId="forbidden")["status"] == "6003"
        assert stranger.call("getServerTime")["status"] == "6001"
        assert stranger.call("authenticateUser", userId="alice", otpAuthData={"otp": "123456"})["status"] == "6001"
        assert admin.call("createUser", userId="allowed")["status"] == GOOD
        assert admin.call("createUser", userId="other", onBehalfOfAccountId="SOMEBODY")["status"] == "6001"
    for identity in ("gateway", "manager", "stranger"):
        assert house.request("GET", "/admin/v1/status", identity=identity)[0] == 403, identity
    house.certificates.make("expired", "gateway", days=-1)
    for identity in (None, "expired"):
        try:
            house.request("GET", path_of("getServerTime") + "?wsdl", identity=identity)
            raise AssertionError(f"served a client whose certificate is {identity}")
        except OSError:
            pass


def pins(house):
    secret = house.enrol("with pin", "--kind", "hotp")
    with SoapClient(house, "manager") as client:
        def signs_in(**fields):
            return client.call("authenticateUser", userId="with pin", **fields)

        def update(**fields):
            return client.call("updateUser", userId="with pin", **fields)["status"]
        assert update(newPin="4321", forcePinChange=True) == GOOD and update(oldPin="4321") == "600B"
        answer = signs_in(pin="4321", otpAuthData={"otp": hotp(secret, 0)})
        assert answer["status"] == GOOD and answer["isPinExpired"] == "true", answer
        assert signs_in(pin="4322", otpAuthData={"otp": hotp(secret, 1)})["status"] == "601F"
        assert signs_in(pin="4321", otpAuthData={"otp": hotp(secret, 1)})["status"] == GOOD  # the wrong PIN spent no code
        assert update(oldPin="4322", newPin="5432") == "601F" and update(oldPin="4321", newPin="5432") == GOOD
        assert signs_in(pin="4321")["status"] == "601F" and signs_in(pin="5432")["isPinExpired"] == "false"
        assert signs_in()["status"] == "600B"
        assert client.call("getUserInfo", userId="with pin")["isPinSet"] == "true"


def every_kind_of_code(house, client):
    for algorithm in ("SHA1", "SHA256", "SHA512"):
        for digits in (6, 8):
            for period in (30, 60):
                user = f"totp-{algorithm}-{digits}-{period}"
                secret = new_credential(house, user, kind="totp", algorithm=algorithm, digits=digits, period=period)["secret"]
                now = int(time.time())

                def code(steps):
                    return oath(secret, f"totp={algorithm.lower()}", digits=digits, time_step_size=period, now=f"@{now + steps * period}")
                assert client.authenticate(user, code(0)) == GOOD, user
                assert client.authenticate(user, code(0)) == WRONG, user
                assert client.authenticate(user, code(1)) == GOOD, user
                assert client.authenticate(user, code(-1)) == WRONG, f"{user}: what is older than a spent code is spent"
    for digits in (6, 8):
        secret = new_credential(house, f"hotp-{digits}", kind="hotp", digits=digits)["secret"]
        for counter, expected in ((0, GOOD), (0, WRONG), (3, GOOD), (2, WRONG), (13, GOOD), (14, GOOD)):
            assert client.authenticate(f"hotp-{digits}", oath(secret, counter=counter, digits=digits)) == expected, counter


def fifty_at_once(house):
    secret = house.enrol("many", "--kind", "hotp")
    gathered = threading.Barrier(50)

    def ask(number):
        with SoapClient(house) as client:
            client.call("getServerTime")  # connected
            gathered.wait(60)
            return client.authenticate("many", hotp(secret, 7), request_id="same_id" if number % 2 else None)

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(ask, range(50)))
    assert sorted(statuses) == [GOOD] + [WRONG] * 49, statuses
    with SoapClient(house) as client:  # nor did the 49 lock anybody out
        assert client.authenticate("many", hotp(secret, 8)) == GOOD


def repeated_requests(house, client):
    secret = house.enrol("again", "--kind", "hotp")
    path, repeated = path_of("authenticateUser"), idempotent_id()

    def body(counter, request_id):
        return request_xml("authenticateUser", request_id, userId="again", otpAuthData={"otp": hotp(secret, counter)})
    first = client.post(path, body(0, repeated))
    assert read_answer(first[1])["status"] == GOOD, first
    with SoapClient(house) as other_connection:
        assert other_connection.post(path, body(0, repeated)) == first
    changed = read_answer(client.post(path, body(1, repeated))[1])
    assert changed["status"] == "600B" and changed["requestId"] == repeated, changed
    with SoapClient(house, "manager") as somebody_else:
        assert read_answer(somebody_else.post(path, body(0, repeated))[1])["status"] == "6009"
    refused = idempotent_id()
    assert client.authenticate("again", hotp(secret, 0), request_id=refused) == WRONG
    assert client.authenticate("again", hotp(secret, 0), request_id=refused) == WRONG
    for fixed in ("fixed_request", "1234", "sp1_tooshort", "sp1_" + "a" * 21, "SP1_" + "a" * 22):
        code = {"fixed_request": 1, "1234": 2, "sp1_tooshort": 3, "sp1_" + "a" * 21: 4}.get(fixed, 5)
        assert client.authenticate("again", hotp(secret, code), request_id=fixed) == GOOD, fixed
        assert client.authenticate("again", hotp(secret, code), request_id=fixed) == WRONG, fixed
    gathered, body_once = threading.Barrier(10), body(6, idempotent_id())

    def ask(_):
        with SoapClient(house) as one:
            gathered.wait(60)
            return one.post(path, body_once)
    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(ask, range(10)))
    assert len(answers) == 1 and read_answer(answers.pop()[1])["status"] == GOOD  # the others waited for the first


def lockout(house, client):
    secret = house.enrol("guessed", "--kind", "hotp")
    wrong = next(code for code in ("000000", "111111", "222222") if code not in {hotp(secret, n) for n in range(120)})
    for _ in range(9):
        assert client.authenticate("guessed", wrong) == WRONG
    assert client.authenticate("guessed", hotp(secret, 0)) == GOOD  # a success forgets the failures
    assert client.authenticate("guessed", hotp(secret, 0)) == WRONG  # a spent code is no guess
    for _ in range(10):
        assert client.authenticate("guessed", wrong) == WRONG
    assert client.authenticate("guessed", hotp(secret, 1)) == "6008"
    credential = client.call("getUserInfo", userId="guessed")["credentialBindingDetail"]
    assert credential["credentialStatus"] == "LOCKED", credential
    house.run("credential", "unlock", credential["credentialId"])
    assert client.authenticate("guessed", hotp(secret, 1)) == GOOD


def resynchronization(house, client):
    secret = house.enrol("adrift", "--kind", "hotp")
    assert client.authenticate("adrift", hotp(secret, 50)) == UNSYNCHRONIZED
    assert client.authenticate("adrift", hotp(secret, 50), hotp(secret, 52)) == WRONG
    assert client.authenticate("adrift", hotp(secret, 51), hotp(secret, 52)) == GOOD
    assert client.authenticate("adrift", hotp(secret, 51), hotp(secret, 52)) == WRONG
    assert client.authenticate("adrift", hotp(secret, 53)) == GOOD
    assert client.authenticate("adrift", hotp(secret, 300)) == WRONG  # out of every window
    secret, step = house.enrol("slow clock"), int(time.time()) // 30
    assert client.authenticate("slow clock", hotp(secret, step - 40)) == UNSYNCHRONIZED
    assert client.authenticate("slow clock", hotp(secret, step - 40), hotp(secret, step - 39)) == GOOD
    assert client.authenticate("slow clock", hotp(secret, step - 37)) == GOOD  # its own time is known now


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice()
        with SoapClient(house) as client:
            two_stacks(house)
            any_order_is_read(house, client)
            who_may_ask(house)
            pins(house)
            every_kind_of_code(house, client)
            fifty_at_once(house)
            repeated_requests(house, client)
            lockout(house, client)
            resynchronization(house, client)
        assert house.stop("authservice") == 0


if __name__ == "__main__":
    main()
