#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""lifetimes.py SOURCE: clang-tidy 19 finds the mistakes of lifetimes_probe.cpp, and no others.

They are those that no compiler refuses. A line that ends with `// finds: CHECK` has one.
"""
import pathlib
import re
import subprocess
import sys

CHECKS = "-*,bugprone-use-after-move,clang-diagnostic-dangling,clang-diagnostic-return-stack-address"


def main():
    source = pathlib.Path(sys.argv[1])
    probe = source / "tests/checks/lifetimes_probe.cpp"
    lines = probe.read_text(encoding="utf-8").splitlines()
    expected = {(number, line.partition("// finds: ")[2]) for number, line in enumerate(lines, 1) if "// finds: " in line}
    done = subprocess.run(["clang-tidy-19", "--quiet", f"--checks={CHECKS}", "--warnings-as-errors=-*", str(probe), "--",
                           "-std=c++20", f"-I{source}/include"], capture_output=True, text=True, timeout=100, check=False)
    found = {(int(number), check) for number, check in re.findall(r"_probe\.cpp:(\d+):\d+: \w+: .*\[([\w-]+)", done.stdout)}
    for number, check in sorted(expected ^ found):
        print(f"{probe}:{number}: {check} {'is found too' if (number, check) in found else 'is not found'}")
    print(f"{len(expected)} mistakes, {len(found)} found")
    sys.exit(expected != found or not expected)


if __name__ == "__main__":
    main()
