"""The table as text for a terminal and as docs/faults.md."""

HEAD = ("fault", "expected", "seen", "lost", "wrong accepts", "wrong rejects", "nothing to know", "in, s", "back, s", "as expected")


def number(value):
    return "" if value is None else f"{value:.1f}"


def expected(fault):
    words = {"must": "opens", "must not": "stays closed", "may": "may open"}[fault.opens]
    who = {"ladder": "", "either": "; service, else ladder", "service": "; both factors stay", "nobody": "; nobody can know"}[fault.decides]
    words += f", not before {fault.in_after:.0f} s" if fault.in_after else ""
    return words + "".join(f", {state}" for state in fault.must_see) + who


def states(finding):
    return " → ".join(finding.states)


def row(fault, finding):
    return (fault.name, expected(fault), states(finding), finding.lost, finding.wrong_accepts, finding.wrong_rejects, finding.undecided + finding.crossed or "",
            number(finding.time_in), number(finding.time_back), "yes" if not finding.faults else "NO: " + "; ".join(finding.faults))


def text(rows):
    cells = [[str(cell) for cell in one] for one in [HEAD, *rows]]
    widths = [max(len(one[column]) for one in cells) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(one, widths)).rstrip() for one in cells)


def markdown(results, rate):
    """`results`: (fault, finding) each."""
    lines = ["# The table of faults", "",
             "Written by `./dev test faults`; do not edit. A real gateway, directory and authentication service; "
             f"{rate} logins a second from 24 clients that",
             "retransmit (3 s, three tries, every second client with a new id, every third from a new socket), one login in twenty with a "
             "wrong password and one with a",
             "wrong code. Each fault is set after calm, lasts 14 s or longer, and is healed.", "",
             "- **in**: from the fault to `continuity`; at most 6.1 s, 11.1 s where the service throttles, which counts as down after 5 s. **back**: "
             "from healing to",
             "  `normal`; at most 3.5 s, 5.5 s where the users' votes have to turn first, and a second more for each good probe more that "
             "damping asks for.",
             "- **lost**: no answer within the client's patience. **wrong accepts**: a wrong password, or a wrong code that no recorded rung "
             "let in. **wrong rejects**: a",
             "  good login refused. **nothing to know**: good logins met by a fault in which neither service nor ladder may decide: refused, "
             "and not counted as wrong;",
             "  and those of a client that moved to a new socket just as its accept left, whose next try finds the code spent.",
             "- Probes are a second apart while the state is `degraded`, and each return to `normal` within ten minutes of "
             "another doubles the good ones",
             "  that the next return takes (3, 3, 6, 12, …): a return that comes sooner than that is not as expected either.", "",
             "|" + "|".join(f" {cell} " for cell in (HEAD[0], "what", *HEAD[1:])) + "|", "|" + "---|" * (len(HEAD) + 1)]
    for fault, finding in results:
        cells = row(fault, finding)
        lines.append("|" + "|".join(f" {cell} " for cell in (f"`{cells[0]}`", fault.what, *cells[1:])) + "|")
    good = sum(not finding.faults for _, finding in results)
    return "\n".join([*lines, "", f"{good} of {len(results)} as expected.", ""])
