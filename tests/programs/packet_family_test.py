#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The frames that the packet_family example sees on its own veth."""
import re
import socket
import sys
import unittest

from support import ProgramTest, VethTest, needs_root, program, read_until, tool

HEADER = b"\xff" * 6 + b"\x02" + bytes(5) + b"\x08\x00"  # to everybody, IPv4


@needs_root
class PacketFamily(VethTest):
    def watch(self, *words):
        process = self.start(*self.inside(self.left, program("packet_family"), "veth-l", *words))
        said = read_until(process.stderr.fileno(), lambda data: data.endswith(b"\n"))
        self.assertEqual(said, b"packet_family: listening\n")
        return process

    def send(self, *frames):
        """From the right, as they are."""
        script = f"""
import socket
line = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
line.bind(("veth-r", 0x0800))
for frame in {frames!r}:
    line.send(frame)
"""
        self.run_to_end(*self.inside(self.right, sys.executable, "-c", script))

    def test_sees_what_a_ping_sends_and_what_answers(self):
        watcher = self.watch()
        self.run_to_end(*self.inside(self.right, tool("ping"), "-c", "1", "-W", "10", "192.0.2.1"))
        seen = read_until(watcher.stdout.fileno(), lambda data: re.search(rb"out 98 bytes.*\n", data)).decode()
        asked = "in  98 bytes, type 0800, 192.0.2.2 > 192.0.2.1, protocol 1\n"
        answered = "out 98 bytes, type 0800, 192.0.2.1 > 192.0.2.2, protocol 1\n"
        self.assertIn(asked, seen)
        self.assertGreater(seen.find(answered), seen.find(asked))
        self.assertIn("type 0806\n", seen)  # the right asked for the left's address first
        watcher.terminate()
        self.finish(watcher)

    def test_frames_that_are_no_packets(self):
        watcher = self.watch()
        self.send(HEADER, HEADER + b"\x45" + bytes(10), HEADER + b"\x66" + bytes(50), HEADER + b"\x41" + bytes(50),
                  HEADER + b"\x45" + bytes(50))
        seen = read_until(watcher.stdout.fileno(), lambda data: data.count(b"type 0800") == 5).decode()
        self.assertEqual([line for line in seen.splitlines() if "0800" in line],
                         ["in  14 bytes, type 0800, the packet ends within its header",
                          "in  25 bytes, type 0800, the packet ends within its header",
                          "in  65 bytes, type 0800, the packet has another IP version",
                          "in  65 bytes, type 0800, the header length is below the minimum",
                          "in  65 bytes, type 0800, the total length is below the header length"])

    def test_ends_after_so_many_frames(self):
        watcher = self.watch(3)
        self.send(*[HEADER] * 3)
        out, _ = self.finish(watcher)
        self.assertEqual(out.count(b"\n"), 3)


class Usage(ProgramTest):
    def test_usage(self):
        for words in ([], ["lo", "0"], ["lo", "x"], ["lo", "1", "1"]):
            with self.subTest(words):
                self.assertIn("usage: ", self.run_to_end(program("packet_family"), *words, code=2)[1])

    def test_no_such_interface(self):
        _, err = self.run_to_end(program("packet_family"), "no-such-device", code=1)
        self.assertEqual(err, "packet_family: no-such-device: interface index: No such device\n")

    @needs_root
    def test_without_the_privilege(self):
        names = [name for _, name in socket.if_nameindex()]
        command = [tool("setpriv"), "--bounding-set=-net_raw", "--inh-caps=-net_raw", program("packet_family"), names[0]]
        _, err = self.run_to_end(*command, code=1)
        self.assertEqual(err, f"packet_family: {names[0]}: open: Operation not permitted\n")


if __name__ == "__main__":
    unittest.main()
