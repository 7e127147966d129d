"""One measured run of radius_load, with the CPU seconds of every process beside it, and medians of several."""
import json
import os
import statistics
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all threads of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def status_mib(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        return next((int(line.split()[1]) / 1024 for line in status if line.startswith(key)), 0.0)


def resident_mib(pid):
    return status_mib(pid, "VmRSS:")


def peak_mib(pid):
    """The most that was ever resident."""
    return status_mib(pid, "VmHWM:")


class Load:
    """A radius_load under way. `processes`: {name: pid}, whose CPU seconds are measured from here to finish()."""

    def __init__(self, program, options, processes):
        words = [str(program)]
        for key, value in options.items():
            words += [f"--{key.replace('_', '-')}", str(value)]
        self.processes = processes
        self.before = {name: cpu_seconds(pid) for name, pid in processes.items()}
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def finish(self):
        """The report of radius_load, and "cpu": {name: seconds}."""
        out, trouble = self.process.communicate()
        if self.process.returncode not in (0, 1):
            raise RuntimeError(f"radius_load: {trouble.strip() or self.process.returncode}")
        report = json.loads(out)
        report["cpu"] = {name: round(cpu_seconds(pid) - self.before[name], 3) for name, pid in self.processes.items()}
        report["cpu"]["radius_load"] = report.pop("cpu_seconds")
        report["logins_in_all"] = report["accepted"] + report["rejected"] + report["lost"]
        report["cpu_us_a_login"] = {name: round(seconds * 1e6 / max(1, report["logins_in_all"]), 1)
                                    for name, seconds in report["cpu"].items() if name != "radius_load"}
        report["cpu_us_a_login"]["radius_load"] = report.pop("cpu_us_per_login")
        return report


def median_of(runs):
    """The median of each number of several runs; what was lost is summed, for one is one too many."""
    result = {key: statistics.median(run[key] for run in runs) for key in ("rate", "p50_ms", "p95_ms", "p99_ms", "max_ms")}
    for key in ("lost", "no_answer", "wrong_verdict", "bad_authenticator", "stray"):
        result[key] = sum(run[key] for run in runs)
    for key in ("cpu", "cpu_us_a_login"):
        result[key] = {name: statistics.median(run[key][name] for run in runs) for name in runs[0][key]}
    words = {}
    for run in runs:
        for word, count in run["wrong_words"].items():
            words[word] = words.get(word, 0) + count
    result["wrong_words"] = words
    result["rates"] = [run["rate"] for run in runs]
    return result


def table(rows, head):
    """Text in columns."""
    cells = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
