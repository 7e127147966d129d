"""The gate itself: what a wire test or a bench believes of it, seen from both of its sides."""
import asyncio
import contextlib
import resource
import socket
import sys
import tempfile
import threading
import time
import types
from pathlib import Path

from gate import Gate


class Echo:
    """Sends back in upper case what it gets, and ends a connection when its peer does."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=4096))
        self.port = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def answer(self, reader, writer):
        with contextlib.suppress(OSError):
            while octets := await reader.read(65536):
                writer.write(octets.upper())
                await writer.drain()
        writer.close()


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def receive(one, size):
    octets = b""
    while len(octets) < size and (more := one.recv(size - len(octets))):
        octets += more
    return octets


def asks(one, text=b"hello"):
    one.sendall(text)
    return receive(one, len(text))


def stays_silent(one, seconds=0.3):
    one.settimeout(seconds)
    try:
        return one.recv(1) is None
    except TimeoutError:
        return True
    finally:
        one.settimeout(20)


def fails(call):
    try:
        return call() == b""
    except OSError:
        return True


def octets_pass_unchanged_in_both_directions_and_a_half_closed_connection_is_answered(gate, port):
    with connect(port) as one:
        assert asks(one) == b"HELLO"
        much = bytes(range(97, 123)) * 80_000
        sender = threading.Thread(target=one.sendall, args=(much,))
        sender.start()
        assert receive(one, len(much)) == much.upper()
        sender.join()
        one.sendall(b"last")
        one.shutdown(socket.SHUT_WR)
        assert receive(one, 5) == b"LAST"


def a_delay_holds_back_the_answers_and_keeps_their_order(gate, port):
    with connect(port) as one:
        gate.say("delay 400")
        begin = time.monotonic()
        assert asks(one, b"a") == b"A" and time.monotonic() - begin >= 0.4
        one.sendall(b"b")
        gate.say("pass")
        assert asks(one, b"c") + receive(one, 1) == b"BC"


def silence_comes_over_old_and_new_connections_and_ends(gate, port):
    with connect(port) as old:
        assert asks(old) == b"HELLO"
        gate.say("silent")
        with connect(port) as new:
            old.sendall(b"old")
            new.sendall(b"new")
            assert stays_silent(old) and stays_silent(new)
            gate.say("pass")
            assert receive(old, 3) == b"OLD" and receive(new, 3) == b"NEW"


def a_client_that_leaves_a_silent_gate_is_forgotten(gate, port):
    gate.say("silent")
    with connect(port):
        while gate.count()[0] == 0:
            time.sleep(0.01)
    while gate.count()[0] != 0:
        time.sleep(0.01)


def refusal_is_for_new_connections_and_ends(gate, port):
    with connect(port) as old:
        assert asks(old) == b"HELLO"
        gate.say("refuse")
        assert fails(lambda: connect(port).recv(1))
        assert asks(old) == b"HELLO"
        gate.say("pass")
        with connect(port) as new:
            assert asks(new) == b"HELLO"


def a_reset_ends_old_and_new_connections(gate, port):
    with connect(port) as old:
        assert asks(old) == b"HELLO"
        gate.say("reset")
        assert fails(lambda: old.recv(1))
        assert fails(lambda: connect(port).recv(1))


def answers_drip(gate, port):
    with connect(port) as one:
        assert asks(one) == b"HELLO"
        gate.say("drip 10")
        begin = time.monotonic()
        assert asks(one, b"drops") == b"DROPS" and time.monotonic() - begin >= 0.4


def three_thousand_connections_are_carried(gate, port):
    before = gate.count()[1]
    with contextlib.ExitStack() as stack:
        many = [stack.enter_context(connect(port)) for _ in range(3000)]
        for number, one in enumerate(many):
            one.sendall(b"n%06d" % number)
        for number, one in enumerate(many):
            assert receive(one, 7) == b"N%06d" % number
        assert gate.count() == (3000, before + 3000)
    while gate.count()[0] != 0:
        time.sleep(0.01)


def what_it_does_not_understand_changes_nothing(gate, port):
    for line in ("delay", "delay -1", "delay soon", "sleep 5", ""):
        assert fails_to_say(gate, line), line
    with connect(port) as one:
        assert asks(one) == b"HELLO"


def fails_to_say(gate, line):
    try:
        gate.say(line)
        return False
    except AssertionError:
        return True


TESTS = [octets_pass_unchanged_in_both_directions_and_a_half_closed_connection_is_answered,
         a_delay_holds_back_the_answers_and_keeps_their_order, silence_comes_over_old_and_new_connections_and_ends,
         a_client_that_leaves_a_silent_gate_is_forgotten, refusal_is_for_new_connections_and_ends,
         a_reset_ends_old_and_new_connections, answers_drip, three_thousand_connections_are_carried,
         what_it_does_not_understand_changes_nothing]


def main():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    echo = Echo()
    with tempfile.TemporaryDirectory() as folder:
        bench = types.SimpleNamespace(sallyport=sys.argv[1], folder=Path(folder), ports={}, processes={})
        gate = Gate(bench, "gate", echo.port)
        try:
            for test in TESTS:
                gate.say("pass")
                test(gate, bench.ports["gate"])
                print(f"ok: {test.__name__}", flush=True)
            gate.process.stdin.close()
            assert gate.process.wait(10) == 0, "it ends with its standard input"
        finally:
            gate.process.kill()
            gate.process.wait()


if __name__ == "__main__":
    main()
