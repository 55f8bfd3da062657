#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""words.py SOURCE: the words that the documentation of this library does not use.

Headers, examples, pages and the README are searched as a whole; in the tests and the build files the comments, the
strings count, and a variable of a test may have any name.
"""
import io
import pathlib
import re
import sys
import tokenize

BANNED = re.compile(r"\b(rooms?|doors?|houses?|storeys?|for\s+want\s+of)\b", re.I)
SUGGESTION = ("write platform layer, backend, interface header, buffer, space or uninitialized storage; "
              "for `for want of`: because there is no")
WHOLE = ["include/**/*.[ch]pp*", "examples/*.cpp", "examples/CMakeLists.txt", "docs/**/*", "README.md", ".github/**/*"]
COMMENTS = ["tests/**/*.[ch]pp", "tests/**/*.py", "tests/**/*.cmake", "tests/**/*.txt", "tests/**/*.md", "cmake/**/*",
            ".ci/*", "CMakeLists.txt", "CMakePresets.json"]
# A comment or a string literal of C++; a raw string is rare and reads as a string that begins at its quote.
CPP = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.S)


def python_words(text):
    """The comments and strings of a Python script, by line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING):
            yield token.start[0], token.string


def pieces(file, text, whole):
    """Line number and text of what counts in a file."""
    if whole or file.suffix not in (".hpp", ".cpp", ".py"):
        yield 1, text
    elif file.suffix == ".py":
        yield from python_words(text)
    else:
        for match in CPP.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, match[0]


def main():
    source = pathlib.Path(sys.argv[1])
    faults, files = [], 0
    for whole, patterns in ((True, WHOLE), (False, COMMENTS)):
        for file in sorted({file for pattern in patterns for file in source.glob(pattern) if file.is_file()}):
            if file.name == pathlib.Path(__file__).name or file.suffix in (".pyc", ".png"):
                continue
            files += 1
            for start, text in pieces(file, file.read_text(encoding="utf-8"), whole):
                for match in BANNED.finditer(text):
                    number = start + text.count("\n", 0, match.start())
                    line = text.splitlines()[number - start].strip()
                    faults.append(f"{file.relative_to(source)}:{number}: {match[0]!r} in: {line}")
    if faults:
        faults.append(SUGGESTION)
    elif files < 200:
        faults.append(f"only {files} files searched")
    print("\n".join(faults) if faults else f"{files} files have none of the words")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
