# SPDX-License-Identifier: BSL-1.0
"""One port and several workers: processes that share a listener, and threads that each have one."""
import re
import signal
import socket
import subprocess
import unittest

from support import PATIENCE, program, wait_until


class Workers(unittest.TestCase):
    def start(self, name, *arguments):
        self.server = subprocess.Popen([program(name), *arguments], stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stderr.close)
        self.addCleanup(self.server.wait, PATIENCE)
        self.addCleanup(self.server.kill)
        self.port = int(re.search(r":(\d+)$", self.server.stderr.readline().strip()).group(1))

    def ask(self):
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as client:
            return b"".join(iter(lambda: client.recv(100), b""))

    def end(self):
        self.server.send_signal(signal.SIGINT)
        self.assertEqual(self.server.wait(PATIENCE), 0)
        with self.assertRaises(ConnectionRefusedError):
            self.ask()

    def test_processes_share_a_listener(self):
        self.start("prefork", "0", "3")
        answers = set()
        wait_until(lambda: answers.add(self.ask()) or len(answers) == 3, "an answer from each of three processes")
        self.assertTrue(all(int(one) != self.server.pid for one in answers))
        self.end()

    def test_threads_have_a_listener_each(self):
        self.start("reuse_port", "0", "3")
        answers = set()
        wait_until(lambda: answers.add(self.ask()) or len(answers) == 3, "an answer from each of three threads")
        self.assertEqual(answers, {b"0\n", b"1\n", b"2\n"})
        self.end()

    def test_both_start_again_at_once(self):
        for name in ("prefork", "reuse_port"):
            self.start(name, "0", "2")
            for _ in range(3):
                self.ask()
                self.end()
                self.start(name, str(self.port), "2")
            self.end()

    def test_usage(self):
        for name in ("prefork", "reuse_port"):
            for arguments in ([], ["1", "0"], ["65536", "1"], ["x"]):
                done = subprocess.run([program(name), *arguments], capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(done.returncode, 2)
                self.assertIn("usage:", done.stderr)


if __name__ == "__main__":
    unittest.main()
