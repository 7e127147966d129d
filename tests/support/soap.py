"""A small client of the VIP User Services API for wire tests: one connection under mutual TLS that is kept, requests from
dictionaries, answers as dictionaries.

    client = SoapClient(house)                       # the certificate "gateway", role validation
    answer = client.call("authenticateUser", userId="alice", otpAuthData={"otp": "123456"})
    assert answer["status"] == "0000"
"""
import http.client
import itertools
import secrets
import ssl
import string
from xml.etree import ElementTree
from xml.sax.saxutils import escape

NS = "https://schemas.symantec.com/vip/2011/04/vipuserservices"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICES = {
    "AuthenticationService": ("authenticateUser", "authenticateUserWithPush", "authenticateCredentials", "checkOtp"),
    "QueryService": ("getServerTime", "getUserInfo", "getCredentialInfo", "getTemporaryPasswordAttributes", "pollPushStatus"),
    "ManagementService": ("createUser", "updateUser", "deleteUser", "clearUserPin", "addCredential", "updateCredential", "removeCredential",
                          "setTemporaryPassword", "clearTemporaryPassword", "setTemporaryPasswordAttributes", "sendOtp", "register"),
}
SERVICE_OF = {operation: service for service, operations in SERVICES.items() for operation in operations}
serial = itertools.count(1)


def capital(operation):
    return operation[0].upper() + operation[1:]


def path_of(operation, version="1_8"):
    return f"/vipuserservices/{SERVICE_OF[operation]}_{version}"


def idempotent_id():
    return "sp1_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(22))


def fields_xml(fields):
    text = ""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            inner = fields_xml(one) if isinstance(one, dict) else escape(str(one).lower() if isinstance(one, bool) else str(one))
            text += f"<{name}>{inner}</{name}>"
    return text


def envelope(inner):
    return f'<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="{ENVELOPE}"><S:Body>{inner}</S:Body></S:Envelope>'


def request_xml(operation, request_id=None, **fields):
    fields = {"requestId": request_id or f"test_{next(serial)}", **fields}
    return envelope(f'<{capital(operation)}Request xmlns="{NS}">{fields_xml(fields)}</{capital(operation)}Request>')


def as_dictionary(element):
    found = {}
    for child in element:
        name = child.tag.removeprefix(f"{{{NS}}}")
        value = as_dictionary(child) if len(child) else child.text or ""
        if name in found:
            found[name] = (found[name] if isinstance(found[name], list) else [found[name]]) + [value]
        else:
            found[name] = value
    return found


def read_answer(text, operation=None):
    """The fields of the response, or {"fault": words}."""
    body = ElementTree.fromstring(text).find(f"{{{ENVELOPE}}}Body")
    response = body[0]
    if response.tag == f"{{{ENVELOPE}}}Fault":
        return {"fault": response.findtext("faultstring")}
    if operation:
        assert response.tag == f"{{{NS}}}{capital(operation)}Response", response.tag
    return as_dictionary(response)


def tls(house, identity="gateway"):
    context = ssl.create_default_context(cafile=house.folder / "ca.pem")
    if identity:
        context.load_cert_chain(house.folder / f"{identity}.pem", house.folder / f"{identity}.key")
    return context


class SoapClient:
    def __init__(self, house, identity="gateway", seconds=30):
        self.connection = http.client.HTTPSConnection("localhost", house.ports["service"], context=tls(house, identity),
                                                      timeout=seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def post(self, path, body, content_type="text/xml; charset=utf-8", **headers):
        """(status, text) of any body."""
        octets = body.encode() if isinstance(body, str) else body
        self.connection.request("POST", path, octets, {"Content-Type": content_type, "SOAPAction": '""', **headers})
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def call(self, operation, request_id=None, version="1_8", **fields):
        status, text = self.post(path_of(operation, version), request_xml(operation, request_id, **fields))
        assert status == 200, (status, text)
        return read_answer(text, operation)

    def authenticate(self, user, code, second=None, request_id=None):
        """The status and the detail, if any: "0000", "6009+49B5"."""
        codes = {"otp": code, **({"otp2": second} if second else {})}
        answer = self.call("authenticateUser", request_id, userId=user, otpAuthData=codes)
        return answer["status"] + ("+" + answer["detail"] if "detail" in answer else "")
