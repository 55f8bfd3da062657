#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks on the single header, made by cmake/single_header.py.

    single_header.py same SOURCE                       made twice, it is one file; on every system the preprocessor leaves
                                                       the code of the headers, no more and in the same order
    single_header.py run SOURCE FILE COMPILER FLAG…    the quickstart compiles with it, without a warning, and runs
    single_header.py mixed SOURCE COMPILER FLAG…       core, whole and headers meet in one translation unit
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SYSTEMS = {"Linux": "__linux__", "macOS": "__APPLE__", "FreeBSD": "__FreeBSD__", "NetBSD": "__NetBSD__",
           "Windows": "_WIN32"}
LIBRARIES = {"C++20": [], "C++23": ["__cpp_lib_expected=1", "__cpp_lib_format=1", "__cpp_lib_jthread=1"]}
INCLUDE = re.compile(r"^\s*#\s*include <(.*)>", re.M)


def run(command, **options):
    return subprocess.run(list(map(str, command)), text=True, timeout=200, **options)


def made(source, folder):
    folder.mkdir()
    run([sys.executable, source / "cmake/single_header.py", source, folder], check=True)
    return {name: (folder / name).read_text(encoding="utf-8") for name in ("keyway.hpp", "keyway_core.hpp")}


def code(unit, folder, flags):
    """The lines that the preprocessor leaves, on a system whose own headers are empty."""
    command = ["g++", "-std=c++20", "-undef", "-nostdinc", f"-I{folder}/empty", *flags, "-E", "-P", "-x", "c++", "-"]
    done = run(command, input=unit, capture_output=True, check=True)
    return [line for line in done.stdout.splitlines() if line.strip()]


def used(unit, folder, source, flags):
    """The headers that a unit includes, directly or not."""
    command = ["g++", "-std=c++20", "-undef", "-nostdinc", f"-I{folder}/empty", *flags, "-MM", "-x", "c++", "-"]
    listed = run(command, input=unit, capture_output=True, check=True).stdout.replace("\\\n", " ").split()
    return {os.path.relpath(name, source / "include") for name in listed if name.endswith(".hpp")}


def unit_of(headers):
    return "".join(f"#include <{header}>\n" for header in headers)


def same(source):
    faults, lines = [], 0
    text = (source / "cmake/headers.cmake").read_text(encoding="utf-8")
    listed = re.findall(r"^ +(keyway/\S+\.hpp)$", text, re.M)
    roots = {"keyway.hpp": [header for header in listed if "/detail/" not in header],
             "keyway_core.hpp": ["keyway/keyway.hpp"]}
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        first = made(source, folder / "first")
        if first != made(source, folder / "second"):
            faults.append("made twice, the files differ")
        for header in listed:
            for name in INCLUDE.findall((source / "include" / header).read_text(encoding="utf-8")):
                if not name.startswith("keyway/"):
                    (folder / "empty" / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / "empty" / name).touch()
        for file, headers in roots.items():
            for system, macro in SYSTEMS.items():
                for library, features in LIBRARIES.items():
                    flags = [f"-I{source}/include", *(f"-D{one}" for one in [macro, *features])]
                    wanted = used(unit_of(headers), folder, source, flags)
                    expected = code(unit_of(header for header in listed if header in wanted), folder, flags)
                    found = code(first[file], folder, flags)
                    lines += len(found)
                    if found != expected:
                        differs = [pair for pair in zip(found, expected) if pair[0] != pair[1]]
                        faults.append(f"{file}: {system}, {library}: {len(found)} lines, the headers have {len(expected)}; "
                                      f"the first that differ: {differs[:1]}")
    if lines < 50000:
        faults.append(f"only {lines} lines compared")
    return faults, f"{lines} lines are those of the headers"


def quickstart(source, file, *compiler):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made(source, folder / "made")
        (folder / "keyway").mkdir()
        shutil.copy(folder / "made" / file, folder / "keyway/keyway.hpp")  # the program's #include stays as it is
        program = folder / "program.exe"
        built = run([compiler[0], f"-I{folder}", source / "examples/quickstart.cpp", "-o", program, *compiler[1:]],
                    capture_output=True)
        said = built.stdout + built.stderr
        if built.returncode or said:
            return [said], ""
        done = run([*shlex.split(os.environ.get("KEYWAY_EMULATOR", "")), program], capture_output=True)
        faults = [f"the program ends with {done.returncode}:\n{done.stdout}{done.stderr}"] if done.returncode else []
        return faults, done.stdout


def mixed(source, *compiler):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made(source, folder / "made")
        unit = unit_of(["keyway/error.hpp", "keyway_core.hpp", "keyway.hpp", "keyway.hpp", "keyway/client.hpp"])
        done = run([*compiler, f"-I{source}/include", f"-I{folder}/made", "-fsyntax-only", "-x", "c++", "-"], input=unit,
                   capture_output=True)
        return [done.stderr] if done.returncode or done.stderr else [], "they meet without a warning"


def main():
    check, source, *arguments = sys.argv[1:]
    faults, report = {"same": same, "run": quickstart, "mixed": mixed}[check](pathlib.Path(source), *arguments)
    print("\n".join(faults) if faults else report)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
