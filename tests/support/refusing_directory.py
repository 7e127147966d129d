"""A directory that finds everybody it was told of and refuses binds in the words of Active Directory, which hides the cause in the
diagnostic message: "... error, data 532, v4563". Just enough LDAP for binds and searches.

    directory = RefusingDirectory({"old": {"data": "532"}, "off": {"entry": {"userAccountControl": "514"}}, "alice": {}})
    ... urls = ["ldap://127.0.0.1:PORT"], bind_dn = "cn=service" ...
"""
import socketserver
import threading


def element(tag, content):
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + length + content


def read_element(stream):
    """(tag, content), or None at the end."""
    head = stream.read(2)
    if len(head) < 2:
        return None
    size = head[1] if head[1] < 128 else int.from_bytes(stream.read(head[1] & 127), "big")
    return head[0], stream.read(size)


def result(code, words=""):
    return element(0x0A, bytes([code])) + element(0x04, b"") + element(0x04, words.encode())


class RefusingDirectory:
    """`people` may be changed while it serves. Every password is right where no `data` is said."""

    def __init__(self, people):
        self.people = people
        outer = self

        class Peer(socketserver.StreamRequestHandler):
            def handle(self):
                while (message := read_element(self.rfile)) is not None:
                    size = 2 + message[1][1]  # of the message's number
                    number, tag, asked = message[1][:size], message[1][size], message[1][size + 1:]
                    if tag == 0x42:  # unbind
                        return
                    for answer in outer.answers(tag, asked):
                        self.wfile.write(element(0x30, number + answer))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        server = Server(("127.0.0.1", 0), Peer)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def person_in(self, asked):
        return next((name for name in self.people if b"=" + name.encode() + b"," in asked or element(0x04, name.encode()) in asked), None)

    def answers(self, tag, asked):
        name = self.person_in(asked)
        if tag == 0x60:
            data = self.people[name].get("data") if name else None
            words = f"80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data {data}, v4563"
            yield element(0x61, result(49, words) if data else result(0))
        elif tag == 0x63:
            if name:
                values = {"uid": name, **self.people[name].get("entry", {})}
                parts = b"".join(element(0x30, element(0x04, key.encode()) + element(0x31, element(0x04, value.encode())))
                                 for key, value in values.items())
                yield element(0x64, element(0x04, f"uid={name},dc=example".encode()) + element(0x30, parts))
            yield element(0x65, result(0))
