#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""ratios.py PROGRAM [OPTION...]: datagrams per second by keyway and by the same system calls in C, in one run.

PROGRAM is a benchmark whose names are c/CASE/SIZE and keyway/CASE/SIZE; it gets the options. The repetitions of
all names are interleaved, and the medians are compared. Next to each median is the interquartile range: a smaller
difference means nothing. "x 1 call" is the ratio to one call per datagram.
"""
import collections
import json
import statistics
import subprocess
import sys

REPETITIONS = 60


def measured(program, options):
    """Datagrams per second of each repetition, by name."""
    done = subprocess.run([program, "--benchmark_format=json", "--benchmark_enable_random_interleaving=true",
                           f"--benchmark_repetitions={REPETITIONS}", "--benchmark_min_time=0.02", *options],
                          stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    rates = collections.defaultdict(list)
    for one in json.loads(done.stdout)["benchmarks"]:
        if one["run_type"] != "iteration":
            continue
        if one.get("error_occurred"):
            sys.exit(f"{one['name']}: {one['error_message']}")
        rates[one["run_name"].removesuffix(f"/repeats:{REPETITIONS}")].append(one["items_per_second"])
    return rates


def spread(rates):
    low, _, high = statistics.quantiles(rates, n=4)
    return f"{100 * (high - low) / statistics.median(rates):.1f} %"


def main():
    rates = measured(sys.argv[1], sys.argv[2:])
    median = {name: statistics.median(each) for name, each in rates.items()}
    line = "{:18} {:>11} {:>7} {:>11} {:>7} {:>6} {:>11} {:>16}".format
    print(line("case, bytes", "C 1/s", "+-", "keyway 1/s", "+-", "ratio", "C x 1 call", "keyway x 1 call"))
    cases = [name.removeprefix("c/") for name in median if name.startswith("c/")]
    for case in sorted(cases, key=lambda case: (int(case.split("/")[1]), median[f"c/{case}"])):
        figures, times = [], []
        for way in ("c", "keyway"):
            this, one_call = f"{way}/{case}", f"{way}/one_call/{case.split('/')[1]}"
            figures += [f"{median[this]:.0f}", spread(rates[this])]
            times.append(f"{median[this] / median[one_call]:.1f}" if one_call in median else "-")
        print(line(case, *figures, f"{median[f'keyway/{case}'] / median[f'c/{case}']:.3f}", *times))


if __name__ == "__main__":
    main()
