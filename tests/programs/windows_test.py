#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The programs that also run on Windows, as Windows programs in Wine, against Linux programs: nc and Python's sockets."""
import os
import pathlib
import socket
import struct
import subprocess
import sys
import unittest

from support import (PATIENCE, Collector, ProgramTest, bound_port, needs_ipv6, program, read_until, tool, wait_until)

DATA = os.urandom(4 << 20)  # with every byte that a text file would change


def setUpModule():
    """The first program starts what Wine has running beside all of them, which would hold the pipes of a test open."""
    nothing = subprocess.DEVNULL
    subprocess.run([program("quickstart")], stdin=nothing, stdout=nothing, stderr=nothing, timeout=60, check=False)


class WindowsTest(ProgramTest):
    def keycat(self, *words, **how):
        return self.start(program("keycat"), *words, **how)

    def listen(self, *words, **how):
        """A keycat -l, and the port that it says it listens at."""
        process = self.keycat("-l", *words, **how)
        said = read_until(process.stderr.fileno(), lambda data: b"listening on" in data and data.endswith(b"\n"))
        return process, int(said.decode().rsplit(":", 1)[1])

    def python_listener(self, host="127.0.0.1"):
        listener = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.addCleanup(listener.close)
        listener.settimeout(PATIENCE)
        return listener, listener.getsockname()[1]

    def read_all(self, line):
        line.settimeout(PATIENCE)
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


class Quickstart(WindowsTest):
    def test_serves_and_calls_itself(self):
        out, err = self.run_to_end(program("quickstart"))
        lines = out.decode().replace("\r", "").splitlines()
        self.assertEqual(err, "")
        self.assertRegex(lines[0], r"^TCP  at 127\.0\.0\.1:\d+ answered 'hello'$")
        self.assertRegex(lines[1], r"^TCP  at \[::1\]:\d+ answered 'hello'$")
        self.assertRegex(lines[2], r"^UDP  got 'hel' from 127\.0\.0\.1:\d+, cut to 3 bytes$")
        self.assertRegex(lines[3], r"^UNIX (is not available on this system|at .+ answered 'hello')$")
        self.assertRegex(lines[4], r"^refused, as expected: connect: .+$")
        if "not available on this system" in lines[3]:
            print("skipped: AF_UNIX: this Windows, or Wine, has none", file=sys.stderr)


class Nc(WindowsTest):
    """Both ends send all of it, and get all of it."""

    def check_both(self, ours, theirs):
        collected = [Collector(ours.stdout), Collector(theirs.stdout)]
        for collector in collected:
            wait_until(lambda c=collector: len(c.data) >= len(DATA), "all of it arrives")
        for process in (ours, theirs):
            self.assertEqual(process.wait(PATIENCE), 0, process.args)
        for collector in collected:
            collector.join(PATIENCE)
            self.assert_same(collector.data, DATA)

    def test_listens_and_keycat_connects(self):
        with open(self.file("data", DATA), "rb") as ours, open(self.path("data"), "rb") as theirs:
            nc = self.start(tool("nc"), "-N", "-l", "127.0.0.1", "0", stdin=theirs)
            keycat = self.keycat("127.0.0.1", bound_port(nc, "tcp"), stdin=ours)
        self.check_both(keycat, nc)

    def test_connects_and_keycat_listens(self):
        with open(self.file("data", DATA), "rb") as ours, open(self.path("data"), "rb") as theirs:
            keycat, port = self.listen("127.0.0.1", "0", stdin=ours)
            nc = self.start(tool("nc"), "-N", "127.0.0.1", port, stdin=theirs)
        self.check_both(keycat, nc)

    @needs_ipv6
    def test_connects_over_ipv6_to_a_listener_of_both(self):
        with open(self.file("data", DATA), "rb") as ours, open(self.path("data"), "rb") as theirs:
            keycat, port = self.listen("0", stdin=ours)
            nc = self.start(tool("nc"), "-N", "::1", port, stdin=theirs)
        self.check_both(keycat, nc)

    def test_sends_a_datagram_and_gets_one(self):
        keycat, port = self.listen("-u", "127.0.0.1", "0", stdin=subprocess.PIPE)
        nc = self.start(tool("nc"), "-u", "127.0.0.1", port, stdin=subprocess.PIPE)
        nc.stdin.write(b"question")
        self.assertEqual(read_until(keycat.stdout.fileno(), lambda data: len(data) >= 8), b"question")
        keycat.stdin.write(b"answer")
        self.assertEqual(read_until(nc.stdout.fileno(), lambda data: len(data) >= 6), b"answer")


class Python(WindowsTest):
    def test_gets_a_file(self):
        listener, port = self.python_listener()
        keycat = self.keycat("-f", self.file("data", DATA), "127.0.0.1", port)
        with listener.accept()[0] as line:
            self.assert_same(self.read_all(line), DATA)
        self.assertEqual(self.finish(keycat)[0], b"")

    def test_sends_a_file(self):
        copy = self.path("copy")
        keycat, port = self.listen("-f", copy, "127.0.0.1", "0")
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(DATA)
            line.shutdown(socket.SHUT_WR)
            self.assertEqual(self.read_all(line), b"")
        self.finish(keycat)
        self.assert_same(pathlib.Path(copy).read_bytes(), DATA)

    @needs_ipv6
    def test_talks_over_ipv6(self):
        listener, port = self.python_listener("::1")
        keycat = self.keycat("::1", port, stdin=subprocess.PIPE)
        with listener.accept()[0] as line:
            line.sendall(b"there")
            self.assertEqual(read_until(keycat.stdout.fileno(), lambda data: len(data) >= 5), b"there")
            keycat.stdin.write(b"and back")
            keycat.stdin.close()
            self.assertEqual(self.read_all(line), b"and back")
        self.finish(keycat)

    def test_gets_and_sends_datagrams(self):
        with socket.socket(type=socket.SOCK_DGRAM) as line:
            line.bind(("127.0.0.1", 0))
            line.settimeout(PATIENCE)
            keycat = self.keycat("-u", "127.0.0.1", line.getsockname()[1], stdin=subprocess.PIPE)
            for message in (b"one", b"two"):
                keycat.stdin.write(message)
                got, sender = line.recvfrom(100)
                self.assertEqual(got, message)
            line.sendto(b"three", sender)
            self.assertEqual(read_until(keycat.stdout.fileno(), lambda data: len(data) >= 5), b"three")


class NamesAndLimits(WindowsTest):
    def test_of_a_host(self):
        self.check_copy(["-4", "localhost", "0"], ["-w", PATIENCE], "localhost")

    def check_copy(self, listen, words, host):
        """What a client says while its file goes to a listener."""
        copy = self.path("copy")
        keycat, port = self.listen("-f", copy, *listen)
        _, err = self.run_to_end(program("keycat"), *words, "-f", self.file("data", DATA), host, port)
        self.finish(keycat)
        self.assert_same(pathlib.Path(copy).read_bytes(), DATA)
        return err.replace("\r\n", "\n")

    def test_a_host_that_does_not_exist(self):
        _, err = self.run_to_end(program("keycat"), "127.0.0.256", "80", code=1)
        self.assertIn("keycat: 127.0.0.256:80: resolve: there is no such host", err)

    def test_a_peer_that_is_silent(self):
        listener, port = self.python_listener()
        keycat = self.keycat("-w", "0.5", "127.0.0.1", port, stdin=subprocess.PIPE)  # which has no end
        with listener.accept()[0] as line:
            said = read_until(keycat.stderr.fileno(), lambda data: b"too long" in data).decode()
            self.assertIn(f"keycat: 127.0.0.1:{port}: nothing has moved for too long", said)
            self.assertEqual(keycat.wait(PATIENCE), 1)
            self.assertEqual(self.read_all(line), b"")

    def test_progress(self):
        said = self.check_copy(["127.0.0.1", "0"], ["-p"], "127.0.0.1")
        self.assertRegex(said, rf"\r{len(DATA)} bytes, \d+\.\d MB/s  \n$")

    def test_a_page(self):
        self.file("page", DATA)
        server = self.start(sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory",
                            self.directory, stderr=subprocess.DEVNULL)
        line = read_until(server.stdout.fileno(), lambda data: b"\n" in data).decode()
        port = line.split(" port ")[1].split()[0]
        _, err = self.run_to_end(program("http_get"), f"http://localhost:{port}/page", PATIENCE)
        self.assertIn("HTTP/1.0 200 OK", err)

    def test_a_page_that_does_not_come(self):
        _, port = self.python_listener()
        _, err = self.run_to_end(program("http_get"), f"127.0.0.1:{port}/", "0.5", code=1)
        self.assertIn(f"http_get: 127.0.0.1:{port}: recv: ", err)


class PollSets(WindowsTest):
    def test_a_chat(self):
        server = self.start(program("chat_server"), "127.0.0.1:0")
        said = read_until(server.stderr.fileno(), lambda data: b"listening on" in data and data.endswith(b"\n"))
        port = int(said.decode().rsplit(":", 1)[1])
        lines = []
        for _ in range(80):  # more than a wait tells at once
            lines.append(socket.create_connection(("127.0.0.1", port), PATIENCE))
            self.addCleanup(lines[-1].close)
            read_until(lines[-1].fileno(), lambda data: b" among " in data and data.endswith(b"\n"))
        for line in lines[:40]:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
        lines[-1].sendall(b"/nick last\r\nhello\r\n")
        for line in lines[40:-1]:
            read_until(line.fileno(), lambda data: b"last: hello\n" in data)

    def test_a_scan(self):
        ports = sorted(self.python_listener()[1] for _ in range(3))
        # Windows asks a port that refuses thrice before it believes it, for two seconds.
        words = ("-n", "500", "-t", "10000", "127.0.0.1", f"{ports[0]}-{ports[0] + 20}")
        out, err = self.run_to_end(program("port_scanner"), *words)
        found = [int(line.split()[0]) for line in out.decode().splitlines()]
        self.assertEqual([port for port in ports if port <= ports[0] + 20], [port for port in found if port in ports])
        self.assertRegex(err, r"^port_scanner: \d+ open, \d+ closed, 0 without an answer")


class Refusals(WindowsTest):
    def test_a_refused_connection_names_the_call(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))  # and does not listen
            out, err = self.run_to_end(program("keycat"), "127.0.0.1", bound.getsockname()[1], code=1)
        self.assertEqual(out, b"")
        self.assertRegex(err, r"^keycat: 127\.0\.0\.1:\d+: connect: .+")

    def test_a_port_that_is_taken(self):
        _, port = self.python_listener()
        _, err = self.run_to_end(program("keycat"), "-l", "127.0.0.1", port, code=1)
        self.assertRegex(err, r"^keycat: 127\.0\.0\.1:\d+: bind: .+")

    def test_a_file_that_is_not_there(self):
        listener, port = self.python_listener()
        _, err = self.run_to_end(program("keycat"), "-f", self.path("none"), "127.0.0.1", port, code=1)
        self.assertRegex(err, r"^keycat: .*none: .+")

    def test_wrong_usage(self):
        _, err = self.run_to_end(program("keycat"), "127.0.0.1", code=2)
        self.assertTrue(err.startswith("usage: keycat"), err)

    def test_datagrams_over_af_unix_are_not_there(self):
        _, err = self.run_to_end(program("keycat"), "-u", "-U", "line.sock", code=2)
        self.assertIn("AF_UNIX has no datagrams here", err)


if __name__ == "__main__":
    unittest.main()
