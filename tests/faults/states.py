"""What the gateway says of its state while a fault lasts: asked many times a second over its control socket, or, where there is none,
read from its metrics. A gateway that knows neither is in the state "unknown"."""
import http.client
import json
import re
import socket
import threading
import time
import urllib.request

UNKNOWN = "unknown"
GAUGE = re.compile(r'^sallyport_continuity_state\{state="(\w+)"\} 1(?:\.0)?$', re.MULTILINE)


class Local(http.client.HTTPConnection):
    def __init__(self, path, seconds):
        super().__init__("localhost", timeout=seconds)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class States:
    """Samples (monotonic seconds, state, cause), one for each change."""

    def __init__(self, control, metrics_url, interval=0.05):
        self.control, self.metrics_url, self.interval = control, metrics_url, interval
        self.changes = []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ending.wait(self.interval):
            begin = time.monotonic()
            state, cause = self.read()
            if state and (not self.changes or self.changes[-1][1] != state):
                self.changes.append((begin, state, cause))

    def read(self):
        """(None, "") where the gateway did not answer: a stopped one says nothing."""
        try:
            if self.control.exists():
                return self.read_control()
            text = urllib.request.urlopen(self.metrics_url, timeout=1).read().decode()
            found = GAUGE.search(text)
            return (found.group(1), "") if found else (UNKNOWN, "")
        except (OSError, ValueError, http.client.HTTPException):
            return None, ""

    def read_control(self):
        connection = Local(self.control, 1)
        try:
            connection.request("POST", "/control", json.dumps({"do": "status"}), {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
            return answer.get("state", UNKNOWN), answer.get("cause", "")
        finally:
            connection.close()

    def now(self):
        return self.changes[-1][1] if self.changes else None

    def wait_for(self, states, seconds):
        """When one of them was reached, or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.now() in states:
                return self.changes[-1][0]
            time.sleep(0.02)
        return None

    def since(self, begin):
        """The state at `begin`, and the changes after it."""
        before = [change for change in self.changes if change[0] <= begin]
        return before[-1:] + [change for change in self.changes if change[0] > begin]

    def stop(self):
        self.ending.set()
        self.thread.join(5)
