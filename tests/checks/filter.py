#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""filter.py SUITE…: some test case of the suites has a name that matches KEYWAY_TEST_CASE.

A suite in which none matches is skipped; without this check a filter with a misspelt name would pass.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

names = os.environ.get("KEYWAY_TEST_CASE")
emulator = shlex.split(os.environ.get("KEYWAY_EMULATOR", ""))
counts = []
for suite in sys.argv[1:]:
    with tempfile.TemporaryFile("w+") as output:  # not a pipe, which an emulator's server may keep open
        subprocess.run([*emulator, suite, "--count", f"--test-case={names or '*'}"], stdout=output,
                       stderr=subprocess.STDOUT, check=True, timeout=100)
        output.seek(0)
        counts.append(int(re.search(r"passing the current filters: (\d+)", output.read())[1]))
    print(f"{os.path.basename(suite)}: {counts[-1]} test cases match {names or '*'}")
# Without a filter no suite may be empty.
sys.exit(not any(counts) if names else not counts or not all(counts))
