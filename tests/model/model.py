#!/usr/bin/env python3
"""Checks continuity.pml with spin: its transitions are those of the code's table and all are taken; P1 to P5 hold; and spin
finds each mistake that can be planted in it, by the property that it breaks.

    model.py CONTINUITY_EDGES [MISTAKE...]   the program that prints the code's table (edges.cpp); only these mistakes, no proofs
"""
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MODEL = Path(__file__).resolve().parent / "continuity.pml"
PROOFS = {"monitor": (), "monitor with a canary": ("CANARY",), "monitor and login": ("LOGIN",)}
MISTAKES = {  # what is planted: (the property that it breaks, what else is defined)
    "NO_LEASE": ("p1", "LOGIN"),                    # an expired word is believed
    "LEASE_LOOKED_AT_ONCE": ("p1", "LOGIN"),        # not again when the line is durable
    "ACCEPT_BEFORE_FLUSH": ("p1", "LOGIN"),         # a line that was written is taken for durable
    "STORE_TROUBLE_IS_A_YES": ("p1", "LOGIN"),      # an unavailable user store stands for a good first factor
    "PASSWORD_UNTRIED": ("p1", "LOGIN"),            # the ladder forgets a password that was to come second
    "DIGITS_NOT_ASKED": ("p1", "LOGIN"),            # a login that waits for its push goes to the ladder
    "LOCAL_IS_DOWN": ("p2", ""),                    # our own trouble counts
    "BARRED_IS_DOWN": ("p2", ""),                   # what somebody may have meant counts
    "LOGINS_ARE_PROOF": ("p2", ""),                 # logins count like probes
    "VOTES_OF_ANYBODY": ("p2", ""),                 # of users without a good first factor too
    "REFUSED_TO_LADDER": ("p3", "LOGIN"),           # a refusal is treated like no verdict
    "VERDICT_LOST_BESIDE_RECORD": ("p3", "LOGIN"),  # one that comes while the line is written is not heeded
    "DOUBT_HAS_NO_END": ("p4", ""),                 # `suspect` until something is known
    "DOUBT_BEGINS_ANEW": ("p4", ""),                # with each failed probe
    "COMES_BACK_LIKE_DEGRADED": ("p5", ""),         # only `rise` good probes end continuity
    "CANARY_KEEPS_CONTINUITY": ("p5", "CANARY"),    # nor does a good probe, while the canary fails
}
MOST_DEPTH = 5_000_000
MOST_MIB = 2000


class Checked:
    """What spin's verifier said of the model with these words defined."""

    def __init__(self, defined, optimise, depth=MOST_DEPTH):
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="sallyport-model-") as folder:
            def run(*words):
                return subprocess.run(words, cwd=folder, capture_output=True, text=True)
            made = run("spin", "-a", *(f"-D{word}" for word in defined), str(MODEL))
            if made.returncode == 0:
                made = run("gcc", optimise, "-w", "-DSAFETY", "-DCOLLAPSE", f"-DMEMLIM={MOST_MIB}", "-o", "pan", "pan.c")
            if made.returncode != 0:
                raise RuntimeError(f"the model cannot be built: {made.stdout}{made.stderr}")
            self.text = run("./pan", f"-m{depth}", "-w22").stdout
        self.seconds = time.monotonic() - begin
        self.errors = self.number(r"errors: (\d+)")
        self.states = self.number(r"(\d+(?:\.\d+)?(?:e\+\d+)?) states, stored")
        broken = re.search(r"assertion violated .*?\b(p\d)_holds", self.text)
        self.broken = broken.group(1) if broken else None
        # Of every transition an assertion bears the words, as numbers: those that were never reached.
        state, why = words_of("state"), words_of("why")
        self.never = {(state[int(a)], state[int(b)], why[int(c)]) for a, b, c in
                      re.findall(r'"assert\(\(+state==(\d+)\)+&&\((\d+)!=\d+\)+&&\((\d+)!=0\)', self.text.replace(" ", ""))}

    def number(self, pattern):
        found = re.search(pattern, self.text)
        if not found:
            raise RuntimeError(f"spin's verifier says what cannot be read:\n{self.text}")
        return int(float(found.group(1)))

    @property
    def is_whole(self):
        return not re.search(r"max search depth too small|out of memory|Search not completed", self.text)


def words_of(kind):
    """By their numbers, which spin gives from the last to the first."""
    words = re.findall(r"\w+", re.search(rf"^mtype:{kind} = \{{(.*?)\}}", MODEL.read_text(), re.M | re.S).group(1))
    return dict(enumerate(reversed(words), 1))


def edges_and_rules_of_the_code(program):
    lines = [line.split() for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()]
    return ({tuple(line[1:]) for line in lines if line[0] == "edge"},
            {line[1]: int(line[2]) for line in lines if line[0] == "rule"})


def edges_of_the_model():
    return set(re.findall(r"\bgo\((\w+), (\w+), (\w+)\)", MODEL.read_text())) - {("from", "to", "why")}


def rules_of_the_model():
    shipped = MODEL.read_text().split("#ifdef LOGIN")[0]
    return {name: int(value) for name, value in re.findall(r"^#define (\w+) (\d+)\b", shipped, re.M)}


def differences(program):
    edges, rules = edges_and_rules_of_the_code(program)
    said = rules_of_the_model()
    out = [f"the code goes {' -> '.join(edge[:2])} for {edge[2]}, the model does not" for edge in sorted(edges - edges_of_the_model())]
    out += [f"the model goes {' -> '.join(edge[:2])} for {edge[2]}, the code does not" for edge in sorted(edges_of_the_model() - edges)]
    out += [f"{name} is {value} in the code, {said.get(name)} in the model" for name, value in rules.items() if said.get(name) != value]
    return out


def prove(name):
    found = Checked(PROOFS[name], "-O1")
    print(f"{name}: {found.states} states, {found.errors} errors, {found.seconds:.1f} s", flush=True)
    wrong = [f"{name}: {found.broken or 'not proven'}\n{found.text}"] if found.errors or not found.is_whole else []
    return wrong, found.never


def find(mistake):
    expected, more = MISTAKES[mistake]
    found = Checked([word for word in (mistake, more) if word], "-O0", depth=1_000_000)
    print(f"{mistake}: breaks {found.broken}, after {found.states} states, {found.seconds:.1f} s", flush=True)
    return [] if found.broken == expected else [f"{mistake}: expected to break {expected}, broke {found.broken}"]


def main():
    program, *names = sys.argv[1:]
    wrong = differences(program)
    with ThreadPoolExecutor(2) as two:
        if not names:
            proofs = list(two.map(prove, PROOFS))
            wrong += [line for lines, _ in proofs for line in lines]
            wrong += [f"no proof goes {' -> '.join(edge[:2])} for {edge[2]}" for edge in sorted(set.intersection(*(never for _, never in proofs)))]
        wrong += [line for lines in two.map(find, names or MISTAKES) for line in lines]
    print("\n".join(wrong) or "the model holds")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
