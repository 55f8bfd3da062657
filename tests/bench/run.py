#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""run.py PROGRAMS RESULTS [--seconds N] [--only REGEX]: measures every library's program and compares.

PROGRAMS is the folder of the programs bench_c, bench_keyway, bench_asio, ... RESULTS gets results.json, results.md and the
charts. Rounds follow each other until the seconds are over. In a round every case is measured by one program after the
other: C, keyway, the other libraries, and C again, which is the gauge of noise. See docs/benchmarks.md.
"""
import argparse
import collections
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

import compile
import report

LIBRARIES = ["c", "keyway", "asio", "boost", "poco", "sfml", "uv"]  # bench_NAME; c is measured again at the end
LEAST_ROUNDS = 3


class Program:
    """One library's benchmarks."""

    def __init__(self, path):
        self.path = path
        listed = subprocess.run([path, "--benchmark_list_tests"], capture_output=True, text=True, check=True, timeout=60)
        self.cases = [line.partition("/")[0] for line in listed.stdout.splitlines()]  # without the name of the clock
        self.refused = {}  # case: why

    def rate(self, case):
        """Items or bytes per second, or None if the case cannot be measured."""
        if case not in self.cases or case in self.refused:
            return None
        pattern = re.sub(r"([^\w ,:-])", r"\\\1", case)
        command = [self.path, "--benchmark_format=json", "--benchmark_min_time=0.02",
                   f"--benchmark_filter=^{pattern}/"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        except subprocess.TimeoutExpired:
            self.refused[case] = "not over after 30 seconds"
            return None
        if done.returncode != 0:
            self.refused[case] = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"
            return None
        result = json.loads(done.stdout)["benchmarks"][0]
        if result.get("error_occurred"):
            self.refused[case] = result["error_message"]
            return None
        return result.get("items_per_second", result.get("bytes_per_second"))


def measured(programs, cases, seconds):
    """Rates of each round by case and name: a list that has None where a program could not."""
    rates = {case: collections.defaultdict(list) for case in cases}
    begin = time.monotonic()
    rounds = 0
    while rounds < LEAST_ROUNDS or time.monotonic() - begin < seconds * rounds / (rounds + 1):
        for case in cases:
            for name in [*programs, "c"]:
                rate = programs[name].rate(case)
                key = "c again" if name == "c" and len(rates[case]["c"]) > rounds else name
                rates[case][key].append(rate)
        rounds += 1
        print(f"round {rounds}, {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    return rates, rounds


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        return done.stdout.splitlines()[0] if done.stdout else ""
    except FileNotFoundError:
        return ""


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    memory = re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(encoding="utf-8"))
    virtual = first_line("systemd-detect-virt")
    return {
        "CPU": re.search(r"model name\s*: (.*)", info)[1],
        "CPUs": len(os.sched_getaffinity(0)),
        "memory": f"{int(memory[1]) / 2**20:.0f} GiB",
        "virtualisation": virtual or "not known",
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "compiler": first_line("g++", "--version"),
        "load at the start": f"{os.getloadavg()[0]:.1f}",
    }


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("programs", type=pathlib.Path)
    options.add_argument("results", type=pathlib.Path)
    options.add_argument("--seconds", type=int, default=120)
    options.add_argument("--only", type=re.compile, default=re.compile(""))
    options = options.parse_args()

    programs = {name: Program(options.programs / f"bench_{name}") for name in LIBRARIES
                if (options.programs / f"bench_{name}").exists()}
    if "c" not in programs or "keyway" not in programs:
        sys.exit(f"run.py: there are no programs in {options.programs}")
    cases = [case for case in programs["c"].cases if options.only.search(case)]
    run = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": first_line("git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty"),
        "machine": machine(),
        "missing": [name for name in LIBRARIES if name not in programs],
    }
    run["compile"] = compile.measured() if options.only.search("Compile") else {}
    rates, run["rounds"] = measured(programs, cases, options.seconds)
    run["rates"] = rates
    run["refused"] = {name: program.refused for name, program in programs.items() if program.refused}
    report.write(run, options.results)


if __name__ == "__main__":
    main()
