#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Services that are found by multicast, between two network namespaces that a veth joins."""
import socket
import sys
import unittest

from support import EMULATOR, PATIENCE, ProgramTest, VethTest, needs_root, program, read_until, tool

GROUPS = ("239.255.77.1:7700", "[ff02::7701]:7700")


needs_multicast = unittest.skipIf(EMULATOR, "emulators of other machines lack options of multicast")


@needs_root
@needs_multicast
class Multicast(VethTest):
    """Who asks is on the left, who answers on the right."""

    def service(self, group, name, port):
        process = self.start(*self.inside(self.right, program("multicast_receiver"), group, "veth-r", name, port))
        said = read_until(process.stdout.fileno(), lambda data: data.endswith(b"\n"))
        self.assertEqual(said, b"waiting for questions\n", process.poll() is not None and process.stderr.read())
        return process

    def ask(self, group, name, code=0):
        command = self.inside(self.left, program("multicast_sender"), group, "veth-l", name)
        out, err = self.run_to_end(*command, code=code)
        self.assertEqual(err, "")
        return sorted(out.decode().splitlines())

    def test_a_service_is_found_by_its_name(self):
        for group, address in zip(GROUPS, (r"192\.0\.2\.2", r"\[fe80::2%\d+\]")):
            with self.subTest(group):
                self.service(group, "printer", 631)
                self.assertRegex(self.ask(group, "printer")[0], f"^printer is at {address}:631$")

    def test_every_service_of_the_name_answers_and_no_other(self):
        self.service(GROUPS[0], "printer", 631)
        self.service(GROUPS[0], "printer", 9100)
        self.service(GROUPS[0], "scanner", 6566)
        self.assertEqual(self.ask(GROUPS[0], "printer"),
                         ["printer is at 192.0.2.2:631", "printer is at 192.0.2.2:9100"])
        self.assertEqual(self.ask(GROUPS[0], "scanner"), ["scanner is at 192.0.2.2:6566"])

    def test_nobody_answers_for_another_group(self):
        self.service(GROUPS[0], "printer", 631)
        for other in ("239.255.77.2:7700", GROUPS[1]):
            self.assertEqual(self.ask(other, "printer", code=1), [])

    def test_a_service_that_has_ended_is_a_member_no_more(self):
        """What the kernel says of the group, as long as the service runs and after."""
        for number, (group, shown) in enumerate(zip(GROUPS, ("239.255.77.1", "ff02::7701"))):
            with self.subTest(group):
                members = self.inside(self.right, tool("ip"), "maddr", "show", "dev", "veth-r")
                service = self.service(group, "printer", 600 + number)
                self.assertIn(shown, self.run_to_end(*members)[0].decode())
                service.terminate()
                self.finish(service)
                self.assertNotIn(shown, self.run_to_end(*members)[0].decode())

    def test_answers_that_are_none_are_not_printed(self):
        """A program on the right answers wrongly first."""
        script = """
import socket, struct, sys
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.bind(("", 7700))
line.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                struct.pack("=4s4si", socket.inet_aton("239.255.77.1"), bytes(4), socket.if_nametoindex("veth-r")))
print("ready", flush=True)
question, sender = line.recvfrom(1000)
assert question == b"who is printer?", question
for answer in (b"", b"printer", b"printer ", b"printer 0", b"printer 70000", b"printer 63x", b"printer -1",
               b"print 631", b"printer 631" + b" " * 600, b"\\xff" * 100, b"printer  631", b"printer 631\\n", b"printer 9"):
    line.sendto(answer, sender)
"""
        other = self.start(*self.inside(self.right, sys.executable, "-c", script))
        read_until(other.stdout.fileno(), lambda data: data == b"ready\n")
        self.assertEqual(self.ask(GROUPS[0], "printer"), ["printer is at 192.0.2.2:9"])
        self.finish(other)

    def test_questions_that_are_none_are_not_answered(self):
        service = self.service(GROUPS[0], "printer", 631)
        script = f"""
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.settimeout({PATIENCE})
for question in (b"", b"who is printer", b"who is print?", b"who is printer?" + b"?" * 1000, b"who is printer?"):
    line.sendto(question, ("192.0.2.2", 7700))
print(line.recv(1000).decode())
line.settimeout(0)
try:
    print("more:", line.recv(1000))
except BlockingIOError:
    pass
"""
        out, _ = self.run_to_end(*self.inside(self.left, sys.executable, "-c", script))
        self.assertEqual(out, b"printer 631\n")
        service.terminate()
        self.finish(service)


class Usage(ProgramTest):
    def test_usage_and_what_is_not_there(self):
        for name, words in (("multicast_receiver", ("veth", "name", "1")), ("multicast_sender", ("veth", "name"))):
            with self.subTest(name):
                self.assertIn("usage: ", self.run_to_end(program(name), code=2)[1])
                _, err = self.run_to_end(program(name), "239.255.77.1", *words, code=1)
                self.assertIn(f"{name}: 239.255.77.1: ", err)
                _, err = self.run_to_end(program(name), GROUPS[0], "no-such-device", *words[1:], code=1)
                self.assertEqual(err, f"{name}: no-such-device: interface index: No such device\n")

    @needs_multicast
    def test_no_group(self):
        names = [name for _, name in socket.if_nameindex()]
        _, err = self.run_to_end(program("multicast_receiver"), "192.0.2.1:7700", names[0], "name", 1, code=1)
        self.assertEqual(err, "multicast_receiver: 192.0.2.1:7700: join group: Invalid argument\n")


if __name__ == "__main__":
    unittest.main()
