#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""release.py SOURCE DIRECTORY: makes what a release publishes from the last commit of SOURCE, in DIRECTORY.

The source archive; the single headers; the Debian and RPM packages; NOTES.md, the changelog's entry of this version; and
SHA256SUMS of these. Everything but the archive is made from the archive, and all times are that of the commit: the same
commit gives the same bytes.
"""
import gzip
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

# Of what rpmbuild would take from the machine.
RPM_MACROS = """\
%_buildhost localhost
%use_source_date_epoch_as_buildtime 1
%clamp_mtime_to_source_date_epoch 1
"""


def run(*command, cwd, **environment):
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)


def git(source, *words):
    done = subprocess.run(["git", "-C", source, *words], check=False, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"release.py: {source} needs to be a git repository with a commit")
    return done.stdout


def version_of(source):
    text = (source / "include/keyway/version.hpp").read_text(encoding="utf-8")
    return ".".join(re.findall(r"define KEYWAY_VERSION_\w+ (\d+)", text))


def archive(source, name, directory):
    """The last commit's files, in a folder of that name."""
    own = ["-c", "tar.umask=0002", "-c", "core.autocrlf=false"]  # whatever the user's configuration
    packed = gzip.compress(git(source, *own, "archive", f"--prefix={name}/", "HEAD"), mtime=0)
    path = directory / f"{name}.tar.gz"
    path.write_bytes(packed)
    return path


def notes(changelog, version):
    """The entry of this version."""
    entry = re.search(rf"^## {re.escape(version)}\n(.*?)(?=^## |\Z)", changelog, re.S | re.M)
    if not entry or not entry[1].strip():
        sys.exit(f"release.py: docs/CHANGELOG.md has no entry {version}")
    return f"# keyway {version}\n\n{entry[1].strip()}\n"


def debian_package(tree, directory, **environment):
    shutil.copytree(tree / "cmake/packaging/debian", tree / "debian")
    run("dpkg-buildpackage", "-us", "-uc", "-b", cwd=tree, **environment)
    shutil.move(next(tree.parent.glob("*.deb")), directory)
    shutil.rmtree(tree / "debian")


def rpm_package(tree, directory, **environment):
    (tree.parent / ".rpmmacros").write_text(RPM_MACROS, encoding="utf-8")
    run("cmake", "-S", tree, "-B", "build", "-DKEYWAY_BUILD_TESTS=OFF", "-DKEYWAY_BUILD_EXAMPLES=OFF", cwd=tree.parent)
    run("cpack", "--config", "build/CPackConfig.cmake", "-G", "RPM",
        cwd=tree.parent, HOME=str(tree.parent), **environment)
    shutil.move(next(tree.parent.glob("*.rpm")), directory)


def main():
    source, directory = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    if git(source, "status", "--porcelain").strip():
        sys.exit("release.py: there are changes that are not committed")
    if directory.exists() and any(directory.iterdir()) and not (directory / "SHA256SUMS").exists():
        sys.exit(f"release.py: {directory} has files that are not of a release")
    version = version_of(source)
    name = f"keyway-{version}"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    packed = archive(source, name, directory)
    when = {"SOURCE_DATE_EPOCH": git(source, "log", "-1", "--format=%ct").decode().strip()}

    with tempfile.TemporaryDirectory() as work:
        with tarfile.open(packed) as files:
            files.extractall(work)
        tree = pathlib.Path(work, name)
        run(sys.executable, "cmake/single_header.py", ".", directory, cwd=tree)
        changelog = (tree / "docs/CHANGELOG.md").read_text(encoding="utf-8")
        (directory / "NOTES.md").write_text(notes(changelog, version), encoding="utf-8")
        debian_package(tree, directory, **when)
        rpm_package(tree, directory, **when)

    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(directory.iterdir())]
    (directory / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    print(*sums, sep="", end="")


if __name__ == "__main__":
    main()
