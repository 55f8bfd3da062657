#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""options_table.py SOURCE: the README's table of the options, as the headers declare them and the compiler sees them.

Names and value types are read in the declarations, the native names and the systems in their documentation; which sockets an
option fits, and the bounds of a number, are what the compiler makes of the declaration, also of options that this system
lacks.
"""
import os
import re
import subprocess
import sys
import tempfile

# The lists of sockets to ask, and what to write where all of a list have the option.
SOCKETS = {
    "TCP/IPv4": "tcp4", "TCP/IPv6": "tcp6", "MPTCP/IPv4": "transport<ipv4, stream, ipproto::mptcp>",
    "MPTCP/IPv6": "transport<ipv6, stream, ipproto::mptcp>", "UDP/IPv4": "udp4", "UDP/IPv6": "udp6",
    "raw IPv4": "icmp4", "raw IPv6": "transport<ipv6, raw, ipproto::numbered<253>>", "AF_UNIX stream": "unix_stream",
    "AF_UNIX datagram": "unix_datagram", "AF_UNIX seqpacket": "unix_seqpacket",
}
COLUMNS = ["TCP", "MPTCP", "UDP", "raw", "AF_UNIX"]
NATIVE = re.compile(r"\b(?:SO|IP|IPV6|IP6T_SO|TCP|UDP|ICMP6?|O)_[A-Z0-9_]+\b")
DECLARED = re.compile(r"((?:^///[^\n]*\n)+)^struct (\w+)\s*(?::\s*(\w+)<([^{]*)>)? \{\n(.*?)^\};", re.S | re.M)

# An option with a name for each family is asked for its scope alone: a system may lack one of the names.
QUESTIONS = """
#include <keyway/keyway.hpp>
#include <climits>
#include <cstdio>
using namespace keyway;
template <int V4, int V6, class Scope> Scope scope_of(option::ip_flag<V4, V6, Scope>);
template <class V, int V4, int V6, class Scope> Scope scope_of(option::ip_plain<V, V4, V6, Scope>);
template <class O, class F, class T, class P> constexpr int fits_of() {
    if constexpr (requires(O o) { scope_of(o); }) return decltype(scope_of(O()))::template fits<F, T, P>;
    else if constexpr (requires { O::template fits<F, T, P>; }) return O::template fits<F, T, P>;
    else return 1;
}
template <class O, class T> constexpr int fits = fits_of<O, typename T::family, typename T::type, typename T::protocol>();
template <class O> void bounds() {
    if constexpr (requires { O::least; }) std::printf(" %d %d", O::least, O::most);
    else std::printf(" %d %d", INT_MIN, INT_MAX);
}
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def options():
    """Header, name, documentation, base, its arguments and body of each option, in the order of the headers."""
    headers = [line.strip() for line in read("cmake/headers.cmake").splitlines()]
    for header in headers:
        if not re.fullmatch(r"keyway/option/(?!base|scope)\w+\.hpp", header):
            continue
        text = read(f"include/{header}")
        for said, name, base, arguments, body in DECLARED.findall(text[text.index("namespace option {"):]):
            yield header, name, said.replace("\n///", ""), base, arguments, body


def answers(found):
    """For each option the sockets that it fits, and its bounds."""
    lines = [f"#include <{header}>" for header in sorted({option[0] for option in found})] + [QUESTIONS, "int main() {"]
    for name in (option[1] for option in found):
        values = ", ".join(f"fits<option::{name}, {socket}>" for socket in SOCKETS.values())
        lines.append(f'std::printf("{name}{" %d" * len(SOCKETS)}", {values}); bounds<option::{name}>(); std::puts("");')
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/fits.cpp", "w", encoding="utf-8") as file:
            file.write("\n".join([*lines, "}\n"]))
        subprocess.run(["g++", "-std=c++20", "-Iinclude", f"{folder}/fits.cpp", "-o", f"{folder}/fits"], check=True,
                       timeout=100)
        said = subprocess.run([f"{folder}/fits"], check=True, capture_output=True, text=True, timeout=10).stdout
    for line in said.splitlines():
        name, *flags, least, most = line.split()
        yield name, ({socket for socket, flag in zip(SOCKETS, flags) if flag == "1"}, int(least), int(most))


def cell(column, fits):
    """What of a column's sockets an option fits: all, none, or which."""
    mine = [socket for socket in SOCKETS if re.split("[/ ]", socket)[0] == column]
    had = [socket for socket in mine if socket in fits]
    if len(had) in (0, len(mine)):
        return "yes" if had else "–"
    return ", ".join(re.split("[/ ]", socket)[1] for socket in had)


def value_of(base, arguments, body, least, most):
    """The type of the value, its bounds, and whether it can be read or set alone."""
    arguments = [argument.strip() for argument in arguments.split(",")]
    declared = re.search(r"using value_type = (.*?);|struct (value_type)", body)
    if base in ("flag", "ip_flag"):
        value = "bool"
    elif base == "number":
        value = "int"
    elif base == "text":
        value = f"text, {arguments[-1]} characters"
    elif base:
        value = arguments[0]
    else:
        value = declared[1] or "a struct of its own"
    value = value.removeprefix("keyway::").removeprefix("std::")
    if (least, most) != (-2**31, 2**31 - 1):
        value += f", from {least}" if most == 2**31 - 1 else f", {least} to {most}"
    return value + (" (read)" if "is_read_only = true" in body else " (set)" if "is_write_only = true" in body else "")


def table():
    found = list(options())
    answered = dict(answers(found))
    rows = [["option", "native", "value", *COLUMNS, "systems"], ["---"] * (len(COLUMNS) + 4)]
    last = None
    for header, name, said, base, arguments, body in found:
        if header != last:
            rows.append([f"**`<{header}>`**", *[""] * (len(COLUMNS) + 3)])
            last = header
        fits, least, most = answered[name]
        platforms, source = re.search(r"Platforms: (.*?)\.\s+Source: (.*)", said, re.S).groups()
        platforms = re.sub(r" \(.*?\)", "", platforms)
        natives = dict.fromkeys(NATIVE.findall(source))
        cells = [cell(column, fits) for column in COLUMNS]
        # These are of one protocol each, and the raw sockets that are asked are of any.
        cells[COLUMNS.index("raw")] = {"icmp_filter": "ICMP", "icmpv6_filter": "ICMPv6"}.get(
            name, cells[COLUMNS.index("raw")])
        rows.append([f"`{name}`", ", ".join(natives), value_of(base, arguments, body, least, most), *cells, platforms])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    sys.stdout.write(table())
