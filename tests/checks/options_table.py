#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""options_table.py SOURCE: the README's table of the options, as the headers declare them and the concepts answer.

Names, numbers and value types are read in the headers, and which systems have an option in the rooms of the systems;
which sockets it fits is what the compiler makes of the declaration, also of options that this system lacks.
"""
import os
import re
import subprocess
import sys
import tempfile

ROOMS = {"Linux": "linux", "BSD": "bsd", "Windows": "windows"}
# The lists of sockets to ask, and what to write where all of a list have the option.
SOCKETS = {
    "TCP/IPv4": "tcp4", "TCP/IPv6": "tcp6", "MPTCP/IPv4": "transport<ipv4, stream, ipproto::mptcp>",
    "MPTCP/IPv6": "transport<ipv6, stream, ipproto::mptcp>", "UDP/IPv4": "udp4", "UDP/IPv6": "udp6",
    "raw IPv4": "icmp4", "raw IPv6": "transport<ipv6, raw, ipproto::numbered<253>>", "AF_UNIX stream": "unix_stream",
    "AF_UNIX datagram": "unix_datagram", "AF_UNIX seqpacket": "unix_seqpacket",
}
COLUMNS = ["TCP", "MPTCP", "UDP", "raw", "AF_UNIX"]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def numbers(room):
    """The numbers of a system's options, None for what it lacks."""
    found = {}
    for name, number in re.findall(r"int (\w+_option) = (\w+);", read(f"include/keyway/detail/os/option_{room}.hpp")):
        found[name] = found.get(name) or (None if number == "no_option" else number)
    return found


def options():
    """Header, name and declaration of each option, in the order of the headers."""
    with open("cmake/headers.cmake", encoding="utf-8") as lines:
        headers = [line.strip() for line in lines if line.strip().startswith("keyway/option/")]
    seen = set()
    for header in headers:
        text = read(f"include/{header}")
        for name, body in re.findall(r"^struct (\w+) \{\n(.*?)^\};", text[text.index("namespace option {"):], re.S | re.M):
            if "value_type" in body and name not in seen:
                seen.add(name)
                yield header, name, body


def fitting(found):
    """For each option the names of the sockets that it fits."""
    lines = [f"#include <{header}>" for header in sorted({header for header, _, _ in found})]
    lines += ["#include <keyway/keyway.hpp>", "#include <cstdio>", "using namespace keyway;",
              "template <class O, class T> constexpr int fits =",
              "    option_fits<O, typename T::family, typename T::type, typename T::protocol>;"]
    for _, name, body in found:
        declared = re.search(r"template <class F, class T, class P>\s+static constexpr bool fits =.*?;", body, re.S)
        lines.append(f"struct only_{name} {{ {declared[0] if declared else ''} }};")
    lines.append("int main() {")
    for _, name, _ in found:
        values = ", ".join(f"fits<only_{name}, {socket}>" for socket in SOCKETS.values())
        lines.append(f'    std::printf("{name}{" %d" * len(SOCKETS)}\\n", {values});')
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/fits.cpp", "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, "}\n"]))
        subprocess.run(["g++", "-std=c++20", "-Iinclude", f"{folder}/fits.cpp", "-o", f"{folder}/fits"], check=True,
                       timeout=100)
        said = subprocess.run([f"{folder}/fits"], check=True, capture_output=True, text=True, timeout=10).stdout
    for line in said.splitlines():
        name, *flags = line.split()
        yield name, {socket for socket, flag in zip(SOCKETS, flags) if flag == "1"}


def cell(column, fits):
    """What of a column's sockets an option fits: all, none, or which."""
    mine = [socket for socket in SOCKETS if re.split("[/ ]", socket)[0] == column]
    had = [socket for socket in mine if socket in fits]
    if len(had) in (0, len(mine)):
        return "yes" if had else "–"
    return ", ".join(re.split("[/ ]", socket)[1] for socket in had)


def what(name, body, rooms):
    """The option's number, its systems and how it may be used."""
    number = re.search(r"(\w+_option)\b", body)
    literal = re.search(r"int name = (SO_\w+|TCP_\w+|IPV?6?_\w+)", body)
    if literal:
        return literal[1], "all"
    if number and number[1] in rooms["Linux"]:
        systems = [system for system in ROOMS if rooms[system][number[1]]]
        native = next(rooms[system][number[1]] for system in systems)
        native = {"local_port_range_option": "IP_LOCAL_PORT_RANGE", "original_destination_option": "SO_ORIGINAL_DST",
                  "original_destination_v6_option": "IP6T_SO_ORIGINAL_DST"}.get(number[1], native)
        return native, "all" if len(systems) == len(ROOMS) else ", ".join(systems)
    here_and_there = {"icmp_filter": ("ICMP_FILTER", "Linux"), "icmpv6_filter": ("ICMP6_FILTER", "Linux, BSD"),
                      "multicast_all_v4": ("IP_MULTICAST_ALL", "Linux"),
                      "multicast_all_v6": ("IPV6_MULTICAST_ALL", "Linux")}
    if name in here_and_there:
        return here_and_there[name]
    others = {"linger": "SO_LINGER", "non_blocking": "O_NONBLOCK", "domain": "SO_DOMAIN", "protocol": "SO_PROTOCOL",
              "keep_alive_time": "TCP_KEEPIDLE", "keep_alive_interval": "TCP_KEEPINTVL",
              "keep_alive_retries": "TCP_KEEPCNT", "multicast_interface_v4": "IP_MULTICAST_IF"}
    return others[name], "all"


def table():
    found = list(options())
    fits = dict(fitting(found))
    rooms = {system: numbers(room) for system, room in ROOMS.items()}
    rows = [["option", "native", "value", *COLUMNS, "systems"], ["---"] * (len(COLUMNS) + 4)]
    last = None
    for header, name, body in found:
        if header != last:
            rows.append([f"**`<{header}>`**", *[""] * (len(COLUMNS) + 3)])
            last = header
        native, systems = what(name, body, rooms)
        systems = {"reuse_port": "Linux, BSD", "exclusive_address": "Windows"}.get(name, systems)
        value = re.search(r"(?:using value_type = (.*?);|struct (value_type))", body)
        value = {"value_type": "a struct of its own", "detail::option_name<15>": "text, 15 characters"}.get(
            value[1] or value[2], (value[1] or "").removeprefix("keyway::").removeprefix("std::"))
        bounds = re.findall(r"(?:least|most) = (-?\w+);", body)
        if bounds and bounds[1] != "INT_MAX":
            value += f", {bounds[0]} to {bounds[1]}"
        elif bounds:
            value += f", from {bounds[0]}"
        value += " (read)" if "is_read_only = true" in body else " (set)" if "is_write_only = true" in body else ""
        cells = [cell(column, fits[name]) for column in COLUMNS]
        # These are of one protocol each, and the raw sockets that are asked are of any.
        cells[COLUMNS.index("raw")] = {"icmp_filter": "ICMP", "icmpv6_filter": "ICMPv6"}.get(
            name, cells[COLUMNS.index("raw")])
        rows.append([f"`{name}`", native, value, *cells, systems])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    sys.stdout.write(table())
