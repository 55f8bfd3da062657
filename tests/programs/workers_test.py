# SPDX-License-Identifier: BSL-1.0
"""One port and several workers: processes that share a listener, and threads that each have one."""
import contextlib
import os
import re
import signal
import socket
import unittest

from support import PATIENCE, ProgramTest, program, read_until, wait_until, wait_until_at_rest


class Workers(ProgramTest):
    def serve(self, name, *arguments):
        self.server = self.start(program(name), *arguments, start_new_session=True)
        self.addCleanup(self.end_all, self.server.pid)
        said = read_until(self.server.stderr.fileno(), lambda data: b"\n" in data).decode()
        self.port = int(re.search(r":(\d+)\n$", said).group(1))

    @staticmethod
    def end_all(session):
        """No worker outlives a test that fails."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(session, signal.SIGKILL)

    def ask(self):
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as client:
            return b"".join(iter(lambda: client.recv(100), b""))

    def end(self):
        wait_until_at_rest(self.server)
        self.end_at_once()

    def end_at_once(self):
        self.server.send_signal(signal.SIGINT)
        self.finish(self.server)
        with self.assertRaises(ConnectionRefusedError):
            self.ask()

    def test_processes_share_a_listener(self):
        self.serve("prefork", "0", "3")
        answers = set()
        wait_until(lambda: answers.add(self.ask()) or len(answers) == 3, "an answer from each of three processes")
        self.assertTrue(all(int(one) != self.server.pid for one in answers))
        self.end()

    def test_threads_have_a_listener_each(self):
        self.serve("reuse_port", "0", "3")
        answers = set()
        wait_until(lambda: answers.add(self.ask()) or len(answers) == 3, "an answer from each of three threads")
        self.assertEqual(answers, {b"0\n", b"1\n", b"2\n"})
        self.end()

    def test_both_start_again_at_once(self):
        for name in ("prefork", "reuse_port"):
            self.serve(name, "0", "2")
            for _ in range(3):
                self.ask()
                self.end()
                self.serve(name, str(self.port), "2")
            self.end()

    def test_a_signal_may_come_before_the_workers_have_begun(self):
        for name in ("prefork", "reuse_port"):
            for _ in range(20):
                self.serve(name, "0", "3")
                self.end_at_once()

    def test_usage(self):
        for name in ("prefork", "reuse_port"):
            for arguments in ([], ["1", "0"], ["65536", "1"], ["x"]):
                self.assertIn("usage:", self.run_to_end(program(name), *arguments, code=2)[1])


if __name__ == "__main__":
    unittest.main()
