#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts what an operation costs, against the C beside it in cost_probe.cpp.

    cost.py instructions PROBE    user-space instructions inside each function: not one more than the C has
    cost.py calls PROBE           the same system calls in the same number
"""
import collections
import re
import subprocess
import sys
import tempfile

OPERATIONS = ["send", "recv", "send_to", "recv_from"]


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
    what, probe = sys.argv[1:]
    failed = False
    for operation in OPERATIONS:
        c, ours = f"c_{operation}", f"kw_{operation}"
        if what == "instructions":
            cost_c, cost_ours = instructions_per_call(probe, c), instructions_per_call(probe, ours)
            worse = cost_ours > cost_c or cost_c < 5
        else:
            cost_c, cost_ours = system_calls(probe, c), system_calls(probe, ours)
            worse = cost_c != cost_ours or not cost_c
            cost_c, cost_ours = sum(cost_c.values()), sum(cost_ours.values())
        failed |= worse
        print(f"{operation}: {what} C {cost_c:g}, keyway {cost_ours:g}{'  <-- worse' if worse else ''}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
