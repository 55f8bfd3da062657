#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""refusals.py SOURCE [--check]: writes docs/refusals.md, every wrong program that is refused in words, its sentence and the
right program, from tests/compile_fail. With --check nothing is written: the script fails if the page would change.
"""
import pathlib
import re
import sys

SECTIONS = {
    "messages": "The core",
    "messages_states": "Calls that a state of a socket does not have",
    "messages_values": "Buffers, endpoints, limits and copies",
    "messages_habits": "Habits of C and of other libraries",
    "messages_handles": "Descriptors taken for numbers and truth values",
    "messages_limits": "Limits",
    "messages_files": "Files",
    "messages_arguments": "Arguments of the opt-in headers",
    "messages_subjects": "Limits and temporaries of the opt-in headers",
    "messages_multicast": "Multicast",
    "messages_posix": "What only Windows has",
    "messages_subjects_posix": "What only POSIX systems have",
    "messages_windows": "What Windows lacks",
    "messages_multicast_windows": "Multicast and filters on Windows",
}
OPENING = """# What does not compile

Every wrong program below is refused by the compiler, with the sentence beside it; the last column is the program that was
meant. g++ shows the sentence in the line of a deleted function, clang as the reason for which a function is unavailable.
[architecture.md](architecture.md#diagnostics) says how it is done, and which mistakes only clang-tidy finds. `cmake/refusals.py` writes this page from
`tests/compile_fail/`, whose programs are compiled with g++ and clang.
"""
CASE = re.compile(r"#elif REJECTED == (\d+)\n(.*?)#ifdef CORRECTED\n(.*?)#else\n(.*?)#endif\n", re.S)


def code(text):
    """The statements in one line, without what keeps compilers from warning."""
    lines = [line.strip() for line in text.splitlines() if not line.strip().startswith("//")]
    shown = " ".join(lines).replace("[[maybe_unused]] ", "").replace("(void)", "").replace("|", "\\|")
    return "`" + re.sub(r"static_cast<void>\((.*?)\);( |$)", r"\1;\2", shown) + "`"


def page(source):
    files = {path.stem: path for path in source.glob("tests/compile_fail/*.cpp")}
    if files.keys() != SECTIONS.keys():
        sys.exit(f"refusals.py: no section, or no file: {sorted(files.keys() ^ SECTIONS.keys())}")
    text = OPENING
    for stem, heading in SECTIONS.items():
        text += f"\n## {heading}\n\n| wrong | sentence | right |\n|---|---|---|\n"
        for _, expected, right, wrong in CASE.findall(files[stem].read_text(encoding="utf-8")):
            sentences = re.findall(r"// says \d+: (?:keyway: )?(.*)", expected)
            said = "; ".join(sentences) if sentences else "(the compiler's own words)"
            text += f"| {code(wrong)} | {said.replace('<', '&lt;').replace('|', chr(92) + '|')} | {code(right)} |\n"
    return text


def main():
    source = pathlib.Path(sys.argv[1])
    wanted, place = page(source), source / "docs/refusals.md"
    if "--check" not in sys.argv:
        place.write_text(wanted, encoding="utf-8")
    elif not place.exists() or place.read_text(encoding="utf-8") != wanted:
        sys.exit(f"{place} is not what tests/compile_fail has: run cmake/refusals.py {source}")
    print(f"{wanted.count(chr(10) + '| `')} refusals")


if __name__ == "__main__":
    main()
