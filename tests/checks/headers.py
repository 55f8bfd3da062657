#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Checks on the headers as text and as translation units.

    headers.py order SOURCE                 one total order; platform questions and system calls only in the platform layer; messages
    headers.py alone SOURCE COMPILER FLAG…  each header compiles alone, included twice, without a warning
    headers.py together SOURCE COMPILER FLAG…  those above the platform layer compile in one unit, without a warning
    headers.py lines SOURCE COMPILER        preprocessed lines stay within the budgets of the design
    headers.py link SOURCE COMPILER FLAG…   two translation units that include everything link; in two modes they do not
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

# Lines of `g++ -std=c++23 -E`.
BUDGETS = {
    "keyway/address/ipv4.hpp": 25000,
    "keyway/address/ipv6.hpp": 25000,
    "keyway/address/ip.hpp": 25000,
    "keyway/address/network.hpp": 25000,
    "keyway/transport.hpp": 32000,
    "keyway/keyway.hpp": 45000,
}
HEAVY = "iostream format functional memory vector string chrono system_error map unordered_map regex sstream"
CORE = "keyway/keyway.hpp"  # and the headers above it in the list; those below are opt-in
MODULE = "keyway/keyway.cppm"  # no header
PLATFORM_LAYER = ("keyway/detail/os/", "keyway/detail/config.hpp")
PLATFORM = re.compile(r"^\s*#\s*(el)?if.*\b(_WIN32|__linux__|__APPLE__|__FreeBSD__|__unix__|_MSC_VER|__GNUC__|__clang__)")
SYSTEM_CALL = re.compile(
    r"(?<![\w:>])::(socket|socketpair|bind|listen|accept4?|connect|send|sendto|sendmsg|recv|recvfrom|recvmsg|getsockopt|"
    r"setsockopt|getsockname|getpeername|shutdown|close|fcntl|ioctl|poll|unlink|lstat|getpid)\(")


def listed_headers(source):
    with open(f"{source}/cmake/headers.cmake", encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip().endswith(".hpp")]


def read(source, header):
    with open(f"{source}/include/{header}", encoding="utf-8") as file:
        return file.read()


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, **options)
    return done.returncode, done.stdout + done.stderr


def order(source):
    listed = listed_headers(source)
    place = {header: i for i, header in enumerate(listed)}
    present = {os.path.relpath(os.path.join(folder, name), f"{source}/include")
               for folder, _, names in os.walk(f"{source}/include") for name in names} - {MODULE}
    faults = [f"{header}: in cmake/headers.cmake or in include/, but not in both" for header in present ^ set(listed)]
    tested_messages = ""
    for name in glob.glob(f"{source}/tests/compile_fail/messages*.cpp"):
        with open(name, encoding="utf-8") as file:
            tested_messages += file.read()

    for header in sorted(present & set(listed)):
        text = read(source, header)
        guard = re.sub(r"[/.]", "_", header).upper()
        if not text.startswith("// SPDX-License-Identifier: BSL-1.0\n"):
            faults.append(f"{header}: the first line is not the licence line")
        if f"#ifndef {guard}\n#define {guard}\n" not in text:
            faults.append(f"{header}: the include guard is not {guard}")
        if text.count("\n") > 400:
            faults.append(f"{header}: more than 400 lines")
        for name in re.findall(r'^\s*#\s*include\s+[<"](.*)[>"]', text, re.M):
            if name.startswith("keyway/") and place.get(name, len(place)) >= place[header]:
                faults.append(f"{header}: includes {name}, which is below it in cmake/headers.cmake")
            if name in HEAVY.split() and place[header] <= place[CORE]:
                faults.append(f"{header}: includes the heavy <{name}>")
        if not header.startswith(PLATFORM_LAYER):
            for number, line in enumerate(text.splitlines(), 1):
                if PLATFORM.search(line) or (SYSTEM_CALL.search(line) and "//" not in line):
                    faults.append(f"{header}:{number}: belongs in the platform layer, keyway/detail/os: {line.strip()}")
        for message in re.findall(r'KEYWAY_DELETE\("(.+?)"\)', text):
            if header != "keyway/detail/config.hpp" and message not in tested_messages:
                faults.append(f"{header}: no compile-fail test for: {message}")
    return faults, f"{len(listed)} headers in order"


def said_to_unit(source, headers, compiler, *flags):
    """What the compiler says to a unit of these headers, or nothing."""
    status, output = run([compiler, *flags, f"-I{source}/include", "-fsyntax-only", "-x", "c++", "-"],
                         input="".join(f"#include <{header}>\n" for header in headers))
    return output or (f"status {status}" if status else "")


def alone(source, compiler, *flags):
    _, macros = run([compiler, *flags, "-dM", "-E", "-x", "c++", "-"], input="")
    windows = {"windows", "winsock"}
    foreign = ({"bsd", "linux", "posix"} if "_WIN32" in macros else
               {"bsd", *windows} if "__linux__" in macros else {"linux", *windows})
    headers = [header for header in listed_headers(source)  # without other systems' backends, which include their headers
               if not header.startswith("keyway/detail/os/") or not foreign & set(re.split("[/_.]", header))]
    said = {header: said_to_unit(source, [header, header], compiler, *flags) for header in headers}
    faults = [f"{header} alone:\n{output}" for header, output in said.items() if output]
    return faults, f"{len(headers)} headers compile alone: {compiler} {' '.join(flags)}"


def together(source, compiler, *flags):
    headers = [header for header in listed_headers(source) if not header.startswith("keyway/detail/os/")]
    output = said_to_unit(source, headers, compiler, *flags)
    return [output] if output else [], f"{len(headers)} headers compile together: {compiler} {' '.join(flags)}"


def lines(source, compiler):
    faults, report = [], []
    for header, budget in BUDGETS.items():
        status, output = run([compiler, "-std=c++23", f"-I{source}/include", "-E", "-x", "c++", "-"],
                             input=f"#include <{header}>\n")
        count = output.count("\n")
        report.append(f"{header} {count} of {budget}")
        if status or count > budget or count < 1000:
            faults.append(f"{header}: {count} preprocessed lines, the budget is {budget}")
    return faults, "; ".join(report)


def link(source, compiler, *flags):
    """`first` calls a function of `second` that takes a keyway type: the same mode links, another does not."""
    faults = []
    first = "#include <keyway/keyway.hpp>\nint size_of(keyway::tcp::connection&);\n" \
            "int main() { keyway::tcp::connection c; return size_of(c) == int(sizeof(c)) ? 0 : 1; }\n"
    second = "#include <keyway/keyway.hpp>\n#include <keyway/bridge/format.hpp>\n#include <keyway/bridge/system_error.hpp>\n" \
             "int size_of(keyway::tcp::connection& c) { return int(sizeof(c)); }\n"
    with tempfile.TemporaryDirectory() as folder:
        def build(name, text, standard):
            status, output = run([compiler, *flags, f"-std={standard}", f"-I{source}/include", "-c", "-x", "c++", "-",
                                  "-o", f"{folder}/{name}"], input=text)
            if status:
                faults.append(output)
        build("first20.o", first, "c++20")
        build("first23.o", first, "c++23")
        build("second23.o", second, "c++23")
        status, output = run([compiler, *flags, f"{folder}/first23.o", f"{folder}/second23.o", "-o", f"{folder}/same"])
        if status or run([f"{folder}/same"])[0]:
            faults.append(f"two units of one mode:\n{output}")
        status, output = run([compiler, *flags, f"{folder}/first20.o", f"{folder}/second23.o", "-o", f"{folder}/mixed"])
        if status == 0 or "keyway::cpp20" not in output:
            faults.append(f"units of two modes should not link:\n{output}")
    return faults, "two units of one mode link, of two modes they do not"


def main():
    check, *arguments = sys.argv[1:]
    faults, report = {"order": order, "alone": alone, "together": together, "lines": lines, "link": link}[check](*arguments)
    print("\n".join(faults) if faults else report)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
