#!/usr/bin/env python3
"""Holds the sources against the ground plan in src/CMakeLists.txt; prints what breaks it and exits with 1.

Checked: a room includes only itself and rooms that it NEEDS, which stand above it; a third-party library is
included by the rooms below alone; floors 0 to 2 read no clock, make no thread and print nothing; no file is
longer than 400 lines; names hide nothing; every room has a README of at most 15 lines; every message for the
operator is spoken somewhere.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
LIBRARIES = {  # header prefix -> rooms that may include it
    "boost/asio": {"net"}, "boost/beast": {"net"}, "boost/url": {"net"}, "openssl/": {"crypto", "net"},
    "curl/": {"net"}, "ldap.h": {"directory"}, "lber.h": {"directory"}, "openldap.h": {"directory"},
    "libxml/": {"xml"}, "unicode/": {"text"}, "sqlite3.h": {"store"},
    "toml++/": {"settings"}, "toml.hpp": {"settings"}, "CLI/": {"app"}, "qrencode.h": {"app"}, "crypt.h": {"crypto"},
}
PURE = {"base", "crypto", "text", "xml", "radius", "ldap", "vip", "settings", "validation"}
IMPURE = re.compile(r"(steady_clock|system_clock)::now|\bclock_gettime\b|\bgettimeofday\b|std::j?thread\b|"
                    r"#include <(iostream|fstream|sys/socket\.h)>|\bprintf\(|\bfmt::print\b")
MAY = {("base", "invariant.cpp")}  # it stops the program, and says so
HIDING = {"manager", "helper", "helpers", "util", "utils", "common", "misc", "handler", "impl", "data", "info", "process"}
# The standard's own words (the VIP API's messages), whatever they hide.
STANDARD = {"GetUserInfoRequest", "GetUserInfoResponse", "GetCredentialInfoRequest", "GetCredentialInfoResponse", "OtpAuthData",
            "PushAuthData"}


def ground_plan():
    text = re.sub(r"#.*", "", (SRC / "CMakeLists.txt").read_text())
    rooms = {}
    for call in re.finditer(r"^room\((.*?)\)", text, re.S | re.M):
        words = call.group(1).split()
        needs, into = [], None
        for word in words[1:]:
            if word in ("NEEDS", "LIBRARIES"):
                into = word
            elif into == "NEEDS":
                needs.append(word)
        rooms[words[0]] = needs
    return rooms


def words_of(name):
    return set(re.split(r"[_.]", name.lower()))


def check_file(room, path, rooms, wrong):
    text = path.read_text()
    where = path.relative_to(ROOT)
    lines = text.count("\n")
    test = path.stem.endswith("_test")
    if lines > 400 and not test:
        wrong.append(f"{where}: {lines} lines; a file has at most 400")
    if path.suffix == ".h" and "#pragma once" not in text:
        wrong.append(f"{where}: no #pragma once")
    if words_of(path.name) & HIDING:
        wrong.append(f"{where}: the name hides what it is: {', '.join(words_of(path.name) & HIDING)}")
    for number, line in enumerate(text.splitlines(), 1):
        quoted = re.match(r'\s*#\s*include\s+"([^"/]+)/', line)
        if quoted and quoted.group(1) != room and quoted.group(1) not in rooms[room]:
            wrong.append(f"{where}:{number}: {room} includes {quoted.group(1)}, which it does not name in NEEDS")
        angled = re.match(r"\s*#\s*include\s+<([^>]+)>", line)
        for prefix, may in LIBRARIES.items():
            if angled and angled.group(1).startswith(prefix) and room not in may:
                wrong.append(f"{where}:{number}: <{angled.group(1)}> belongs to {', '.join(sorted(may))} alone")
        if room in PURE and not test and (room, path.name) not in MAY and IMPURE.search(line.split("//")[0]):
            wrong.append(f"{where}:{number}: a room of floors 0 to 2 reads a clock, makes a thread or does I/O: {line.strip()}")
        kind = re.match(r"\s*(?:class|struct|enum class|namespace)\s+(\w+)", line)
        if kind and kind.group(1) not in STANDARD and words_of(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.group(1))) & HIDING:
            wrong.append(f"{where}:{number}: {kind.group(1)} hides what it is")


def check_messages(wrong):
    table = (SRC / "telemetry/message.h").read_text()
    names = re.findall(r"\w+", " ".join(re.findall(r"extern const Message ([^;]+);", table)))
    spoken = " ".join(path.read_text() for path in SRC.rglob("*.cpp")
                      if path != SRC / "telemetry/message.cpp" and not path.stem.endswith("_test"))
    wrong += [f"src/telemetry/message.h: nothing says {name}" for name in names if not re.search(rf"messages::{name}\b", spoken)]
    if not names:
        wrong.append("src/telemetry/message.h: no message was found")


def main():
    rooms, wrong = ground_plan(), []
    order = list(rooms)
    for room, needs in rooms.items():
        for need in needs:
            if need not in order or order.index(need) >= order.index(room):
                wrong.append(f"src/CMakeLists.txt: {room} needs {need}, which does not stand above it")
    for folder in sorted(p for p in SRC.iterdir() if p.is_dir()):
        if folder.name not in rooms:
            wrong.append(f"src/{folder.name}: a folder that is no room of src/CMakeLists.txt")
            continue
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".h", ".cpp"):
                check_file(folder.name, path, rooms, wrong)
    check_messages(wrong)
    for room in rooms:
        readme = SRC / room / "README.md"
        if not readme.exists() or readme.read_text().count("\n") > 15:
            wrong.append(f"src/{room}/README.md: every room has one, of at most 15 lines")
    print("\n".join(wrong) or f"{len(rooms)} rooms stand in order")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
