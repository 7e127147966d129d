"""What is done to the house while one fault is tried: the verbs of the table. Each gives something to be called with the scene."""
import os
import resource
import signal
import threading
import time

import world
from gate import Gate


class Scene:
    """One fault under way, and what has to be undone after it."""

    def __init__(self, house, fault):
        self.house, self.fault = house, fault
        self.odd = None
        self.odd_name = None
        self.ending = threading.Event()
        self.threads = []

    @property
    def wan(self):
        return self.house.gates["wan"]

    def in_background(self, work):
        thread = threading.Thread(target=work, daemon=True)
        self.threads.append(thread)
        thread.start()

    def end_background(self):
        self.ending.set()
        for thread in self.threads:
            thread.join(10)
        self.threads = []
        self.ending.clear()

    def lead_to_real(self):
        self.wan.lead_to(self.house.ports["service"])
        self.wan.say("pass")

    def stop_odd(self):
        if self.odd:
            self.house.stop(self.odd_name)
            self.odd = None

    def restore(self):
        """The way it was, however far the fault came."""
        self.end_background()
        house = self.house
        house.names.mode = "answers"
        world.set_hosts()
        for line in ("nft delete table inet fault", "ip link set wan up", f"ip -n {world.SITE} route del unreachable {world.SERVICE}"):
            world.run(line, check=False)
        for gate in house.gates.values():
            gate.say("pass")
        self.lead_to_real()
        if house.squid:
            squid_again(self)
        house.end_small_proxies()
        self.stop_odd()


def wan(*lines):
    """Says this to the gate before the service."""
    return lambda scene: [scene.wan.say(line) for line in lines]


def proxy_gate(*lines):
    return lambda scene: [scene.house.proxy_gate().say(line) for line in lines]


def proxy_says(octets):
    """Another proxy takes the place of squid, and answers CONNECT so."""
    def act(scene):
        gate = scene.house.proxy_gate()
        gate.lead_to(scene.house.proxy_that_says(octets))
        gate.cut()
    return act


def squid_again(scene):
    gate = scene.house.proxy_gate()
    gate.lead_to(scene.house.squid.port)
    gate.say("pass")
    gate.cut()


def odd_service(conduct="pass", **how):
    """A service that answers as told takes the place of the real one (odd_service.py)."""
    def act(scene):
        scene.stop_odd()
        scene.odd, scene.odd_name = scene.house.odd_service(conduct=conduct, **how)
        scene.wan.lead_to(scene.house.ports[scene.odd_name])
        scene.wan.cut()
    return act


def odd_says(conduct):
    return lambda scene: scene.odd.say(conduct)


def real_service(scene):
    """The way it was. What was made to the odd one ends."""
    scene.lead_to_real()
    scene.wan.cut()


def network(*lines):
    """Commands of ip(8) and nft(8), in the world."""
    return lambda scene: [world.run(line) for line in lines]


def names(mode):
    def act(scene):
        scene.house.names.mode = mode
    return act


def hosts(*lines):
    return lambda scene: world.set_hosts(*lines)


def clock(seconds):
    def act(scene):
        scene.house.step_clock(seconds)
        time.sleep(2)  # the library that fools the gateway reads it once a second
    return act


def brief_certificate(seconds):
    def act(scene):
        scene.house.certificate_for(seconds)
        scene.certificate_ends = time.monotonic() + seconds
    return act


def certificate_has_ended(scene):
    """A connection that stands outlives its certificate: new ones have to be made."""
    time.sleep(max(0.0, scene.certificate_ends + 1 - time.monotonic()))
    scene.wan.cut()


def certificate_renewed(scene):
    """New files in the old ones' place, and nobody tells the gateway."""
    scene.house.certificate_for(3600)


def by_turns(seconds, here, there):
    """First `here`, then `there`, and so on, until it is healed."""
    def act(scene):
        def work():
            turn = 0
            while True:
                (here, there)[turn % 2](scene)
                turn += 1
                if scene.ending.wait(seconds):
                    return
        scene.in_background(work)
    return act


def no_descriptors(scene):
    """The gateway may use no descriptor anew, not even one that it closes: the limit is where the first gap is."""
    pid = scene.house.gateway_pid()
    used = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    gap = next(number for number in range(len(used) + 1) if number not in used)
    scene.descriptors = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (min(gap, 16), scene.descriptors[1]))
    scene.wan.cut()  # what stands needs none


def descriptors_again(scene):
    resource.prlimit(scene.house.gateway_pid(), resource.RLIMIT_NOFILE, scene.descriptors)


def stalls(stopped, running):
    """The gateway stands still for `stopped` seconds, goes on for `running`, and so on."""
    def act(scene):
        pid = scene.house.gateway_pid()

        def work():
            while not scene.ending.is_set():
                os.kill(pid, signal.SIGSTOP)
                time.sleep(stopped)
                os.kill(pid, signal.SIGCONT)
                scene.ending.wait(running)
        scene.in_background(work)
    return act


def healed_in_background(scene):
    scene.end_background()


def full_disk(scene):
    """No room on the small file system where the record lies."""
    filling = os.open(scene.house.continuity_folder() / "filling", os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        while True:
            os.write(filling, bytes(4096))
    except OSError:
        pass
    finally:
        os.close(filling)


def room_again(scene):
    (scene.house.continuity_folder() / "filling").unlink(missing_ok=True)


def bad_line_to_clients(conduct):
    """Between the clients and the gateway."""
    return lambda scene: scene.house.gates["radius"].say(conduct)


def radius_gate(scene):
    house = scene.house
    if "radius" not in house.gates:
        house.gates["radius"] = Gate(house, "radius", house.ports["vpn"], udp=True, target=world.GATEWAY_INSIDE)


def all_of(*acts):
    def act(scene):
        for one in acts:
            one(scene)
    return act
