#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""versions.py SOURCE: every recipe, the changelog and the README name the version of include/keyway/version.hpp.

A file of cmake/packaging that names a version and is not in the table is a fault too.
"""
import pathlib
import re
import sys

# Where each file has it. X is the whole version, Y the major and minor number.
PLACES = {
    "README.md": [r"GIT_TAG vX", r"\(keyway Y REQUIRED\)", r"\(keyway_module Y REQUIRED\)", r"FIND_PACKAGE_ARGS Y\)", r"keyway>=Y\)", r"version: '>=Y'",
                  r'version = "X"', r"`keyway/X`"],
    "docs/CHANGELOG.md": [r"^## X$"],
    "cmake/packaging/arch/PKGBUILD": [r"^pkgver=X$"],
    "cmake/packaging/bazel/MODULE.bazel": [r'^    version = "X"'],
    "cmake/packaging/conan/conanfile.py": [r'^    version = "X"'],
    "cmake/packaging/debian/changelog": [r"^keyway \(X\)"],
    "cmake/packaging/homebrew/keyway.rb": [r'tag: "vX"'],
    "cmake/packaging/meson/keyway.wrap": [r"^revision = vX$", r"^directory = keyway-X$"],
    "cmake/packaging/meson/packagefiles/keyway/meson.build": [r"\bversion: 'X'"],
    "cmake/packaging/nix/package.nix": [r'^  version = "X"'],
    "cmake/packaging/vcpkg/keyway/vcpkg.json": [r'"version": "X"'],
    "cmake/packaging/xmake/packages/k/keyway/xmake.lua": [r'add_versions\("X"'],
}
ANY = {"X": r"(\d+\.\d+\.\d+)", "Y": r"(\d+\.\d+)"}


def faults_of(text, pattern, version):
    """The wrong versions that the text has in such a place; or that it has no such place."""
    kind = re.search("[XY]", pattern)[0]
    found = re.findall(pattern.replace(kind, ANY[kind]), text, re.M)
    if pattern.startswith(("^## ", "^keyway ")):  # of a changelog the newest entry counts
        del found[1:]
    return [f"names {name}" for name in found if name != version[kind]] if found else [f"has no {pattern}"]


def main():
    source = pathlib.Path(sys.argv[1])
    numbers = re.findall(r"define KEYWAY_VERSION_\w+ (\d+)",
                         (source / "include/keyway/version.hpp").read_text(encoding="utf-8"))
    version = {"X": ".".join(numbers), "Y": ".".join(numbers[:2])}
    faults = [f"{file}: {fault}, the version is {version['X']}" for file, patterns in PLACES.items()
              for pattern in patterns
              for fault in faults_of((source / file).read_text(encoding="utf-8"), pattern, version)]
    for file in sorted(file for file in (source / "cmake/packaging").rglob("*") if file.is_file()):
        name = str(file.relative_to(source))
        if name not in PLACES and version["X"] in file.read_text(encoding="utf-8"):
            faults.append(f"{name}: names the version and is not in the table of this check")
    print("\n".join(faults) if faults else f"{len(PLACES)} files name the version {version['X']}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
