"""A flood of datagrams that deserve no answer, towards one RADIUS port: random octets; packets that were changed on the way; what a
stranger's address sends; packets that were accepted before. What arrives stands in sallyport_radius_dropped_total by reason.

    flood = Flood(port, accepted=request)
    flood.sends(1_000_000)
"""
import random
import time

from radius_packets import Client, access_request

STRANGER, ELSEWHERE = "127.0.0.2", "127.0.0.1"  # no client of the server, and a client's other socket
PAUSE_AFTER = 200  # datagrams, so that few are lost before the server has read them


def changed(chance, packet, kind):
    """With another bit, cut short, or with another Length."""
    raw = bytearray(packet)
    if kind == 0:
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        raw = raw[:chance.randrange(len(raw))]
    else:
        raw[2:4] = chance.randrange(65536).to_bytes(2, "big")
    return bytes(raw)


class Flood:
    def __init__(self, port, accepted=None, stranger=False, seed=1):
        """`accepted`: a request that the server has answered, to be replayed; `stranger`: 127.0.0.2 is no client."""
        self.chance = random.Random(seed)
        self.good = [access_request("alice", "hunter2000000", n) for n in range(32)]
        self.client = Client(port, source=ELSEWHERE)
        kinds = [self.random] + [lambda kind=kind: self.changed(kind) for kind in range(3)]
        if accepted:
            kinds.append(lambda: (self.client, accepted))
        if stranger:
            self.stranger = Client(port, source=STRANGER)
            kinds.append(lambda: (self.stranger, self.chance.choice(self.good)))
        self.kinds = kinds

    def random(self):
        return self.client, self.chance.randbytes(self.chance.randrange(0, 200))

    def changed(self, kind):
        return self.client, changed(self.chance, self.chance.choice(self.good), kind)

    def sends(self, count):
        self.client.send(bytes(4097))
        for n in range(count):
            client, raw = self.kinds[n % len(self.kinds)]()
            try:
                client.send(raw)
            except OSError:
                pass
            if n % PAUSE_AFTER == 0:
                time.sleep(0.001)
