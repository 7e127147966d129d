"""A name server for tests: names with one IPv4 address or a list of them; answers (RFC 1035) or fails or says nothing.

    names = NameServer("10.0.0.53", {"vip.example.test": "10.0.0.2"})
    names.mode = "silent"    # or "fails" (SERVFAIL), "answers"
"""
import socket
import struct
import threading

A, SERVER_FAILURE, NO_SUCH_NAME = 1, 2, 3


class NameServer:
    def __init__(self, address, names, port=53):
        self.names = names
        self.mode = "answers"
        self.asked = 0
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                question, source = self.socket.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            if self.mode != "silent" and len(question) > 16:
                self.socket.sendto(self.answer(question), source)

    def answer(self, question):
        at, labels = 12, []
        while question[at]:
            labels.append(question[at + 1:at + 1 + question[at]].decode("latin-1").lower())
            at += 1 + question[at]
        end = at + 5  # the root, type and class
        kind = struct.unpack(">H", question[at + 1:at + 3])[0]
        addresses = self.names.get(".".join(labels))
        if self.mode == "fails":
            return self.reply(question[:2], SERVER_FAILURE, question[12:end])
        if addresses is None:
            return self.reply(question[:2], NO_SUCH_NAME, question[12:end])
        if kind != A:  # the name exists, but has nothing of that type
            return self.reply(question[:2], 0, question[12:end])
        records = [struct.pack(">HHHIH", 0xC00C, A, 1, 1, 4) + socket.inet_aton(address)
                   for address in ([addresses] if isinstance(addresses, str) else addresses)]
        return self.reply(question[:2], 0, question[12:end], records)

    @staticmethod
    def reply(identifier, code, question, records=()):
        flags = 0x8180 | code  # an answer; recursion was desired and is available
        return identifier + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + question + b"".join(records)

    def stop(self):
        self.socket.close()
