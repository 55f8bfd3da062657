#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""docs.py SOURCE: the pages in docs/ and .github/ are true, as far as that can be read.

Every path, header and preset that they name exists, and every relative link and anchor, in README.md and tests/README.md
too. docs/architecture.md describes every folder of headers and every header of the core; its table of subjects is what the
headers include, and its budgets are those of the tests. In the changelog's tables, new names exist and old headers and
conditions do not. The diff in CONTRIBUTING.md applies and compiles. The pages are in plain English.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PAGES = "docs/**/*.md .github/**/*.md .github/*.md .github/**/*.yml".split()
LINKED = ["README.md", "tests/README.md"]
# Beyond the words of words.py.
BANNED = re.compile(r"\b(for ever|but for|by itself|of them|as it is told|in the words of|tells?|told)\b", re.I)
OF_A_MACHINE = re.compile(r"(?<![\w.$}])/(home|root|tmp|usr|opt|work|Users)/|(?<![\w&])#\d+\b|\bissue \d")
PRESET = re.compile(r"--preset[ =](\S+)|\.ci/matrix ([a-z][\w+-]+)|\bpresets? `([^`]+)`")
SUFFIXES = "hpp cpp py md yml cmake json cppm".split()
VALUES = {"address", "endpoint"}  # folders of the core


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def split_fences(text):
    """The page without its fenced blocks, and the blocks with their languages."""
    fence = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.S | re.M)
    return fence.sub("", text), [(match[2], match[3]) for match in fence.finditer(text)]


def slugs(text):
    """The anchors that GitHub makes of the headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.*)", split_fences(text)[0], re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        while slug in found:
            slug += "-1"
        found.add(slug)
    return found


def exists(name):
    """Whether a name in the text of a page names a file or folder; upper-case words, * and ... stand for any name."""
    pattern = re.sub(r"\.\.\.|…|\b[A-Z][A-Z_]+\b(?!\.md)", "*", name.strip("<>"))
    pattern = re.sub(r"^(?=\.\w+\.(test\.)?cpp$)", "*", pattern)
    places = [f"{folder}{pattern}" for folder in ("", "include/", "include/keyway/", "include/keyway/detail/", "tests/")]
    if "/" not in pattern:  # somewhere, but not in a build
        places += [f"{folder}/**/{pattern}" for folder in (".ci", ".github", "cmake", "docs", "examples", "include", "tests")]
    return any(glob.glob(place, recursive=True, include_hidden=True) for place in places)


def is_path(token):
    if re.fullmatch(r"<keyway/[\w/.…*]+>", token):
        return True
    if re.fullmatch(r"\.?[\w.*+-]+(/[\w.*+-]+)*/?", token) is None or token.startswith("..."):
        return token.startswith("...") and token.rpartition(".")[2] in SUFFIXES
    return "/" in token or token.rpartition(".")[2] in SUFFIXES or re.fullmatch(r"\.[a-z-]{3,}", token) is not None


def old_names(text):
    """Cuts the first column of tables whose first heading is `first edition`."""
    lines, old, inside = [], [], False
    for line in text.splitlines():
        if line.startswith("|"):
            first, rest = line[1:].split("|", 1)
            inside = inside or first.strip() == "first edition"
            if inside:
                old.append((first.strip(), rest))
                line = "|" + rest
        else:
            inside = False
        lines.append(line)
    return "\n".join(lines), old


def check_page(page, presets, faults):
    text, fences = split_fences(read(page))
    text, old = old_names(text)
    commands = "\n".join(code for language, code in fences if language == "sh")
    for token in sorted(set(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text))):
        if is_path(token) and not exists(token):
            faults.append(f"{page}: there is no {token}")
    for groups in PRESET.findall(text.replace("`", " ") + "\n" + commands) + PRESET.findall(text):
        name = next(filter(None, groups))
        if not name.isupper() and name.strip("`,.;:") not in presets:
            faults.append(f"{page}: there is no preset {name}")
    prose = re.sub(r"`[^`\n]*`", "", text)
    for number, line in enumerate(prose.splitlines(), 1):
        for word in BANNED.finditer(line):
            faults.append(f"{page}: banned: {word[0]}: {line.strip()}")
    for match in OF_A_MACHINE.finditer(text + commands):
        faults.append(f"{page}: of one machine or one issue: {match[0]}")
    headers = "\n".join(read(name) for name in glob.iglob("include/**/*.hpp", recursive=True))
    conditions = set(re.findall(r"^    (\w+) = ", read("include/keyway/errc.hpp"), re.M))
    for first, rest in old:
        if re.sub(r"`[^`]*`|[, ]", "", first):
            continue  # the old name has another meaning now
        for header in re.findall(r"<(keyway/[\w/]+\.hpp)>", first):
            if os.path.exists(f"include/{header}"):
                faults.append(f"{page}: {header} is still there")
        for name in re.findall(r"`errc::(\w+)`", first):
            if name in conditions:
                faults.append(f"{page}: errc::{name} is still there")
        for name in re.findall(r"\b[a-z]\w+\b", " ".join(re.findall(r"`([^`]+)`", re.sub(r"<keyway/[^>]*>", "", rest)))):
            if not re.search(rf"\b{name}\b", headers):
                faults.append(f"{page}: no header has {name}: {first}")


def check_links(page, faults):
    text = split_fences(read(page))[0]
    if page == "tests/README.md":  # its table names test files without their suffixes
        for token in re.findall(r"`((?:unit|fault|static|compile_fail)/[\w/.*-]+)`", text):
            if not glob.glob(f"tests/{token}*"):
                faults.append(f"{page}: there is no test file {token}")
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        if not os.path.exists(path):
            faults.append(f"{page}: the link {target} leads nowhere")
        elif anchor and anchor not in slugs(read(path)):
            faults.append(f"{page}: {path} has no heading for #{anchor}")
    for header in re.findall(r"<(keyway/[\w/]+\.hpp)>", old_names(read(page))[0]):
        if not os.path.exists(f"include/{header}"):
            faults.append(f"{page}: there is no <{header}>")


def rows(text, heading):
    """The cells of the table with this heading."""
    table = text[text.index(heading):].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def check_architecture(faults):
    page = "docs/architecture.md"
    text = read(page)
    listed = re.findall(r"^ +(keyway/[\w/]+\.hpp)$", read("cmake/headers.cmake"), re.M)
    core = set(listed[:listed.index("keyway/keyway.hpp") + 1])
    folders = {name for name in os.listdir("include/keyway") if os.path.isdir(f"include/keyway/{name}")}
    umbrellas = {f"{folder}.hpp" for folder in folders} | {"options.hpp"}
    flat = [name for name in os.listdir("include/keyway") if name.endswith(".hpp") and name not in umbrellas - {"option.hpp"}]
    table = text[text.index("| headers |"):text.index("The subjects.")]
    for name in flat:
        if f"`{name}`" not in table:
            faults.append(f"{page}: the core's table lacks {name}")

    def subject(header):
        folder = header.split("/")[1]
        return folder if header not in core and folder in folders - VALUES - {"detail"} else None
    includes = {}
    for header in filter(subject, listed):
        for name in re.findall(r"#include <(keyway/[\w/]+\.hpp)>", read(f"include/{header}")):
            if subject(name) and subject(name) != subject(header):
                includes.setdefault(subject(header), set()).add(subject(name))
    described = {}
    for folder, _, others in rows(text, "| folder | what belongs there | includes |"):
        described[folder.strip("`/")] = set(re.findall(r"`(\w+)/`", others))
    drawing = next(code for language, code in split_fences(text)[1] if language == "text")
    for folder in sorted(folders - VALUES - {"detail"} | set(described)):
        if folder not in described or folder not in folders:
            faults.append(f"{page}: the table of subjects and the folders differ: {folder}/")
        elif described[folder] != includes.get(folder, set()):
            faults.append(f"{page}: {folder}/ includes {sorted(includes.get(folder, set()))}")
        if folder not in drawing:
            faults.append(f"{page}: the drawing lacks {folder}")
    for what, budget, measured in rows(text, "| what | budget | measured by |"):
        sources = "".join(read(name) for name in re.findall(r"`(tests/[\w/.]+)`", measured) if os.path.exists(name))
        for number in re.findall(r"\b\d{4,}\b", budget):
            if number not in sources:
                faults.append(f"{page}: no test has the budget of {number}: {what}")


def check_diff(faults):
    """A hunk replaces the lines that it shows, wherever they stand."""
    page = ".github/CONTRIBUTING.md"
    diffs = [code for language, code in split_fences(read(page))[1] if language == "diff"]
    if not diffs:
        faults.append(f"{page}: no diff")
    for diff in diffs:
        with tempfile.TemporaryDirectory() as folder:
            for part in ("include", "tests"):
                shutil.copytree(part, f"{folder}/{part}")
            units = []
            for name, body in re.findall(r"^\+\+\+ b/(\S+)\n(.*?)(?=^--- |\Z)", diff, re.S | re.M):
                if not os.path.exists(name):
                    faults.append(f"{page}: the diff changes {name}, which is not there")
                    continue
                text = read(name)
                for hunk in re.split(r"^@@.*\n", body, flags=re.M)[1:]:
                    lines = hunk.splitlines(keepends=True)
                    before = "".join(line[1:] or "\n" for line in lines if line[0] in " -\n")
                    after = "".join(line[1:] or "\n" for line in lines if line[0] in " +\n")
                    if text.count(before) != 1:
                        faults.append(f"{page}: a hunk of {name} fits {text.count(before)} times:\n{hunk}")
                    text = text.replace(before, after)
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(text)
                if name.endswith(".cpp"):
                    units.append(name)
            for unit in units:
                done = subprocess.run(
                    ["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Iinclude", "-Itests", unit],
                    cwd=folder, capture_output=True, text=True, timeout=100, env={**os.environ, "LC_ALL": "C"})
                if done.returncode:
                    said = "\n".join(done.stderr.splitlines()[:10])
                    faults.append(f"{page}: with the diff {unit} does not compile:\n{said}")


def main():
    os.chdir(sys.argv[1])
    faults = []
    presets = {preset["name"] for kind, found in json.loads(read("CMakePresets.json")).items() if kind.endswith("Presets")
               for preset in found if not preset.get("hidden")}
    pages = sorted({name for pattern in PAGES for name in glob.iglob(pattern, recursive=True, include_hidden=True)
                    if "/workflows/" not in name})
    for page in pages:
        check_page(page, presets, faults)
    linked = [name for name in LINKED if os.path.exists(name)]
    for page in [name for name in pages if name.endswith(".md")] + linked:
        check_links(page, faults)
    check_architecture(faults)
    check_diff(faults)
    print("\n".join(dict.fromkeys(faults)) if faults else f"{len(pages)} pages are true")
    sys.exit(bool(faults) or len(pages) < 5)


if __name__ == "__main__":
    main()
