# SPDX-License-Identifier: BSL-1.0
"""The echo server: real clients over every family, signals, resets and want of descriptors; and its end."""
import os
import random
import re
import resource
import signal
import socket
import struct
import subprocess
import threading
import unittest

from support import PATIENCE, ProgramTest, needs_ipv6, program, read_until, tool, wait_until, wait_until_at_rest

RESET = struct.pack("ii", 1, 0)


class EchoServer(ProgramTest):
    def serve(self, port=0, **options):
        self.place = self.path("echo")
        self.server = self.start(program("echo_server"), port, self.place, **options)
        said = read_until(self.server.stderr.fileno(), lambda data: data.count(b"\n") == 1).decode()
        self.assertIn("listening on [::]:", said)
        self.port = int(re.search(r":(\d+)\n$", said).group(1))

    def end(self, how=signal.SIGINT):
        """What the server says at its end."""
        wait_until_at_rest(self.server)
        self.server.send_signal(how)
        _, said = self.finish(self.server)
        self.assertFalse(os.path.exists(self.place))
        return said

    def ask(self, text, address="127.0.0.1"):
        with socket.create_connection((address, self.port), PATIENCE) as client:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))

    @needs_ipv6
    def test_one_server_answers_over_every_family(self):
        self.serve()
        for command in ([tool("nc"), "-N", "127.0.0.1", str(self.port)], [tool("nc"), "-N", "::1", str(self.port)],
                        [tool("nc"), "-N", "-U", self.place], [tool("socat"), "-t5", "-", f"UNIX-CONNECT:{self.place}"]):
            done = subprocess.run(command, input=b"hello\n", capture_output=True, timeout=PATIENCE)
            self.assertEqual(done.stdout, b"hello\n", command)
        self.assertIn("4 connections, 0 cut off", self.end())

    def test_a_hundred_clients_at_once(self):
        self.serve()
        answers = {}

        def client(number):
            text = random.Random(number).randbytes(50_000)
            answers[number] = self.ask(text) == text
        threads = [threading.Thread(target=client, args=(number,)) for number in range(100)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(PATIENCE)
        self.assertEqual(list(answers.values()), [True] * 100)
        self.assertIn("100 connections", self.end())

    def test_it_starts_again_at_once_with_the_same_port_and_path(self):
        self.serve()
        port = self.port
        for number in range(10):
            self.assertEqual(self.ask(b"round"), b"round")
            if number < 2:  # a client that is still there: the server closes first, and its port is in TIME_WAIT
                with socket.create_connection(("127.0.0.1", port), PATIENCE) as staying:
                    staying.sendall(b"x")
                    self.assertEqual(staying.recv(1), b"x")
                    self.end()
            else:
                self.end(signal.SIGTERM if number % 2 else signal.SIGINT)
            self.serve(port)
        self.end()

    def test_a_client_that_stays_is_cut_off_when_the_drain_is_over(self):
        self.serve()
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as idle:
            idle.sendall(b"x")
            self.assertEqual(idle.recv(1), b"x")
            self.assertIn("1 cut off", self.end())
            self.assertEqual(idle.recv(1), b"")

    def test_a_second_signal_ends_it_at_once(self):
        self.serve()
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as idle:
            idle.sendall(b"x")
            self.assertEqual(idle.recv(1), b"x")
            self.server.send_signal(signal.SIGINT)
            # What comes within a tenth of a second is the same request, so one more until it does.
            wait_until(lambda: self.server.poll() is not None or self.server.send_signal(signal.SIGINT), "the end")
        self.assertEqual(self.server.wait(PATIENCE), -signal.SIGINT)

    def test_it_survives_resets_signals_and_want_of_descriptors(self):
        self.serve(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
        crowd = []
        for number in range(120):
            try:
                client = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            except OSError:
                continue
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            if number % 3 == 0:
                client.close()  # with a reset, perhaps still in the queue
            else:
                crowd.append(client)
            self.server.send_signal(signal.SIGWINCH)
        for client in crowd:
            client.close()
        self.assertEqual(wait_until(lambda: self.try_to_ask(b"still here"), "an answer"), b"still here")
        self.end()

    def try_to_ask(self, text):
        try:
            return self.ask(text)
        except OSError:
            return b""

    def test_it_says_what_is_wrong(self):
        self.serve()
        for arguments, status, message in (
                ([], 2, "usage:"), (["70000", self.place], 2, "usage:"), (["1x", self.place], 2, "usage:"),
                ([str(self.port), self.place + "2"], 1, "Address already in use"),
                (["0", "/nowhere/at/all"], 1, "No such file or directory")):
            self.assertIn(message, self.run_to_end(program("echo_server"), *arguments, code=status)[1])
        self.end()


if __name__ == "__main__":
    unittest.main()
