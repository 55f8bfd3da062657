# SPDX-License-Identifier: BSL-1.0
"""The README's echo server and client, each against a counterpart that we did not write."""
import re
import socket
import subprocess
import threading
import unittest

from support import PATIENCE, program, tool


class Echo(unittest.TestCase):
    def serve(self):
        server = subprocess.Popen([program("echo"), "serve", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, PATIENCE)
        self.addCleanup(server.kill)
        return re.search(r"listening on 127\.0\.0\.1:(\d+)", server.stderr.readline()).group(1)

    def test_server_answers_nc_one_client_after_the_other(self):
        port = self.serve()
        for text in (b"hello\n", b"again\n"):
            done = subprocess.run([tool("nc"), "-N", "127.0.0.1", port], input=text, capture_output=True, timeout=PATIENCE)
            self.assertEqual(done.stdout, text)

    def test_server_survives_a_client_that_resets(self):
        port = self.serve()
        with socket.create_connection(("127.0.0.1", int(port)), PATIENCE) as rude:
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            rude.sendall(b"x" * 100000)
        done = subprocess.run([tool("nc"), "-N", "127.0.0.1", port], input=b"next\n", capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.stdout, b"next\n")

    def test_client_prints_what_a_python_server_sends(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(PATIENCE)

            def answer():
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(PATIENCE)
                    heard = b"".join(iter(lambda: connection.recv(1000), b""))
                    connection.sendall(heard.upper())
            peer = threading.Thread(target=answer)
            peer.start()
            done = subprocess.run([program("echo"), "call", f"127.0.0.1:{server.getsockname()[1]}", "hello"],
                                  capture_output=True, timeout=PATIENCE)
            peer.join(PATIENCE)
        self.assertEqual((done.stdout, done.returncode), (b"HELLO", 0))

    def test_errors_are_named(self):
        for arguments, status, message in (
                (["call", "127.0.0.1:1", "x"], 1, "echo: connect: Connection refused"),
                (["serve", "192.0.2.256:1"], 2, "field 4, position 8: the octet is above 255"),
                (["serve", "192.0.2.1:1"], 1, "echo: bind: Cannot assign requested address"),
                ([], 2, "usage:")):
            done = subprocess.run([program("echo"), *arguments], capture_output=True, text=True, timeout=PATIENCE)
            self.assertEqual(done.returncode, status)
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
