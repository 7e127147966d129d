#!/usr/bin/env python3
"""Our description of the services, held against stacks that nobody here wrote.

libxml2's schema validator loads the schema and judges every message of tests/vectors/vip as we write it; zeep, a strict
reader, loads each WSDL, lists exactly the operations, writes a request to each and reads every response vector.
Usage: wsdl_wire.py PATH_OF_A_PROGRAM_BESIDE_vip_test
"""
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import etree
from zeep import Client, Settings
from zeep.transports import Transport

NS = "https://schemas.symantec.com/vip/2011/04/vipuserservices"
VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "vip"
EXPECTED = {
    "AuthenticationService": {"authenticateUser", "authenticateUserWithPush", "authenticateCredentials", "checkOtp"},
    "QueryService": {"getServerTime", "getUserInfo", "getCredentialInfo", "getTemporaryPasswordAttributes", "pollPushStatus"},
    "ManagementService": {"createUser", "updateUser", "deleteUser", "clearUserPin", "addCredential", "updateCredential",
                          "removeCredential", "setTemporaryPassword", "clearTemporaryPassword",
                          "setTemporaryPasswordAttributes", "sendOtp", "register"},
}
REQUESTS = {
    "authenticateUser": dict(userId="alice", otpAuthData={"otp": "123456"}),
    "authenticateCredentials": dict(credentials=[{"credentialId": "VSMT12345678", "credentialType": "STANDARD_OTP"}],
                                    otpAuthData={"otp": "123456"}),
    "checkOtp": dict(userId="alice", otpAuthData={"otp": "123456", "otp2": "234567"}),
    "getServerTime": {},
    "getUserInfo": dict(userId="alice", includeTokenInfo=True),
    "getCredentialInfo": dict(credentialId="VSMT12345678", credentialType="STANDARD_OTP"),
    "createUser": dict(userId="alice", pin="1234"),
    "updateUser": dict(userId="alice", newUserStatus="ACTIVE"),
    "deleteUser": dict(userId="alice"),
    "addCredential": dict(userId="alice", credentialDetail={"credentialId": "VSMT12345678", "credentialType": "STANDARD_OTP"}),
    "updateCredential": dict(userId="alice", credentialId="VSMT12345678", credentialType="STANDARD_OTP", friendlyName="x"),
    "removeCredential": dict(userId="alice", credentialId="VSMT12345678", credentialType="STANDARD_OTP"),
    "authenticateUserWithPush": dict(userId="alice", pushAuthData={
        "displayParameters": [{"Key": "push.message.text", "Value": "VPN"}],
        "requestParameters": [{"Key": "request.timeout", "Value": "60"}]}),
    "pollPushStatus": dict(transactionId=["0a1b2c3d4e5f6071", "0a1b2c3d4e5f6072"]),
    "getTemporaryPasswordAttributes": dict(userId="alice"),
    "clearUserPin": dict(userId="alice"),
    "setTemporaryPassword": dict(userId="alice", temporaryPassword="123456",
                                 temporaryPasswordAttributes={"oneTimeUseOnly": True}),
    "clearTemporaryPassword": dict(userId="alice"),
    "setTemporaryPasswordAttributes": dict(userId="alice", temporaryPasswordAttributes={"oneTimeUseOnly": False}),
    "sendOtp": dict(userId="alice", smsDeliveryInfo={"phoneNumber": "15551234567"}),
    "register": dict(voiceDeliveryInfo={"phoneNumber": "15551234567"}),
}
NEWER = {  # what only 1.10 can say
    "sendOtp": dict(userId="alice", emailDeliveryInfo={"emailAddress": "o'brien+vpn@example.com"}),
    "register": dict(emailDeliveryInfo={"emailAddress": "alice@example.com"}),
    "removeCredential": dict(userId="alice", credentialId="alice@example.com", credentialType="EMAIL_OTP"),
}
VERSIONS = (8, 10)


def unescaped(text):
    """The vectors write an octet as \\xHH; what comes out is UTF-8."""
    octets = bytearray()
    while text:
        if text.startswith("\\x"):
            octets.append(int(text[2:4], 16))
            text = text[4:]
        else:
            octets += text[0].encode()
            text = text[1:]
    return octets.decode()


def messages(file):
    """(version, operation, message in its namespace) of each block whose outcome is a message."""
    asked, minor = None, 8
    for line in (VECTORS / file).read_text().splitlines():
        if line.startswith("? "):
            asked = line[2:]
        if line.startswith("! "):
            minor = int(line[2:])
        if line.startswith("< <"):
            message = unescaped(line[2:])
            name, rest = message[1:].split(">", 1)
            yield minor, asked, f'<{name} xmlns="{NS}">{rest}'
        if line.startswith("< "):
            minor = 8


class Answer:
    status_code = 200
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    encoding = "utf-8"

    def __init__(self, content):
        self.content = content


def check_schema(folder):
    schemas = {minor: etree.XMLSchema(etree.parse(str(folder / f"schema_1_{minor}.xsd"))) for minor in VERSIONS}
    count = 0
    for file in ("requests.txt", "responses.txt"):
        for minor, _, message in messages(file):
            document = etree.parse(io.BytesIO(message.encode()))
            short_id = document.getroot().find(f"{{{NS}}}credentialId")
            if short_id is not None and len(short_id.text) < 4:
                continue  # the vector of a newer service, read laxly
            schemas[minor].assertValid(document)
            assert minor == 8 or not schemas[8].validate(document), message
            count += 1
    bad = f'<DeleteUserRequest xmlns="{NS}"><userId>a</userId><requestId>abcd</requestId></DeleteUserRequest>'
    assert not schemas[8].validate(etree.fromstring(bad).getroottree()), "the schema must demand an order"
    return count


def check_service(folder, service, minor):
    client = Client(str(folder / f"{service}_1_{minor}.wsdl"), settings=Settings(strict=True), transport=Transport(timeout=1))
    port = next(iter(client.wsdl.services[service].ports.values()))
    operations = port.binding._operations
    assert set(operations) == EXPECTED[service], sorted(operations)
    assert port.binding_options["address"] == f"https://localhost:18443/vipuserservices/{service}_1_{minor}"
    requests = REQUESTS | NEWER if minor >= 10 else REQUESTS
    for name in operations:
        envelope = client.create_message(client.service, name, requestId="zeep_0001", **requests[name])
        body = envelope[-1]
        assert body[0].tag == f"{{{NS}}}{name[0].upper()}{name[1:]}Request", body[0].tag
    count = 0
    for newest, asked, message in messages("responses.txt"):
        if asked in operations and newest <= minor:
            text = f'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>{message}</S:Body></S:Envelope>'
            reply = port.binding.process_reply(client, operations[asked], Answer(text.encode()))
            assert reply.requestId and reply.statusMessage, message
            count += 1
    assert count > 0, service
    return count


def main():
    vip_test = Path(sys.argv[1]).resolve().parent / "vip_test"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([str(vip_test), "--gtest_brief=1", "--gtest_filter=Wsdl.*"], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, "SALLYPORT_WSDL_FOLDER": str(folder)})
        print(f"{check_schema(folder)} messages are valid")
        for service in EXPECTED:
            for minor in VERSIONS:
                print(f"{service} 1.{minor}: {check_service(folder, service, minor)} responses read")


if __name__ == "__main__":
    main()
