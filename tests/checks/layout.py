#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""layout.py SOURCE: clang-format 19 would change nothing in headers, module, examples and tests."""
import pathlib
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
files = sorted(file for folder in ("include", "examples", "tests") for file in (source / folder).rglob("*.[ch]pp*"))
done = subprocess.run(["clang-format-19", "--dry-run", "--Werror", *files], check=False)
print(f"{len(files)} files")
sys.exit(done.returncode or len(files) < 100)
