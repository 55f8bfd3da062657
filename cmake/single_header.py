#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""single_header.py SOURCE DIRECTORY: writes the library as one file, and its core as one file, into DIRECTORY.

keyway.hpp has every header of cmake/headers.cmake, keyway_core.hpp those that <keyway/keyway.hpp> includes, in the order
of the list. A header chosen by a condition around its #include, not by one of its own, gets that condition around its
text: the conditions of all its includers, which are joined. The headers keep their guards, so the two files and the
headers themselves may meet in one translation unit.
"""
import pathlib
import re
import sys

CORE = "keyway/keyway.hpp"
FILE = re.compile(r"// SPDX-License-Identifier: BSL-1\.0\n#ifndef (\w+)\n#define \1\n(.*)#endif\n", re.S)
DIRECTIVE = re.compile(r"\s*#\s*(ifdef|ifndef|if|elif|else|endif)\b\s*([^/]*)")
INCLUDE = re.compile(r"\s*#\s*include <([\w/]+)(\.h|\.hpp)?>")
LITERAL = re.compile(r"(!?)(KEYWAY_HAS_\w+|defined\(\w+\))")  # the same at every place after detail/config.hpp
EXPORTS = re.compile(r"// IWYU pragma: (begin|end)_exports")
EMPTY_BLOCK = re.compile(r"^#if.*\n(?:#el.*\n|\s*\n)*#endif.*\n", re.M)
COMMENTS = re.compile(r"(?:\s*//.*\n|\s*\n)*")


def listed_headers(source):
    text = (source / "cmake/headers.cmake").read_text(encoding="utf-8")
    return re.findall(r"^ +(keyway/\S+\.hpp)$", text, re.M)


def read(source, header):
    """The guard of a header and the text inside it."""
    return FILE.fullmatch((source / "include" / header).read_text(encoding="utf-8")).groups()


def with_branches(text):
    """Each line with the open #if blocks around it: of each, the conditions tried so far, the current one last."""
    blocks = []
    for line in text.splitlines():
        match = DIRECTIVE.match(line)
        directive, condition = match.groups() if match else ("", "")
        if directive == "endif":
            blocks.pop()
        yield line, [list(block) for block in blocks]
        if directive in ("if", "ifdef", "ifndef"):
            blocks.append([condition.strip()])
        elif directive in ("elif", "else"):
            blocks[-1].append(condition.strip())


def literals(blocks):
    """The conditions of the blocks as a set of names and whether they hold; an #else is an empty condition."""
    found = set()
    for *failed, last in blocks:
        for condition, truth in [*((condition, False) for condition in failed), *([(last, True)] if last else [])]:
            literal = LITERAL.fullmatch(condition)
            if not literal:
                sys.exit(f"neither a KEYWAY_HAS_... macro nor defined(MACRO): #if {condition}")
            found.add((literal[2], truth != bool(literal[1])))
    return frozenset(found)


def includes(text):
    """The headers of the library that a text includes, each with its conditions."""
    for line, blocks in with_branches(text):
        match = INCLUDE.match(line)
        if match and match[2] == ".hpp":
            yield match[1] + match[2], literals(blocks)


def holds_never(alternative):
    return any((name, not truth) in alternative for name, truth in alternative)


def simplified(alternatives):
    """The same condition in fewer alternatives: `a or (a and b)` is `a`, `(a and b) or (a and not b)` is `a`."""
    found = {alternative for alternative in alternatives if not holds_never(alternative)}
    while True:
        joined = {one & other for one in found for other in found
                  if len(one ^ other) == 2 and len(one) == len(other) and holds_never(one ^ other)}
        after = {one for one in found | joined if not any(other < one for other in found | joined)}
        if after == found:
            return found
        found = after


def conditions(texts):
    """For each header the alternatives in which something includes it; a header that nothing includes always counts."""
    found = {header: set() for header in texts}
    for header in reversed(texts):  # whatever includes a header is below it in the list
        found[header] = simplified(found[header]) or {frozenset()}
        for name, site in includes(texts[header]):
            found[name] |= {alternative | site for alternative in found[header]}
    return found


def core(texts):
    """The headers that the core's umbrella includes, in order."""
    wanted = {CORE}
    for header in reversed(texts):
        if header in wanted:
            wanted |= {name for name, _ in includes(texts[header])}
    return {header: text for header, text in texts.items() if header in wanted}


def body(text):
    """A header's text without includes of the library, and without the standard headers that it always includes."""
    kept, standard = [], set()
    for line, blocks in with_branches(text):
        match = INCLUDE.match(line)
        if match and match[2] is None and not blocks:
            standard.add(match[1])
        elif not (match and match[2] == ".hpp") and not EXPORTS.match(line):
            kept.append(line + "\n")
    found = "".join(kept)
    while EMPTY_BLOCK.search(found):
        found = EMPTY_BLOCK.sub("", found)
    return re.sub(r"\n{3,}", "\n\n", found).strip("\n") + "\n", standard


def expression(alternatives):
    """The alternatives as the preprocessor reads them; nothing if they always hold."""
    joined = [" && ".join(("" if truth else "!") + name for name, truth in sorted(alternative))
              for alternative in sorted(alternatives, key=sorted)]
    return joined[0] if len(joined) == 1 else " || ".join(f"({one})" if "&&" in one else one for one in joined)


def part(header, guard, text, alternatives):
    """One header's share of the file."""
    guarded = f"#ifndef {guard}\n#define {guard}\n\n{text}\n#endif  // {guard}\n"
    if condition := expression(alternatives):
        guarded = f"#if {condition}\n{guarded}#endif\n"
    return f"// <{header}>\n{guarded}\n"


def opening(source, contents):
    """Licence and version."""
    version = ".".join(re.findall(r"define KEYWAY_VERSION_\w+ (\d+)", read(source, "keyway/version.hpp")[1]))
    licence = (source / "LICENSE").read_text(encoding="utf-8").strip()
    text = (f"SPDX-License-Identifier: BSL-1.0\nkeyway {version}, header-only C++20 sockets: {contents} in one file.\n"
            f"Made by cmake/single_header.py from the headers in include/keyway: change those.\n\n{licence}")
    return re.sub(r"^(?=.)", "// ", text, flags=re.M).replace("\n\n", "\n//\n") + "\n\n"


def single_header(source, texts, guards, contents):
    found, standard = "", set()
    alternatives = conditions(texts)
    for header, text in texts.items():
        own, used = body(text)
        standard |= used
        if not COMMENTS.fullmatch(own):
            found += part(header, guards[header], own, alternatives[header])
    hoisted = "".join(f"#include <{name}>\n" for name in sorted(standard))
    return f"{opening(source, contents)}{hoisted}\n{found}".rstrip("\n") + "\n"


def main():
    source, directory = map(pathlib.Path, sys.argv[1:])
    guards, texts = {}, {}
    for header in listed_headers(source):
        guards[header], texts[header] = read(source, header)
    for name, chosen, contents in (("keyway.hpp", texts, "the library"), ("keyway_core.hpp", core(texts), "the core")):
        text = single_header(source, chosen, guards, contents)
        (directory / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
