#!/usr/bin/env python3
"""Runs clang-tidy over the files that are named, some at a time, and prints what it finds; exit code 1 when it found something.

    tidy.py BUILD_FOLDER JOBS FILE...

A file that was clean stays so while nothing of it changes: its compile command, .clang-tidy, and what it includes, as the built
tree knows it (ninja's own list). What was clean stands in BUILD_FOLDER/tidy, one empty file a state.
"""
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TIDY = "clang-tidy-19"
ROOT = Path(__file__).resolve().parent.parent


def included(build):
    """{object: [file, ...]} of what was built; the first is the source."""
    lists, files = {}, None
    for line in subprocess.run(["ninja", "-C", build, "-t", "deps"], check=True, text=True, capture_output=True).stdout.splitlines():
        if line.startswith("    "):
            files.append(line.strip())
        elif ": #deps" in line:
            files = lists[line.split(":")[0]] = []
    return lists


class States:
    """What a file's cleanness rests on, as a hash. Files outside of the repository are told apart by size and time alone."""

    def __init__(self, build):
        self.commands = {Path(one["directory"], one["file"]).resolve(): one
                         for one in json.loads((build / "compile_commands.json").read_text())}
        self.lists = included(build)
        self.known = {}
        self.common = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout + (ROOT / ".clang-tidy").read_bytes()

    def of_include(self, folder, file):
        if file not in self.known:
            path = Path(folder, file).resolve()
            facts = path.stat()
            self.known[file] = (hashlib.sha256(path.read_bytes()).digest() if path.is_relative_to(ROOT)
                                else f"{path} {facts.st_size} {facts.st_mtime_ns}".encode())
        return self.known[file]

    def of(self, source):
        """Nothing when the file is not part of the built tree."""
        command = self.commands.get(source)
        files = command and self.lists.get(re.search(r" -o (\S+)", command["command"])[1])
        if not files:
            return None
        whole = hashlib.sha256(self.common + command["command"].encode())
        for file in files:
            whole.update(self.of_include(command["directory"], file))
        return whole.hexdigest()


def main():
    build, jobs, sources = Path(sys.argv[1]).resolve(), int(sys.argv[2]), [Path(one).resolve() for one in sys.argv[3:]]
    states, start = States(build), time.monotonic()
    clean = build / "tidy"
    clean.mkdir(exist_ok=True)
    wanted = [(source, states.of(source)) for source in sources]
    wanted = [(source, state) for source, state in wanted if state is None or not (clean / state).exists()]

    def look(job):
        source, state = job
        began = time.monotonic()
        done = subprocess.run([TIDY, "-p", str(build), "--quiet", str(source)], text=True, capture_output=True)
        if done.returncode == 0 and state:
            (clean / state).touch()
        if done.returncode != 0:
            print(done.stdout + done.stderr, end="", flush=True)
        return done.returncode, time.monotonic() - began, os.path.relpath(source, ROOT)

    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(look, wanted))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(sources)} files, {len(sources) - len(wanted)} of them clean as before; {time.monotonic() - start:.0f} s, "
          f"{used.ru_utime + used.ru_stime:.0f} s of CPU")
    for _, seconds, name in sorted(results, key=lambda one: -one[1])[:3]:
        print(f"  {seconds:5.1f} s {name}")
    return 1 if any(code for code, _, _ in results) else 0


if __name__ == "__main__":
    sys.exit(main())
