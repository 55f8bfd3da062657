#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""module.py SOURCE [--check]: writes include/keyway/keyway.cppm, the module that exports every public name of the headers.

clang's syntax tree of the headers has the names: all that the library's namespaces declare, except detail. A name gets the
#if of its declaration. With --check nothing is written: the script fails if the file would change, and shows how.
"""
import difflib
import itertools
import pathlib
import re
import subprocess
import sys

import single_header

CLANG = ["clang++-19", "-fsyntax-only", "-fno-color-diagnostics",
         "-Xclang", "-ast-dump", "-Xclang", "-ast-dump-filter=keyway"]
MODES = [["-std=c++20"], ["-std=c++23", "-stdlib=libc++"]]  # only libc++ has <format>
# Depth, kind, a parent elsewhere, `<extent>` and place; the rest begins with the name.
NODE = re.compile(r"((?:[| ] )*(?:[|`]-)?)(\w+) 0x\w+ (parent 0x\w+ )?(?:prev 0x\w+ )?<.*?> (?:\S+:\d+ )?(.*)")
KINDS = """ClassTemplateDecl CXXRecordDecl EnumDecl ConceptDecl FunctionDecl FunctionTemplateDecl TypeAliasDecl
    TypeAliasTemplateDecl UsingDecl VarDecl VarTemplateDecl""".split()
NAME = re.compile(r"(?:(?:referenced|used|constexpr|class|struct|union|enum) )*(?:\w+::)*(operator[^\w\s]+\w*|\w+)")
OPENING = """// SPDX-License-Identifier: BSL-1.0
// `import keyway;`: every public name of the headers. Written by cmake/module.py. A module exports no macros: a program
// that needs KEYWAY_VERSION_... or KEYWAY_HAS_... includes <keyway/version.hpp> or <keyway/detail/config.hpp> as well.
module;

"""


def declared(tree):
    """What the namespaces in a syntax tree declare, as (namespaces, name)."""
    found, path = set(), []
    for node in filter(None, map(NODE.match, tree.splitlines())):
        depth = len(node[1]) // 2
        if depth > len(path):
            continue  # inside another declaration
        del path[depth:]
        if node[2] == "NamespaceDecl":
            name = node[4].split()[0]
            path.append(f"inline {name}" if node[4].endswith(" inline") else name)
        elif node[2] in KINDS and not node[3] and "<deduction guide" not in node[4]:
            found.add((tuple(path), NAME.match(node[4])[1]))
    return found


def public_names(source, headers):
    found = set()
    unit = "".join(f"#include <{header}>\n" for header in headers)
    for mode in MODES:
        done = subprocess.run([*CLANG, *mode, f"-I{source}/include", "-x", "c++", "-"], input=unit, text=True,
                              stdout=subprocess.PIPE, check=True, timeout=100)
        found |= {(path[2:], name) for path, name in declared(done.stdout) if path and "detail" not in path}
    return found  # path[:2] is keyway and its inline namespace, which differs from mode to mode


def conditions(source, headers):
    """The #if expression around the declaration of each name; other words of the same line do no harm."""
    found, path = {}, []
    for header in headers:
        for line, blocks in single_header.with_branches(single_header.read(source, header)[1]):
            if opened := re.match(r"((?:inline )?)namespace ([\w:]+) {$", line):
                path.append(opened[1] + opened[2])
            elif line.startswith("}  // namespace"):
                path.pop()
            elif re.match(r"[a-z]", line):  # what stands in a namespace is not indented
                for word in re.findall(r"\w+", line):
                    found.setdefault((tuple(path[2:]), word), set()).add(single_header.literals(blocks))
    return {name: single_header.expression(single_header.simplified(places)) for name, places in found.items()}


def using(path, names, around):
    """The using-declarations of one namespace, those with a condition last."""
    qualified = "::".join(["keyway", *(part.removeprefix("inline ") for part in path)])
    lines = []
    pairs = sorted((around.get((path, name), ""), name) for name in names)
    for condition, group in itertools.groupby(pairs, lambda pair: pair[0]):
        block = [f"using {qualified}::{name};" for _, name in group]
        lines += [f"#if {condition}", *block, "#endif"] if condition else block
    return lines


def namespace(path, names, around):
    """A namespace with those inside it."""
    lines = using(path, {name for place, name in names if place == path}, around)
    for inner in sorted({place[:len(path) + 1] for place, _ in names if place[:len(path)] == path and place != path}):
        inline, _, name = inner[-1].rpartition(" ")
        lines += ["", f"{inline} namespace {name} {{".lstrip()]
        lines += [*namespace(inner, names, around), f"}}  // namespace {name}"]
    return lines


def module(source):
    listed = single_header.listed_headers(source)
    public = [header for header in listed if "/detail/" not in header]
    included = {name for header in listed for name, _ in single_header.includes(single_header.read(source, header)[1])}
    lines = [f"#include <{header}>" for header in sorted(set(public) - included)]
    lines += ["", "export module keyway;", "", "export namespace keyway {"]
    lines += namespace((), public_names(source, public), conditions(source, public))
    return OPENING + "\n".join([*lines, "}  // namespace keyway"]) + "\n"


def main():
    source = pathlib.Path(sys.argv[1])
    file = source / "include/keyway/keyway.cppm"
    text = module(source)
    if sys.argv[2:] != ["--check"]:
        file.write_text(text, encoding="utf-8", newline="\n")
        return
    found = file.read_text(encoding="utf-8").splitlines()
    differences = list(difflib.unified_diff(found, text.splitlines(), str(file), "the headers", "", "", 0, ""))
    print("\n".join(differences + ["run python3 cmake/module.py ."]) if differences else f"{text.count('using ')} names")
    sys.exit(bool(differences))


if __name__ == "__main__":
    main()
