"""HTTP proxies for wire tests: squid and tinyproxy, real ones, in folders of their own; and a small one that checks NTLM as
[MS-NLMP] says, or answers CONNECT as it is told."""
import base64
import hashlib
import hmac
import os
import pwd
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

from house import free_port, until, whole_lines


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class RealProxy:
    """A program on a free port; ended, and its folder removed, with stop()."""

    def __init__(self, name):
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"sallyport-{name}-"))
        self.process = None

    def begin(self, command):
        with open(self.folder / "out.log", "ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: self.process.poll() is not None or accepts(self.port), f"{command[0]} listens", 30)
        assert self.process.poll() is None, (self.folder / "out.log").read_text()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Squid(RealProxy):
    """`scheme`: basic, digest or ntlm (a helper that believes every answer); user "guest" is forbidden, and "slow" waits for
    an ACL that takes half a minute. `names` are known to it alone."""

    REALM = "sallyport tests"

    def __init__(self, scheme, users, names=()):
        super().__init__("squid")
        folder = self.folder
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(f"127.0.0.1 {name}\n" for name in names))
        (folder / "slow.sh").write_text("#!/bin/sh\nwhile read line; do sleep 30; echo OK; done\n")
        (folder / "slow.sh").chmod(0o755)
        with open(folder / "basic", "w") as basic, open(folder / "digest", "w") as digest:
            for user, password in users.items():
                hashed = subprocess.run(["openssl", "passwd", "-5", "-stdin"], input=password, text=True, check=True,
                                        capture_output=True).stdout.strip()
                basic.write(f"{user}:{hashed}\n")
                digest.write(f"{user}:{self.REALM}:" + hashlib.md5(f"{user}:{self.REALM}:{password}".encode()).hexdigest() + "\n")
        program = {"basic": f"/usr/lib/squid/basic_ncsa_auth {folder}/basic", "digest": f"/usr/lib/squid/digest_file_auth -c {folder}/digest",
                   "ntlm": "/usr/lib/squid/ntlm_fake_auth"}[scheme]
        (folder / "squid.conf").write_text(f"""
http_port 127.0.0.1:{self.port}
pid_filename none
hosts_file {folder}/hosts
dns_nameservers 127.0.0.1
dns_timeout 1 seconds
cache_log {folder}/cache.log
access_log stdio:{folder}/access.log
cache deny all
max_filedescriptors 1024
shutdown_lifetime 0 seconds
auth_param {scheme} program {program}
auth_param {scheme} children 2 startup=1
{"" if scheme == "ntlm" else f"auth_param {scheme} realm {self.REALM}"}
external_acl_type half_a_minute ttl=0 negative_ttl=0 children-max=1 %LOGIN {folder}/slow.sh
acl signed_in proxy_auth REQUIRED
acl guest proxy_auth guest
acl slow proxy_auth slow
acl waits external half_a_minute
http_access deny !signed_in
http_access deny guest all
http_access deny slow !waits all
http_access allow CONNECT signed_in
http_access deny all
""")
        if os.geteuid() == 0:  # it gives up root
            user = pwd.getpwnam("proxy")
            for path in (folder, *folder.iterdir()):
                os.chown(path, user.pw_uid, user.pw_gid)
        self.begin(["squid", "-N", "-f", str(folder / "squid.conf")])

    def answers(self):
        """Of CONNECT, in order: ['407', '200', ...]; a tunnel's line comes when it ends."""
        lines = [line.split() for line in whole_lines(self.folder / "access.log")]
        return [line[3].split("/")[1] for line in lines if line[5] == "CONNECT"]


class Tinyproxy(RealProxy):
    def __init__(self, user, password, connect_port):
        super().__init__("tinyproxy")
        (self.folder / "tinyproxy.conf").write_text(f"""
Port {self.port}
Listen 127.0.0.1
Timeout 600
MaxClients 50
Allow 127.0.0.1
BasicAuth {user} {password}
ConnectPort {connect_port}
""")
        self.begin(["tinyproxy", "-d", "-c", str(self.folder / "tinyproxy.conf")])


def md4(message):
    """RFC 1320; today's OpenSSL keeps it among the legacy algorithms."""
    def left(x, n):
        return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + struct.pack("<Q", 8 * len(message))
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    rounds = ((lambda x, y, z: (x & y) | (~x & z), 0, (3, 7, 11, 19), range(16)),
              (lambda x, y, z: (x & y) | (x & z) | (y & z), 0x5A827999, (3, 5, 9, 13), [i % 4 * 4 + i // 4 for i in range(16)]),
              (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, (3, 9, 11, 15), [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]))
    for at in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[at:at + 64])
        a, b, c, d = state
        for function, constant, shifts, order in rounds:
            for step, index in enumerate(order):
                a, b, c, d = d, left((a + function(b, c, d) + words[index] + constant) & 0xFFFFFFFF, shifts[step % 4]), b, c
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


class NtlmJudge:
    """The server's side of NTLMv2 ([MS-NLMP] 3.3.2), for one user."""

    CHALLENGE = bytes.fromhex("0123456789abcdef")

    def __init__(self, user, password):
        self.user, self.password = user, password

    def challenge(self):
        def pair(kind, text):
            value = text.encode("utf-16-le")
            return struct.pack("<HH", kind, len(value)) + value
        name = "CORP".encode("utf-16-le")
        pairs = pair(2, "CORP") + pair(1, "PROXY") + struct.pack("<HH", 0, 0)
        flags = 0x00000001 | 0x00000004 | 0x00000200 | 0x00008000 | 0x00010000 | 0x00080000 | 0x00800000
        head = b"NTLMSSP\0" + struct.pack("<IHHII", 2, len(name), len(name), 48, flags) + self.CHALLENGE + bytes(8)
        return head + struct.pack("<HHI", len(pairs), len(pairs), 48 + len(name)) + name + pairs

    def proves(self, message):
        def field(at):
            length, _, offset = struct.unpack_from("<HHI", message, at)
            return message[offset:offset + length]
        response, domain, user = field(20), field(28).decode("utf-16-le"), field(36).decode("utf-16-le")
        if user != self.user or len(response) < 44:  # 24 octets would be NTLMv1
            return False
        key = hmac.new(md4(self.password.encode("utf-16-le")), (user.upper() + domain).encode("utf-16-le"), "md5").digest()
        return hmac.compare_digest(hmac.new(key, self.CHALLENGE + response[16:], "md5").digest(), response[:16])


class SmallProxy:
    """Asks `decide(authorization, memory)` about each CONNECT (memory: of the connection): None opens the tunnel, octets are
    the answer. Remembers what was asked."""

    def __init__(self, decide):
        self.decide = decide
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.connections = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        memory = {}
        try:
            while True:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    octet = connection.recv(1)
                    if not octet:
                        return
                    head += octet
                lines = head.decode().split("\r\n")
                signed = [line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("proxy-authorization:")]
                self.asked.append((lines[0], signed[0] if signed else ""))
                answer = self.decide(signed[0] if signed else "", memory)
                if answer is None:
                    return self.tunnel(connection, lines[0].split()[1])
                connection.sendall(answer)
                if b"Content-Length" not in answer:
                    return
        except OSError:
            pass
        finally:
            connection.close()

    def tunnel(self, connection, target):
        host, port = target.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as other:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self.copy, args=(other, connection), daemon=True)
            back.start()
            self.copy(connection, other)
            back.join()

    @staticmethod
    def copy(source, sink):
        try:
            while octets := source.recv(65536):
                sink.sendall(octets)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def answers(octets):
    return lambda authorization, memory: octets


def required(*challenges):
    lines = "".join(f"Proxy-Authenticate: {challenge}\r\n" for challenge in challenges)
    return f"HTTP/1.1 407 Proxy Authentication Required\r\n{lines}Content-Length: 0\r\n\r\n".encode()


def ntlm(user, password):
    judge = NtlmJudge(user, password)

    def decide(authorization, memory):
        scheme, _, token = authorization.partition(" ")
        if scheme != "NTLM":
            return required("NTLM", 'Basic realm="x"')
        message = base64.b64decode(token)
        if message[8] == 1:
            memory["challenged"] = True
            return required("NTLM " + base64.b64encode(judge.challenge()).decode())
        return None if memory.get("challenged") and judge.proves(message) else required("NTLM")
    return decide
