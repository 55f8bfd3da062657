#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The ping example against this machine's kernel, and against answers that a kernel would never give."""
import re
import shutil
import socket
import struct
import sys
import unittest

from support import PATIENCE, ChainTest, ProgramTest, has_ipv6, needs_ipv6, needs_root, program, tool

ANSWER = r"64 bytes from {}: seq={} time=\d+\.\d\d ms\n"
NOBODY = 65534


def in_namespace(*command, setup="true", user=None):
    """The command in a network of its own, with a loopback device, which goes away with the last process in it."""
    identity = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    script = f'{tool("ip")} link set lo up && {setup} && exec "$@"'
    tool("setpriv")
    return [tool("unshare"), "--net", "sh", "-c", script, "sh", *identity, *command]


OPEN_TO_ALL = "echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range"
CLOSED_TO_ALL = "echo '1 0' > /proc/sys/net/ipv4/ping_group_range"


@needs_root
class Ping(ProgramTest):
    def setUp(self):
        super().setUp()
        # Where every user gets at it, unlike perhaps the build directory.
        self.directory.chmod(0o755)
        self.ping = shutil.copy(program("ping"), self.path("ping"))

    def check_answers(self, output, address, count):
        lines = "".join(ANSWER.format(re.escape(address), n) for n in range(1, count + 1))
        self.assertRegex(output.decode(), f"^{lines}{count} sent, {count} answered\n$")

    def test_raw_ipv4(self):
        out, _ = self.run_to_end(self.ping, "-c", 2, "127.0.0.1")
        self.check_answers(out, "127.0.0.1", 2)

    @needs_ipv6
    def test_raw_ipv6(self):
        out, _ = self.run_to_end(self.ping, "-c", 2, "::1")
        self.check_answers(out, "::1", 2)

    def test_several_at_once_do_not_take_each_others_answers(self):
        running = [self.start(self.ping, "-c", 1, "127.0.0.1") for _ in range(8)]
        for process in running:
            self.check_answers(self.finish(process)[0], "127.0.0.1", 1)

    def test_ping_sockets(self):
        for address in ("127.0.0.1", "::1"):
            out, _ = self.run_to_end(*in_namespace(self.ping, "-d", "-c", 1, address, setup=OPEN_TO_ALL))
            self.check_answers(out, address, 1)

    def test_without_privilege_falls_back_to_ping_sockets(self):
        for address in ("127.0.0.1", "::1"):
            command = in_namespace(self.ping, "-c", 1, address, setup=OPEN_TO_ALL, user=NOBODY)
            self.check_answers(self.run_to_end(*command)[0], address, 1)

    def test_without_any_permission_the_error_says_what_is_missing(self):
        command = in_namespace(self.ping, "-c", 1, "127.0.0.1", setup=CLOSED_TO_ALL, user=NOBODY)
        out, err = self.run_to_end(*command, code=1)
        self.assertEqual(out, b"")
        self.assertEqual(err, "ping: 127.0.0.1: open: Permission denied\n"
                              "ping: raw sockets take CAP_NET_RAW, ping sockets a group in net.ipv4.ping_group_range\n")

    def test_agrees_with_the_systems_ping(self):
        """The same host is reached, or not reached, for both."""
        silent = "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"
        for setup, code in (("true", 0), (silent, 1)):
            theirs = in_namespace(tool("ping"), "-c", "1", "-W", "1", "127.0.0.1", setup=setup)
            self.run_to_end(*theirs, code=code)
            out, _ = self.run_to_end(*in_namespace(self.ping, "-c", 1, "127.0.0.1", setup=setup), code=code)
            self.assertIn(b"1 sent, %d answered\n" % (1 - code), out)

    def test_waits_a_second_for_an_answer_that_does_not_come(self):
        rules = self.file("rules.nft", b"table inet t {\nchain c {\ntype filter hook input priority 0;\n"
                                       b"icmp type echo-request drop\nicmpv6 type echo-request drop\n}\n}\n")
        for address in ("127.0.0.1", "::1"):
            command = in_namespace(self.ping, "-c", 1, address, setup=f'{tool("nft")} -f {rules}')
            out, _ = self.run_to_end(*command, code=1)
            self.assertEqual(out.decode(), f"no answer from {address}: seq=1: recv: the limit was reached\n"
                                           "1 sent, 0 answered\n")

    def test_counts_the_answers_that_came(self):
        """One of two requests is dropped: half an answer is a failure."""
        rules = self.file("rules.nft", b"table ip t {\nchain c {\ntype filter hook input priority 0;\n"
                                       b"icmp type echo-request numgen inc mod 2 0 drop\n}\n}\n")
        command = in_namespace(self.ping, "-c", 2, "127.0.0.1", setup=f'{tool("nft")} -f {rules}')
        out, _ = self.run_to_end(*command, code=1)
        self.assertIn(b"2 sent, 1 answered\n", out)

    def test_no_route(self):
        command = in_namespace(self.ping, "-c", 1, "192.0.2.1")
        _, err = self.run_to_end(*command, code=1)
        self.assertEqual(err, "ping: 192.0.2.1: connect: Network is unreachable\n")


class Usage(ProgramTest):
    def test_usage(self):
        for words in ([], ["127.0.0.1", "::1"], ["-c", "0", "::1"], ["-c", "1x", "::1"], ["-c"], ["-x", "::1"]):
            with self.subTest(words):
                out, err = self.run_to_end(program("ping"), *words, code=2)
                self.assertEqual(out, b"")
                self.assertIn("usage: ping", err)

    def test_bad_address_tells_the_position(self):
        for text, why in (("127.0.0.256", "field 4, position 8: the octet is above 255"),
                          ("::1::", "position 4: '::' occurs twice"),
                          ("localhost", "field 1, position 0: a decimal digit was expected")):
            with self.subTest(text):
                _, err = self.run_to_end(program("ping"), text, code=2)
                self.assertIn(f"ping: {text}: ", err)
                self.assertIn(why, err)


def checksum(message):
    total = sum(struct.unpack(f">{len(message) // 2}H", message))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reply(request, **changes):
    """An echo reply to the request, with some of its parts changed."""
    _, _, _, identifier, sequence = struct.unpack(">BBHHH", request[:8])
    part = {"type": 0, "code": 0, "identifier": identifier, "sequence": sequence, "data": request[8:]} | changes

    def pack(its_checksum):
        header = struct.pack(">BBHHH", part["type"], part["code"], its_checksum, part["identifier"], part["sequence"])
        return header + part["data"]

    return pack(changes.get("checksum", checksum(pack(0))))


def forge(send, request):
    """Everything that is not the answer, one wrong thing at a time."""
    _, _, _, identifier, sequence = struct.unpack(">BBHHH", request[:8])
    data = request[8:]
    send(reply(request, identifier=identifier ^ 1))
    send(reply(request, sequence=sequence ^ 1))
    send(reply(request, data=data[:-1] + b"\0"))
    send(reply(request, data=data[:-2]))
    send(reply(request, data=data + b"??"))
    send(reply(request, data=b""))
    send(reply(request, code=1))
    send(reply(request, type=8))
    send(reply(request, checksum=0x1234))
    for size in range(2, 64):  # the kernel sends none that is shorter
        send(reply(request)[:size])


def answer_requests(honest):
    """Plays a host in this namespace whose kernel does not answer echo requests."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as line:
        line.settimeout(PATIENCE)
        print("ready", flush=True)
        while True:
            packet, sender = line.recvfrom(2000)
            request = packet[(packet[0] & 15) * 4:]
            if len(request) == 64 and request[0] == 8:
                break
        forge(lambda message: line.sendto(message, sender), request)
        if honest:
            line.sendto(reply(request), sender)


@needs_root
class ForgedAnswers(ProgramTest):
    """Another process answers in the kernel's place, wrongly at first."""

    def ping_with_helper(self, mode, code):
        script = f'"$1" "$2" {mode} | {{ read ready; "$3" -c 1 127.0.0.1; }}'
        command = in_namespace("sh", "-c", script, "sh", sys.executable, __file__, program("ping"),
                               setup="echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all")
        return self.run_to_end(*command, code=code)[0].decode()

    def test_are_not_taken_for_the_answer(self):
        self.assertIn("1 sent, 0 answered\n", self.ping_with_helper("forge", 1))

    def test_do_not_hide_the_true_answer(self):
        out = self.ping_with_helper("forge-and-answer", 0)
        self.assertRegex(out, "^" + ANSWER.format("127\\.0\\.0\\.1", 1) + "1 sent, 1 answered\n$")


@needs_root
class AlongAPath(ChainTest):
    """Two routers are between who asks and who answers."""

    def test_answers_come_from_the_far_end(self):
        for version in (4, 6) if has_ipv6() else (4,):
            with self.subTest(version):
                target = self.address(self.length - 2, 2, version)
                out, _ = self.run_to_end(*self.inside(self.chain[0], program("ping"), "-c", 1, target))
                self.assertRegex(out.decode(), "^" + ANSWER.format(re.escape(target), 1) + "1 sent, 1 answered\n$")

    def test_what_a_router_drops_is_not_answered(self):
        self.set(self.chain[1], "ipv4/ip_forward", 0)
        out, _ = self.run_to_end(*self.inside(self.chain[0], program("ping"), "-c", 1, self.address(2, 2)), code=1)
        self.assertIn("1 sent, 0 answered\n", out.decode())


if __name__ == "__main__":
    if sys.argv[1:] in (["forge"], ["forge-and-answer"]):
        answer_requests(honest=sys.argv[1] == "forge-and-answer")
    else:
        unittest.main()
