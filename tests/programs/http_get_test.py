#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The http_get example against http.server and against servers that answer in every odd way."""
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
import unittest

from support import PATIENCE, ProgramTest, needs_ipv6, program, read_until


class HttpGet(ProgramTest):
    def get(self, host, port, path="", *limit, code=0):
        return self.run_to_end(program("http_get"), f"http://{host}:{port}{path}", *limit, code=code)

    def serve_files(self, host):
        """python3 -m http.server over our directory; returns its port."""
        server = self.start(sys.executable, "-u", "-m", "http.server", "0", "--bind", host,
                            "--directory", self.directory, stderr=subprocess.DEVNULL)
        line = read_until(server.stdout.fileno(), lambda data: b"\n" in data).decode()
        return int(re.search(r"port (\d+)", line)[1])

    @contextlib.contextmanager
    def answering(self, answer, pieces=1, pause=0):
        """A server that gives one fixed answer, in so many pieces with pauses; yields its port and the requests."""
        requests = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(PATIENCE)

            def serve():
                line, _ = listener.accept()
                with line:
                    line.settimeout(PATIENCE)
                    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    request = b""
                    while b"\r\n\r\n" not in request and (more := line.recv(4096)):
                        request += more
                    requests.append(request)
                    step = max(1, -(-len(answer) // pieces))
                    with contextlib.suppress(ConnectionError):
                        for start in range(0, len(answer), step):
                            line.sendall(answer[start:start + step])
                            time.sleep(pause)

            server = threading.Thread(target=serve)
            server.start()
            try:
                yield listener.getsockname()[1], requests
            finally:
                server.join(PATIENCE)
                self.assertFalse(server.is_alive())

    def test_a_binary_file_comes_whole(self):
        content = os.urandom(8 << 20)
        self.file("page.bin", content)
        out, err = self.get("127.0.0.1", self.serve_files("127.0.0.1"), "/page.bin")
        self.assert_same(out, content)
        self.assertEqual(err, "HTTP/1.0 200 OK\n")

    @needs_ipv6
    def test_over_ipv6(self):
        self.file("page", b"six")
        out, _ = self.get("[::1]", self.serve_files("::1"), "/page")
        self.assertEqual(out, b"six")

    def test_what_is_not_there(self):
        out, err = self.get("127.0.0.1", self.serve_files("127.0.0.1"), "/missing", code=1)
        self.assertIn(b"404", out)
        self.assertEqual(err, "HTTP/1.0 404 File not found\n")

    def test_the_request(self):
        with self.answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, requests):
            self.get("127.0.0.1", port)
        self.assertEqual(requests[0].decode(), f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")

    def test_refused(self):
        with socket.socket() as holder:  # bound and not listening: nobody else gets the port
            holder.bind(("127.0.0.1", 0))
            port = holder.getsockname()[1]
            out, err = self.get("127.0.0.1", port, code=1)
        self.assertEqual((out, err), (b"", f"http_get: 127.0.0.1:{port}: connect: Connection refused\n"))

    def test_bodies_of_every_kind(self):
        chunked = (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                   b"5\r\nhello\r\nA;name=value\r\n, chunked \r\n05\r\nworld\r\n0\r\nTrailer: x\r\n\r\n")
        answers = {
            "to the end of the stream": (b"HTTP/1.0 200 OK\r\n\r\nhello", b"hello"),
            "of a stated length": (b"HTTP/1.1 200 OK\r\ncontent-LENGTH:  5\r\n\r\nhello and more", b"hello"),
            "empty": (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
            "in chunks": (chunked, b"hello, chunked world"),
        }
        for name, (answer, body) in answers.items():
            for pieces in (1, len(answer)):
                with self.subTest(name, pieces=pieces), self.answering(answer, pieces) as (port, _):
                    self.assertEqual(self.get("127.0.0.1", port)[0], body)

    def test_answers_that_are_cut_or_wrong_fail(self):
        early = "recv: the peer closed the stream before the end of the data"
        wrong = "recv: Protocol error"
        answers = {
            "nothing": (b"", early),
            "half a header": (b"HTTP/1.1 200 OK\r\nContent-Le", early),
            "half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", early),
            "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhello", early),
            "no last chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n", early),
            "no number": (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello", wrong),
            "too large a number": (b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nhello", wrong),
            "no chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n", wrong),
            "an endless line": (b"HTTP/1.1 200 OK\r\nX: " + b"y" * (1 << 20), wrong),
        }
        for name, (answer, why) in answers.items():
            with self.subTest(name), self.answering(answer) as (port, _):
                _, err = self.get("127.0.0.1", port, code=1)
                self.assertTrue(err.endswith(f"http_get: 127.0.0.1:{port}: {why}\n"), err)

    def test_only_2xx_is_success(self):
        for status, code in (("200 OK", 0), ("299 Odd", 0), ("301 Moved", 1), ("500 Oops", 1), ("", 1)):
            answer = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
            with self.subTest(status), self.answering(answer) as (port, _):
                self.get("127.0.0.1", port, code=code)

    def test_stdout_that_takes_nothing_is_a_failure(self):
        with self.answering(b"HTTP/1.0 200 OK\r\n\r\nhello") as (port, _), open("/dev/full", "wb") as full:
            _, err = self.run_to_end(program("http_get"), f"127.0.0.1:{port}", code=1, stdout=full)
        self.assertIn("cannot write to stdout", err)

    def test_usage(self):
        for words in ([], [""], ["http://"], ["::1"], ["a:/"], ["localhost/a b"], ["local host"], ["localhost/\r\nX: y"],
                      ["localhost", "0"], ["localhost", "-1"], ["localhost", "5s"], ["localhost", ""],
                      ["localhost", "1", "x"]):
            with self.subTest(words):
                _, err = self.run_to_end(program("http_get"), *words, code=2)
                self.assertIn("usage: http_get", err)

    def test_names(self):
        self.file("page", b"by name")
        port = self.serve_files("127.0.0.1")
        for words in ([f"localhost:{port}/page"], [f"http://localhost:{port}/page"],
                      [f"localhost:{port}/page", PATIENCE]):
            with self.subTest(words):
                self.assertEqual(self.run_to_end(program("http_get"), *words), (b"by name", "HTTP/1.0 200 OK\n"))

    def test_the_request_has_the_name(self):
        with self.answering(b"HTTP/1.1 204 No Content\r\n\r\n") as (port, requests):
            self.get("localhost", port, "/a?b=http://c:1/")
        self.assertEqual(requests[0].decode(),
                         f"GET /a?b=http://c:1/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")

    def test_names_that_do_not_exist(self):
        for host, port, why in (("127.0.0.256", 80, "there is no such host"), ("[::g]", 80, "there is no such host"),
                                ("127.0.0.1", 65536, "there is no such service"),
                                ("127.0.0.1", "no-such-service", "there is no such service")):
            for limit in ((), (PATIENCE,)):
                with self.subTest(host, port=port, limit=limit):
                    _, err = self.get(host, port, "/", *limit, code=1)
                    self.assertEqual(err, f"http_get: {host}:{port}: resolve: {why}\n")

    def test_the_limit_is_for_all_of_it(self):
        """Each byte comes in time, and the last one too late."""
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
        with self.answering(answer, pieces=100, pause=0.1) as (port, _):
            start = time.monotonic()
            out, err = self.get("localhost", port, "/", "1", code=1)
            self.assertGreaterEqual(time.monotonic() - start, 1)
            self.assertLess(time.monotonic() - start, 8)
        self.assertEqual(err, f"HTTP/1.1 200 OK\nhttp_get: localhost:{port}: recv: the limit was reached\n")
        self.assertLess(len(out), 1000)

    def test_no_answer_within_the_limit(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            _, err = self.get("127.0.0.1", port, "/", "0.3", code=1)
        self.assertEqual(err, f"\nhttp_get: 127.0.0.1:{port}: recv: the limit was reached\n")

    def test_an_answer_within_the_limit(self):
        with self.answering(b"HTTP/1.0 200 OK\r\n\r\nhello", pieces=5, pause=0.05) as (port, _):
            self.assertEqual(self.get("localhost", port, "/", PATIENCE)[0], b"hello")


if __name__ == "__main__":
    unittest.main()
