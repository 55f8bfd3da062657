#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""clang-tidy 19 with the checks of .clang-tidy; prints the findings, and fails if there is one.

    tidy.py SOURCE            over the headers and the examples
    tidy.py SOURCE BUILD      over what is in the compile_commands.json of BUILD too, which are the tests
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

TIDY = ["clang-tidy-19", "--quiet"]


def headers(source):
    """Each header as a translation unit. The backends of Windows and BSD are not for this system: Windows' backend is
    read with MinGW's headers, which the tool cannot map to the header that declares a name; BSD's headers are not here."""
    with open(source / "cmake/headers.cmake", encoding="utf-8") as lines:
        listed = [line.strip() for line in lines if line.strip().endswith(".hpp")]
    for header in listed:
        about = set(re.split("[/_.]", header)) if header.startswith("keyway/detail/os/") else set()
        how = ["-x", "c++", "-std=c++20", f"-I{source}/include"]
        if "bsd" in about:
            continue
        if about & {"windows", "winsock"}:
            yield [*TIDY, "--checks=-misc-include-cleaner", f"{source}/include/{header}", "--",
                   "--target=x86_64-w64-mingw32", *how]
        else:
            yield [*TIDY, f"{source}/include/{header}", "--", *how]


def examples(source):
    for file in sorted(source.glob("examples/*.cpp")):
        yield [*TIDY, str(file), "--", "-std=c++20", f"-I{source}/include"]


def compiled(source, build):
    """Each file that is compiled, once: the two language modes differ only in headers, which headers() covers."""
    with open(build / "compile_commands.json", encoding="utf-8") as file:
        files = {entry["file"] for entry in json.load(file)}
    for file in sorted(files):
        path = pathlib.Path(file)
        if path.is_relative_to(source) and not path.is_relative_to(build) and not path.is_relative_to(source / "examples"):
            yield [*TIDY, "-p", str(build), file]


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode < 0:  # the tool crashed, which is no finding unless it happens twice
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return command, done.returncode, done.stdout + (done.stderr if done.returncode and not done.stdout else "")


def main():
    source, *builds = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    commands = [*headers(source), *examples(source)]
    for build in builds:
        commands += compiled(source, build)
    faults = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for command, status, output in pool.map(run, commands):
            if status or output.strip():
                faults += 1
                print(" ".join(command), output, sep="\n")
    print(f"{len(commands)} files, {faults} with findings")
    sys.exit(bool(faults) or len(commands) < 100)


if __name__ == "__main__":
    main()
