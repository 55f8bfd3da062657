#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The way to an address, along a chain of network namespaces."""
import re
import socket
import subprocess
import sys
import time
import unittest

from support import PATIENCE, ChainTest, ProgramTest, has_ipv6, needs_control_messages, needs_ipv6, needs_root, program, \
    read_until, tool

VERSIONS = (4, 6) if has_ipv6() else (4,)
PORT = 33434


@needs_control_messages
@needs_root
class Chain(ChainTest):
    """The first namespace asks; two routers are between it and the last one."""

    def trace(self, *words, code=0):
        """The hops that are shown, each time checked and taken away, and what is said of an error."""
        out, err = self.run_to_end(*self.inside(self.chain[0], program("traceroute"), *words), code=code)
        hops = []
        for number, line in enumerate(out.decode().splitlines(), 1):
            found = re.fullmatch(rf" ?{number}  (?:(\*)|(\S+)  \d+\.\d\d\d ms)", line)
            self.assertTrue(found, line)
            hops.append(found.group(1) or found.group(2))
        return hops, err

    def way(self, version):
        """What each namespace but the first is known by to the first: the end of the network that it is reached by."""
        return [self.address(network, 2, version) for network in range(self.length - 1)]

    def filter(self, where, hook, rule):
        rules = self.file("rules.nft", f"table inet t {{ chain {hook} {{ type filter hook {hook} priority 0;\n{rule}\n}}\n"
                                       "}\n".encode())
        done = subprocess.run(self.inside(where, tool("nft"), "-f", rules), capture_output=True, check=False)
        if done.returncode:
            self.skipTest(f"no packet filter: {done.stderr.decode().strip()}")

    def test_every_router_is_shown_in_order_and_the_address_ends_it(self):
        for version in VERSIONS:
            way = self.way(version)
            for last, target in enumerate(way):
                with self.subTest(target):
                    self.assertEqual(self.trace(target), (way[:last + 1], ""))

    def test_its_own_address_is_one_hop(self):
        for version in VERSIONS:
            for target in (self.address(0, 1, version), "127.0.0.1" if version == 4 else "::1"):
                with self.subTest(target):
                    self.assertEqual(self.trace(target), ([target], ""))

    def test_a_router_that_does_not_answer(self):
        self.filter(self.chain[2], "output", "icmp type time-exceeded drop\nicmpv6 type time-exceeded drop")
        for version in VERSIONS:
            with self.subTest(version):
                first, _, target = self.way(version)
                begin = time.monotonic()
                self.assertEqual(self.trace("-w", 200, target), ([first, "*", target], ""))
                self.assertGreaterEqual(time.monotonic() - begin, 0.2)

    def test_an_address_that_does_not_answer(self):
        """The second router forgets what goes there."""
        for version, nowhere in ((4, "198.51.100.1"), (6, "2001:db8:ffff::1"))[:len(VERSIONS)]:
            with self.subTest(version):
                self.ip(self.chain[2], "route", "add", "blackhole", nowhere)
                self.assertEqual(self.trace("-m", 4, "-w", 100, nowhere, code=1),
                                 ([self.way(version)[0], "*", "*", "*"], ""))

    def test_too_few_hops(self):
        for version in VERSIONS:
            way = self.way(version)
            for most in range(1, len(way)):
                with self.subTest((version, most)):
                    self.assertEqual(self.trace("-m", most, way[-1], code=1), (way[:most], ""))
            self.assertEqual(self.trace("-m", len(way), way[-1]), (way, ""))

    def test_a_router_that_knows_no_way(self):
        for version, nowhere in ((4, "198.51.100.1"), (6, "2001:db8:ffff::1"))[:len(VERSIONS)]:
            for kind in ("unreachable", "prohibit"):
                with self.subTest((version, kind)):
                    self.ip(self.chain[2], "route", "replace", kind, nowhere)
                    hops, err = self.trace(nowhere, code=1)
                    self.assertEqual(hops, self.way(version)[:2])
                    self.assertRegex(err, rf"^traceroute: \[?{nowhere}\]?:{PORT + 2}: "
                                          r"\w+: (No route to host|Permission denied|Network is unreachable)\n$")

    def test_a_router_that_says_that_nobody_is_at_the_port(self):
        """As if it were the address: it is not."""
        self.filter(self.chain[1], "forward", "meta l4proto udp reject with icmpx type port-unreachable")
        for version in VERSIONS:
            with self.subTest(version):
                way = self.way(version)
                hops, err = self.trace(way[2], code=1)
                self.assertEqual(set(hops), {way[0]})
                self.assertRegex(err, "Connection refused")

    def test_no_route(self):
        for version, nowhere in ((4, "198.51.100.1"), (6, "2001:db8:ffff::1"))[:len(VERSIONS)]:
            with self.subTest(version):
                self.ip(self.chain[0], f"-{version}", "route", "del", "default")
                self.assertEqual(self.trace(nowhere, code=1), ([], f"traceroute: {self.text(nowhere)}:{PORT + 1}: "
                                                                   "send_message: Network is unreachable\n"))

    @staticmethod
    def text(address):
        return f"[{address}]" if ":" in address else address

    def test_an_answer_that_comes_late_is_not_taken_for_another(self):
        """The neighbour's own answers are dropped. A script there answers the first datagram after the second, and then
        the third."""
        nowhere = "198.51.100.1"
        self.ip(self.chain[1], "route", "add", "blackhole", nowhere)
        script = f"""
import socket
def checksum(data):
    total = sum(int.from_bytes(data[at:at + 2], "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return (~total & 0xffff).to_bytes(2, "big")
def answer(quoted):
    head, rest = b"\\x0b\\x00", bytes(4) + quoted[:28]
    out.sendto(head + checksum(head + b"\\x00\\x00" + rest) + rest, ("{self.address(0, 1)}", 0))
line = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
line.bind(("left", 0x0800))
line.settimeout({PATIENCE})
out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
print("ready", flush=True)
def datagram():
    while True:
        packet = line.recv(1000)
        if packet[16:20] == socket.inet_aton("{nowhere}"):
            return packet
first, second = datagram(), datagram()
answer(first)
answer(datagram())
"""
        other = self.start(*self.inside(self.chain[1], sys.executable, "-c", script))
        read_until(other.stdout.fileno(), lambda data: data == b"ready\n")
        self.assertEqual(self.trace("-m", 3, "-w", 500, nowhere, code=1), (["*", "*", self.address(0, 2)], ""))
        self.finish(other)


class Usage(ProgramTest):
    def test_wrong_usage(self):
        for words in ((), ("-m",), ("-m", 0, "::1"), ("-m", 256, "::1"), ("-m", "1x", "::1"), ("-w", 0, "::1"),
                      ("-w", 60001, "::1"), ("-x", "::1"), ("localhost",), ("127.0.0.1", "127.0.0.1"), ("127.0.0.256",),
                      ("127.0.0.1", "-m")):
            with self.subTest(words):
                out, err = self.run_to_end(program("traceroute"), *words, code=2)
                self.assertEqual(out, b"")
                self.assertIn("usage: traceroute ", err)

    @needs_control_messages
    def test_this_machine_is_one_hop_for_any_user(self):
        out, _ = self.run_to_end(program("traceroute"), "-m", 1, "127.0.0.1")
        self.assertRegex(out, rb"^ 1  127\.0\.0\.1  \d+\.\d\d\d ms\n$")

    @needs_control_messages
    @needs_ipv6
    def test_this_machine_by_ipv6(self):
        out, _ = self.run_to_end(program("traceroute"), "-w", 60000, "-m", 255, "::1")
        self.assertRegex(out, rb"^ 1  ::1  \d+\.\d\d\d ms\n$")


if __name__ == "__main__":
    unittest.main()
