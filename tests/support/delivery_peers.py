#!/usr/bin/env python3
"""Peers for deliveries: a webhook's server and a mail server that nobody here wrote. Each prints its port, and writes what it
got into FILE, one JSON object a line.

delivery_peers.py webhook FILE [--certificate PEM KEY] [--port N]
    answers /200 with 200, /503,200 with 503 the first time it sees a delivery's id and 200 the second, /silent never
delivery_peers.py mail FILE [--starttls PEM KEY | --tls PEM KEY] [--password SECRET]
    refuses nobody@ for good, and later@ the first time
"""
import argparse
import asyncio
import email
import email.policy
import hashlib
import hmac
import http.server
import json
import os
import signal
import ssl
import sys
import threading
import time


def write(file, **record):
    with open(file, "a", encoding="utf-8") as out:
        out.write(json.dumps(record) + "\n")


def say_port(port):
    sys.stdout.write(f"{port}\n")  # at once, buffered or not
    sys.stdout.flush()


def context(certificate):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*certificate)
    return made


def webhook(arguments):
    seen = {}

    class Hook(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            delivery = json.loads(body)
            if self.path == "/silent":
                time.sleep(600)
            statuses = self.path.strip("/").split(",")
            count = seen[delivery["id"]] = seen.get(delivery["id"], 0) + 1
            status = int(statuses[min(count, len(statuses)) - 1])
            signature = hmac.new(b"0123456789abcdef", body, hashlib.sha256).hexdigest()
            write(arguments.file, delivery=delivery, status=status, type=self.headers["Content-Type"],
                  authorization=self.headers.get("Authorization", ""),
                  signed=self.headers.get("Sallyport-Signature") == "sha256=" + signature)
            self.send_response(status)
            self.send_header("Location", "/200")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_):
            pass

        def finish_request(self, request, address):
            if arguments.certificate:  # in the connection's own thread
                request = context(arguments.certificate).wrap_socket(request, server_side=True)
            super().finish_request(request, address)

    server = Server(("127.0.0.1", arguments.port), Hook)
    say_port(server.server_address[1])
    server.serve_forever()


def mail(arguments):
    import logging
    import warnings
    warnings.simplefilter("ignore")
    from aiosmtpd.smtp import SMTP, AuthResult
    logging.getLogger("mail.log").addHandler(logging.NullHandler())  # clients that break off are what is tried here
    logging.getLogger("mail.log").propagate = False
    later = set()

    class Post:
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("nobody@"):
                return "550 5.1.1 no such user"
            if address.startswith("later@") and address not in later:
                later.add(address)
                return "451 4.7.1 try again later"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            if message["Subject"] == "refuse this":
                return "554 5.7.1 no spam here"
            write(arguments.file, sender=envelope.mail_from, recipients=envelope.rcpt_tos,
                  headers={name: str(value) for name, value in message.items()}, body=message.get_content(),
                  hello=session.host_name, tls=session.ssl is not None, signed_in=bool(session.authenticated),
                  defects=[str(defect) for defect in message.defects])
            return "250 OK"

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login == b"sallyport" and data.password.decode() == arguments.password
        return AuthResult(success=good, handled=False)

    async def serve():
        options = {"hostname": "mail.example.test"}
        if arguments.starttls:
            options.update(tls_context=context(arguments.starttls), require_starttls=True)
        if arguments.password:
            options.update(authenticator=authenticate, auth_required=True, auth_require_tls=bool(arguments.starttls))
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(Post(), **options), "127.0.0.1", arguments.port,
            ssl=context(arguments.tls) if arguments.tls else None)
        say_port(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def end_with_parent():
    """A test that was killed leaves no peer behind."""
    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)
    threading.Thread(target=watch, daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["webhook", "mail"])
    parser.add_argument("file")
    parser.add_argument("--port", type=int, default=0)
    for name in ("--certificate", "--starttls", "--tls"):
        parser.add_argument(name, nargs=2)
    parser.add_argument("--password")
    arguments = parser.parse_args()
    end_with_parent()
    {"webhook": webhook, "mail": mail}[arguments.kind](arguments)


if __name__ == "__main__":
    sys.exit(main())
