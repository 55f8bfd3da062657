#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""names.py SOURCE: tools see the library's names, and a test case is named after behaviour.

Universal Ctags, as an editor runs it, lists the main classes and aliases of the headers at namespace scope; and no name
of a test case begins with a number, which would say where the case comes from and not what it shows.
"""
import pathlib
import re
import subprocess
import sys

NAMES = """
    socket listener connection transport handle view owner file
    socket_view listener_view connection_view handle_view canceller_view
    endpoint any_endpoint ipv4_address ipv6_address ip_address network
    limit deadline canceller signal_stop poll_set
    error transfer_error errc result message message_from
    ipv4 ipv6 ip unix_domain stream datagram seqpacket raw
    tcp udp icmp4 unix_stream
""".split()
# In the test case itself, or in the macro that holds the name.
TEST_CASE = re.compile(r'(?:\bTEST_CASE\w*\s*\((?:[^"()]*,)?|#\s*define\s+\w*TEST\w*)\s*"((?:[^"\\]|\\.)*)"')


def tagged(source):
    """What ctags finds at namespace scope: classes, enumerations and aliases."""
    headers = sorted((source / "include").rglob("*.hpp"))
    done = subprocess.run(["ctags", "-x", "--languages=C++", "--langmap=C++:+.hpp", "--kinds-C++=cgst",
                           "--_xformat=%N %p", *headers], capture_output=True, text=True, check=True, timeout=100)
    return {name for name, _, scope in (line.partition(" ") for line in done.stdout.splitlines()) if scope == "namespace"}


def main():
    source = pathlib.Path(sys.argv[1])
    faults = []
    version = subprocess.run(["ctags", "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    if not version.startswith("Universal Ctags"):
        sys.exit("names.py: ctags is not Universal Ctags: install universal-ctags")
    found = tagged(source)
    faults += [f"ctags does not list {name}" for name in NAMES if name not in found]

    count = 0
    for file in sorted((source / "tests").rglob("*.[ch]pp")):
        text = file.read_text(encoding="utf-8")
        for match in TEST_CASE.finditer(text):
            count += 1
            if re.match(r"\W*\d", match[1]):
                number = text.count("\n", 0, match.start()) + 1
                faults.append(f"{file.relative_to(source)}:{number}: the name begins with a number: {match[1]}")
    if count < 500:
        faults.append(f"only {count} names of test cases found")
    print("\n".join(faults) if faults else f"{len(NAMES)} names are tagged, {count} test cases are named")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
