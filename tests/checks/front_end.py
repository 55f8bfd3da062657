#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Counts what including the library costs the compiler.

    front_end.py SOURCE COMPILER STANDARD

Compares instructions of the compiler's front end, which are the same in every run: those for transport.hpp, and for a small
client, with those for the standard and system headers that transport.hpp includes. Compares the code of the client that
tests/bench/compile has in careful C and in keyway, too. COMPILER is a g++.
"""
import re
import subprocess
import sys
import tempfile

# What keyway may cost, in multiples of the headers that it includes. The goal of transport.hpp is 1.8. A number is what has
# been reached, and only falls.
BUDGETS = {"transport.hpp": 1.75, "client": 2.35}
# What the code of a client may have, in multiples of the bytes that careful C has.
TEXT_BUDGET = 2

TRANSPORT = "#include <keyway/transport.hpp>\n"
CLIENT = TRANSPORT + """int main() {
    const auto connection = keyway::tcp::connect({keyway::ipv4_address::loopback(), 8080});
    if (!connection || !connection->send_all("hello")) return 1;
}
"""


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def instructions(compiler, flags, text):
    front_end = run([compiler, "-print-prog-name=cc1plus"]).strip()
    with tempfile.NamedTemporaryFile("w", suffix=".ii") as file:
        file.write(run([compiler, *flags, "-E", "-x", "c++", "-"], input=text))
        file.flush()
        counted = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", front_end, "-quiet",
                       "-fpreprocessed", "-fsyntax-only", flags[0], file.name, "-o", "/dev/null"])
    return int(re.search(r"Collected : (\d+)", counted).group(1))


def foreign_headers(compiler, flags, include):
    """The headers that keyway's own include directly: where such a file is entered from one of ours, in a line marker."""
    files, found = [], []
    for name, why in re.findall(r'^# \d+ "(.+)" ([12])\b', run([compiler, *flags, "-E", "-x", "c++", "-"], input=TRANSPORT),
                                re.M):
        if why == "2":
            files.pop()
            continue
        if not name.startswith(include) and files and files[-1].startswith(include):
            found.append(name)
        files.append(name)
    return found


def text_bytes(compiler, flags, source):
    with tempfile.NamedTemporaryFile(suffix=".o") as file:
        run([compiler, *flags, "-O2", "-c", source, "-o", file.name])
        return sum(int(line.split()[1]) for line in run(["size", "-A", file.name]).splitlines() if line.startswith(".text"))


def main():
    source, compiler, standard = sys.argv[1:]
    include = f"{source}/include/"
    flags = [f"-std={standard}", f"-I{include}"]
    foreign = foreign_headers(compiler, flags, include)
    floor = instructions(compiler, flags, "".join(f'#include "{name}"\n' for name in foreign))
    print(f"{len(foreign)} headers of others: {floor / 1e6:.0f} M instructions")
    failed = len(foreign) < 10
    for name, text in (("transport.hpp", TRANSPORT), ("client", CLIENT)):
        count = instructions(compiler, flags, text)
        budget = BUDGETS[name]
        worse = count > budget * floor
        failed |= worse
        print(f"{name}: {count / 1e6:.0f} M instructions, {count / floor:.3f} times as many, the budget is {budget}"
              f"{'  <-- worse' if worse else ''}")
    c, ours = (text_bytes(compiler, flags, f"{source}/tests/bench/compile/{name}.cpp") for name in ("c", "keyway"))
    worse = ours > TEXT_BUDGET * c
    failed |= worse
    print(f"text of a client: {ours} bytes, {ours / c:.3f} times as many as C, the budget is {TEXT_BUDGET}"
          f"{'  <-- worse' if worse else ''}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
