"""A relay with faults (tests/gate) in front of a port; the house ends it with its other processes.

    slow = Gate(house, "slow", house.ports["service"], "delay 1000")
    ... connect to house.ports["slow"] ...
    slow.say("pass")
"""
import re
import subprocess
from pathlib import Path

from house import free_port


class Gate:
    """`udp`: relays datagrams. `listen`, `target`: addresses other than loopback. `within`: the command that runs it elsewhere."""

    def __init__(self, house, name, target_port, conduct="pass", udp=False, listen="127.0.0.1", target="127.0.0.1",
                 within=()):
        program = Path(house.sallyport).resolve().parent.parent / "tests" / "gate" / "gate"
        port = house.ports.setdefault(name, free_port())
        words = [*within, program, *(["udp"] if udp else []), f"{listen}:{port}", f"{target}:{target_port}", *conduct.split()]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=house.folder)
        house.processes[name] = self.process
        assert self.process.stdout.readline() == "ok\n", f"the gate {name} does not open"

    def say(self, conduct):
        """Gives, once the conduct is in force, how many connections are open and how many were taken so far."""
        self.process.stdin.write(conduct + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        found = re.fullmatch(r"ok, (\d+) open, (\d+) accepted\n", answer)
        assert found, f"the gate was told '{conduct}' and said '{answer.strip()}'"
        return int(found.group(1)), int(found.group(2))

    def count(self):
        return self.say("count")

    def cut(self):
        """Ends what is open now with an RST."""
        return self.say("cut")

    def lead_to(self, port, address="127.0.0.1"):
        """Where connections made from now on go."""
        return self.say(f"to {address}:{port}")
