#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The chat server with hundreds of people, some of whom behave badly."""
import os
import pathlib
import resource
import selectors
import signal
import socket
import struct
import time
import unittest

from support import PATIENCE, ProgramTest, program, read_until, tool, wait_until


class Guest:
    """A client that keeps what it hears."""

    def __init__(self, port, receive_buffer=None):
        self.line = socket.socket()
        if receive_buffer:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.line.settimeout(PATIENCE)
        self.line.connect(("127.0.0.1", port))
        self.heard = b""
        self.ended = False

    def say(self, text):
        self.line.sendall(text.encode())

    def hear_some(self):
        try:
            more = self.line.recv(1 << 16)
        except ConnectionResetError:
            more = b""
        self.heard += more
        self.ended = self.ended or not more

    def hear(self, text):
        """Reads on until the text has come."""
        while text.encode() not in self.heard:
            if self.ended:
                raise AssertionError(f"{text!r} never came, but {self.heard[-500:]!r}")
            self.hear_some()

    def hear_end(self):
        while not self.ended:
            self.hear_some()

    def reset(self):
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.line.close()


class ChatServer(ProgramTest):
    def serve(self, port=0, **how):
        server = self.start(program("chat_server"), f"127.0.0.1:{port}", **how)
        said = read_until(server.stderr.fileno(), lambda data: data.endswith(b"\n")).decode()
        self.assertRegex(said, r"^chat_server: listening on 127\.0\.0\.1:\d+\n$")
        return server, int(said.rpartition(":")[2])

    def guest(self, port, **how):
        guest = Guest(port, **how)
        self.addCleanup(guest.line.close)
        return guest

    def welcomed(self, port, **how):
        """A guest that is in, and its name."""
        guest = self.guest(port, **how)
        guest.hear(" among ")
        guest.name = guest.heard.split(b"welcome, ")[1].split(b",")[0].decode()
        return guest

    def stop(self, server, number=signal.SIGINT):
        server.send_signal(number)
        out, err = self.finish(server)
        self.assertEqual((out, err), (b"", ""))

    def hear_all(self, guests, complete):
        """Reads from all of them, until all are complete."""
        with selectors.DefaultSelector() as selector:
            for guest in guests:
                selector.register(guest.line, selectors.EVENT_READ, guest)
            waiting = {guest for guest in guests if not complete(guest)}
            limit = time.monotonic() + PATIENCE * 2
            while waiting:
                self.assertLess(time.monotonic(), limit, f"{len(waiting)} still wait")
                for key, _ in selector.select(1):
                    guest = key.data
                    guest.hear_some()
                    if guest.ended or complete(guest):
                        self.assertTrue(complete(guest), guest.heard[-200:])
                        waiting.discard(guest)
                        selector.unregister(guest.line)

    def test_what_one_says_all_others_hear(self):
        _, port = self.serve()
        ann, bob, carl = (self.welcomed(port) for _ in range(3))
        ann.hear(f"* {bob.name} is here\n")
        ann.say("hello, all\r\n")
        bob.hear(f"{ann.name}: hello, all\n")
        carl.hear(f"{ann.name}: hello, all\n")
        ann.say("/nick Ann\nand ag")
        carl.hear(f"* {ann.name} is Ann now\n")
        ann.say("ain\n")
        bob.hear("Ann: and again\n")
        bob.say("/quit\nthis is heard by nobody\n")
        bob.hear_end()
        ann.hear(f"* {bob.name} left\n")
        carl.line.shutdown(socket.SHUT_WR)
        ann.hear(f"* {carl.name} left\n")
        ann.say("/help\n")
        ann.hear("* there are /nick NAME and /quit\n")
        self.assertNotIn(b"heard by nobody", ann.heard)
        self.assertNotIn(b"Ann: hello", ann.heard)

    def test_terminals_are_safe(self):
        _, port = self.serve()
        rude, other = self.welcomed(port), self.welcomed(port)
        rude.say("\x1b[2J\x07grün\x7f\n/nick \x1b]x\n")
        other.hear(f"{rude.name}: ?[2J?grün?\n")
        other.hear("now\n")
        self.assertFalse(any(byte < 32 and byte != 10 or byte == 127 for byte in other.heard), other.heard)

    def test_a_line_without_end(self):
        _, port = self.serve()
        rude, other = self.welcomed(port), self.welcomed(port)
        rude.say("x" * 1000 + "\n")
        other.hear(f"{rude.name}: {'x' * 1000}\n")
        rude.line.sendall(b"y" * 1001)
        other.hear(f"* {rude.name} talked too much\n")
        rude.hear_end()
        self.assertNotIn(b"y", other.heard.replace(b"is here", b""))

    def test_hundreds_talk_at_once(self):
        crowd, lines = 300, 2
        _, port = self.serve()
        guests = [self.welcomed(port) for _ in range(crowd)]
        last = f"* {guests[-1].name} is here\n".encode()
        self.hear_all(guests[:-1], lambda guest: last in guest.heard)
        for guest in guests:
            guest.heard = b""
        for i in range(lines):
            for guest in guests:
                guest.say(f"line {i}\n")
        self.hear_all(guests, lambda guest: guest.heard.count(b"\n") >= lines * (crowd - 1))
        for guest in guests:
            expected = sorted(f"{other.name}: line {i}" for other in guests if other is not guest for i in range(lines))
            self.assertEqual(sorted(guest.heard.decode().splitlines()), expected)

    def test_who_does_not_read_holds_up_nobody_and_has_to_go(self):
        _, port = self.serve()
        deaf = self.welcomed(port, receive_buffer=4096)
        talker, listener = self.welcomed(port), self.welcomed(port)
        text = "x" * 900
        for i in range(40_000):
            talker.say(f"{i} {text}\n")
            if i % 50 == 0:
                listener.hear(f"{talker.name}: {i} ")
                listener.heard = listener.heard[-2000:]
                talker.line.setblocking(False)
                try:
                    talker.hear_some()
                except BlockingIOError:
                    pass
                talker.line.settimeout(PATIENCE)
                if f"* {deaf.name} did not listen\n".encode() in talker.heard:
                    break
        talker.hear(f"* {deaf.name} did not listen\n")
        talker.say("still here\n")
        listener.hear("still here\n")

    def test_who_reads_slowly_gets_everything(self):
        _, port = self.serve()
        slow = self.welcomed(port, receive_buffer=4096)
        talker = self.welcomed(port)
        size = 0
        for i in range(60):
            talker.say(f"{i:03} {'x' * 900}\n")
            size += 906 + len(talker.name)
        while slow.heard.count(b"x\n") < 60:
            slow.heard += slow.line.recv(100)
        numbers = [line.split()[1] for line in slow.heard.decode().splitlines() if line.endswith("x")]
        self.assertEqual(numbers, [f"{i:03}" for i in range(60)])

    def test_abrupt_ends_do_no_harm(self):
        server, port = self.serve()
        steady, other = self.welcomed(port), self.welcomed(port)
        handles = pathlib.Path(f"/proc/{server.pid}/fd")
        before = len(list(handles.iterdir()))
        for i in range(100):
            rude = self.guest(port)
            if i % 2:
                rude.hear(" among ")
            rude.say(f"bye {i}\n" * (i % 3))
            rude.reset()
        wait_until(lambda: len(list(handles.iterdir())) == before, "all who have gone are forgotten")
        steady.say("calm again\n")
        other.hear("calm again\n")

    def test_talks_with_nc(self):
        _, port = self.serve()
        nc = self.start(tool("nc"), "127.0.0.1", port, stdin=-1)
        read_until(nc.stdout.fileno(), lambda data: b" among " in data)
        guest = self.welcomed(port)
        nc.stdin.write(b"/nick nc\nhi from nc\n")
        guest.hear("nc: hi from nc\n")
        guest.say("hi nc\n")
        read_until(nc.stdout.fileno(), lambda data: b": hi nc\n" in data)

    def test_ends_cleanly_and_its_port_is_free_at_once(self):
        server, port = self.serve()
        for number in (signal.SIGINT, signal.SIGTERM) * 3:
            guests = [self.welcomed(port) for _ in range(20)]
            guests[0].say("before the end\n")
            guests[1].hear("before the end\n")
            self.stop(server, number)
            for guest in guests:
                guest.hear("* the chat is over\n")
                guest.hear_end()
            server, port = self.serve(port)
        self.stop(server)

    def test_no_descriptors_left(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
        server, port = self.serve(preexec_fn=few)
        inside = [self.welcomed(port) for _ in range(20 - len(os.listdir(f"/proc/{server.pid}/fd")))]
        outside = [self.guest(port) for _ in range(3)]

        def ticks():
            fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
            return int(fields[11]) + int(fields[12])
        before = ticks()
        time.sleep(0.5)
        self.assertLessEqual(ticks() - before, 10)  # of 50: it does not go round in circles
        inside[0].say("still talking\n")
        inside[1].hear("still talking\n")
        for guest in inside[:3]:
            guest.say("/quit\n")
        for guest in outside:
            guest.hear(" among ")
        self.stop(server)

    def test_errors_are_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            for words, code, message in (
                    ([f"127.0.0.1:{port}"], 1, "chat_server: bind: Address already in use\n"),
                    (["127.0.0.1"], 2, "chat_server: "),
                    ([], 2, "usage: chat_server ADDRESS:PORT\n")):
                _, err = self.run_to_end(program("chat_server"), *words, code=code)
                self.assertTrue(err.startswith(message), err)


if __name__ == "__main__":
    unittest.main()
