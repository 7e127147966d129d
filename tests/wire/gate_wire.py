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
    """Sends back in upper case, or changed in another way, what it gets, and ends a connection when its peer does."""

    def __init__(self, change=bytes.upper):
        self.change = change
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=4096))
        self.port = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def answer(self, reader, writer):
        with contextlib.suppress(OSError):
            while octets := await reader.read(65536):
                writer.write(self.change(octets))
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


def a_cut_ends_what_is_open_and_new_ones_pass(gate, port):
    with connect(port) as old:
        assert asks(old) == b"HELLO"
        gate.cut()
        assert fails(lambda: old.recv(1))
        with connect(port) as new:
            assert asks(new) == b"HELLO"


def new_connections_go_where_it_leads(gate, port):
    other, first = Echo(lambda octets: octets[::-1]), gate.target
    with connect(port) as old:
        assert asks(old) == b"HELLO"
        gate.lead_to(other.port)
        with connect(port) as new:
            assert asks(new) == b"olleh" and asks(old) == b"HELLO"
        gate.lead_to(first)


def a_connection_breaks_at_its_stage(gate, port):
    for stage, answered in (("client 1", 0), ("target 1", 0), ("client 2", 1), ("target 2", 1), ("target 3 after 200", 2)):
        gate.say(f"break {stage}")
        with connect(port) as one:
            for _ in range(answered):
                assert asks(one) == b"HELLO", stage
            begin = time.monotonic()
            assert resets(lambda: asks(one)), stage
            assert ("after" in stage) == (time.monotonic() - begin >= 0.2), stage


def a_connection_that_is_further_already_breaks_at_its_next_turn(gate, port):
    with connect(port) as one:
        for _ in range(3):
            assert asks(one) == b"HELLO"
        gate.say("break target 2 by close")
        assert asks(one) == b"" and fails(lambda: asks(one))


def a_half_closed_one_goes_on_in_the_other_direction(gate, port):
    gate.say("break target 2 by half_close")
    with connect(port) as one:
        assert asks(one) == b"HELLO"
        one.sendall(b"x" * 1000)
        assert one.recv(1) == b""
        for _ in range(3):
            one.sendall(b"y" * 1000)
            time.sleep(0.05)
        assert gate.count()[0] == 1


def answers_are_truncated(gate, port):
    gate.say("truncate 7")
    with connect(port) as one:
        assert asks(one) == b"HELLO"
        assert asks(one) == b"HE" and one.recv(1) == b""


def answers_are_corrupted_and_questions_are_not(gate, port):
    gate.say("corrupt 4")
    with connect(port) as one:
        assert asks(one, b"a" * 8) == b"AAAQAAAQ"
        assert asks(one, b"a" * 5) == b"AAAQA"


def jitter_keeps_the_order_of_a_stream(gate, port):
    gate.say("jitter 20")
    with connect(port) as one:
        for digit in b"0123456789":
            one.sendall(bytes([digit]) * 3)
            time.sleep(0.003)
        assert receive(one, 30) == b"".join(bytes([digit]) * 3 for digit in b"0123456789")


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
    for line in ("delay", "delay -1", "delay soon", "sleep 5", "", "break", "break client", "break middle 1", "by magic", "to nowhere",
                 "corrupt"):
        assert fails_to_say(gate, line), line
    with connect(port) as one:
        assert asks(one) == b"HELLO"


def resets(call):
    try:
        return call() is None
    except ConnectionResetError:
        return True


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
         a_cut_ends_what_is_open_and_new_ones_pass, new_connections_go_where_it_leads, a_connection_breaks_at_its_stage,
         a_connection_that_is_further_already_breaks_at_its_next_turn, a_half_closed_one_goes_on_in_the_other_direction,
         answers_are_truncated, answers_are_corrupted_and_questions_are_not, jitter_keeps_the_order_of_a_stream,
         what_it_does_not_understand_changes_nothing]


class DatagramEcho:
    def __init__(self):
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.sources = set()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            octets, source = self.socket.recvfrom(4096)
            self.sources.add(source)
            self.socket.sendto(octets, source)


def datagram_client(port):
    one = socket.socket(type=socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    one.connect(("127.0.0.1", port))
    one.settimeout(0.3)
    return one


def what_comes_of(one, count):
    for number in range(count):
        one.send(b"%04d" % number)
        time.sleep(0.0005)
    got = []
    with contextlib.suppress(TimeoutError):
        while True:
            got.append(int(one.recv(100)))
    return got


def datagrams_pass_and_sources_are_told_apart(gate, port, echo):
    with datagram_client(port) as one, datagram_client(port) as other:
        assert what_comes_of(one, 200) == list(range(200)) and what_comes_of(other, 200) == list(range(200))
    assert len(echo.sources) == 2


def datagrams_are_dropped_doubled_and_overtaken_as_often_as_told(gate, port, echo):
    with datagram_client(port) as one:
        gate.say("drop 25")
        assert 100 < len(what_comes_of(one, 200)) < 190
        gate.say("drop_answers 25")
        assert 100 < len(what_comes_of(one, 200)) < 190
        gate.say("duplicate 25")
        got = what_comes_of(one, 200)
        assert set(got) == set(range(200)) and 240 < len(got) < 400
        gate.say("reorder 25")
        got = what_comes_of(one, 200)
        assert sorted(got) == list(range(200)) and got != sorted(got)
        gate.say("silent")
        assert what_comes_of(one, 20) == []


DATAGRAM_TESTS = [datagrams_pass_and_sources_are_told_apart, datagrams_are_dropped_doubled_and_overtaken_as_often_as_told]


def run(gate, tests, *arguments):
    try:
        for test in tests:
            gate.say("pass")
            test(gate, *arguments)
            print(f"ok: {test.__name__}", flush=True)
        gate.process.stdin.close()
        assert gate.process.wait(10) == 0, "it ends with its standard input"
    finally:
        gate.process.kill()
        gate.process.wait()


def main():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    echo, datagrams = Echo(), DatagramEcho()
    with tempfile.TemporaryDirectory() as folder:
        bench = types.SimpleNamespace(sallyport=sys.argv[1], folder=Path(folder), ports={}, processes={})
        gate = Gate(bench, "gate", echo.port)
        gate.target = echo.port
        run(gate, TESTS, bench.ports["gate"])
        run(Gate(bench, "datagrams", datagrams.port, udp=True), DATAGRAM_TESTS, bench.ports["datagrams"], datagrams)


if __name__ == "__main__":
    main()
