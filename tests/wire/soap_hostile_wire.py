#!/usr/bin/env python3
"""What strangers may send to the authentication service: XML that bites, bodies without end, HTTP that is none. It answers
with an error of the API or closes, holds its memory, and goes on serving."""
import os
import re
import socket
import ssl
import sys
import time
from pathlib import Path

from house import House, hotp
from soap import NS, SoapClient, envelope, path_of, read_answer, request_xml, tls

PATH = path_of("authenticateUser")


class Raw:
    """A connection under mutual TLS for octets of any kind."""

    def __init__(self, house, seconds=20):
        self.socket = tls(house).wrap_socket(socket.create_connection(("localhost", house.ports["service"]), timeout=seconds),
                                             server_hostname="localhost")
        self.unread, self.body = b"", ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, octets):
        self.socket.sendall(octets.encode() if isinstance(octets, str) else octets)

    def status(self):
        """Of the next answer; its body is read too. None: closed without a word."""
        try:
            while b"\r\n\r\n" not in self.unread:
                self.receive()
            first, _, self.unread = self.unread.partition(b"\r\n\r\n")
            length = int(re.search(rb"(?i)content-length: *(\d+)", first).group(1))
            while len(self.unread) < length:
                self.receive()
        except (ConnectionError, ssl.SSLError):
            return None
        self.body, self.unread = self.unread[:length].decode(errors="replace"), self.unread[length:]
        return int(first.split(b" ", 2)[1])

    def receive(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError
        self.unread += more


def head(method="POST", path=PATH, **headers):
    fields = {"Host": "localhost", "Content-Type": "text/xml; charset=utf-8", **headers}
    return f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items()) + "\r\n"


def resident(process):
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def hostile_xml(house, client):
    def posted(body, content_type="text/xml; charset=utf-8"):
        """'fault', or the status of the API."""
        status, text = client.post(PATH, body, content_type)
        answer = read_answer(text)
        assert status == (500 if "fault" in answer else 200), (status, text)
        for leaked in ("root:", "/etc", "xmlParse", "line "):
            assert leaked not in text, text
        return "fault" if "fault" in answer else answer["status"]

    good = request_xml("authenticateUser", "fixed_id", userId="nobody", otpAuthData={"otp": "123456"})
    assert posted(good) == "6003"

    def with_doctype(declarations, user="&x;"):
        return good.replace("?>", f"?><!DOCTYPE e [{declarations}]>", 1).replace("nobody", user)
    bombs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    for body in (with_doctype('<!ENTITY x "y">'), with_doctype('<!ENTITY x SYSTEM "file:///etc/passwd">'),
                 with_doctype('<!ENTITY a0 "lol">' + bombs, "&a11;"), with_doctype("", "nobody"),
                 good.replace("?>", '?><!DOCTYPE e SYSTEM "http://127.0.0.1:9/e.dtd">', 1),
                 with_doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd">%p;', "nobody")):
        assert posted(body) == "fault", body[:200]

    deep = "<a>" * 100_000 + "</a>" * 100_000
    many = "<userId>a</userId>" * 10_000
    assert posted(deep) == "fault" and posted(envelope(deep[:120_000])) == "fault"
    assert posted(good.replace("<userId>nobody</userId>", f"<userId>{'<b>' * 5000}{'</b>' * 5000}</userId>")) in ("fault", "600B")
    assert posted(good.replace("<userId>nobody</userId>", many)) in ("fault", "600B")
    assert posted(good.replace("<userId>", "<userId " + " ".join(f'a{n}="1"' for n in range(9000)) + ">", 1)) in ("fault", "600B", "6003")
    assert posted(good.replace("nobody", "n" * 200_000)) in ("fault", "600B")

    for wrong in (NS + "x", "http://www.w3.org/2001/XMLSchema", "https://schemas.vip.symantec.com"):
        assert posted(good.replace(NS, wrong)) == "fault", wrong
    assert posted(good.replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope")) == "fault"
    assert posted(good.replace("AuthenticateUser", "AuthenticateNobody")) == "fault"
    assert posted(good.replace("AuthenticateUser", "DeleteUser")) == "fault"  # an operation of another service
    assert posted(good.replace("<userId>", '<userId xmlns="urn:other">', 1)) == "600B"
    assert posted(good.replace("<userId>nobody</userId>", "")) == "600B"
    assert posted(good.replace("123456", "1")) in ("600B", "6003") and posted(good.replace("123456", "1" * 11)) in ("600B", "6003")

    for size in (0, 1, 20, 60, len(good) // 2, len(good) - 20, len(good) - 1):
        assert posted(good[:size]) == "fault", size
    for noise in (b"\0" * 100, os.urandom(5000), b"{}", b"\xff\xfe", b"\xef\xbb\xbf", good.replace("nobody", "\x01")):
        assert posted(noise) == "fault", noise[:20]
    assert posted(good.encode("latin-1").replace(b"nobody", b"\xe9\xff")) == "fault"  # no UTF-8

    # Other encodings: refused, or read as what they are.
    for encoding, name in (("utf-16", "utf-16"), ("utf-16-le", "UTF-16LE"), ("utf-32", "utf-32"), ("utf-7", "utf-7"), ("cp037", "cp037")):
        declared = good.replace("UTF-8", name)
        for body, content_type in ((declared, f"text/xml; charset={name}"), (declared, "text/xml"), (good, "text/xml; charset=utf-8")):
            assert posted(body.encode(encoding), content_type) in ("fault", "6003"), (encoding, content_type)
    for content_type in ("text/xml; charset=", 'text/xml; charset="', "text/xml; charset=none-such", "application/octet-stream", "x" * 3000):
        assert posted(good, content_type) in ("fault", "6003"), content_type
    umlaut = request_xml("getUserInfo", "fixed_id", userId="J\u00f6rg").replace("UTF-8", "ISO-8859-1").encode("latin-1")
    status, text = client.post(path_of("getUserInfo"), umlaut, "text/xml; charset=ISO-8859-1")
    assert read_answer(text, "getUserInfo")["status"] == "0000", text


def odd_names(house):
    """Names as RADIUS clients hand them on: one user each, or nobody; never somebody else."""
    with SoapClient(house, "manager") as client:
        for name in ("* )(uid=*", "a' OR '1'='1", "<userId>x</userId>", "&amp;", "%s%n", "../../etc/passwd", "x" * 128):
            assert client.call("getUserInfo", userId=name)["status"] == "6003", name
            assert client.call("createUser", userId=name)["status"] == "0000", name
            assert client.call("getUserInfo", userId=name)["userId"] == name
            assert client.call("deleteUser", userId=name)["status"] == "0000", name
        for name in ("x" * 129, "\U0001f600", "a\u202eb", "a\tb", "a\nb", "   "):
            assert client.call("createUser", userId=name)["status"] == "600B", name
            assert client.call("getUserInfo", userId=name)["status"] in ("6003", "600B"), name
        assert client.call("createUser", userId="Stra\u00dfe")["status"] == "0000"
        assert client.call("createUser", userId="STRA\u00dfE")["status"] == "6002"


def bodies_without_end(house):
    process = house.processes["authservice"]
    before = resident(process)
    some = b"<a>" * 40_000
    for told in (True, False):
        with Raw(house) as raw:
            raw.send(head(Content_Length=100_000_000) if told else head(Transfer_Encoding="chunked"))
            sent = 0
            try:
                while sent < 100_000_000:
                    raw.send(some if told else f"{len(some):x}\r\n".encode() + some + b"\r\n")
                    sent += len(some)
            except OSError:
                pass
            else:
                raise AssertionError("took 100 MB")
            assert raw.status() in (413, None)
    for told in (300_000, 2_000_000):  # over what a SOAP request may be; over what any may be
        with Raw(house) as raw:
            raw.send(head(Content_Length=told))
            try:
                raw.send(b"<" * told)
            except OSError:
                pass
            assert raw.status() in (413, 500, None), told
    assert resident(process) - before < (64 if house.sanitized else 12) << 20, resident(process) - before


def odd_http(house, secret):
    def once(octets, *expected):
        with Raw(house) as raw:
            raw.send(octets)
            status = raw.status()
            assert status in expected, (octets[:80], status)
            return raw.body if status else ""

    def body(counter):
        return request_xml("authenticateUser", userId="alice", otpAuthData={"otp": hotp(secret, counter)})
    once(head(Content_Length=0), 500)
    once(head("GET"), 405)
    once(head("PUT", Content_Length=0), 405)
    once(head("DELETE"), 405)
    once(head("GET", path="/vipuserservices/NoService_1_8?wsdl"), 404)
    once(head("GET", path="/"), 404)
    once(head("GET", path=PATH + "?" + "a" * 3000), 405)
    assert "<definitions" in once(head("GET", path=PATH + "?wsdl"), 200)
    once(head("GET", path="/vipuserservices/%2e%2e/%00?wsdl"), 400, 404)
    once(head(path="http://other.example/" + PATH, Content_Length=0), 400, 404, 500)
    once(head("GET", path=PATH + "?wsdl", Host='"><evil/>'), 200, 400)
    once(head(X_Long="a" * 16_384, Content_Length=0), 431)
    once(head(**{f"X-{n}": "a" * 100 for n in range(400)}, Content_Length=0), 431)
    once("POST " + PATH + " HTTP/9.9\r\n\r\n", 400, None)
    once("hello\r\n\r\n", 400, None)
    once(os.urandom(500) + b"\r\n\r\n", 400, None)
    once(head(Content_Length="-1"), 400, None)
    once(head(Content_Length="99999999999999999999999"), 400, 413, None)
    once(head(Content_Length="5").replace("\r\n\r\n", "\r\nContent-Length: 6\r\n\r\n") + "123456", 400)
    once(head(Content_Length="5", Transfer_Encoding="chunked") + "0\r\n\r\n", 400, 500)
    once(head(Transfer_Encoding="chunked") + "zz\r\n", 400)
    text = body(0)
    pieces = "".join(f"{len(text[at:at + 7]):x}\r\n{text[at:at + 7]}\r\n" for at in range(0, len(text), 7)) + "0\r\n\r\n"
    assert read_answer(once(head(Transfer_Encoding="chunked") + pieces, 200))["status"] == "0000"
    with Raw(house) as raw:  # three at once, octet by octet at first: answered in order
        whole = "".join(head(Content_Length=len(body(n))) + body(n) for n in (1, 1, 2))
        for octet in whole[:40]:
            raw.send(octet)
        raw.send(whole[40:])
        assert [(raw.status(), read_answer(raw.body)["status"]) for _ in range(3)] == [(200, "0000"), (200, "6009"), (200, "0000")]
    with Raw(house) as raw:  # half a request, and gone
        raw.send(head(Content_Length=len(text)) + text[:100])
    once(head(Content_Length=len(body(5)), Expect="100-continue").replace("HTTP/1.1", "HTTP/1.0") + body(5), 200)


def slow_and_silent(house):
    """Connections that say nothing, do not shake hands, or send an octet now and then do not stand in the way."""
    silent = [socket.create_connection(("localhost", house.ports["service"])) for _ in range(200)]
    begun = [Raw(house) for _ in range(20)]
    for raw in begun:
        raw.send("POST ")
    start = time.monotonic()
    with SoapClient(house) as client:
        assert client.call("getServerTime")["status"] == "0000"
    assert time.monotonic() - start < 5
    for one in silent:
        one.close()
    for raw in begun:
        raw.socket.close()


def main():
    with House(sys.argv[1]) as house:
        house.start_authservice()
        house.run("user", "add", "J\u00f6rg")
        secret = house.enrol("alice", "--kind", "hotp")
        with SoapClient(house) as client:
            hostile_xml(house, client)
        odd_names(house)
        bodies_without_end(house)
        odd_http(house, secret)
        slow_and_silent(house)
        with SoapClient(house) as client:
            assert client.authenticate("alice", hotp(secret, 8)) == "0000"
        assert secret not in (house.folder / "authservice.log").read_text()
        assert house.stop("authservice") == 0


if __name__ == "__main__":
    main()
