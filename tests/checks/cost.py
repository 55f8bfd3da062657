#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts what operations cost, against the C beside them in the probes.

    cost.py FOLDER INCLUDE COMPILER STANDARD

Builds the probes of FOLDER, optimised. An operation may need no more user-space instructions than the C and its budget,
and the same system calls in the same number.
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

# Beyond careful C, which does the same job. The names are those of the functions, after c_ and kw_.
TRANSFERS = {"send": 0, "recv": 0, "send_to": 0, "recv_from": 0, "recv_within": 25, "recv_at_once": 30,
             "send_gathered": 30, "recv_packet": 40}
EVENTS = {"poll": 44}

# Times what the C library's function needs.
VALUES = {"parse_ipv4": 1.2, "parse_ipv6": 1.2}

# Beyond bare C, which looks at less.
LOOPS = {"loop_send": 2, "loop_recv": 2, "loop_send_to": 2, "loop_recv_from": 8}

# What one more message or event costs beyond C: an operation on one, the same on many, and how many more those are.
EACH = {"message of a batch": ("batch", "batch_many", 32, 15)}

# In all: an echo of one request, of which a round has ten; an event that is looked at, of which there are 50 more.
ECHO, REQUESTS = 60, 10
EVENT, MORE_EVENTS = 12, 50

# The same where a compiler does not yet meet the budget. A number here only falls.
EXCESS = {
    ("g++", "recv_packet"): 64,
    ("clang++-14", "recv_at_once"): 34,
    ("clang++-14", "recv_packet"): 116,
    ("clang++-14", "message of a batch"): 16,
    ("clang++-19", "recv_from"): 1,
    ("clang++-19", "recv_packet"): 41,
    ("clang++-19", "message of a batch"): 17,
}

# Operations of which only the system calls count, for they sleep or have others around them.
CALLS_ONLY = ["poll_idle", "poll_at_once", "connect", "connect_within", "accept", "accept_non_blocking"]

# The most system calls of serve() for a connection.
CALLS_OF_SERVE = 10

FEW, MANY = 10, 110


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def instructions(probe, functions, rounds):
    with tempfile.NamedTemporaryFile() as out:
        run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", "--collect-atstart=no",
             *(f"--toggle-collect={function}" for function in functions), probe, str(rounds), *functions])
        report = run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", out.name])
    counted = {}
    for function in functions:
        found = re.search(rf"^ *([\d,]+) \([^)]*\) +\S*:{function}\b", report, re.M)
        if not found:
            sys.exit(f"callgrind has not seen {function}")
        counted[function] = int(found.group(1).replace(",", ""))
    return counted


def instructions_per_call(probe, names):
    """The slope, so that what happens once (symbol binding) does not count."""
    functions = [prefix + name for name in names for prefix in ("c_", "kw_")]
    few, many = (instructions(probe, functions, rounds) for rounds in (FEW, MANY))
    return {function: (many[function] - few[function]) / (MANY - FEW) for function in functions}


def trace(probe, function, rounds):
    """The system calls, each with the thread that made it."""
    with tempfile.NamedTemporaryFile("r") as out:
        run(["strace", "-f", "-qq", "-o", out.name, probe, str(rounds), function])
        return re.findall(r"^(\d+)\s+(\w+)\(", out.read(), re.M)


def calls(probe, function, rounds=50):
    return collections.Counter(name for _, name in trace(probe, function, rounds))


def calls_of_serve(probe):
    """For each connection, without those of the first thread, which is the client."""
    def of_server(rounds):
        traced = trace(probe, "kw_serve", rounds)
        return sum(thread != traced[0][0] for thread, _ in traced)
    few, many = 20, 120
    return (of_server(many) - of_server(few)) / (many - few)


class Report:
    def __init__(self, compiler):
        self.compiler = compiler
        self.failed = False

    def compare(self, what, ours, budget, c=None):
        """`budget` is beyond `c`, if there is one."""
        allowed = EXCESS.get((self.compiler, what), budget)
        worse = ours > (c or 0) + allowed
        self.failed |= worse
        beside = "" if c is None else f", C {c:g}"
        print(f"{what}: {ours:g}{beside}; {allowed:g} {'more ' if c is not None else ''}allowed"
              f"{'  <-- worse' if worse else ''}")

    def same(self, what, ours, c):
        if ours == c and c:
            return
        self.failed = True
        print(f"{what}: system calls {dict(ours)}, C {dict(c)}  <-- not the same")


def main():
    folder, include, compiler, standard = sys.argv[1:]
    report = Report(compiler)
    with tempfile.TemporaryDirectory() as built:
        for source in pathlib.Path(folder).glob("*.cpp"):
            run([compiler, f"-std={standard}", "-O2", "-Wall", "-Wextra", f"-I{include}", str(source), "-pthread",
                 "-o", f"{built}/{source.stem}"])
        probes = {name: f"{built}/{name}" for name in ("transfers", "loops", "events", "values")}

        counted = {}
        for probe, names in (("transfers", [*TRANSFERS, "batch", "batch_many"]), ("loops", [*LOOPS, "loop_echo"]),
                             ("events", [*EVENTS, "poll_many"]), ("values", VALUES)):
            counted |= instructions_per_call(probes[probe], names)
        for name, budget in (TRANSFERS | EVENTS | LOOPS).items():
            report.compare(name, counted[f"kw_{name}"], budget, counted[f"c_{name}"])
        for name, factor in VALUES.items():
            c = counted[f"c_{name}"]
            report.compare(name, counted[f"kw_{name}"], (factor - 1) * c, c)
        for what, (one, many, more, budget) in EACH.items():
            ours, c = ((counted[prefix + many] - counted[prefix + one]) / more for prefix in ("kw_", "c_"))
            report.compare(what, ours, budget, c)
        report.compare("echo of a request", counted["kw_loop_echo"] / REQUESTS, ECHO)
        report.compare("event", (counted["kw_poll_many"] - counted["kw_poll"]) / MORE_EVENTS, EVENT)

        for probe, names in (("transfers", TRANSFERS), ("events", [*EVENTS, *CALLS_ONLY])):
            for name in names:
                report.same(name, *(calls(probes[probe], prefix + name) for prefix in ("kw_", "c_")))
        report.compare("system calls of serve()", calls_of_serve(probes["events"]), CALLS_OF_SERVE)
    sys.exit(report.failed)


if __name__ == "__main__":
    main()
