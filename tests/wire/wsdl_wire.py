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
    "AuthenticationService": {"authenticateUser", "authenticateCredentials", "checkOtp"},
    "QueryService": {"getServerTime", "getUserInfo", "getCredentialInfo"},
    "ManagementService": {"createUser", "updateUser", "deleteUser", "addCredential", "updateCredential", "removeCredential"},
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
}


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
    """(operation, message in its namespace) of each block whose outcome is a message."""
    asked = None
    for line in (VECTORS / file).read_text().splitlines():
        if line.startswith("? "):
            asked = line[2:]
        if line.startswith("< <"):
            message = unescaped(line[2:])
            name, rest = message[1:].split(">", 1)
            yield asked, f'<{name} xmlns="{NS}">{rest}'


class Answer:
    status_code = 200
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    encoding = "utf-8"

    def __init__(self, content):
        self.content = content


def check_schema(folder):
    schema = etree.XMLSchema(etree.parse(str(folder / "schema.xsd")))
    count = 0
    for file in ("requests.txt", "responses.txt"):
        for _, message in messages(file):
            document = etree.parse(io.BytesIO(message.encode()))
            short_id = document.getroot().find(f"{{{NS}}}credentialId")
            if short_id is not None and len(short_id.text) < 4:
                continue  # the vector of a newer service, read laxly
            schema.assertValid(document)
            count += 1
    bad = f'<DeleteUserRequest xmlns="{NS}"><userId>a</userId><requestId>abcd</requestId></DeleteUserRequest>'
    assert not schema.validate(etree.fromstring(bad).getroottree()), "the schema must demand an order"
    return count


def check_service(folder, service):
    client = Client(str(folder / f"{service}.wsdl"), settings=Settings(strict=True), transport=Transport(timeout=1))
    port = next(iter(client.wsdl.services[service].ports.values()))
    operations = port.binding._operations
    assert set(operations) == EXPECTED[service], sorted(operations)
    assert port.binding_options["address"] == f"https://localhost:18443/vipuserservices/{service}_1_8"
    for name in operations:
        envelope = client.create_message(client.service, name, requestId="zeep_0001", **REQUESTS[name])
        body = envelope[-1]
        assert body[0].tag == f"{{{NS}}}{name[0].upper()}{name[1:]}Request", body[0].tag
    count = 0
    for asked, message in messages("responses.txt"):
        if asked in operations:
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
            print(f"{service}: {check_service(folder, service)} responses read")


if __name__ == "__main__":
    main()
