#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""readme.py SOURCE: what the README shows is what the sources have and the compiler says.

Every ```cpp block stands in one of the examples, every ```text block in what g++ says to examples/rejected.cpp, the table
of operations is the one that the concepts give, the table of platforms is that of .ci/platforms, the table of options is
that of the headers, and the table of ways to install has every test of a consumer and says when it runs.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import textwrap

import options_table


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=100,
                          env={**os.environ, "LC_ALL": "C"}, **options)


def platform_table():
    with open(".ci/platforms", encoding="utf-8") as file:
        rows = [[cell.strip() for cell in line.split("|")[1:]] for line in file if line.strip() and line[0] != "#"]
    heading = ["platform", "compiler and library", "C++", "status"]
    return "".join(f"| {' | '.join(row)} |\n" for row in [heading, ["---"] * 4, *rows])


def consumer_faults(readme):
    """What the table of ways to install says wrongly of the tests in tests/consumers."""
    with open("tests/consumers/CMakeLists.txt", encoding="utf-8") as file:
        parts = re.findall(r"^add_consumers\((\w+)\s+([^)]*)\)", file.read(), re.M)
    runs = {"checks": {"run with every test"}, "packages": {"run by `.ci/matrix packages`", "linted"}}
    allowed = {name: runs[part] for part, names in parts for name in names.split()}
    table = re.search(r"^### How each is tested\n(.*?)^##", readme, re.S | re.M)[1]
    rows = [re.split(r"\s*\|\s*", line) for line in table.splitlines() if line.startswith("| ")]
    shown = [(name, row[3]) for row in rows[1:] for name in re.findall(r"`(\w+)`", row[2])]
    return ([f"the table of ways to install lacks the test {name}" for name in allowed.keys() - dict(shown).keys()]
            + [f"the test {name} is not: {how}" for name, how in shown if how not in allowed.get(name, ())])


def main():
    os.chdir(sys.argv[1])
    with open("README.md", encoding="utf-8") as file:
        readme = file.read()
    faults = []

    examples = []
    for name in glob.glob("examples/*.cpp"):
        with open(name, encoding="utf-8") as file:
            lines = file.read().splitlines()
        # Blocks of the README are cut out whole and moved to the margin.
        examples.append("\n".join(line.strip() for line in lines))
    snippets = re.findall(r"```cpp\n(.*?)```", readme, re.S)
    for snippet in snippets:
        flat = "\n".join(line.strip() for line in textwrap.dedent(snippet).strip().splitlines())
        if not any(flat in example for example in examples):
            faults.append(f"in no example:\n{snippet}")

    said = run(["g++", "-std=c++20", "-I", "include", "-fsyntax-only", "-DREJECTED=1", "examples/rejected.cpp"]).stderr
    messages = re.findall(r"```text\n(.*?)```", readme, re.S)
    for message in messages:
        for line in message.strip().splitlines():
            if line.strip() not in said:
                faults.append(f"g++ does not say: {line}\n{said}")

    with tempfile.TemporaryDirectory() as folder:
        built = run(["g++", "-std=c++20", "-I", "include", "tests/checks/operations_table.cpp", "-o", f"{folder}/table"])
        table = run([f"{folder}/table"]).stdout if built.returncode == 0 else built.stderr
    if "| socket | `bind` |" not in table or table not in readme:
        faults.append(f"the table of operations should be:\n{table}")

    platforms = platform_table()
    if platforms.count("\n") < 10 or platforms not in readme:
        faults.append(f"the table of platforms should be:\n{platforms}")

    options = options_table.table()
    if options.count("\n") < 80 or options not in readme:
        faults.append(f"the table of options should be:\n{options}")

    faults += consumer_faults(readme)
    if len(snippets) < 3 or not messages:
        faults.append("the README has lost its examples")
    print("\n".join(faults) if faults else f"{len(snippets)} snippets, {len(messages)} messages and the tables are true")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
