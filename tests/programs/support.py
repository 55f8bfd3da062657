# SPDX-License-Identifier: BSL-1.0
"""What the tests of the example programs share: processes that always end, and where they listen.

KEYWAY_PROGRAMS names the directory that has the built examples. KEYWAY_EMULATOR is the command that runs them, quoted for
a shell, where they are made for another machine.
"""
import atexit
import contextlib
import functools
import hashlib
import os
import pathlib
import select
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

PATIENCE = 20  # seconds that anything may take on a busy machine

EMULATOR = os.environ.get("KEYWAY_EMULATOR", "")
# Tests that an emulator cannot pass, and why.
BEYOND_EMULATORS = {
    "test_no_descriptors_left": "with so few descriptors the emulator itself does not start",
}

PACKAGES = {
    "curl": "curl", "ip": "iproute2", "nc": "netcat-openbsd", "nft": "nftables", "nsenter": "util-linux",
    "ping": "iputils-ping", "setpriv": "util-linux", "socat": "socat", "strace": "strace", "unshare": "util-linux",
}


def program(name):
    directory = os.environ.get("KEYWAY_PROGRAMS")
    if not directory:
        raise AssertionError("KEYWAY_PROGRAMS is not set: it names the directory of the built example programs")
    path = pathlib.Path(directory, name).resolve()
    if not path.exists():
        path = path.with_suffix(".exe")
    if not os.access(path, os.X_OK):
        raise AssertionError(f"there is no program {path}: build the examples first")
    return emulated(path) if EMULATOR else str(path)


@functools.cache
def emulated(path):
    """A script that runs the program in the emulator. It is of use to every user and wherever it is copied to: the
    program lies beside it in a directory of its own."""
    directory = tempfile.TemporaryDirectory(prefix="keyway-")
    atexit.register(directory.cleanup)
    os.chmod(directory.name, 0o755)
    copy = shutil.copy(path, os.path.join(directory.name, "program"))
    script = pathlib.Path(directory.name, path.name)
    script.write_text(f'#!/bin/sh\nexec {EMULATOR} {shlex.quote(copy)} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def tool(name):
    path = shutil.which(name)
    if not path:
        raise AssertionError(f"{name} is missing: install the Debian package {PACKAGES[name]}")
    return path


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


needs_ipv6 = unittest.skipUnless(has_ipv6(), "this machine has no ::1")
needs_control_messages = unittest.skipIf(EMULATOR, "an emulator hands on few control messages")
needs_root = unittest.skipUnless(os.geteuid() == 0, "only root may open raw sockets and make namespaces")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def wait_until(condition, what):
    """Polls until the condition yields something true, and returns that."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what}: not within {PATIENCE} s")


def read_until(descriptor, wanted):
    """The bytes that come until `wanted(bytes)` is true, or the end."""
    data = b""
    limit = time.monotonic() + PATIENCE
    while not wanted(data):
        ready, _, _ = select.select([descriptor], [], [], max(0, limit - time.monotonic()))
        if not ready:
            raise AssertionError(f"nothing more within {PATIENCE} s after {data[-200:]!r}")
        try:
            more = os.read(descriptor, 1 << 16)
        except OSError:  # what a terminal says when its other side is gone
            break
        if not more:
            break
        data += more
    return data


def _sockets(pid, table, state):
    """Local ports of a process in /proc/net's table: that it listens on, or has bound without a peer."""
    inodes = set()
    try:
        for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(link)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
        lines = pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    except OSError:
        return []
    rows = [line.split() for line in lines]
    return [int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == state and row[9] in inodes]


def bound_port(process, table):
    """The port that a process has bound, `table` being tcp, tcp6, udp or udp6."""
    state = "0A" if table.startswith("tcp") else "07"
    return wait_until(lambda: _sockets(process.pid, table, state), f"{process.args[0]} binds a port of {table}")[0]


def _threads(pid):
    """The state letters (proc(5)) of the threads of a process and of its children."""
    states = ""
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        states += (task / "stat").read_text().rpartition(")")[2].split()[0]
        for child in (task / "children").read_text().split():
            states += _threads(child)
    return states


def wait_until_at_rest(process):
    """Waits until every thread of a process and of its children sleeps, for a tenth of a second. ThreadSanitizer loses a
    signal that comes while it makes a thread or a process."""
    calm = 0

    def is_calm():
        nonlocal calm
        with contextlib.suppress(FileNotFoundError):  # one of them ended meanwhile
            calm = calm + 1 if set(_threads(process.pid)) <= {"S"} else 0
        return calm == 10 or process.poll() is not None

    wait_until(is_calm, "every thread sleeps")


class Collector(threading.Thread):
    """Reads a pipe to its end, so that the writer never waits for us."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe, self.data = pipe, bytearray()
        self.start()

    def run(self):
        while chunk := os.read(self.pipe.fileno(), 1 << 16):
            self.data += chunk


class ProgramTest(unittest.TestCase):
    """Every process started here is gone when the test is over, and so is the directory."""

    def setUp(self):
        if EMULATOR and self._testMethodName in BEYOND_EMULATORS:
            self.skipTest(BEYOND_EMULATORS[self._testMethodName])
        directory = tempfile.TemporaryDirectory(prefix="keyway-")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def path(self, name):
        return str(self.directory / name)

    def file(self, name, content):
        path = self.directory / name
        path.write_bytes(content)
        return str(path)

    def start(self, *command, **how):
        """Runs a command; stdin is empty, stdout and stderr are pipes unless said otherwise."""
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
        how["env"] = os.environ | {"LC_ALL": "C"} | how.get("env", {})
        process = subprocess.Popen([str(word) for word in command], bufsize=0, **how)
        self.addCleanup(self._end, process)
        return process

    @staticmethod
    def _end(process):
        if process.poll() is None:
            process.kill()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                pipe.close()
        process.wait(PATIENCE)

    def run_to_end(self, *command, code=0, **how):
        """Runs a command to its end, checks its exit code and returns (stdout, stderr)."""
        return self.finish(self.start(*command, **how), code)

    def finish(self, process, code=0):
        if process.stdin and process.stdin.closed:
            process.stdin = None
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, code, f"{process.args}: {err!r}")
        return out, (err or b"").decode()

    def interrupt(self, process, number=signal.SIGINT):
        """Ends a keycat by a signal and returns what it still wrote."""
        process.send_signal(number)
        return self.finish(process, 128 + number)

    def assert_same(self, got, sent):
        """Compares by length and hash: nobody wants to read 32 MiB of difference."""
        self.assertEqual((len(got), sha256(got)), (len(sent), sha256(sent)))


class NamespaceTest(ProgramTest):
    """Network namespaces and the veths that join them."""

    def namespace(self):
        """A process in a network of its own, which lives as long as the test."""
        ours = os.stat("/proc/self/ns/net").st_ino
        holder = self.start(tool("unshare"), "--net", "sleep", "1000")

        def entered():
            if holder.poll() is not None:
                self.skipTest(f"no network namespaces: {holder.stderr.read().decode().strip()}")
            return os.stat(f"/proc/{holder.pid}/ns/net").st_ino != ours

        wait_until(entered, "a network namespace")
        self.ip(holder, "link", "set", "lo", "up")
        return holder

    @staticmethod
    def inside(holder, *command):
        return [tool("nsenter"), f"--net=/proc/{holder.pid}/ns/net", *(str(word) for word in command)]

    def ip(self, holder, *words):
        return self.run_to_end(*self.inside(holder, tool("ip"), *words))

    def join(self, left, left_name, left_addresses, right, right_name, right_addresses):
        """A veth between two namespaces, with the addresses of each end."""
        pair = (left_name, "type", "veth", "peer", "name", right_name, "netns", right.pid)
        made = subprocess.run(self.inside(left, tool("ip"), "link", "add", *pair), capture_output=True, check=False)
        if made.returncode:
            self.skipTest(f"no veth between network namespaces: {made.stderr.decode().strip()}")
        for where, name, addresses in ((left, left_name, left_addresses), (right, right_name, right_addresses)):
            self.ip(where, "link", "set", name, "addrgenmode", "none", "up")
            for address in addresses:
                self.ip(where, "addr", "add", address, "dev", name, *(["nodad"] if ":" in address else []))


class VethTest(NamespaceTest):
    """Two network namespaces, left and right, which a veth joins: veth-l with 192.0.2.1 and fe80::1, veth-r with .2 and
    ::2."""

    def setUp(self):
        super().setUp()
        self.left, self.right = self.namespace(), self.namespace()
        self.join(self.left, "veth-l", ("192.0.2.1/24", "fe80::1/64"),
                  self.right, "veth-r", ("192.0.2.2/24", "fe80::2/64"))


class ChainTest(NamespaceTest):
    """Network namespaces in a row, `length` of them: those between the first and the last are routers. Each is joined to
    the next by a network of its own, number 0, 1, …: its left end is address(number, 1, version), its right one
    address(number, 2, version)."""

    length = 4

    @staticmethod
    def address(network, end, version=4):
        return f"192.0.2.{4 * network + end}" if version == 4 else f"2001:db8:{network + 1}::{end}"

    def setUp(self):
        super().setUp()
        self.chain = [self.namespace() for _ in range(self.length)]
        sides = {4: 30, 6: 64} if has_ipv6() else {4: 30}

        def addresses(network, end):
            own = [f"{self.address(network, end, version)}/{size}" for version, size in sides.items()]
            return own + [f"fe80::{end}/64"] if 6 in sides else own  # routers ask for neighbours by that one

        for number, (left, right) in enumerate(zip(self.chain, self.chain[1:])):
            self.join(left, "right", addresses(number, 1), right, "left", addresses(number, 2))
        last = self.length - 1
        for number, here in enumerate(self.chain):
            for version, size in sides.items():
                if number < last:
                    self.ip(here, "route", "add", "default", "via", self.address(number, 2, version))
                for network in range(number - 1):
                    self.ip(here, "route", "add", f"{self.address(network, 0, version)}/{size}",
                            "via", self.address(number - 1, 1, version))
                if 0 < number < last:
                    setting = "ipv4/ip_forward" if version == 4 else "ipv6/conf/all/forwarding"
                    self.set(here, setting, 1)

    def set(self, holder, setting, value):
        self.run_to_end(*self.inside(holder, "sh", "-c", f"echo {value} > /proc/sys/net/{setting}"))
