#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The port scanner against listeners of Python's, in a network of their own: a scan reaches into every other test."""
import contextlib
import os
import resource
import socket
import sys
import time
import unittest

from support import ProgramTest, needs_ipv6, needs_root, program, tool

HOST = "127.0.0.1"


@needs_root
class PortScanner(ProgramTest):
    def scan(self, *words, **how):
        """Ports that are said to be open, and the three numbers of the summary."""
        out, err = self.run_to_end(program("port_scanner"), *words, **how)
        self.assertRegex(err, r"^port_scanner: \d+ open, \d+ closed, \d+ without an answer\n$")
        ports = [int(line.split()[0]) for line in out.decode().splitlines()]
        numbers = [int(word) for word in err.replace(",", "").split() if word.isdigit()]
        self.assertEqual(len(ports), numbers[0])
        return ports, numbers

    def listen(self, host, port=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
        self.addCleanup(listener.close)
        return listener.getsockname()[1]

    def test_finds_who_listens(self):
        open_ports = {self.listen(HOST) for _ in range(20)}
        first, last = min(open_ports), max(open_ports)
        found, numbers = self.scan(HOST, f"{first}-{last}")
        self.assertEqual(found, sorted(open_ports))
        self.assertEqual(numbers, [20, last - first + 1 - 20, 0])

    def test_one_port_and_its_service(self):
        port = self.listen(HOST)
        self.assertEqual(self.scan(HOST, port), ([port], [1, 0, 0]))

    def test_the_name_of_a_service(self):
        def name_of(port):
            with contextlib.suppress(OSError):
                return socket.getservbyport(port, "tcp")
            return ""
        port = next(filter(name_of, range(1024, 32768)), None)
        if not port:
            self.skipTest("this machine knows no services: /etc/services")
        self.listen(HOST, port)
        out, _ = self.run_to_end(program("port_scanner"), HOST, port)
        self.assertEqual(out.decode(), f"{port} {name_of(port)}\n")

    def test_all_ports(self):
        port = self.listen(HOST)
        self.assertEqual(self.scan(), ([port], [1, 65534, 0]))

    @needs_ipv6
    def test_over_ipv6(self):
        port = self.listen("::1")
        self.assertEqual(self.scan("::1", f"{port}-{port}"), ([port], [1, 0, 0]))

    def test_leaves_no_connection_behind(self):
        listener = socket.create_server((HOST, 0))
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]
        self.scan(HOST, port)
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table][1:]
        number = f":{port:04X}"
        self.assertEqual([row for row in rows if row[2].endswith(number) and row[3] != "0A"], [])

    def test_no_descriptors_left(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))
        port = self.listen(HOST)
        found, numbers = self.scan(HOST, f"{max(1, port - 500)}-{port}", preexec_fn=few)
        self.assertEqual((found, numbers[2]), ([port], 0))

    def test_wrong_usage(self):
        for words in (["127.0.0.1", "0"], ["127.0.0.1", "9-8"], ["127.0.0.1", "1-65536"], ["127.0.0.1", "x"],
                      ["127.0.0.1", "1", "2"], ["-n", "0"], ["-t", "-1"], ["-x"]):
            _, err = self.run_to_end(program("port_scanner"), *words, code=2)
            self.assertIn("usage: port_scanner", err)
        _, err = self.run_to_end(program("port_scanner"), "127.0.0", code=2)
        self.assertRegex(err, r"^port_scanner: .+\n$")


# Runs the command that it is given, and meanwhile listens in a network of its own.
INSIDE = """
import socket, subprocess, sys
listeners = [socket.create_server(("127.0.0.1", port)) for port in (5999, 6010, 6060)]
sys.exit(subprocess.call(sys.argv[1:]))
"""
RULES = b"""
table inet t {
    chain c {
        type filter hook input priority 0;
        tcp dport 6000-6049 drop
        tcp dport 6050-6054 reject with tcp reset
        tcp dport 6055-6059 reject
    }
}
"""


@needs_root
class BehindAFirewall(ProgramTest):
    """Ports 6000 to 6049 swallow what comes, and ten more say no, as a closed port does or with an ICMP message."""

    def scan_inside(self, *words):
        script = f'{tool("ip")} link set lo up && {tool("nft")} -f {self.file("rules.nft", RULES)} && exec "$@"'
        begin = time.monotonic()
        out, err = self.run_to_end(tool("unshare"), "--net", "sh", "-c", script, "sh", sys.executable, "-c", INSIDE,
                                   program("port_scanner"), *words)
        self.assertEqual([int(port) for port in out.split() if port.isdigit()], [5999, 6060])
        self.assertRegex(err, r"^port_scanner: 2 open, \d+ closed, 50 without an answer\n$")
        return time.monotonic() - begin, int(err.split()[3])

    def test_silent_ports_cost_their_time_together(self):
        seconds, closed = self.scan_inside("-t", "500", "127.0.0.1", "5950-6100")
        self.assertGreaterEqual(seconds, 0.5)
        self.assertEqual(closed, 151 - 2 - 50)

    def test_few_attempts_at_once_take_turns(self):
        seconds, _ = self.scan_inside("-t", "100", "-n", "10", "127.0.0.1", "5950-6100")
        self.assertGreaterEqual(seconds, 0.5)


OWN_NETWORK = "KEYWAY_OWN_NETWORK"  # set in the environment of the process that has one

if __name__ == "__main__":
    if os.geteuid() == 0 and OWN_NETWORK not in os.environ:
        os.environ[OWN_NETWORK] = "1"
        os.execv(tool("unshare"), ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh",
                                   sys.executable, *sys.argv])
    unittest.main()
