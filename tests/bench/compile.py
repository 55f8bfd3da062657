# SPDX-License-Identifier: BSL-1.0
"""What it costs to compile a minimal TCP client, compile/*.cpp, with each library.

Three figures: seconds of CPU of alternating runs of the compiler; the instructions of its front end, which have no noise,
counted by valgrind; and the bytes of text in the object.
"""
import concurrent.futures
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent
CLIENTS = ["c", "keyway", "uv", "sfml", "poco", "asio"]
OPTIONS = ["-std=c++20", "-I", str(FOLDER.parent.parent / "include")]
COMPILER = ["g++", *OPTIONS, "-O2", "-c"]
ROUNDS = 3


def source(name):
    return str(FOLDER / "compile" / f"{name}.cpp")


def seconds(command):
    """CPU time of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def instructions(name):
    """Of the compiler proper, without a cache; None without valgrind."""
    if shutil.which("valgrind") is None:
        return None
    said = subprocess.run(["g++", "-###", *OPTIONS, "-fsyntax-only", source(name)], capture_output=True, text=True,
                          check=True, timeout=60).stderr
    command = next(line for line in said.splitlines() if "cc1plus" in line)
    arguments = [word.replace('\\', "") for word in re.findall(r'"[^"]*"|\S+', command)]
    done = subprocess.run(["valgrind", "--tool=exp-bbv", "--instr-count-only=yes", "--bb-out-file=/dev/null",
                           *(word.strip('"') for word in arguments)], capture_output=True, text=True, timeout=300)
    found = re.search(r"Total instructions: (\d+)", done.stderr)
    return int(found[1]) if found else None


def text_bytes(object_file):
    lines = subprocess.run(["size", "-A", object_file], capture_output=True, text=True, check=True, timeout=60).stdout
    return sum(int(line.split()[1]) for line in lines.splitlines() if line.startswith(".text"))


def measured():
    present, missing, text = [], [], {}
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "client.o")
        for name in CLIENTS:
            done = subprocess.run([*COMPILER, source(name), "-o", output], capture_output=True, timeout=120)
            (missing if done.returncode else present).append(name)
            if done.returncode == 0:
                text[name] = text_bytes(output)
        times = {name: [] for name in present}
        for _ in range(ROUNDS):
            for name in present:
                times[name].append(seconds([*COMPILER, source(name), "-o", output]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        longest_first = present[::-1]
        counts = dict(zip(longest_first, pool.map(instructions, longest_first)))
    clients = {}
    for name in present:
        low, median, high = statistics.quantiles(times[name], n=4, method="inclusive")
        clients[name] = {"seconds": median, "spread": (high - low) / median, "instructions": counts[name], "text": text[name],
                         "ratio": statistics.median(one / c for one, c in zip(times[name], times["c"]))}
    return {"clients": clients, "missing": missing, "rounds": ROUNDS, "command": "g++ -std=c++20 -O2 -c"}
