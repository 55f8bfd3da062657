#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The keycat example against nc, socat, curl, Python's sockets and itself, as a client and as a listener."""
import contextlib
import fcntl
import filecmp
import functools
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

from support import (EMULATOR, PATIENCE, Collector, ProgramTest, bound_port, has_ipv6, needs_ipv6, needs_root, program,
                     read_until, tool, wait_until)

SIZE = 32 << 20
HOSTS = {"tcp4": "127.0.0.1", "tcp6": "::1"}


scratch = tempfile.TemporaryDirectory(prefix="keyway-")
unittest.addModuleCleanup(scratch.cleanup)


@functools.cache
def random_data(size):
    return os.urandom(size)


@functools.cache
def random_file(size):
    """The path of a file of random_data(size)."""
    path = pathlib.Path(scratch.name, str(size))
    path.write_bytes(random_data(size))
    return path


class KeycatTest(ProgramTest):
    def keycat(self, *words, **how):
        return self.start(program("keycat"), *words, **how)

    def listen(self, *words, **how):
        """A keycat -l, and where it says it listens."""
        process = self.keycat("-l", *words, **how)
        line = read_until(process.stderr.fileno(), lambda data: data.endswith(b"\n")).decode()
        self.assertRegex(line, r"^keycat: listening on .+\n$")
        return process, line.removeprefix("keycat: listening on ").rstrip("\n")

    def listen_at_port(self, *words, **how):
        """The same, with the port as a number."""
        process, at = self.listen(*words, **how)
        return process, int(at.rpartition(":")[2])

    def check_failure(self, words, message, code=1, **how):
        out, err = self.run_to_end(program("keycat"), *words, code=code, **how)
        self.assertEqual((out, err), (b"", message))

    def accept(self, listener):
        """A connection that a Python listener gets from a keycat."""
        listener.settimeout(PATIENCE)
        line, _ = listener.accept()
        self.addCleanup(line.close)
        line.settimeout(PATIENCE)
        return line

    def connect(self, port, host="127.0.0.1"):
        line = socket.create_connection((host, port), PATIENCE)
        self.addCleanup(line.close)
        return line

    def fill(self, line):
        """Sends until nothing moves any more, because at the other end nobody reads."""
        line.settimeout(0.2)
        with contextlib.suppress(TimeoutError):
            while True:
                line.send(bytes(1 << 16))
        line.settimeout(PATIENCE)


# ---- 32 MiB to and from every peer

PYTHON_PEER = """
import os, socket, sys, threading
listens, host, port = sys.argv[1] == "listen", *sys.argv[2:]
family = socket.AF_UNIX if not port else socket.AF_INET6 if ":" in host else socket.AF_INET
line = socket.socket(family)
where = (host, int(port)) if port else host
if listens:
    line.bind(where)
    line.listen()
    line, _ = line.accept()
else:
    line.connect(where)
def receive():
    with open(1, "wb") as out:
        while chunk := line.recv(65536):
            out.write(chunk)
receiver = threading.Thread(target=receive)
receiver.start()
while chunk := os.read(0, 65536):
    line.sendall(chunk)
line.shutdown(socket.SHUT_WR)
receiver.join()
"""


def peer_command(peer, network, host, port):
    """The command of a peer that connects, or with no port listens: on any free one."""
    if peer == "nc":  # -N: end our side at the end of the input
        where = ["-U", host] if network == "unix" else [host, port or 0]
        return [tool("nc"), "-N", *([] if port else ["-l"]), *where]
    if peer == "socat":  # -t: how long one side may go on when the other has ended
        family = {"tcp4": "TCP4", "tcp6": "TCP6", "unix": "UNIX"}[network]
        literal = f"[{host}]" if network == "tcp6" else host
        if port:
            where = f"UNIX-CONNECT:{host}" if network == "unix" else f"{family}:{literal}:{port}"
        else:
            where = f"UNIX-LISTEN:{host}" if network == "unix" else f"{family}-LISTEN:0,bind={literal}"
        return [tool("socat"), "-t", PATIENCE, "-", where]
    if peer == "python":
        mode = "connect" if port else "listen"
        return [sys.executable, "-c", PYTHON_PEER, mode, host, "" if network == "unix" else port or 0]
    where = ["-U", host] if network == "unix" else [host, port or 0]
    return [program("keycat"), *([] if port else ["-l"]), *where]


class Transfers(KeycatTest):
    """The methods are made below, one for each peer, network and part that keycat plays."""

    def transfer(self, peer, network, keycat_listens, keycat_sends):
        host = HOSTS.get(network) or self.path("line.sock")
        with open(random_file(SIZE), "rb") as source:
            streams = [{"stdin": source}, {"stdin": subprocess.PIPE}]
            ours, theirs = streams if keycat_sends else reversed(streams)
            if keycat_listens:
                keycat, at = self.listen(*(["-U", host] if network == "unix" else [host, 0]), **ours)
                other = self.start(*peer_command(peer, network, host, at.rpartition(":")[2]), **theirs)
            else:
                other = self.start(*peer_command(peer, network, host, None), **theirs)
                if network == "unix":
                    wait_until(lambda: os.path.exists(host), f"{peer} listens")
                    wait_until(lambda: self.is_listening(host), f"{peer} listens")
                    where = ["-U", host]
                else:
                    where = [host, bound_port(other, "tcp6" if network == "tcp6" else "tcp")]
                keycat = self.keycat(*where, **ours)

        sender, receiver = (keycat, other) if keycat_sends else (other, keycat)
        collected = Collector(receiver.stdout)
        wait_until(lambda: len(collected.data) >= SIZE or receiver.poll() is not None, f"{SIZE} bytes arrive")
        receiver.stdin.close()  # now, and not before: some peers end as soon as one side does
        for process in (sender, receiver):
            self.assertEqual(process.wait(PATIENCE), 0, process.args)
        collected.join(PATIENCE)
        self.assert_same(collected.data, random_data(SIZE))
        self.assertEqual(sender.stdout.read(), b"")
        if network == "unix" and keycat_listens:
            self.assertFalse(os.path.exists(host))

    @staticmethod
    def is_listening(path):
        """In /proc/net/unix the flag 10000 marks a listener."""
        with open("/proc/net/unix", encoding="utf-8") as table:
            return any(line.endswith(" " + path + "\n") and line.split()[3] == "00010000" for line in table)


def _make_transfers():
    for peer in ("nc", "socat", "python", "keycat"):
        for network in ("tcp4", "tcp6", "unix"):
            for listens in (False, True):
                for sends in (False, True):
                    def test(self, arguments=(peer, network, listens, sends)):
                        self.transfer(*arguments)
                    part = f"{'listener' if listens else 'client'}_{'sends_to' if sends else 'receives_from'}"
                    test.__name__ = f"test_{network}_{part}_{peer}"
                    setattr(Transfers, test.__name__, needs_ipv6(test) if network == "tcp6" else test)


_make_transfers()


class Files(KeycatTest):
    """-f, with a keycat at both ends."""

    def send_file(self, where, *, listen_where):
        copy = self.path("copy")
        listener, at = self.listen("-f", copy, *listen_where)
        words = [at.rpartition(":")[2] if word is None else word for word in where]
        out, _ = self.run_to_end(program("keycat"), *words, "-f", random_file(SIZE))
        self.assertEqual((out, self.finish(listener)[0]), (b"", b""))
        with open(copy, "rb") as file:
            self.assert_same(file.read(), random_data(SIZE))

    def test_over_ipv4(self):
        self.send_file(["127.0.0.1", None], listen_where=["127.0.0.1", 0])

    @needs_ipv6
    def test_over_ipv6(self):
        self.send_file(["::1", None], listen_where=["::1", 0])

    def test_over_unix(self):
        self.send_file(["-U", self.path("s")], listen_where=["-U", self.path("s")])

    def test_over_an_abstract_name(self):
        name = f"@keyway-test-{os.getpid()}"
        self.send_file(["-U", name], listen_where=["-U", name])

    def test_a_longer_file_is_cut_to_what_comes(self):
        copy = self.file("copy", b"x" * 100)
        listener, port = self.listen_at_port("-f", copy, "127.0.0.1", 0)
        self.run_to_end(program("keycat"), "127.0.0.1", port, "-f", self.file("original", b"short"))
        self.finish(listener)
        with open(copy, "rb") as file:
            self.assertEqual(file.read(), b"short")

    def test_an_empty_file(self):
        listener, port = self.listen_at_port("127.0.0.1", 0)
        self.run_to_end(program("keycat"), "127.0.0.1", port, "-f", self.file("empty", b""))
        self.assertEqual(self.finish(listener), (b"", ""))


class Curl(KeycatTest):
    def check_download(self, url, *curl, listen_where):
        head = b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE
        page = self.file("page", head + random_data(SIZE))
        with open(page, "rb") as source:
            listener, at = self.listen(*listen_where, stdin=source)
        out, _ = self.run_to_end(tool("curl"), "-sS", "--noproxy", "*", *curl, url.format(at=at))
        self.assert_same(out, random_data(SIZE))
        request, _ = self.finish(listener)
        self.assertTrue(request.startswith(b"GET /page HTTP/1.1\r\n"), request)

    def test_downloads_from_keycat(self):
        self.check_download("http://{at}/page", listen_where=["127.0.0.1", 0])

    @needs_ipv6
    def test_downloads_from_keycat_over_ipv6(self):
        self.check_download("http://{at}/page", "-g", listen_where=["::1", 0])

    def test_downloads_from_keycat_over_unix(self):
        path = self.path("s")
        self.check_download("http://localhost/page", "--unix-socket", path, listen_where=["-U", path])

    def test_uploads_to_keycat(self):
        listener, port = self.listen_at_port("127.0.0.1", 0, stdin=subprocess.PIPE)
        curl = self.start(tool("curl"), "-sS", "--noproxy", "*", "-H", "Expect:", "-T", random_file(SIZE),
                          f"http://127.0.0.1:{port}/page")
        request = Collector(listener.stdout)
        wait_until(lambda: len(request.data) - request.data.find(b"\r\n\r\n") - 4 >= SIZE, "the upload arrives")
        listener.stdin.write(b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone")
        listener.stdin.close()
        self.assertEqual(self.finish(curl), (b"done", ""))
        self.assertEqual(listener.wait(PATIENCE), 0)
        request.join(PATIENCE)
        head, _, body = bytes(request.data).partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"PUT /page HTTP/1.1\r\n"), head)
        self.assert_same(body, random_data(SIZE))

    def test_keycat_asks_a_web_server(self):
        self.file("page", random_data(SIZE))
        server = self.start(sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory",
                            self.directory)
        line = read_until(server.stdout.fileno(), lambda data: b"\n" in data).decode()
        request = self.file("request", b"GET /page HTTP/1.0\r\n\r\n")
        out, _ = self.run_to_end(program("keycat"), "127.0.0.1", re.search(r"port (\d+)", line)[1], "-f", request)
        head, _, body = out.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.0 200 OK\r\n"), head)
        self.assert_same(body, random_data(SIZE))


class BothWays(KeycatTest):
    """A stream has two directions, each with an end of its own."""

    def echo(self, line):
        def run():
            with contextlib.suppress(OSError):
                while chunk := line.recv(1 << 16):
                    line.sendall(chunk)
                line.shutdown(socket.SHUT_WR)
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def test_a_client_sends_and_receives_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as server, open(random_file(SIZE), "rb") as source:
            client = self.keycat("127.0.0.1", server.getsockname()[1], stdin=source)
            self.echo(self.accept(server))
            self.assert_same(self.finish(client)[0], random_data(SIZE))

    def test_a_listener_sends_and_receives_at_once(self):
        with open(random_file(SIZE), "rb") as source:
            listener, port = self.listen_at_port("127.0.0.1", 0, stdin=source)
        self.echo(self.connect(port))
        self.assert_same(self.finish(listener)[0], random_data(SIZE))

    def test_through_socat_and_cat(self):
        path = self.path("s")
        self.start(tool("socat"), "-t", PATIENCE, f"UNIX-LISTEN:{path}", "EXEC:cat")
        wait_until(lambda: Transfers.is_listening(path), "socat listens")
        out, _ = self.run_to_end(program("keycat"), "-U", path, "-f", random_file(SIZE))
        self.assert_same(out, random_data(SIZE))

    def test_the_answer_comes_after_the_end_of_the_question(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = self.keycat("127.0.0.1", server.getsockname()[1], "-f", self.file("question", b"how much?"))
            line = self.accept(server)
            self.assertEqual(line.recv(100, socket.MSG_WAITALL), b"how much?")
            line.sendall(b"42")
            line.close()
            self.assertEqual(self.finish(client), (b"42", ""))

    def test_goes_on_sending_after_the_peer_has_ended_its_side(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = self.keycat("127.0.0.1", server.getsockname()[1], stdin=subprocess.PIPE)
            line = self.accept(server)
            line.shutdown(socket.SHUT_WR)
            for part in (b"one", b"two"):
                client.stdin.write(part)
                self.assertEqual(line.recv(3, socket.MSG_WAITALL), part)
            client.stdin.close()
            self.assertEqual(line.recv(1), b"")
            self.assertEqual(self.finish(client), (b"", ""))

    def test_output_that_nobody_reads_does_not_hold_up_the_input(self):
        listener, port = self.listen_at_port("127.0.0.1", 0, stdin=subprocess.PIPE)
        line = self.connect(port)
        line.sendall(bytes(1000))  # a pipe that is partly full would block a large write in the middle
        wait_until(lambda: struct.unpack("i", fcntl.ioctl(listener.stdout, termios.FIONREAD, b"1234"))[0] == 1000,
                   "keycat writes")
        self.fill(line)
        listener.stdin.write(b"hello")
        self.assertEqual(line.recv(5, socket.MSG_WAITALL), b"hello")

    def test_a_listener_takes_one_connection_and_frees_its_port_at_once(self):
        listener, port = self.listen_at_port("127.0.0.1", 0, stdin=subprocess.PIPE)
        self.connect(port)
        wait_until(lambda: self.refuses(port), "the port is free")
        self.assertIsNone(listener.poll())

    def test_a_unix_listener_removes_its_path_when_it_has_its_connection(self):
        path = self.path("s")
        listener, _ = self.listen("-U", path, stdin=subprocess.PIPE)
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(path)
            wait_until(lambda: not os.path.exists(path), "the path is removed")
        self.assertIsNone(listener.poll())

    @staticmethod
    def refuses(port, host="127.0.0.1"):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            return probe.connect_ex((host, port)) != 0


class AnyAddress(KeycatTest):
    def reach(self, listener, port, host):
        with socket.create_connection((host, port), PATIENCE) as line:
            line.sendall(b"hello")
        self.assertEqual(self.finish(listener)[0], b"hello")

    @needs_ipv6
    def test_a_listener_without_address_takes_ipv4_and_ipv6(self):
        for host in ("127.0.0.1", "::1"):
            listener, at = self.listen(0)
            self.assertRegex(at, r"^\[::\]:\d+$")
            self.reach(listener, int(at[5:]), host)

    def test_ipv4_only(self):
        listener, at = self.listen("-4", 0)
        self.assertRegex(at, r"^0\.0\.0\.0:\d+$")
        port = int(at.rpartition(":")[2])
        if has_ipv6():
            self.assertTrue(BothWays.refuses(port, "::1"))
        self.reach(listener, port, "127.0.0.1")

    @needs_ipv6
    def test_ipv6_only(self):
        listener, at = self.listen("-6", 0)
        port = int(at.rpartition(":")[2])
        self.assertTrue(BothWays.refuses(port))
        self.reach(listener, port, "::1")

    @needs_ipv6
    def test_datagrams_without_address_come_over_both(self):
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener, port = self.listen_at_port("-u", 0)
            with socket.socket(family, socket.SOCK_DGRAM) as line:
                line.sendto(b"hello", (host, port))
                self.assertEqual(read_until(listener.stdout.fileno(), lambda data: len(data) >= 5), b"hello")
            self.interrupt(listener)


# ---- datagrams

# Fits the receive buffer of a receiver that sleeps, and the pipe behind it: an nc whose output is stuck cuts datagrams.
UDP_SIZE = 32 << 10


class Udp(KeycatTest):
    def received(self, process, size):
        return read_until(process.stdout.fileno(), lambda data: len(data) >= size)

    def check_client_sends_to(self, command, table, host):
        receiver = self.start(*command)
        port = bound_port(receiver, table)
        self.run_to_end(program("keycat"), "-u", host, port, "-f", random_file(UDP_SIZE))
        self.assert_same(self.received(receiver, UDP_SIZE), random_data(UDP_SIZE))

    def check_listener_receives_from(self, command, host):
        listener, port = self.listen_at_port("-u", host, 0)
        with open(random_file(UDP_SIZE), "rb") as source:
            self.start(*(str(word).format(port=port) for word in command), stdin=source)
        self.assert_same(self.received(listener, UDP_SIZE), random_data(UDP_SIZE))
        self.assertEqual(self.interrupt(listener), (b"", ""))

    def test_client_sends_to_nc(self):
        self.check_client_sends_to([tool("nc"), "-u", "-l", "127.0.0.1", 0], "udp", "127.0.0.1")

    def test_client_sends_to_socat(self):
        self.check_client_sends_to([tool("socat"), "-u", "UDP4-RECV:0,bind=127.0.0.1", "-"], "udp", "127.0.0.1")

    @needs_ipv6
    def test_client_sends_to_nc_over_ipv6(self):
        self.check_client_sends_to([tool("nc"), "-u", "-l", "::1", 0], "udp6", "::1")

    @needs_ipv6
    def test_client_sends_to_socat_over_ipv6(self):
        self.check_client_sends_to([tool("socat"), "-u", "UDP6-RECV:0,bind=[::1]", "-"], "udp6", "::1")

    def test_listener_receives_from_nc(self):
        self.check_listener_receives_from([tool("nc"), "-u", "127.0.0.1", "{port}"], "127.0.0.1")

    def test_listener_receives_from_socat(self):
        self.check_listener_receives_from([tool("socat"), "-u", "-", "UDP4:127.0.0.1:{port}"], "127.0.0.1")

    @needs_ipv6
    def test_listener_receives_from_nc_over_ipv6(self):
        self.check_listener_receives_from([tool("nc"), "-u", "::1", "{port}"], "::1")

    @needs_ipv6
    def test_listener_receives_from_socat_over_ipv6(self):
        self.check_listener_receives_from([tool("socat"), "-u", "-", "UDP6:[::1]:{port}"], "::1")

    def test_keycat_to_keycat_by_file(self):
        copy = self.path("copy")
        listener, port = self.listen_at_port("-u", "-f", copy, "127.0.0.1", 0)
        self.run_to_end(program("keycat"), "-u", "127.0.0.1", port, "-f", random_file(UDP_SIZE))
        wait_until(lambda: os.path.getsize(copy) >= UDP_SIZE, "the file arrives")
        self.interrupt(listener)
        with open(copy, "rb") as file:
            self.assert_same(file.read(), random_data(UDP_SIZE))

    def udp(self, **how):
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(line.close)
        line.bind(("127.0.0.1", 0))
        line.settimeout(PATIENCE)
        return line

    def test_a_client_shows_answers_and_ends_with_its_input(self):
        server = self.udp()
        client = self.keycat("-u", "127.0.0.1", server.getsockname()[1], stdin=subprocess.PIPE)
        client.stdin.write(b"question")
        question, sender = server.recvfrom(100)
        self.assertEqual(question, b"question")
        server.sendto(b"answer", sender)
        self.assertEqual(self.received(client, 6), b"answer")
        client.stdin.close()
        self.assertEqual(self.finish(client), (b"", ""))

    def test_no_datagram_is_longer_than_1200_bytes(self):
        server = self.udp()
        self.run_to_end(program("keycat"), "-u", "127.0.0.1", server.getsockname()[1], "-f",
                        self.file("three", b"x" * 3000))
        self.assertEqual([len(server.recv(9999)) for _ in range(3)], [1200, 1200, 600])

    def test_a_listener_answers_the_first_sender_and_hears_nobody_else(self):
        listener, port = self.listen_at_port("-u", "127.0.0.1", 0, stdin=subprocess.PIPE)
        first, second = self.udp(), self.udp()
        first.sendto(b"one", ("127.0.0.1", port))
        self.assertEqual(self.received(listener, 3), b"one")
        second.sendto(b"two", ("127.0.0.1", port))
        first.sendto(b"three", ("127.0.0.1", port))
        self.assertEqual(self.received(listener, 5), b"three")
        listener.stdin.write(b"answer")
        self.assertEqual(first.recvfrom(100), (b"answer", ("127.0.0.1", port)))
        self.interrupt(listener)

    def test_an_empty_datagram_is_no_end(self):
        listener, port = self.listen_at_port("-u", "127.0.0.1", 0)
        sender = self.udp()
        for message in (b"", b"a", b"", b"b"):
            sender.sendto(message, ("127.0.0.1", port))
        self.assertEqual(self.received(listener, 2), b"ab")
        self.interrupt(listener)

    def test_the_largest_datagram_comes_whole(self):
        listener, port = self.listen_at_port("-u", "127.0.0.1", 0)
        largest = os.urandom(65507)
        self.udp().sendto(largest, ("127.0.0.1", port))
        self.assert_same(self.received(listener, len(largest)), largest)
        self.interrupt(listener)

    def test_nobody_there_is_an_error(self):
        holder = self.udp()
        port = holder.getsockname()[1]
        holder.close()
        client = self.keycat("-u", "127.0.0.1", port, stdin=subprocess.PIPE)
        client.stdin.write(b"x")
        self.assertEqual(client.wait(PATIENCE), 1)
        self.assertEqual(client.stderr.read().decode(), f"keycat: 127.0.0.1:{port}: recv: Connection refused\n")


class UnixDatagrams(KeycatTest):
    size = 1 << 20  # nothing is ever lost: a full receiver makes the sender wait

    def bound(self, name):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(line.close)
        if name is not None:
            line.bind(name)
        line.settimeout(PATIENCE)
        return line

    def test_client_sends_to_socat(self):
        path = self.path("s")
        receiver = self.start(tool("socat"), "-u", f"UNIX-RECV:{path}", "-")
        wait_until(lambda: os.path.exists(path), "socat listens")
        client = self.keycat("-u", "-U", path, "-f", random_file(self.size))
        got = read_until(receiver.stdout.fileno(), lambda data: len(data) >= self.size)
        self.assertEqual(self.finish(client), (b"", ""))
        self.assert_same(got, random_data(self.size))

    def check_listener_receives(self, command, listen_where):
        listener, _ = self.listen("-u", "-U", listen_where)
        with open(random_file(self.size), "rb") as source:
            self.start(*command, stdin=source)
        got = read_until(listener.stdout.fileno(), lambda data: len(data) >= self.size)
        self.assert_same(got, random_data(self.size))
        self.assertEqual(self.interrupt(listener), (b"", ""))
        self.assertFalse(os.path.exists(listen_where))

    def test_listener_receives_from_socat_without_a_name(self):
        path = self.path("s")
        self.check_listener_receives([tool("socat"), "-u", "-", f"UNIX-SENDTO:{path}"], path)

    def test_listener_receives_from_socat_with_a_name(self):
        path = self.path("s")
        self.check_listener_receives([tool("socat"), "-u", "-", f'UNIX-SENDTO:{path},bind={self.path("t")}'], path)

    def test_listener_receives_from_nc(self):
        path = self.path("s")
        self.check_listener_receives([tool("nc"), "-u", "-U", "-s", self.path("t"), path], path)

    def test_keycat_to_keycat(self):
        path = self.path("s")
        self.check_listener_receives([program("keycat"), "-u", "-U", path], path)

    def test_a_client_has_a_name_to_be_answered_at(self):
        server = self.bound(self.path("s"))
        client = self.keycat("-u", "-U", self.path("s"), stdin=subprocess.PIPE)
        client.stdin.write(b"question")
        question, sender = server.recvfrom(100)
        server.sendto(b"answer", sender)
        self.assertEqual(question, b"question")
        self.assertEqual(read_until(client.stdout.fileno(), lambda data: len(data) >= 6), b"answer")
        client.stdin.close()
        self.assertEqual(self.finish(client), (b"", ""))

    def test_a_listener_answers_the_first_sender(self):
        listener, path = self.listen("-u", "-U", self.path("s"), stdin=subprocess.PIPE)
        client = self.bound(self.path("c"))
        client.sendto(b"question", path)
        self.assertEqual(read_until(listener.stdout.fileno(), lambda data: len(data) >= 8), b"question")
        listener.stdin.write(b"answer")
        self.assertEqual(client.recvfrom(100), (b"answer", path))
        self.assertEqual(self.interrupt(listener), (b"", ""))

    def test_an_abstract_name(self):
        name = f"keyway-test-{os.getpid()}-datagrams"
        listener, at = self.listen("-u", "-U", "@" + name)
        self.assertEqual(at, "@" + name)
        self.bound(None).sendto(b"hello", "\0" + name)
        self.assertEqual(read_until(listener.stdout.fileno(), lambda data: len(data) >= 5), b"hello")
        self.interrupt(listener)

    def test_what_does_not_fit_is_told(self):
        listener, path = self.listen("-u", "-U", self.path("s"))
        self.bound(None).sendto(b"x" * 70000, path)
        got = read_until(listener.stdout.fileno(), lambda data: len(data) >= 65536)
        self.assertEqual(len(got), 65536)
        self.assertEqual(self.interrupt(listener), (b"", "keycat: the end of a datagram of 70000 bytes is lost\n"))


# ---- terminals and signals

class Terminal(KeycatTest):
    def setUp(self):
        super().setUp()
        self.screen, self.tty = os.openpty()
        self.addCleanup(os.close, self.screen)
        self.addCleanup(self.close_tty)
        modes = termios.tcgetattr(self.tty)
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(self.tty, termios.TCSANOW, modes)

    def close_tty(self):
        if self.tty is not None:
            os.close(self.tty)
            self.tty = None

    def on_terminal(self, *words, **how):
        """A keycat in a session of its own, with our terminal for all that is not said otherwise."""
        streams = {"stdin": self.tty, "stdout": self.tty, "stderr": self.tty} | how
        process = self.keycat(*words, start_new_session=True,
                              preexec_fn=lambda: fcntl.ioctl(self.tty, termios.TIOCSCTTY, 0), pass_fds=[self.tty],
                              **streams)
        self.close_tty()
        return process

    def shown(self, pattern):
        """What the terminal shows until the pattern is there."""
        data = read_until(self.screen, lambda text: re.search(pattern, text))
        self.assertRegex(data, pattern)
        return data

    def test_progress_is_shown_for_a_file_and_ends_with_a_newline(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = self.on_terminal("127.0.0.1", server.getsockname()[1], "-f", random_file(SIZE))
            line = self.accept(server)
            self.shown(rb"(\r\d+ bytes, \d+\.\d MB/s  ){3}")  # it goes on while we do not read
            with line.makefile("rb") as stream:
                self.assert_same(stream.read(), random_data(SIZE))
            line.close()
            self.assertEqual(client.wait(PATIENCE), 0)
        self.assertRegex(self.shown(rb"\n"), rb"\r33554432 bytes, \d+\.\d MB/s  \r\n$")

    def test_progress_of_a_received_file(self):
        listener = self.on_terminal("-l", "127.0.0.1", 0, "-f", self.path("copy"))
        port = re.search(rb"listening on 127.0.0.1:(\d+)\r\n", self.shown(rb"\n"))[1]
        with self.connect(int(port)) as line:
            line.sendall(b"hello")
        self.assertEqual(listener.wait(PATIENCE), 0)
        self.shown(rb"\r5 bytes, \d+\.\d MB/s  \r\n$")

    def test_no_progress_without_a_terminal_or_a_file(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = self.keycat("127.0.0.1", server.getsockname()[1], "-f", self.file("f", b"hello"))
            with self.accept(server) as line:
                self.assertEqual(line.recv(5, socket.MSG_WAITALL), b"hello")
            self.assertEqual(self.finish(client), (b"", ""))
            client = self.on_terminal("127.0.0.1", server.getsockname()[1], stdin=subprocess.DEVNULL)
            line = self.accept(server)
            line.sendall(b"hello")
            line.close()
            self.assertEqual(client.wait(PATIENCE), 0)
        self.assertEqual(read_until(self.screen, lambda data: False), b"hello")

    def test_an_error_starts_on_a_line_of_its_own(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            client = self.on_terminal("127.0.0.1", port, "-f", random_file(SIZE))
            line = self.accept(server)
            self.shown(rb"MB/s  ")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
            self.assertEqual(client.wait(PATIENCE), 1)
        self.shown(rb"MB/s  \r\nkeycat: 127.0.0.1:%d: (recv|send): Connection reset by peer\r\n$" % port)

    def test_ctrl_c_ends_the_progress_line(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = self.on_terminal("127.0.0.1", server.getsockname()[1], "-f", random_file(SIZE))
            self.accept(server)
            self.shown(rb"MB/s  ")
            os.write(self.screen, b"\x03")
            self.assertEqual(client.wait(PATIENCE), 130)
        self.shown(rb"MB/s  \r\n$")

    def test_somebody_at_a_terminal_types_and_reads(self):
        listener, port = self.listen_at_port("127.0.0.1", 0, stdin=subprocess.PIPE)
        client = self.on_terminal("127.0.0.1", port)
        os.write(self.screen, b"hello\n")
        self.assertEqual(read_until(listener.stdout.fileno(), lambda data: len(data) >= 6), b"hello\n")
        listener.stdin.write(b"good bye\n")
        self.shown(rb"good bye\r\n")
        os.write(self.screen, b"\x04")  # Ctrl-D
        listener.stdin.close()
        self.assertEqual((self.finish(listener), client.wait(PATIENCE)), ((b"", ""), 0))

    def test_at_a_terminal_the_end_of_the_peer_is_the_end(self):
        listener, port = self.listen_at_port("127.0.0.1", 0)  # without input: ends its side at once
        client = self.on_terminal("127.0.0.1", port)
        self.assertEqual(client.wait(PATIENCE), 0)
        self.finish(listener)


class Progress(KeycatTest):
    """-p, without a terminal."""

    def test_of_a_file_that_is_sent(self):
        listener, port = self.listen_at_port("127.0.0.1", 0)
        collected = Collector(listener.stdout)
        _, err = self.run_to_end(program("keycat"), "-p", "127.0.0.1", port, "-f", random_file(SIZE))
        self.assertRegex(err, r"^(\r\d+ bytes, \d+\.\d MB/s  )*\r33554432 bytes, \d+\.\d MB/s  \n$")
        self.assertEqual(listener.wait(PATIENCE), 0)
        collected.join(PATIENCE)
        self.assert_same(collected.data, random_data(SIZE))

    def test_of_a_file_that_is_received(self):
        listener, port = self.listen_at_port("-p", "127.0.0.1", 0, "-f", self.path("copy"))
        with self.connect(port) as line:
            line.sendall(b"hello")
        _, err = self.finish(listener)
        self.assertRegex(err, r"\r5 bytes, \d+\.\d MB/s  \n$")

    def test_of_no_file(self):
        listener, port = self.listen_at_port("-p", "127.0.0.1", 0)
        self.run_to_end(program("keycat"), "-p", "127.0.0.1", port)
        self.assertEqual(self.finish(listener), (b"", ""))


# ---- limits and names

class Limits(KeycatTest):
    """-w"""

    silence = "nothing has moved for too long"

    def check_time(self, start, at_least):
        """Not before its time, and not a multiple of it later, even where the machine is busy."""
        self.assertGreaterEqual(time.monotonic() - start, at_least)
        self.assertLess(time.monotonic() - start, at_least + PATIENCE / 2)

    def test_a_peer_that_is_silent(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            start = time.monotonic()
            client = self.keycat("-w", "0.5", "127.0.0.1", port, stdin=subprocess.PIPE)
            line = self.accept(server)
            self.assertEqual(self.finish(client, 1), (b"", f"keycat: 127.0.0.1:{port}: {self.silence}\n"))
            self.check_time(start, 0.5)
            self.assertEqual(line.recv(1), b"")

    def test_a_client_that_is_silent(self):
        listener, port = self.listen_at_port("-w", "0.5", "127.0.0.1", 0, stdin=subprocess.PIPE)
        time.sleep(1)  # waiting for somebody to connect is no silence
        self.assertIsNone(listener.poll())
        start = time.monotonic()
        line = self.connect(port)
        self.assertRegex(self.finish(listener, 1)[1], rf"^keycat: 127\.0\.0\.1:\d+: {self.silence}\n$")
        self.check_time(start, 0.5)
        self.assertEqual(line.recv(1), b"")

    def test_a_peer_that_does_not_read(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            client = self.keycat("-w", "0.5", "127.0.0.1", port, "-f", random_file(SIZE))
            self.accept(server)
            self.assertEqual(self.finish(client, 1), (b"", f"keycat: 127.0.0.1:{port}: {self.silence}\n"))

    def test_what_moves_in_either_direction_puts_the_end_off(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            start = time.monotonic()
            client = self.keycat("-w", "1", "127.0.0.1", server.getsockname()[1], stdin=subprocess.PIPE)
            line = self.accept(server)
            for i in range(12):
                time.sleep(0.25)
                if i % 2:
                    line.sendall(b"x")
                else:
                    client.stdin.write(b"y")
            self.assertIsNone(client.poll())
            client.stdin.close()
            self.assertEqual(line.recv(7, socket.MSG_WAITALL), b"y" * 6)
            out, err = self.finish(client, 1)
            self.assertIn(self.silence, err)
            self.check_time(start, 4)
            self.assertEqual(out, b"x" * 6)

    def test_nobody_answers_the_attempt_to_connect(self):
        with socket.socket() as server:
            server.bind(("127.0.0.1", 0))
            server.listen(0)
            self.fill_backlog(server)
            port = server.getsockname()[1]
            start = time.monotonic()
            self.check_failure(["-w", "0.5", "127.0.0.1", port],
                               f"keycat: 127.0.0.1:{port}: connect: the limit was reached\n")
            self.check_time(start, 0.5)
            client = self.keycat("localhost", port)  # which goes on trying
            time.sleep(0.5)
            self.assertEqual(self.interrupt(client), (b"", ""))

    def fill_backlog(self, server):
        """Connects until Linux does not answer any more."""
        while True:
            line = socket.socket()
            self.addCleanup(line.close)
            line.settimeout(0.3)
            try:
                line.connect(server.getsockname())
            except TimeoutError:
                return

    def test_a_full_unix_listener(self):
        path = self.path("s")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
            server.listen(0)
            for _ in range(2):
                line = socket.socket(socket.AF_UNIX)
                self.addCleanup(line.close)
                line.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    line.connect(path)
            start = time.monotonic()
            self.check_failure(["-w", "0.5", "-U", path], f"keycat: {path}: connect: the limit was reached\n")
            self.check_time(start, 0.5)

    def test_with_a_limit_a_client_waits_for_answers_to_datagrams(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(PATIENCE)
            client = self.keycat("-u", "-w", "1", "127.0.0.1", server.getsockname()[1], "-f",
                                 self.file("question", b"question"))
            question, sender = server.recvfrom(100)
            time.sleep(0.2)
            server.sendto(b"answer", sender)
            self.assertEqual(question, b"question")
            self.assertEqual(self.finish(client), (b"answer", ""))

    def test_for_a_listener_silence_is_the_end_of_datagrams(self):
        listener, port = self.listen_at_port("-u", "-w", "0.5", "127.0.0.1", 0)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.sendto(b"hello", ("127.0.0.1", port))
            self.assertEqual(self.finish(listener), (b"hello", ""))

    def test_what_is_done_in_time_is_no_failure(self):
        listener, port = self.listen_at_port("-w", PATIENCE, "127.0.0.1", 0)
        collected = Collector(listener.stdout)
        self.run_to_end(program("keycat"), "-w", PATIENCE, "127.0.0.1", port, "-f", random_file(SIZE))
        self.assertEqual(listener.wait(PATIENCE), 0)
        collected.join(PATIENCE)
        self.assert_same(collected.data, random_data(SIZE))


class Names(KeycatTest):
    def check(self, listen, connect, send=b"hello"):
        listener, at = self.listen(*listen)
        words = [at.rpartition(":")[2] if word is None else word for word in connect]
        self.run_to_end(program("keycat"), *words, "-f", self.file("sent", send))
        return listener, at

    def test_of_the_host(self):
        for limit in ([], ["-w", PATIENCE]):
            listener, at = self.check([*limit, "localhost", 0], [*limit, "localhost", None])
            self.assertRegex(at, r"^(127\.0\.0\.1|\[::1\]):\d+$")
            self.assertEqual(self.finish(listener), (b"hello", ""))

    def test_of_the_host_with_one_family(self):
        listener, at = self.check(["-4", "localhost", 0], ["-4", "localhost", None])
        self.assertTrue(at.startswith("127.0.0.1:"), at)
        self.assertEqual(self.finish(listener), (b"hello", ""))

    def test_of_the_host_for_datagrams(self):
        listener, _ = self.check(["-u", "localhost", 0], ["-u", "localhost", None])
        self.assertEqual(read_until(listener.stdout.fileno(), lambda data: len(data) >= 5), b"hello")
        self.interrupt(listener)

    def test_of_the_service(self):
        for name in ("sip", "postgresql", "mysql", "svn", "rsync", "x11"):  # some port of these is free
            try:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", socket.getservbyname(name, "tcp")))
            except OSError:
                continue
            listener, at = self.check(["127.0.0.1", name], ["127.0.0.1", name])
            self.assertEqual(at, f"127.0.0.1:{socket.getservbyname(name, 'tcp')}")
            self.assertEqual(self.finish(listener), (b"hello", ""))
            return
        self.skipTest("no service has both a name here and a free port")

    def test_the_second_address_where_the_first_refuses(self):
        listener, _ = self.check(["127.0.0.1", 0], ["localhost", None])
        self.assertEqual(self.finish(listener), (b"hello", ""))

    def test_an_error_names_what_was_asked_for(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            port = holder.getsockname()[1]
            self.check_failure(["-4", "localhost", port], f"keycat: localhost:{port}: connect: Connection refused\n")


class ByTheKernel(KeycatTest):
    """Files go out by sendfile(2), with and without a limit."""

    @unittest.skipIf(EMULATOR, "the emulator's calls are its own")
    def test_a_big_file(self):
        size, log = 256 << 20, self.path("log")
        with open(self.path("big"), "wb") as big:
            for _ in range(size // SIZE):
                big.write(random_data(SIZE))
        for limit in ([], ["-w", PATIENCE]):
            copy = self.path("copy")
            listener, port = self.listen_at_port("127.0.0.1", 0, "-f", copy)
            self.run_to_end(tool("strace"), "-f", "-qq", "-o", log, "-e", "trace=sendfile,sendfile64,sendto,read,pread64",
                            "-E", "ASAN_OPTIONS=detect_leaks=0",  # leaks are looked for by tracing, too
                            program("keycat"), *limit, "127.0.0.1", port, "-f", self.path("big"))
            self.finish(listener)
            self.assertEqual(os.path.getsize(copy), size)
            self.assertTrue(filecmp.cmp(copy, self.path("big"), shallow=False))
            calls = pathlib.Path(log).read_text()
            sent = sum(int(count) for count in re.findall(r"sendfile(?:64)?(?:\(| resumed).*= (\d+)", calls))
            self.assertEqual(sent, size)
            self.assertNotIn("sendto(", calls)


class Interrupted(KeycatTest):
    """SIGINT and SIGTERM end a keycat wherever it waits, and nothing is left behind."""

    def check_clean_end(self, process, number=signal.SIGINT):
        self.assertEqual(self.interrupt(process, number), (b"", ""))

    def test_while_waiting_for_a_connection(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            listener, port = self.listen_at_port("127.0.0.1", 0)
            self.check_clean_end(listener, number)
            with socket.socket() as again:
                again.bind(("127.0.0.1", port))

    def test_while_waiting_at_a_path(self):
        for words in ([], ["-u"]):
            for number in (signal.SIGINT, signal.SIGTERM):
                path = self.path("s")
                listener, _ = self.listen(*words, "-U", path)
                self.assertTrue(os.path.exists(path))
                self.check_clean_end(listener, number)
                self.assertFalse(os.path.exists(path))

    def test_a_path_that_another_made_since_is_left_alone(self):
        path = self.path("s")
        listener, _ = self.listen("-U", path)
        os.unlink(path)
        self.file("s", b"mine")
        self.check_clean_end(listener)
        self.assertTrue(os.path.exists(path))

    def test_while_waiting_for_a_datagram(self):
        listener, port = self.listen_at_port("-u", "127.0.0.1", 0)
        self.check_clean_end(listener)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(("127.0.0.1", port))

    def test_between_datagrams(self):
        path = self.path("s")
        listener, _ = self.listen("-u", "-U", path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.bind(self.path("c"))
            line.sendto(b"hello", path)
        self.assertEqual(read_until(listener.stdout.fileno(), lambda data: len(data) >= 5), b"hello")
        self.check_clean_end(listener)
        self.assertFalse(os.path.exists(path))

    def test_while_connected_the_peer_sees_the_end_and_the_port_is_free(self):
        listener, port = self.listen_at_port("127.0.0.1", 0, stdin=subprocess.PIPE)
        line = self.connect(port)
        line.sendall(b"x")
        self.assertEqual(os.read(listener.stdout.fileno(), 1), b"x")
        self.check_clean_end(listener)
        self.assertEqual(line.recv(1), b"")
        again, _ = self.listen("127.0.0.1", port)
        self.check_clean_end(again)

    def test_a_client_while_connected(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = self.keycat("127.0.0.1", server.getsockname()[1], stdin=subprocess.PIPE)
            line = self.accept(server)
            client.stdin.write(b"x")  # once it is through, keycat is beyond connect()
            self.assertEqual(line.recv(1), b"x")
            self.check_clean_end(client)
            self.assertEqual(line.recv(1), b"")

    def test_while_the_peer_does_not_read(self):
        with socket.create_server(("127.0.0.1", 0)) as server, open(random_file(SIZE), "rb") as source:
            client = self.keycat("127.0.0.1", server.getsockname()[1], stdin=source)
            self.accept(server)
            self.wait_asleep(client)
            self.check_clean_end(client)

    def test_while_nobody_reads_its_output(self):
        listener, port = self.listen_at_port("127.0.0.1", 0)
        line = self.connect(port)
        self.fill(line)
        self.wait_asleep(listener)
        listener.send_signal(signal.SIGINT)
        self.assertEqual(listener.wait(PATIENCE), 130)

    def wait_asleep(self, process):
        """Until it has moved nothing for a while: then it waits."""
        def processor_time():
            with open(f"/proc/{process.pid}/stat", encoding="utf-8") as stat:
                return stat.read().rpartition(")")[2].split()[11:13]

        def rests():
            before = processor_time()
            time.sleep(0.1)
            return processor_time() == before and before != ["0", "0"] or time.monotonic() > limit
        limit = time.monotonic() + 0.5
        wait_until(rests, "keycat waits")


# ---- failures

class Failures(KeycatTest):
    def free_port(self):
        """A port that nobody listens on, held by us."""
        holder = socket.socket()
        self.addCleanup(holder.close)
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]

    def test_refused(self):
        port = self.free_port()
        self.check_failure(["127.0.0.1", port], f"keycat: 127.0.0.1:{port}: connect: Connection refused\n")

    def test_no_such_path(self):
        path = self.path("none")
        self.check_failure(["-U", path], f"keycat: {path}: connect: No such file or directory\n")
        self.check_failure(["-u", "-U", path], f"keycat: {path}: connect: No such file or directory\n")

    def test_nobody_listens_at_the_path(self):
        path = self.path("s")
        with socket.socket(socket.AF_UNIX) as left_over:
            left_over.bind(path)
        self.check_failure(["-U", path], f"keycat: {path}: connect: Connection refused\n")

    def test_address_in_use(self):
        port = self.free_port()
        self.check_failure(["-l", "127.0.0.1", port], f"keycat: 127.0.0.1:{port}: bind: Address already in use\n")
        path = self.file("s", b"mine")
        self.check_failure(["-l", "-U", path], f"keycat: {path}: bind: Address already in use\n")
        self.assertTrue(os.path.exists(path))

    def test_an_address_of_another_machine(self):
        self.check_failure(["-l", "192.0.2.77", 0], "keycat: 192.0.2.77:0: bind: Cannot assign requested address\n")

    def test_reset_by_the_peer(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            client = self.keycat("127.0.0.1", port, stdin=subprocess.PIPE)
            line = self.accept(server)
            client.stdin.write(b"x")  # once it is through, keycat is beyond connect()
            self.assertEqual(line.recv(1), b"x")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.close()
            self.assertEqual(client.wait(PATIENCE), 1)
            self.assertEqual(client.stderr.read().decode(),
                             f"keycat: 127.0.0.1:{port}: recv: Connection reset by peer\n")

    def test_a_peer_that_is_gone_while_we_send(self):
        with socket.create_server(("127.0.0.1", 0)) as server, open(random_file(SIZE), "rb") as source:
            port = server.getsockname()[1]
            client = self.keycat("127.0.0.1", port, stdin=source)
            self.accept(server).close()
            _, err = self.finish(client, 1)
        self.assertRegex(err, rf"^keycat: 127\.0\.0\.1:{port}: "
                              r"(send: Broken pipe|(send|recv): Connection reset by peer)\n$")

    def test_bad_paths_tell_the_position(self):
        for path, message in (("x" * 200, "position 107: the name does not fit a socket address"),
                              ("", "position 0: the text is empty")):
            with self.subTest(path):
                self.check_failure(["-U", path], f"keycat: {path}: {message}\n", code=2)

    def test_names_that_do_not_exist(self):
        for words, message in (
                (["127.0.0.256", 80], "127.0.0.256:80: resolve: there is no such host"),
                (["127.0.01.1", 80], "127.0.01.1:80: resolve: there is no such host"),
                (["-u", "::12345", 80], "[::12345]:80: resolve: there is no such host"),
                (["two words", 80], "two words:80: resolve: there is no such host"),
                (["127.0.0.1", 65536], "127.0.0.1:65536: resolve: there is no such service"),
                (["-u", "127.0.0.1", "no-such-service"], "127.0.0.1:no-such-service: resolve: there is no such service"),
                (["-l", "80x"], "[::]:80x: resolve: there is no such service"),
                (["-l", "127.0.0.256", 0], "127.0.0.256:0: resolve: there is no such host"),
                (["-4", "::1", 80], "[::1]:80: resolve: the host has no address of this family"),
                (["-6", "127.0.0.1", 80], "127.0.0.1:80: resolve: the host has no address of this family")):
            for limit in ([], ["-w", PATIENCE]):
                with self.subTest(words, limit=limit):
                    self.check_failure([*limit, *words], f"keycat: {message}\n")

    def test_usage(self):
        for words in ([], ["-l"], ["127.0.0.1"], ["127.0.0.1", 1, 2], ["-l", "::", 1, 2], ["-U"], ["-U", "a", "b"],
                      ["-46l", 0], ["-4U", "a"], ["-x", "::1", 1], ["-f"], ["-w"],
                      *(["-w", limit, "::1", 1] for limit in ("", "0", "-1", "x", "1x", "nan"))):
            with self.subTest(words):
                _, err = self.run_to_end(program("keycat"), *words, code=2)
                self.assertIn("usage: keycat ", err)

    def test_a_file_that_cannot_be_read(self):
        """Nothing is connected, but for a directory, which opens and does not read."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            missing = self.path("missing")
            self.check_failure(["127.0.0.1", port, "-f", missing], f"keycat: {missing}: No such file or directory\n")
            directory = str(self.directory)
            self.check_failure(["127.0.0.1", port, "-f", directory], f"keycat: {directory}: Is a directory\n")

    @needs_root
    def test_a_file_that_may_not_be_read(self):
        secret = self.file("secret", b"")
        os.chmod(secret, 0o600)
        os.chmod(self.directory, 0o755)
        keycat = shutil.copy(program("keycat"), self.path("keycat"))  # where everybody gets at it
        _, err = self.run_to_end(keycat, "127.0.0.1", 1, "-f", secret, code=1, user=65534, group=65534,
                                 extra_groups=[])
        self.assertEqual(err, f"keycat: {secret}: Permission denied\n")

    def test_a_file_that_cannot_be_written(self):
        bad = self.path("no/such/place")
        _, err = self.run_to_end(program("keycat"), "-l", "127.0.0.1", 0, "-f", bad, code=1)
        self.assertEqual(err, f"keycat: {bad}: No such file or directory\n")
        listener, port = self.listen_at_port("127.0.0.1", 0, "-f", "/dev/full")
        self.connect(port).sendall(b"x")
        self.assertEqual(self.finish(listener, 1), (b"", "keycat: /dev/full: No space left on device\n"))

    def test_stdout_that_nobody_reads_any_more(self):
        path = self.path("s")
        listener, _ = self.listen("-U", path)
        listener.stdout.close()
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(path)
            line.sendall(b"x")
            self.assertEqual(listener.wait(PATIENCE), 1)
        self.assertEqual(listener.stderr.read().decode(), "keycat: stdout: Broken pipe\n")
        self.assertFalse(os.path.exists(path))

    def test_no_descriptors_left(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
        self.check_failure(["127.0.0.1", 1], "keycat: 127.0.0.1:1: open: Too many open files\n", preexec_fn=few,
                           env={"ASAN_OPTIONS": "detect_leaks=0"})  # which would want descriptors of its own


if __name__ == "__main__":
    unittest.main()
