#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Compiles what must be rejected, and its corrected twins, which must not.

    run.py COMPILER STANDARD INCLUDE FILE

A file has numbered cases, compiled with -DREJECTED=n, and says what the compiler has to print, a line each:

    // says 1: a listener has no peer          (this text)
    // expect 1: (no match|cannot convert)     (this pattern)

and prints it in at most 25 lines, unless the file says `// lines 1: 60` and why.

Without REJECTED it must compile without a word; and where it has twins, under CORRECTED, so must they, all of them at once.
"""
import os
import re
import subprocess
import sys
import tempfile

FLAGS = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]
MOST_LINES = 25
ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


def precompile(compiler, standard, include, source, directory):
    """The includes at the top of the source, compiled once for all its cases; returns the header to include first."""
    top = re.match(r"(//.*\n|#include .*\n|\n)*", source)[0]
    header = os.path.join(directory, "includes.hpp")
    with open(header, "w", encoding="utf-8") as opened:
        opened.write(top)
    suffix = ".pch" if "clang" in compiler else ".gch"
    subprocess.run([compiler, *FLAGS, f"-std={standard}", f"-I{include}", "-x", "c++-header", header, "-o", header + suffix],
                   env=ENVIRONMENT, check=True, timeout=100)
    return header


def compile_file(command, file, *definitions):
    done = subprocess.run([*command, *definitions, file], env=ENVIRONMENT, capture_output=True, text=True, timeout=100)
    return done.returncode, done.stdout + done.stderr


def expectations(source):
    """The patterns of each case."""
    cases = {}
    for verb, number, text in re.findall(r"// (says|expect) (\d+): (.*)", source):
        pattern = re.escape(text.strip()) if verb == "says" else text.strip()
        cases.setdefault(int(number), []).append(pattern)
    return cases


def twins_at_once(source):
    """The source in which each case is a block of its own instead of a condition, on the same lines."""
    source = re.sub(r"#elif REJECTED == .*", "}{", source.replace("#if !defined(REJECTED)", "{", 1))
    begin, _, end = source.rpartition("#endif")
    return f"{begin}}}{end}"


def check(directory):
    compiler, standard, include, file = sys.argv[1:]
    with open(file, encoding="utf-8") as opened:
        source = opened.read()
    cases = expectations(source)
    if not cases or sorted(cases) != list(range(1, source.count("REJECTED == ") + 1)):
        sys.exit(f"{file}: every 'REJECTED == n' needs a line that says what the compiler prints")

    header = precompile(compiler, standard, include, source, directory)
    command = [compiler, "-fsyntax-only", *FLAGS, f"-std={standard}", f"-I{include}", "-include", header]
    failures = 0
    for number, patterns in sorted(cases.items()):
        status, output = compile_file(command, file, f"-DREJECTED={number}")
        missing = [pattern for pattern in patterns if not re.search(pattern, output)]
        longer = re.search(rf"// lines {number}: (\d+)", source)
        lines, most = output.count("\n"), int(longer[1]) if longer else MOST_LINES
        if status == 0 or missing or lines > most:
            failures += 1
            print(f"case {number}: compiler status {status}, not printed: {missing}, {lines} lines of {most}\n{output}")

    accepted = [file]
    if "CORRECTED" in source:
        accepted.append(os.path.join(directory, os.path.basename(file)))
        with open(accepted[1], "w", encoding="utf-8") as opened:
            opened.write(twins_at_once(source))
    for one in accepted:
        status, output = compile_file(command, one, "-DCORRECTED")
        if status != 0 or output:
            failures += 1
            print(f"must compile:\n{output}")

    print(f"{len(cases)} rejected, {failures} failures: {os.path.basename(file)} by {compiler} {standard}")
    return failures


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory_of_header:
        sys.exit(check(directory_of_header) != 0)
