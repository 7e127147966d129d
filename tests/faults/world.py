"""A world of its own for the faults: namespaces for network, mounts and processes, which the kernel takes away with the last process in
them, whatever became of it. Nothing of it is seen outside, and nothing outside is changed.

            the world (services, clients, directory, name server)           │   namespace "site"
   service 10.91.0.2 ───────────────────── wan ─────────────────────────────│── 10.91.0.1  gateway
   clients 10.92.0.101…, directory and metrics 10.92.0.2, names 10.92.0.53 ─│── 10.92.0.1

The faults are done to `wan`. /etc/resolv.conf and /etc/hosts are the world's own.
"""
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

SITE = "site"
GATEWAY, SERVICE = "10.91.0.1", "10.91.0.2"
GATEWAY_INSIDE, INSIDE, FIRST_CLIENT, NAME_SERVER = "10.92.0.1", "10.92.0.2", "10.92.0.101", "10.92.0.53"
CLIENTS = 24
MARK = "SALLYPORT_FAULTS_FOLDER"  # set: we are in it, and files go there
PREFIX = "sallyport-faults-"
PR_SET_PDEATHSIG = 1


def enter(words):
    """Runs this program again in a new world; gives its exit code. Inside of it: sets it up and gives None."""
    if MARK in os.environ:
        set_up(Path(os.environ[MARK]))
        return None
    if os.geteuid() != 0:
        raise PermissionError("namespaces need root")
    remove_what_a_killed_one_left()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o711)  # squid gives up root
    inside = None

    def end(number, frame):
        if inside:
            inside.kill()  # and with it, as the kernel promises, all that runs inside
        sys.exit(128 + number)

    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, end)
        inside = subprocess.Popen(["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, *words],
                                  env={**os.environ, MARK: str(folder), "TMPDIR": str(folder)}, preexec_fn=die_with_parent)
        return inside.wait()
    finally:
        if inside and inside.poll() is None:
            inside.kill()
            inside.wait()
        shutil.rmtree(folder, ignore_errors=True)


def remove_what_a_killed_one_left():
    """A folder, of one that got SIGKILL; all else went with it."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        if not Path("/proc", folder.name.removeprefix(PREFIX).split("-")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def die_with_parent():
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run(line, check=True):
    done = subprocess.run(line.split(), capture_output=True, text=True)
    if check and done.returncode != 0:
        raise RuntimeError(f"{line}: {done.stderr.strip()}")
    return done


def set_up(folder):
    run("mount -t tmpfs tmpfs /run")  # where `ip netns` keeps its names
    for name in ("resolv.conf", "hosts"):
        (folder / name).touch()
        run(f"mount --bind {folder / name} /etc/{name}")
    (folder / "resolv.conf").write_text(f"nameserver {NAME_SERVER}\n")
    set_hosts()
    run("ip link set lo up")
    run(f"ip netns add {SITE}")
    run(f"ip -n {SITE} link set lo up")
    for link, here, there in (("wan", [SERVICE], GATEWAY),
                              ("inside", [INSIDE, NAME_SERVER, *(client(number) for number in range(CLIENTS))], GATEWAY_INSIDE)):
        run(f"ip link add {link} type veth peer name {link} netns {SITE}")
        for address in here:
            run(f"ip addr add {address}/24 dev {link}")
        run(f"ip -n {SITE} addr add {there}/24 dev {link}")
        run(f"ip link set {link} up")
        run(f"ip -n {SITE} link set {link} up")


def client(number):
    network, _, last = FIRST_CLIENT.rpartition(".")
    return f"{network}.{int(last) + number}"


def set_hosts(*lines):
    """/etc/hosts, in place, for it is mounted."""
    with open("/etc/hosts", "w", encoding="ascii") as hosts:
        hosts.write("127.0.0.1 localhost\n" + "".join(line + "\n" for line in lines))


def at_site(*words):
    return ["ip", "netns", "exec", SITE, *map(str, words)]
