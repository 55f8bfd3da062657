#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A server that is replaced by another one of the same program, while real clients come and go."""
import array
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import threading
import unittest

from support import PATIENCE, ProgramTest, needs_root, program, read_until, tool, wait_until, wait_until_at_rest


class Restart(ProgramTest):
    def setUp(self):
        super().setUp()
        self.place = self.path("restart.sock")
        self.port = 0

    def server(self, *before):
        """A server that is there: the first one, or one that has replaced it."""
        process = self.start(*before, program("restart"), self.port, self.place)
        said = read_until(process.stderr.fileno(), lambda data: b"\n" in data).decode()
        found = re.fullmatch(r"restart: (\d+) listens on \[::\]:(\d+)\n", said)
        self.assertTrue(found, said)
        process.number, self.port = found.groups()
        return process

    def connect(self):
        """A client, and the number of the process that serves it."""
        client = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self.addCleanup(client.close)
        return client, self.line(client)

    def line(self, client):
        return read_until(client.fileno(), lambda data: data.endswith(b"\n")).decode().strip()

    def assert_echo(self, client, text):
        client.sendall(text)
        self.assertEqual(read_until(client.fileno(), lambda data: len(data) >= len(text)), text)

    def assert_replaced(self, process):
        self.assertEqual(self.finish(process)[1], f"restart: {process.number} is replaced, 0 cut off\n")

    def end(self, process, how=signal.SIGINT):
        wait_until_at_rest(process)
        process.send_signal(how)
        self.assertEqual(self.finish(process)[1], f"restart: {process.number} ends, 0 cut off\n")
        self.assertFalse(os.path.exists(self.place))
        with socket.socket(socket.AF_INET6) as free:  # nobody has the port either; old connections may be in TIME_WAIT
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("::", int(self.port)))
            free.listen()

    def test_no_client_is_refused_while_servers_are_replaced(self):
        replacements = 10
        server = self.server()
        over, failures, answers = threading.Event(), [], []

        def clients(number):
            text = bytes([number]) * 5000
            while not over.is_set():
                try:
                    with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as one:
                        one.sendall(text)
                        one.shutdown(socket.SHUT_WR)
                        answer = b"".join(iter(lambda: one.recv(65536), b""))
                    process, _, echo = answer.partition(b"\n")
                    if echo != text:
                        failures.append(f"{len(echo)} bytes from {process}")
                    answers.append(process.decode())
                except OSError as error:
                    failures.append(repr(error))

        def netcats():
            while not over.is_set():
                done = subprocess.run([tool("nc"), "-N", "127.0.0.1", str(self.port)], input=b"hello\n",
                                      capture_output=True, timeout=PATIENCE, check=False)
                if done.returncode or not done.stdout.endswith(b"\nhello\n"):
                    failures.append(repr(done))

        crowd = [threading.Thread(target=clients, args=(number,)) for number in range(4)]
        crowd.append(threading.Thread(target=netcats))
        for one in crowd:
            one.start()
        seen = [server.number]
        try:
            for _ in range(replacements):
                wait_until(lambda: seen[-1] in answers or failures, "an answer from each server")
                successor = self.server()
                self.assert_replaced(server)
                server = successor
                seen.append(server.number)
            wait_until(lambda: seen[-1] in answers or failures, "an answer from the last server")
        finally:
            over.set()
            for one in crowd:
                one.join(PATIENCE)
        self.assertEqual(failures, [])
        self.assertEqual(set(answers), set(seen))
        self.end(server)

    def test_it_finishes_its_connections_and_its_successor_has_the_new_ones(self):
        first = self.server()
        old, number = self.connect()
        self.assertEqual(number, first.number)
        second = self.server()
        new, number = self.connect()
        self.assertEqual(number, second.number)
        third = self.server()
        newest, number = self.connect()
        self.assertEqual(number, third.number)
        self.assertIsNone(first.poll())
        self.assertIsNone(second.poll())
        for client in (old, new, newest):
            self.assert_echo(client, b"still here")
        for client, process in ((new, second), (old, first)):
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(client.recv(1), b"")
            self.assert_replaced(process)
        self.assertTrue(os.path.exists(self.place))
        newest.close()
        self.end(third, signal.SIGTERM)

    def test_clients_in_the_queue_are_served_by_the_successor(self):
        """The old one is stopped while they connect: they wait in the kernel, and the new one takes its sockets only
        when it goes on."""
        first = self.server()
        first.send_signal(signal.SIGSTOP)
        waiting = [socket.create_connection(("127.0.0.1", self.port), PATIENCE) for _ in range(20)]
        second = self.start(program("restart"), self.port, self.place)
        first.send_signal(signal.SIGCONT)
        numbers = set()
        for client in waiting:
            with client:
                numbers.add(self.line(client))
                self.assert_echo(client, b"hello")
        said = read_until(second.stderr.fileno(), lambda data: b"\n" in data).decode()
        second.number = re.match(r"restart: (\d+) listens", said).group(1)
        self.assertLessEqual(numbers, {first.number, second.number})
        self.assert_replaced(first)
        self.end(second)

    def ask(self):
        """A successor of another make, that has not said anything yet."""
        asker = socket.socket(socket.AF_UNIX)
        asker.settimeout(PATIENCE)
        asker.connect(self.place)
        self.addCleanup(asker.close)
        return asker

    def take(self, asker):
        """The sockets that it is given."""
        data, items, flags, _ = asker.recvmsg(100, socket.CMSG_SPACE(8))
        if not data:
            return []
        self.assertEqual((len(items), flags & socket.MSG_CTRUNC), (1, 0))
        return [socket.socket(fileno=one) for one in array.array("i", items[0][2])]

    def test_a_successor_that_is_not_ready_changes_nothing(self):
        server = self.server()
        for last_words in (b"", b"READY", b"read"):
            asker = self.ask()
            taken = self.take(asker)
            self.assertEqual([one.family for one in taken], [socket.AF_INET6, socket.AF_UNIX])
            self.assertEqual(taken[0].getsockname()[1], int(self.port))
            asker.sendall(last_words)
            for one in (*taken, asker):
                one.close()
            self.assertEqual(self.connect()[1], server.number)
        successor = self.server()
        self.assertEqual(self.connect()[1], successor.number)

    def test_a_successor_of_another_make(self):
        """What goes between them is descriptors: python can take them, too."""
        server = self.server()
        asker = self.ask()
        network, local = self.take(asker)
        asker.sendall(b"ready")
        self.assertEqual(asker.recv(1), b"")
        self.assert_replaced(server)
        with network, local:
            client = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            with client, network.accept()[0] as accepted:
                accepted.sendall(b"python\n")
                self.assertEqual(self.line(client), "python")
        os.unlink(self.place)

    def test_a_predecessor_of_another_make(self):
        """Until that one has closed the connection it may still accept, so the new one is not there yet."""
        with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as network, \
                socket.socket(socket.AF_UNIX) as local:
            self.port = network.getsockname()[1]
            local.bind(self.place)
            local.listen()
            local.settimeout(PATIENCE)
            queued = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.addCleanup(queued.close)
            process = self.start(program("restart"), 0, self.place)
            with local.accept()[0] as asker:
                socket.send_fds(asker, [b"take these"], [network.fileno(), local.fileno()])
                self.assertEqual(asker.recv(5, socket.MSG_WAITALL), b"ready")
                self.assertEqual(select.select([process.stderr], [], [], 0.2)[0], [])
        said = read_until(process.stderr.fileno(), lambda data: b"\n" in data).decode()
        process.number = re.match(r"restart: (\d+) listens", said).group(1)
        self.assertEqual(self.line(queued), process.number)
        queued.close()
        self.end(process)

    def test_what_is_given_is_looked_at(self):
        """A predecessor that gives something else, or nothing."""
        with socket.socket() as stream, socket.socket(socket.AF_UNIX) as local, open(os.devnull, "rb") as file, \
                socket.create_server(("127.0.0.1", 0)) as heard:
            for number, (given, why) in enumerate((
                    ([], "Permission denied"), ([stream], "not a socket of this"), ([stream, local], "not a socket of this"), ([file, file], "non-socket"),
                    ([heard], "Bad file descriptor"), ([heard, heard], "not a socket of this"), ([heard, local, local], "not a socket of this"))):
                with self.subTest(number), socket.socket(socket.AF_UNIX) as giver:
                    place = self.path(f"giver{number}")
                    giver.bind(place)
                    giver.listen()
                    giver.settimeout(PATIENCE)
                    process = self.start(program("restart"), 0, place)
                    with giver.accept()[0] as asker:
                        if given:
                            socket.send_fds(asker, [b"take these"], [one.fileno() for one in given])
                        asker.shutdown(socket.SHUT_WR)
                        err = self.finish(process, 1)[1]
                        self.assertIn("restart: start: adopt: ", err)
                        self.assertIn(why, err)
                        self.assertEqual(asker.recv(10), b"")

    @needs_root
    def test_another_user_gets_nothing(self):
        server = self.server()
        os.chmod(self.directory, 0o755)
        os.chmod(self.place, 0o777)
        stranger = [tool("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups"]
        probe = subprocess.run([*stranger, "test", "-x", program("restart")], check=False)
        if probe.returncode:
            self.skipTest("another user cannot run the program where it lies")
        _, err = self.run_to_end(*stranger, program("restart"), self.port, self.place, code=1)
        self.assertEqual(err, "restart: start: adopt: Permission denied\n")
        # Nor does one that does not look who listens there.
        script = f"""
import socket
asker = socket.socket(socket.AF_UNIX)
asker.settimeout({PATIENCE})
asker.connect({self.place!r})
data, items, _, _ = asker.recvmsg(100, 100)
print(data, items)
"""
        out, _ = self.run_to_end(*stranger, "python3", "-c", script)
        self.assertEqual(out, b"b'' []\n")
        self.end(server)

    @needs_root
    def test_nothing_is_taken_from_another_user(self):
        place = self.path("giver")
        os.chmod(self.directory, 0o777)
        script = f"""
import socket
giver = socket.socket(socket.AF_UNIX)
giver.bind({place!r})
giver.listen()
print("ready", flush=True)
giver.settimeout({PATIENCE})
giver.accept()[0].recv(1)
"""
        giver = self.start(tool("setpriv"), "--reuid=65534", "--regid=65534", "--clear-groups", "python3", "-c", script)
        read_until(giver.stdout.fileno(), lambda data: data == b"ready\n")
        _, err = self.run_to_end(program("restart"), 0, place, code=1)
        self.assertEqual(err, "restart: start: adopt: Permission denied\n")
        self.finish(giver)

    def test_it_starts_after_one_that_was_killed(self):
        first = self.server()
        first.kill()
        first.wait(PATIENCE)
        self.assertTrue(os.path.exists(self.place))
        second = self.server()
        self.assertEqual(self.connect()[1], second.number)
        second.kill()

    def test_it_says_what_is_wrong(self):
        for words in ((), (1,), ("70000", self.place), ("1x", self.place), (1, 2, 3)):
            self.assertIn("usage: ", self.run_to_end(program("restart"), *words, code=2)[1])
        _, err = self.run_to_end(program("restart"), 0, "/nowhere/at/all", code=1)
        self.assertIn("No such file or directory", err)
        kept = self.file("kept", b"not a socket")
        _, err = self.run_to_end(program("restart"), 0, kept, code=1)
        self.assertIn("Address already in use", err)
        self.assertEqual(pathlib.Path(kept).read_bytes(), b"not a socket")
        server = self.server()
        _, err = self.run_to_end(program("restart"), self.port, self.path("other"), code=1)
        self.assertIn("Address already in use", err)
        self.end(server)


if __name__ == "__main__":
    unittest.main()
