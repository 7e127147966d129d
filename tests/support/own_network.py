"""A network of a scenario's own, in which other hosts can be switched off without harm to this machine. What is made here goes with the
last process in it.

    in_a_network_of_its_own()                  # first of all: the program begins again, inside
    host = Host(house, HOST_ADDRESSES[0])
    way = host.way_to(house, "way", Gate)      # connect to host.address, house.ports["way"]
    host.is_off()
"""
import os
import subprocess
import sys

from gate import Gate
from house import until

HOST_ADDRESSES = ("10.91.0.2", "10.92.0.2")
NOT_TRIED = 77  # what CTest takes for "skipped"
MARK = "SALLYPORT_OWN_NETWORK"


def in_a_network_of_its_own():
    words = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--net"]
    if MARK not in os.environ:
        if subprocess.run([*words, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            print("NOT TRIED: no network namespace may be made here")
            sys.exit(NOT_TRIED)
        os.execvpe(words[0], [*words, sys.executable, *sys.argv], {**os.environ, MARK: "1"})
    ip("link set lo up")


def ip(line, within=()):
    subprocess.run([*within, "ip", *line.split()], check=True)


class Host:
    """Another machine on a wire of its own: a namespace, held by a process that the house ends."""

    def __init__(self, house, address):
        self.address, self.near = address, address[:-1] + "1"
        number = HOST_ADDRESSES.index(address)
        self.wire, self.plug = f"wire{number}", f"plug{number}"
        holder = house.begin(f"host{number}", ["unshare", "--net", "sleep", "infinity"])

        def network(pid):
            return os.readlink(f"/proc/{pid}/ns/net")
        until(lambda: network(holder.pid) != network("self"), "the host's network is there")
        self.inside = ["nsenter", "--target", str(holder.pid), "--net"]
        ip(f"link add {self.wire} type veth peer name {self.plug} netns {holder.pid}")
        for line, within in ((f"addr add {self.near}/24 dev {self.wire}", ()), (f"link set {self.wire} up", ()),
                             (f"addr add {address}/24 dev {self.plug}", self.inside), (f"link set {self.plug} up", self.inside)):
            ip(line, within)

    def way_to(self, house, name, kind):
        """A gate on the host, which leads back over the wire to the authentication service."""
        Gate(house, f"{name}-back", house.ports["service"], listen=self.near)
        return kind(house, name, house.ports[f"{name}-back"], listen=self.address, target=self.near, within=self.inside)

    def is_off(self):
        """What is sent to it is lost, and nobody says so."""
        ip(f"link set {self.plug} down", self.inside)

    def is_on(self):
        ip(f"link set {self.plug} up", self.inside)

    def is_nowhere(self):
        """No route leads there, as the kernel says at once."""
        ip(f"route add unreachable {self.address}/32")

    def is_somewhere_again(self):
        ip(f"route del unreachable {self.address}/32")
