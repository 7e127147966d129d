#!/usr/bin/env python3
"""Pushes, codes by SMS, voice and e-mail, temporary passwords and PINs as clients see them: python3-zeep and npm `soap` over our
own description, of 1.8 and of 1.10; a channel that writes down what it was given; approvals by the command line and by fifty at
once; somebody else's transactions; a service killed between approval and poll."""
import json
import re
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from house import House, hotp, json_lines, until
from soap import SoapClient, idempotent_id, path_of, read_answer, request_xml
from soap_wire import GOOD, WRONG, Npm, Zeep, status_of

PHONE, SENT, OPEN, YES, NO, OVER, LOST = "15551234567", "6040", "7001", "7000", "7002", "7004", "7005"


def start(house, account=""):
    """With a channel that appends what it gets to a file, and a second account whose administrator is the stranger."""
    hook = house.folder / "deliver"
    hook.write_text('#!/bin/sh\n{ cat; echo; } >> "$1"\n')
    hook.chmod(0o755)
    house.start_authservice(account=account, extra=f"""
[[delivery.channel]]
name = "phones"
kind = "command"
kinds = ["push", "sms", "voice", "email"]
argv = ["{hook}", "{house.folder / 'delivered'}"]
[[account]]
id = "others"
[[account.certificate]]
fingerprint_sha256 = "{house.fingerprints['stranger']}"
role = "admin"
""")


def delivered(house, count=None, **wanted):
    """What the channel was given so far and fits; waits until there are `count`."""
    def found():
        fitting = [one for one in json_lines(house.folder / "delivered") if all(one.get(name) == value for name, value in wanted.items())]
        return fitting if count is None or len(fitting) >= count else None
    return until(found, f"{count} deliveries of {wanted}", 30) if count else found() or []


def push_user(house, user):
    return house.enrol(user, "--kind", "hotp", "--push")


def wish(**seconds):
    display = [{"Key": "push.message.text", "Value": "VPN"}]
    return {"displayParameters": display, **({"requestParameters": [{"Key": "request.timeout", "Value": str(seconds["timeout"])}]} if seconds else {})}


def send(client, user, **fields):
    answer = client.call("authenticateUserWithPush", userId=user, **{"pushAuthData": wish(), **fields})
    assert answer["status"] == SENT, answer
    return answer["transactionId"]


def polled(client, *transactions):
    answer = client.call("pollPushStatus", transactionId=list(transactions))
    assert answer["status"] == GOOD, answer
    found = answer["transactionStatus"]
    found = found if isinstance(found, list) else [found]
    assert [one["transactionId"] for one in found] == list(transactions)
    return found if len(found) > 1 else found[0]


def answer_push(house, transaction, word="approve", identity="admin", **fields):
    status, text, _ = house.request("POST", f"/admin/v1/pushes/{word}", json.dumps({"transaction": transaction, **fields}), identity)
    return status, json.loads(text)


def two_stacks_push(house):
    push_user(house, "strict")
    push_user(house, "lax")
    for user, stack in (("strict", Zeep(house, "gateway")), ("lax", Npm(house, "gateway"))):
        def ask(operation, stack=stack, **fields):
            return stack(operation, **fields) if isinstance(stack, Zeep) else stack((operation, {**fields, "requestId": "npm_fixed"}))[0]["answer"]

        def status(transaction):
            found = ask("pollPushStatus", transactionId=[transaction])["transactionStatus"]
            return found[0] if isinstance(found, list) else found
        info = ask("getUserInfo", userId=user)["credentialBindingDetail"]
        info = info[0] if isinstance(info, list) else info
        attributes = {one["Key"]: one["Value"] for one in info["pushAttributes"]}
        assert attributes["PUSH_ENABLED"] == "true" and info["credentialType"] == "STANDARD_OTP", info
        sent = ask("authenticateUserWithPush", userId=user, pushAuthData=wish(timeout=60))
        assert sent["status"] == SENT and sent["statusMessage"] == "Mobile push request sent", sent
        transaction = sent["transactionId"]
        assert re.fullmatch("[0-9a-f]{16}", transaction), transaction
        detail = sent["pushDetail"][0] if isinstance(sent["pushDetail"], list) else sent["pushDetail"]
        assert detail["pushCredentialId"] == info["credentialId"] and str(detail["pushSent"]).lower() == "true", sent
        assert status(transaction)["status"] == OPEN
        got = delivered(house, 1, kind="push", user=user)[0]
        assert got["transaction_id"] == transaction and got["text"] == "VPN" and got["account"] == "tests", got
        listed = house.run("push", "list", "--user", user).stdout
        assert transaction in listed and "VPN" in listed, listed
        house.run("push", "approve", "--user", user)
        for _ in range(2):
            approved = status(transaction)
            assert approved["status"] == YES and approved["credentialId"] == info["credentialId"] and approved["authnTime"], approved
        by_credential = ask("authenticateCredentials", credentials=[{"credentialId": info["credentialId"], "credentialType": "STANDARD_OTP"}],
                            pushAuthData=wish())
        assert by_credential["status"] == SENT, by_credential
        house.run("push", "deny", by_credential["transactionId"])
        assert status(by_credential["transactionId"])["status"] == NO
        assert house.run("push", "approve", by_credential["transactionId"], check=False).returncode == 1


def refusals(house, client):
    house.enrol("no phone")
    house.run("user", "add", "nobody's")
    for user, expected in (("unknown", "6003"), ("no phone", "6008"), ("nobody's", "6008")):
        assert client.call("authenticateUserWithPush", userId=user, pushAuthData={})["status"] == expected, user
    push_user(house, "disabled")
    house.run("user", "lock", "disabled")
    assert client.call("authenticateUserWithPush", userId="disabled", pushAuthData={})["status"] == "601B"
    push_user(house, "hurried")
    bad = client.call("authenticateUserWithPush", userId="hurried",
                      pushAuthData={"requestParameters": {"Key": "request.timeout", "Value": "soon"}})
    assert bad["status"] == "600B" and "request.timeout" in bad["detailMessage"], bad
    short = send(client, "hurried", pushAuthData=wish(timeout=1))
    until(lambda: polled(client, short)["status"] == OVER, "the push expires", 10)
    assert answer_push(house, short)[0] == 409 and polled(client, short)["status"] == OVER
    until(lambda: house.metric("authservice", 'sallyport_authservice_pushes_total{outcome="expired"}') >= 1, "it is counted")


def somebody_elses(house, client):
    push_user(house, "alice")
    transaction = send(client, "alice")
    with SoapClient(house, "stranger") as stranger:
        assert polled(stranger, transaction)["status"] == LOST
    assert answer_push(house, transaction, identity="stranger")[0] == 404
    assert answer_push(house, transaction, identity="gateway")[0] == 403
    assert polled(client, transaction)["status"] == OPEN
    for odd in ("0000000000000000", "abcd", transaction.upper() if transaction.upper() != transaction else "ABCDEF0000000000"):
        assert polled(client, odd)["status"] == LOST, odd
    many = [transaction] * 20
    assert [one["status"] for one in polled(client, *many)] == [OPEN] * 20
    assert client.call("pollPushStatus", transactionId=[*many, transaction])["status"] == "600B"
    assert client.call("pollPushStatus", transactionId="x" * 17)["status"] == "600B"
    assert client.call("pollPushStatus", transactionId="' OR 1=1")["status"] == "600B"
    assert answer_push(house, transaction, "deny")[0] == 200


def fifty_approve(house, client):
    push_user(house, "busy")
    transaction, gathered = send(client, "busy"), threading.Barrier(50)

    def approve(_):
        gathered.wait(60)
        return answer_push(house, transaction)[0]
    before = house.metric("authservice", 'sallyport_authservice_pushes_total{outcome="approved"}')
    with ThreadPoolExecutor(50) as pool:
        statuses = sorted(pool.map(approve, range(50)))
    assert statuses == [200] + [409] * 49, statuses
    assert house.metric("authservice", 'sallyport_authservice_pushes_total{outcome="approved"}') == before + 1
    assert polled(client, transaction)["status"] == YES


def one_push_for_one_id(house, client):
    push_user(house, "again")
    path, repeated = path_of("authenticateUserWithPush"), idempotent_id()
    body = request_xml("authenticateUserWithPush", repeated, userId="again", pushAuthData=wish())

    def ask(_):
        with SoapClient(house) as one:
            return one.post(path, body)
    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(ask, range(10)))
    assert len(answers) == 1, answers
    first = read_answer(answers.pop()[1])
    assert first["status"] == SENT, first
    changed = read_answer(client.post(path, body.replace("VPN", "WLAN"))[1])
    assert changed["status"] == "600B", changed
    assert {send(client, "again", request_id="1234"), send(client, "again", request_id="1234")} & {first["transactionId"]} == set()
    listed = json.loads(house.request("GET", "/admin/v1/pushes?search=again")[1])["pushes"]
    assert len(listed) == 3, listed
    assert len(delivered(house, 3, kind="push", user="again")) == 3


def too_many_pushes(house, client):
    push_user(house, "tired")
    for _ in range(5):
        send(client, "tired")
    refused = client.call("authenticateUserWithPush", userId="tired", pushAuthData={})
    assert refused["status"] == "6008", refused


def numbers(house):
    push_user(house, "numbered")
    newest = Zeep(house, "gateway", "1_10")

    def ask():
        sent = newest("authenticateUserWithPush", userId="numbered", pushAuthData=wish())
        assert re.fullmatch("[1-9][0-9]", sent["numbersChallengeValue"]), sent
        return sent["transactionId"], sent["numbersChallengeValue"]
    transaction, number = ask()
    with SoapClient(house) as client:
        pending = polled(client, transaction)
        assert pending["status"] == OPEN and pending["detail"] == "7140", pending
        assert house.run("push", "approve", transaction, check=False).returncode == 1
        assert "needed" in house.run("push", "list", "--user", "numbered").stdout
        house.run("push", "approve", transaction, "--number", number)
        assert polled(client, transaction)["status"] == YES
        transaction, number = ask()
        assert house.run("push", "approve", transaction, "--number", "10" if number != "10" else "11", check=False).returncode == 1
        denied = polled(client, transaction)
        assert denied["status"] == NO and denied["detail"] == "7141", denied
        assert answer_push(house, transaction, number=number)[0] == 409
        older = client.call("authenticateUserWithPush", userId="numbered", pushAuthData={})
        assert older["status"] == SENT and "numbersChallengeValue" not in older, older
    npm = Npm(house, "gateway", "1_10")(("authenticateUserWithPush", {"userId": "numbered", "pushAuthData": wish(), "requestId": "npm_fixed"}))
    assert re.fullmatch("[1-9][0-9]", npm[0]["answer"]["numbersChallengeValue"]), npm


def an_approval_outlives_a_kill(house):
    push_user(house, "killed")
    with SoapClient(house) as client:
        approved, waiting = send(client, "killed"), send(client, "killed")
        assert answer_push(house, approved)[0] == 200
        house.stop("authservice", signal.SIGKILL)
    start(house, NUMBERS)
    with SoapClient(house) as client:
        assert polled(client, approved)["status"] == YES and polled(client, waiting)["status"] == OPEN
        assert answer_push(house, approved, "deny")[0] == 409


def sent_codes(house, client):
    manager, npm = Zeep(house, "manager"), Npm(house, "manager")

    def by_npm(operation, **fields):
        return npm((operation, {**fields, "requestId": "npm_fixed"}))[0]["answer"]
    for phone, ask in ((PHONE, manager), ("15557654321x12", by_npm)):
        user, named = {"userId": f"caller {phone}"}, {"credentialId": phone, "credentialType": "SMS_OTP"}
        assert status_of(ask("createUser", **user)) == GOOD
        assert status_of(ask("sendOtp", **user, smsDeliveryInfo={"phoneNumber": phone})) == "6007"
        assert status_of(ask("addCredential", **user, credentialDetail=named)) == "6004"
        assert status_of(ask("register", smsDeliveryInfo={"phoneNumber": phone})) == GOOD
        assert status_of(ask("register", smsDeliveryInfo={"phoneNumber": phone})) == "6026+4E1B"
        proof = delivered(house, 1, kind="sms", destination=phone)[0]["code"]
        wrong = "000000" if proof != "000000" else "000001"
        assert status_of(ask("addCredential", **user, credentialDetail=named, otpAuthData={"otp": wrong})) == WRONG
        assert status_of(ask("addCredential", **user, credentialDetail=named, otpAuthData={"otp": proof})) == GOOD
        assert status_of(ask("sendOtp", **user, smsDeliveryInfo={"phoneNumber": phone, "messageTemplate": "Your code"})) == GOOD
        got = delivered(house, 2, kind="sms", destination=phone)[1]
        assert got["text"] == "Your code" and got["user"] == user["userId"], got
        answer = ask("checkOtp", **user, otpAuthData={"otp": got["code"]})
        assert status_of(answer) == GOOD and answer["credentialId"] == phone and answer["credentialType"] == "SMS_OTP", answer
        assert status_of(ask("checkOtp", **user, otpAuthData={"otp": got["code"]})) == WRONG
    house.run("credential", "add", "caller " + PHONE, "--kind", "voice", "--to", PHONE)
    with SoapClient(house, "gateway") as gateway:  # a part of a login, that the role validation may do
        user = {"userId": f"caller {PHONE}"}
        assert gateway.call("register", serviceOtpDeliveryInfo={"id": "DESK0001"})["status"] == "6010"
        assert gateway.call("sendOtp", voiceDeliveryInfo={"phoneNumber": PHONE}, **user)["status"] == GOOD
        code = delivered(house, 1, kind="voice", destination=PHONE)[0]["code"]
        assert gateway.authenticate(user["userId"], code) == GOOD
        repeated, path = idempotent_id(), path_of("sendOtp")
        body = request_xml("sendOtp", repeated, **user)
        assert gateway.post(path, body) == gateway.post(path, body)
        time.sleep(0.5)
        assert len(delivered(house, 3, kind="sms", destination=PHONE)) == 3, "one code for one id"
    service = manager("register", serviceOtpDeliveryInfo={"id": "DESK0001"})
    assert status_of(service) == GOOD and re.fullmatch("[0-9]{6}", service["otp"]), service
    named = [{"credentialId": "DESK0001", "credentialType": "SERVICE_OTP"}]
    activated = client.call("authenticateCredentials", credentials=named, activate=True, otpAuthData={"otp": service["otp"]})
    assert activated["status"] == GOOD and activated["credentialType"] == "SERVICE_OTP", activated


def codes_by_e_mail(house):
    newest = Zeep(house, "manager", "1_10")
    user, named = {"userId": "writer"}, {"credentialId": "o'brien+vpn@example.com", "credentialType": "EMAIL_OTP"}
    assert status_of(newest("createUser", **user)) == GOOD
    assert status_of(newest("register", emailDeliveryInfo={"emailAddress": named["credentialId"]})) == GOOD
    assert status_of(newest("addCredential", **user, credentialDetail=named)) == GOOD
    assert status_of(newest("sendOtp", **user, emailDeliveryInfo={"emailAddress": named["credentialId"]})) == GOOD
    code = delivered(house, 2, kind="email", destination=named["credentialId"])[1]["code"]
    assert newest("getUserInfo", **user)["credentialBindingDetail"][0]["credentialType"] == "EMAIL_OTP"
    with SoapClient(house, "manager") as older:  # for 1.8 it is not there
        assert "credentialBindingDetail" not in older.call("getUserInfo", **user)
        assert older.authenticate("writer", code) == "6008"
        assert older.call("sendOtp", **user)["status"] == "6008"
        assert older.call("sendOtp", **user, emailDeliveryInfo={"emailAddress": "a@b.example"})["status"] == "600B"
        assert older.call("removeCredential", **user, **named)["status"] == "600B"
    answer = newest("authenticateUser", **user, otpAuthData={"otp": code})
    assert status_of(answer) == GOOD and answer["credentialId"] == named["credentialId"], answer
    assert status_of(newest("removeCredential", **user, **named)) == GOOD


def temporary_passwords(house, client):
    secret = house.enrol("forgetful", "--kind", "hotp")
    npm = Npm(house, "manager")
    manager, user = Zeep(house, "manager"), {"userId": "forgetful"}
    for operation in ("getTemporaryPasswordAttributes", "clearTemporaryPassword"):
        assert status_of(manager(operation, **user)) == "6017", operation
    drawn = npm(("setTemporaryPassword", {**user, "requestId": "npm_fixed"}))[0]["answer"]["temporaryPassword"]
    assert re.fullmatch("[0-9]{6}", drawn), drawn
    attributes = manager("getTemporaryPasswordAttributes", **user)["tempPwdAttributes"]
    left = attributes["expirationTime"].timestamp() - time.time()
    assert attributes["oneTimeUseOnly"] is False and 86_000 < left < 86_500, attributes
    assert str(client.call("getUserInfo", **user)["isTempPasswordSet"]) == "true"
    for _ in range(2):
        answer = client.call("authenticateUser", **user, otpAuthData={"otp": drawn})
        assert answer["status"] == GOOD and "credentialId" not in answer, answer
    assert client.authenticate("forgetful", hotp(secret, 0)) == GOOD  # a real code ends it
    assert client.authenticate("forgetful", drawn) == WRONG
    given = manager("setTemporaryPassword", **user, temporaryPassword="424242", temporaryPasswordAttributes={"oneTimeUseOnly": True},
                    smsDeliveryInfo={"phoneNumber": "15550001111"})
    assert status_of(given) == GOOD and given["temporaryPassword"] is None, given
    assert delivered(house, 1, destination="15550001111")[0]["code"] == "424242"
    assert client.authenticate("forgetful", "424242") == GOOD and client.authenticate("forgetful", "424242") == WRONG
    assert status_of(manager("setTemporaryPasswordAttributes", **user, temporaryPasswordAttributes={})) == "6017"
    late = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 31 * 86_400))
    with SoapClient(house, "manager") as plain:
        refused = plain.call("setTemporaryPassword", **user, temporaryPasswordAttributes={"expirationTime": late})
        assert (refused["status"], refused["detail"]) == ("600B", "4953"), refused
        assert plain.call("setTemporaryPassword", **user, temporaryPassword="12345")["status"] == "600B"
        repeated = request_xml("setTemporaryPassword", idempotent_id(), **user)
        assert plain.post(path_of("setTemporaryPassword"), repeated) == plain.post(path_of("setTemporaryPassword"), repeated)
        assert plain.call("setTemporaryPasswordAttributes", **user, temporaryPasswordAttributes={"oneTimeUseOnly": True})["status"] == GOOD
        assert plain.call("clearTemporaryPassword", **user)["status"] == GOOD
    assert status_of(manager("clearTemporaryPassword", **user)) == "6017"


def pins(house):
    manager, user = Zeep(house, "manager"), {"userId": "pinned"}
    push_user(house, "pinned")
    assert status_of(manager("updateUser", **user, newPin="1234")) == "6020"  # a row
    assert status_of(manager("updateUser", **user, newPin="471")) == "600B"
    assert status_of(manager("updateUser", **user, newPin="47114")) == "6020"  # too short here
    assert status_of(manager("updateUser", **user, newPin="471147", forcePinChange=True)) == GOOD
    assert manager("getUserInfo", **user)["pinExpirationTime"] is not None
    assert status_of(manager("authenticateUserWithPush", **user, pin="471148", pushAuthData={})) == "601F"
    sent = manager("authenticateUserWithPush", **user, pin="471147", pushAuthData={})
    assert sent["status"] == SENT and sent["isPinExpired"] is True and sent["pinExpirationTime"], sent
    assert answer_push(house, sent["transactionId"])[0] == 200
    found = manager("pollPushStatus", transactionId=[sent["transactionId"]])["transactionStatus"][0]
    assert found["status"] == YES and found["isPinExpired"] is True, found
    assert status_of(manager("updateUser", **user, oldPin="471147", newPin="471147")) == "6020"
    assert status_of(manager("updateUser", **user, oldPin="471147", newPin="815815")) == GOOD
    assert manager("authenticateUser", **user, pin="815815")["isPinExpired"] is False
    assert status_of(manager("clearUserPin", **user)) == GOOD
    assert status_of(manager("authenticateUser", **user, pin="815815")) == "601F"
    assert manager("getUserInfo", **user)["isPinSet"] is False
    assert status_of(manager("clearUserPin", userId="unknown")) == "6003"


def without_pins_and_channels(house):
    house.start_authservice(account="pin_enabled = false")
    manager, user = Zeep(house, "manager"), {"userId": "pinned"}
    assert status_of(manager("updateUser", **user, newPin="815815")) == "6021"
    assert status_of(manager("authenticateUser", **user, pin="815815")) == "6021"
    assert status_of(manager("clearUserPin", **user)) == "6021"
    assert status_of(manager("sendOtp", userId=f"caller {PHONE}", smsDeliveryInfo={"phoneNumber": PHONE})) == "600A"
    sent = manager("authenticateUserWithPush", **user, pushAuthData={})
    assert sent["status"] == SENT and sent["pushDetail"][0]["pushSent"] is False, sent  # and yet it can be approved by hand
    house.run("push", "approve", sent["transactionId"])


NUMBERS = 'push_numbers = "on"\npin_min_length = 6\npin_simple_allowed = false\npin_life = "90d"'


def main():
    with House(sys.argv[1]) as house:
        start(house, NUMBERS)
        with SoapClient(house) as client:
            two_stacks_push(house)
            refusals(house, client)
            somebody_elses(house, client)
            fifty_approve(house, client)
            one_push_for_one_id(house, client)
            too_many_pushes(house, client)
            sent_codes(house, client)
            codes_by_e_mail(house)
            temporary_passwords(house, client)
        numbers(house)
        pins(house)
        an_approval_outlives_a_kill(house)
        assert house.stop("authservice") == 0
        without_pins_and_channels(house)
        assert house.stop("authservice") == 0


if __name__ == "__main__":
    main()
