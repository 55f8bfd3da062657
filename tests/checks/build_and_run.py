#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""build_and_run.py COMPILER ARGUMENT…: compiles a program without a warning, and runs it."""
import subprocess
import sys
import tempfile

with tempfile.TemporaryDirectory() as folder:
    built = subprocess.run([*sys.argv[1:], "-o", f"{folder}/program"], timeout=100)
    sys.exit(built.returncode or subprocess.run([f"{folder}/program"], timeout=100).returncode)
