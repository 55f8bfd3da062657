#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A DNS server for tests, on 127.0.0.1 port 53, by UDP and TCP, that behaves as the name it is asked for says.

Says `ready` on standard output when it answers, and ends with its standard input. What it knows, all under `.test`:

    both      two addresses of each family            v4only, v6only   one address of one family
    alias     an alias of an alias of both            far              an address that is reached, after one that is not
    many      4000 addresses, which take TCP          cut              the same, but TCP is refused
    slow      v4only after 0.3 seconds                silent           no answer
    servfail, refused, formerr, notimp                the error
    garbage   random bytes                            short            a header and no more, which claims an answer
    stranger  the answer to another question          wrongid          v4only under another number
    count     127.0.1.N, N questions were asked before, other than this one

Addresses 10.0.0.0/8 have the name `host.test`, 10.255.0.0/16 no answer. All else does not exist.
"""
import os
import socket
import struct
import sys
import threading
import time

A, PTR, CNAME, SOA, AAAA = 1, 12, 5, 6, 28
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)

V4 = ["127.0.0.5", "127.0.0.6"]
V6 = ["::1", "fd00::5"]
MANY = [f"127.1.{i // 250}.{i % 250 + 1}" for i in range(4000)]
asked = 0


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def read_question(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    kind, = struct.unpack("!H", query[at + 1:at + 3])
    return ".".join(labels).lower(), kind, query[12:at + 5]


def record(owner, kind, data):
    return owner + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


def addresses(kind, v4=(), v6=(), owner=b"\xc0\x0c"):
    """The owner is a pointer to the question's name, if nothing else is said."""
    family, texts = (socket.AF_INET, v4) if kind == A else (socket.AF_INET6, v6)
    return [record(owner, kind, socket.inet_pton(family, text)) for text in texts] if kind in (A, AAAA) else []


def message(query, question, answers=(), code=NOERROR, truncated=False):
    number, = struct.unpack("!H", query[:2])
    return struct.pack("!HHHHHH", number, 0x8580 | truncated << 9 | code, 1, len(answers), 0, 0) + question + \
        b"".join(answers)


def answer(query, by_tcp):
    """The bytes to send, or nothing."""
    global asked
    name, kind, question = read_question(query)
    host = name.removesuffix(".test")
    if host == "count":
        return message(query, question, addresses(kind, v4=[f"127.0.1.{asked}"]))
    asked += 1
    if name.endswith(".in-addr.arpa") and kind == PTR:
        labels = name.split(".")
        if labels[3] == "10":
            return None if labels[2] == "255" else \
                message(query, question, [record(b"\xc0\x0c", PTR, encode_name("host.test"))])
    if host == "both":
        return message(query, question, addresses(kind, V4, V6))
    if host == "v4only":
        return message(query, question, addresses(kind, v4=V4[:1]))
    if host == "v6only":
        return message(query, question, addresses(kind, v6=V6[:1]))
    if host == "far":
        return message(query, question, addresses(kind, ["192.0.2.1", "127.0.0.5"], ["2001:db8::1"]))
    if host == "alias":
        middle, end = encode_name("middle.test"), encode_name("both.test")
        chain = [record(b"\xc0\x0c", CNAME, middle), record(middle, CNAME, end)]
        return message(query, question, chain + addresses(kind, V4, V6, end))
    if host in ("many", "cut"):
        return message(query, question, addresses(kind, v4=MANY)) if by_tcp else \
            message(query, question, truncated=True)
    if host == "slow":
        time.sleep(0.3)
        return message(query, question, addresses(kind, v4=V4[:1]))
    if host == "silent":
        return None
    codes = {"servfail": SERVFAIL, "refused": REFUSED, "formerr": FORMERR, "notimp": NOTIMP}
    if host in codes:
        return message(query, question, code=codes[host])
    if host == "garbage":
        return os.urandom(200)
    if host == "short":
        return struct.pack("!HHHHHH", struct.unpack("!H", query[:2])[0], 0x8580, 1, 1, 0, 0)
    if host == "stranger":
        other = encode_name("v4only.test") + question[-4:]
        return message(query, other, addresses(kind, V4, V6))
    if host == "wrongid":
        wrong = struct.pack("!H", struct.unpack("!H", query[:2])[0] ^ 0xffff) + query[2:]
        return message(wrong, question, addresses(kind, v4=V4[:1]))
    return message(query, question, code=NXDOMAIN)


def serve_udp(server):
    while True:
        query, client = server.recvfrom(65535)

        def reply(query=query, client=client):
            if (data := answer(query, False)) is not None:
                server.sendto(data, client)
        threading.Thread(target=reply, daemon=True).start()


def serve_tcp(server):
    while True:
        client, _ = server.accept()
        with client, client.makefile("rwb") as stream:
            while len(length := stream.read(2)) == 2:
                query = stream.read(struct.unpack("!H", length)[0])
                if read_question(query)[0] == "cut.test" or (data := answer(query, True)) is None:
                    break
                stream.write(struct.pack("!H", len(data)) + data)
                stream.flush()


def main():
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 53))
    tcp = socket.create_server(("127.0.0.1", 53))
    threading.Thread(target=serve_udp, args=[udp], daemon=True).start()
    threading.Thread(target=serve_tcp, args=[tcp], daemon=True).start()
    sys.stdout.write("ready")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
