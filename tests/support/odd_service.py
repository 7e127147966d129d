#!/usr/bin/env python3
"""An authentication service that answers as it is told, over mutual TLS: what it is not told to spoil it passes on to the real
one behind it. As a class, one that the house ends with its other processes:

    odd = OddService(house, "odd", house.ports["service"], tls="1.2", closes_after_alert=True)
    ... lead a gate to house.ports["odd"] ...
    odd.say("status 503 retry_after 5")

As a program it is told a line at a time on standard input, and says "ok" or "cannot: why". A line is a whole conduct: `pass`; or
one answer and what narrows it down.

    answers   status N [retry_after SECONDS] [location URL] · api STATUS [detail DETAIL] · garbage · truncated · reset · silent
    slower    slow SECONDS · loaded RATE SECONDS (answers so late while more than RATE requests a second come)
    narrowed  user NAME (requests of this user only) · every N (each Nth request only)
"""
import argparse
import asyncio
import collections
import contextlib
import os
import re
import ssl
import subprocess
import sys
import time
from pathlib import Path

NS = "https://schemas.symantec.com/vip/2011/04/vipuserservices"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
# word: the kinds of what follows it
WORDS = {"status": (int,), "retry_after": (int,), "location": (str,), "api": (str,), "detail": (str,), "garbage": (), "truncated": (),
         "reset": (), "silent": (), "slow": (float,), "loaded": (float, float), "user": (str,), "every": (int,), "pass": ()}
ANSWERS = ("status", "api", "garbage", "truncated", "reset", "silent")


def conduct_of(line):
    words, conduct = line.split(), {}
    while words:
        kinds = WORDS[words[0]]  # KeyError, IndexError, ValueError: not understood
        conduct[words[0]] = [kind(words[1 + at]) for at, kind in enumerate(kinds)]
        words = words[1 + len(kinds):]
    if not conduct or sum(word in ANSWERS for word in conduct) > 1:
        raise ValueError(line)
    return conduct


def http_answer(status, body=b"", **fields):
    head = f"HTTP/1.1 {status} As told\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return (head + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode() + body


def api_answer(request, status, detail=None):
    """An answer of the API to this request, with the same status whatever was asked."""
    operation = re.search(rb"<(?:\w+:)?(\w+)Request[\s>]", request)
    request_id = re.search(rb"<(?:\w+:)?requestId>([^<]*)<", request)
    name = operation.group(1).decode() if operation else "AuthenticateUser"
    more = f"<detail>{detail}</detail><detailMessage>As told.</detailMessage>" if detail else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="{ENVELOPE}"><S:Body><{name}Response xmlns="{NS}"><requestId>'
            f"{request_id.group(1).decode() if request_id else ''}</requestId><status>{status}</status><statusMessage>As told.</statusMessage>"
            f"{more}</{name}Response></S:Body></S:Envelope>").encode()


class Behind:
    """The real service: connections that are kept and used in turn."""

    def __init__(self, port, context):
        self.port, self.context, self.idle = port, context, []

    async def ask(self, request):
        while self.idle:
            reader, writer = self.idle.pop()
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # it may have ended meanwhile
                return await self.exchange(request, reader, writer)
        return await self.exchange(request, *await asyncio.open_connection("127.0.0.1", self.port, ssl=self.context,
                                                                           server_hostname="localhost"))

    async def exchange(self, request, reader, writer):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        answer = head + await reader.readexactly(int(re.search(rb"(?i)content-length: *(\d+)", head).group(1)))
        self.idle.append((reader, writer))
        return answer


class Server:
    def __init__(self, options):
        self.options = options
        self.conduct = {"pass": []}
        self.count = 0
        self.arrivals = collections.deque()
        self.context = self.own_context()
        behind = ssl.create_default_context(cafile=options.ca)
        behind.load_cert_chain(*options.client)
        self.behind = Behind(options.forward, behind)

    def own_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.options.certificate)
        context.load_verify_locations(self.options.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        context.options |= ssl.OP_NO_TICKET  # a session that is taken up again shows no certificate
        context.num_tickets = 0
        if self.options.revoked:
            context.load_verify_locations(self.options.revoked)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        if self.options.tls:
            context.minimum_version = context.maximum_version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[self.options.tls]
        return context

    def concerns(self, request):
        """Whether what is to be spoiled is this request."""
        if "user" in self.conduct and f"<userId>{self.conduct['user'][0]}</userId>".encode() not in request:
            return False
        self.count += 1
        return self.count % self.conduct.get("every", [1])[0] == 0

    def waits(self):
        if "slow" in self.conduct:
            return self.conduct["slow"][0]
        rate, seconds = self.conduct.get("loaded", (0, 0))
        now = time.monotonic()
        self.arrivals.append(now)
        while self.arrivals[0] < now - 1:
            self.arrivals.popleft()
        return seconds if len(self.arrivals) > rate else 0

    async def answer(self, request):
        """Octets; nothing where the connection is to end, and "silent" where nothing is to be said."""
        if not self.concerns(request):
            return await self.behind.ask(request)
        conduct = self.conduct
        await asyncio.sleep(self.waits())
        if "status" in conduct:
            fields = {name: conduct[word][0] for word, name in (("retry_after", "Retry-After"), ("location", "Location")) if word in conduct}
            return http_answer(conduct["status"][0], b"<html>as told</html>", **fields)
        if "api" in conduct:
            return http_answer(200, api_answer(request, conduct["api"][0], *conduct.get("detail", [])))
        if "garbage" in conduct:
            return http_answer(200, os.urandom(400))
        if "truncated" in conduct:
            return http_answer(200, api_answer(request, "0000")[:-40])
        if "reset" in conduct:
            return b""
        if "silent" in conduct:
            return None
        return await self.behind.ask(request)


class Connection(asyncio.Protocol):
    """TLS by hand, for the end of a handshake that fails: asyncio's own sends no alert."""

    def __init__(self, server):
        self.server = server
        self.received, self.to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = server.context.wrap_bio(self.received, self.to_send, server_side=True)
        self.shaken, self.failed, self.text = False, False, b""
        self.tasks = set()

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, octets):
        if self.failed:
            return
        self.received.write(octets)
        try:
            if not self.shaken:
                self.tls.do_handshake()
                self.shaken = True
            while more := self.tls.read(65536):
                self.text += more
            self.transport.close()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self.failed = True
        self.flush()
        if self.failed:
            return self.end_after_alert()
        while (request := self.next_request()) is not None:
            task = asyncio.ensure_future(self.serve(request))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def end_after_alert(self):
        """At once, whatever the client has sent meanwhile, or when the client has had time to read the alert."""
        if self.server.options.closes_after_alert:
            self.transport.close()
        else:
            asyncio.get_running_loop().call_later(2, self.transport.close)

    def next_request(self):
        head, found, rest = self.text.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        size = int(length.group(1)) if length else 0
        if not found or len(rest) < size:
            return None
        self.text = rest[size:]
        return head + found + rest[:size]

    async def serve(self, request):
        try:
            answer = await self.server.answer(request)
        except (OSError, asyncio.IncompleteReadError):  # the real one is not there
            answer = b""
        if answer is None or self.transport.is_closing():
            return
        if not answer:
            return self.transport.abort()
        self.tls.write(answer)
        self.flush()

    def flush(self):
        if octets := self.to_send.read():
            self.transport.write(octets)

    def connection_lost(self, error):
        for task in self.tasks:
            task.cancel()


async def serve(options):
    server = Server(options)
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Connection(server), options.listen, options.port, backlog=4096)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    print("ok", flush=True)
    while line := (await lines.readline()).decode().strip():
        try:
            server.conduct, server.count = conduct_of(line), 0
            server.arrivals.clear()
            print("ok", flush=True)
        except (KeyError, IndexError, ValueError):
            print(f"cannot: {line}", flush=True)


class OddService:
    def __init__(self, house, name, forward, certificate="service", conduct="pass", revoked=None, tls=None, closes_after_alert=False):
        from house import free_port
        words = ["--port", house.ports.setdefault(name, free_port()), "--forward", forward, "--ca", "ca.pem", "--client", "gateway.pem",
                 "gateway.key", "--certificate", f"{certificate}.pem", f"{certificate}.key"]
        words += ["--revoked", revoked] if revoked else []
        words += ["--tls", tls] if tls else []
        words += ["--closes-after-alert"] if closes_after_alert else []
        with open(house.folder / f"{name}.out.log", "ab") as log:
            self.process = subprocess.Popen(["/usr/bin/python3", str(Path(__file__).resolve()), *map(str, words)], cwd=house.folder,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        house.processes[name] = self.process
        assert self.process.stdout.readline() == "ok\n", f"the odd service {name} does not start"
        self.say(conduct)

    def say(self, conduct):
        self.process.stdin.write(conduct + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer == "ok\n", f"the odd service was told '{conduct}' and said '{answer.strip()}'"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--forward", type=int, required=True, help="port of the real service")
    parser.add_argument("--ca", required=True, help="who signed the clients and the real service")
    parser.add_argument("--client", nargs=2, required=True, metavar=("PEM", "KEY"), help="towards the real service")
    parser.add_argument("--certificate", nargs=2, required=True, metavar=("PEM", "KEY"))
    parser.add_argument("--revoked", help="a list of revoked certificates, PEM")
    parser.add_argument("--tls", choices=["1.2", "1.3"])
    parser.add_argument("--closes-after-alert", action="store_true")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
