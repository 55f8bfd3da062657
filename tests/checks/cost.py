#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts what an operation costs, against the C beside it in the probe.

    cost.py PROBE.cpp INCLUDE COMPILER STANDARD

Builds the probe, optimised, and compares each operation with careful C: no more user-space instructions than its budget,
and the same system calls in the same number.
"""
import collections
import re
import subprocess
import sys
import tempfile

# The instructions that each operation may need beyond those of the C.
OPERATIONS = {"send": 0, "recv": 0, "send_to": 0, "recv_from": 0, "recv_within": 25, "recv_at_once": 30, "poll": 44}

# The same where a compiler does not yet meet the budget. A number here only falls.
EXCESS = {
    ("clang++-19", "recv_from"): 5,  # 59 to 54
    ("clang++-14", "recv_from"): 2,  # 57 to 55
    ("clang++-19", "recv_at_once"): 52,  # 106 to 54
    ("clang++-14", "recv_within"): 33,  # 77 to 44
    ("clang++-14", "recv_at_once"): 53,  # 107 to 54
    ("clang++-14", "poll"): 51,  # 78 to 27
    ("clang++-19", "event"): 13,
}

# Operations that sleep: only their system calls count.
SLEEPING = ["poll_idle"]

# What poll_set::wait() may need for each event, and the number of events in the operation poll_many.
PER_EVENT, EVENTS = 12, 51


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def instructions(probe, function, rounds):
    with tempfile.NamedTemporaryFile() as out:
        text = run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", "--collect-atstart=no",
                    f"--toggle-collect={function}", probe, function, str(rounds)])
    return int(re.search(r"Collected : (\d+)", text).group(1))


def instructions_per_call(probe, function):
    """The slope, so that what happens once (symbol binding) does not count."""
    few, many = 10, 110
    return (instructions(probe, function, many) - instructions(probe, function, few)) / (many - few)


def system_calls(probe, function, rounds=50):
    with tempfile.NamedTemporaryFile("r") as out:
        run(["strace", "-f", "-qq", "-o", out.name, probe, function, str(rounds)])
        return collections.Counter(re.findall(r"^\d+\s+(\w+)\(", out.read(), re.M))


def main():
    source, include, compiler, standard = sys.argv[1:]
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        probe = f"{folder}/probe"
        run([compiler, f"-std={standard}", "-O2", "-Wall", "-Wextra", f"-I{include}", source, "-o", probe])
        for operation in [*OPERATIONS, *SLEEPING]:
            calls_c, calls_ours = (system_calls(probe, f"{prefix}_{operation}") for prefix in ("c", "kw"))
            if calls_c != calls_ours or not calls_c:
                failed = True
                print(f"{operation}: system calls C {dict(calls_c)}, keyway {dict(calls_ours)}  <-- not the same")
            if operation in SLEEPING:
                continue
            c, ours = (instructions_per_call(probe, f"{prefix}_{operation}") for prefix in ("c", "kw"))
            allowed = EXCESS.get((compiler, operation), OPERATIONS[operation])
            worse = ours > c + allowed or c < 5
            failed |= worse
            print(f"{operation}: instructions C {c:g}, keyway {ours:g}"
                  f"{f', {allowed} more allowed' if allowed else ''}{'  <-- worse' if worse else ''}")
        one, many = (instructions_per_call(probe, f"kw_poll{suffix}") for suffix in ("", "_many"))
        each = (many - one) / (EVENTS - 1)
        worse = each > EXCESS.get((compiler, "event"), PER_EVENT)
        failed |= worse
        print(f"poll: {each:g} instructions an event{'  <-- worse' if worse else ''}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
