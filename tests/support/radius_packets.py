"""RADIUS packets by hand, for what radclient and pyrad cannot be made to send. Independent of the C++ code."""
import hashlib
import hmac
import os
import socket
import struct

from house import RADIUS_SECRET

SECRET = RADIUS_SECRET.encode()
USER_NAME, USER_PASSWORD, CHAP_PASSWORD, NAS_IDENTIFIER, PROXY_STATE, CALLING_STATION_ID = 1, 2, 3, 32, 33, 31
REPLY_MESSAGE, STATE, EAP_MESSAGE, MESSAGE_AUTHENTICATOR = 18, 24, 79, 80
ACCEPT, REJECT, CHALLENGE = 2, 3, 11


def attribute(kind, value):
    value = value.encode() if isinstance(value, str) else value
    return bytes([kind, len(value) + 2]) + value


def hide(password, authenticator, secret=SECRET):
    """RFC 2865 section 5.2."""
    password = password.encode() if isinstance(password, str) else password
    padded = password + bytes(-len(password) % 16) if password else bytes(16)
    out, last = b"", authenticator
    for at in range(0, len(padded), 16):
        last = bytes(a ^ b for a, b in zip(padded[at:at + 16], hashlib.md5(secret + last).digest()))
        out += last
    return out


def packet(code, identifier, authenticator, attributes):
    return struct.pack(">BBH", code, identifier, 20 + len(attributes)) + authenticator + attributes


def sign(raw, secret=SECRET):
    """Fills in the Message-Authenticator that stands in `raw` as 16 zero octets."""
    at = 20
    while raw[at] != MESSAGE_AUTHENTICATOR:
        at += raw[at + 1]
    return raw[:at + 2] + hmac.new(secret, raw, hashlib.md5).digest() + raw[at + 18:]


def access_request(user, password, identifier=1, attributes=b"", message_authenticator=True, secret=SECRET, authenticator=None):
    authenticator = authenticator or os.urandom(16)
    body = attribute(MESSAGE_AUTHENTICATOR, bytes(16)) if message_authenticator else b""
    body += attribute(USER_NAME, user)
    if password is not None:
        body += attribute(USER_PASSWORD, hide(password, authenticator, secret))
    raw = packet(1, identifier, authenticator, body + attributes)
    return sign(raw, secret) if message_authenticator else raw


def status_server(identifier=9, secret=SECRET):
    return sign(packet(12, identifier, os.urandom(16), attribute(MESSAGE_AUTHENTICATOR, bytes(16))), secret)


def attributes_of(raw):
    found, at = [], 20
    while at < len(raw):
        found.append((raw[at], raw[at + 2:at + raw[at + 1]]))
        at += raw[at + 1]
    return found


def check_reply(request, reply, secret=SECRET):
    """Asserts the Response Authenticator, and that a right Message-Authenticator stands first; gives the code."""
    assert reply[1] == request[1], "another identifier"
    assert struct.unpack(">H", reply[2:4])[0] == len(reply), "a length that is not the packet's"
    expected = hashlib.md5(reply[:4] + request[4:20] + reply[20:] + secret).digest()
    assert reply[4:20] == expected, "a wrong Response Authenticator"
    found = attributes_of(reply)
    assert found[0][0] == MESSAGE_AUTHENTICATOR, f"Message-Authenticator is not first: {found}"
    zeroed = reply[:4] + request[4:20] + reply[20:22] + bytes(16) + reply[38:]
    assert found[0][1] == hmac.new(secret, zeroed, hashlib.md5).digest(), "a wrong Message-Authenticator"
    return reply[0]


class Client:
    """A UDP socket towards one server."""

    def __init__(self, port, host="127.0.0.1", source=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((host, port))

    def send(self, raw):
        self.socket.send(raw)

    def receive(self, seconds=3.0):
        """One datagram, or None."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(8192)
        except (TimeoutError, ConnectionRefusedError):
            return None

    def ask(self, raw, seconds=3.0):
        self.send(raw)
        return self.receive(seconds)

    def close(self):
        self.socket.close()
