#!/usr/bin/env python3
"""Checks the rules of style that a compiler, a formatter or a linter does not know."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cpp_functions import Function, find_functions, without_comments_and_texts

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
LARGEST_FILE = 512 * 1024

CODE = (".cpp", ".hpp", ".py", ".sh", ".lua", ".cmake")
BANNED_FOLDERS = {"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc"}
BANNED_ENDINGS = (".h", ".cc", ".cxx", ".hh")
STRAY = re.compile(
    r"(\.(orig|rej|swp|swo|bak|tmp|log|o|a|so|pyc|db|db-wal|db-shm|profraw|profdata|gcda)|~|\.DS_Store)$"
)


class Ban(NamedTuple):
    """Words that must not stand in the files whose path matches, and what to do instead."""

    paths: str
    words: str
    instead: str


# Looked for in code alone, not in comments and texts.
BANNED_IN_CODE = [
    Ban(r"\.(cpp|hpp)$", r"\busing namespace\b", "name what is used"),
    Ban(
        r"^src/(?!app/).*\.(cpp|hpp)$",
        r"\bstd::(cout|cerr|clog)\b|\b(f?printf|puts)\s*\(",
        "only app speaks to the terminal",
    ),
    Ban(r"\.(cpp|hpp)$", r"\bsleep_(for|until)\b|\bu?sleep\s*\(", "wait for a condition"),
    Ban(r"\.(cpp|hpp)$", r"\.detach\s*\(\s*\)", "own the thread and join it"),
    Ban(r"\.(cpp|hpp)$", r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok)\s*\(", "use std::string"),
    Ban(r"\.(cpp|hpp)$", r"\b(atoi|atol|atof)\s*\(", "use std::from_chars, which tells of errors"),
    Ban(r"\.(cpp|hpp)$", r"\b(srand|rand)\s*\(\s*\)|\bstd::rand\b", "use base/random.hpp"),
    Ban(r"^src/.*\.(cpp|hpp)$", r"\b(system|popen)\s*\(", "no shell is called"),
    Ban(r"^src/.*\.(cpp|hpp)$", r"\bstd::regex\b", "it recurses once a character; untrusted input overflows the stack"),
    Ban(r"^src/.*\.(cpp|hpp)$", r"(?<![\w.])assert\s*\(", "it is gone in release; refuse or end the program"),
    Ban(r"^src/(?!base/).*\.(cpp|hpp)$", r"\bsystem_clock::now\b", "time is a parameter: base/clock.hpp"),
]

# Looked for in all of a file. The brackets keep this file from matching itself.
BANNED_ANYWHERE = [
    Ban(r"", r"\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|\bHAC[K]\b", "do it now, or open an issue"),
    Ban(r"", r"^(<{7}|>{7}|={7})(\s|$)", "a merge was left unfinished"),
    Ban(r"\.(cpp|hpp)$", r"NOLIN[T](?!(NEXTLINE|BEGIN|END)?\([\w.,* -]+\))", "name the check"),
    Ban(r"\.(cpp|hpp)$", r"\bcatch\s*\([^)]*\)\s*\{\s*\}", "handle it, or say in it why it may be ignored"),
    Ban(r"\.py$", r"# noq[a](?!: [A-Z])|# type: ignor[e](?!\[)", "name the rule"),
    Ban(r"\.(cpp|py)$", r"GTEST_SKI[P]\(\)\s*;|mark\.ski[p]\s*$|\bski[p]\(\s*\)|xfai[l]\(\s*\)", "say why"),
    Ban(r"\.py$", r"time\.slee[p]\([^#\n]*$", "wait for a condition, or say why it is right on the same line"),
]


def check_name(path: str) -> Iterator[str]:
    *folders, name = path.split("/")
    for folder in folders:
        if folder in BANNED_FOLDERS:
            yield f"{path}: a folder named {folder} says nothing of what is in it"
    if STRAY.search(name):
        yield f"{path}: a stray file"
    if path.startswith("src/") and name.endswith(BANNED_ENDINGS):
        yield f"{path}: C++ files end in .cpp and .hpp"
    if path.endswith(CODE) and not re.fullmatch(r"[a-z0-9_]+\.[a-z]+", name):
        yield f"{path}: files are named in snake_case"


def check_words(path: str, text: str) -> Iterator[str]:
    code = without_comments_and_texts(text) if path.endswith((".cpp", ".hpp")) else ""
    for bans, content in ((BANNED_IN_CODE, code), (BANNED_ANYWHERE, text)):
        for ban in bans:
            if not re.search(ban.paths, path):
                continue
            for match in re.finditer(ban.words, content, re.MULTILINE):
                line = content.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: {match.group().strip()!r}: {ban.instead}"


def check_header(path: str, text: str) -> Iterator[str]:
    if path.endswith(".hpp") and not text.startswith("#pragma once\n"):
        yield f"{path}: a header begins with #pragma once"


def functions_of(path: str, text: str) -> list[Function]:
    if path.endswith((".cpp", ".hpp")):
        return find_functions(text)
    if path.endswith(".py"):
        nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        return [Function(node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1) for node in nodes]
    return []


def check_lengths(path: str, text: str, functions: Iterable[Function]) -> Iterator[str]:
    lines = text.count("\n")
    if path.endswith(CODE) and lines > LONGEST_FILE:
        yield f"{path}: {lines} lines; a file has at most {LONGEST_FILE}"
    for function in functions:
        if function.length > LONGEST_FUNCTION:
            yield (
                f"{path}:{function.line}: {function.name} has {function.length} lines; a function has at most "
                f"{LONGEST_FUNCTION}"
            )


def check_file(path: str, content: bytes) -> list[str]:
    faults = list(check_name(path))
    if len(content) > LARGEST_FILE:
        faults.append(f"{path}: {len(content)} bytes; nothing over {LARGEST_FILE} is kept here")
    if not path.endswith((*CODE, ".md", ".json", ".toml", ".txt", ".yml")) and Path(path).suffix:
        return faults
    text = content.decode("utf-8", errors="replace")
    if "\r\n" in text:
        faults.append(f"{path}: lines end in \\n")
    faults += check_words(path, text)
    faults += check_header(path, text)
    faults += check_lengths(path, text, functions_of(path, text))
    return faults


def figures(files: dict[str, bytes]) -> str:
    """What docs and reviewers ask for: the lengths of files and functions of the C++ sources."""
    sources = {path: content.decode("utf-8") for path, content in files.items() if path.endswith((".cpp", ".hpp"))}
    lines = [text.count("\n") for text in sources.values()]
    lengths = [function.length for path, text in sources.items() for function in functions_of(path, text)]
    if len(lines) < 2 or len(lengths) < 2:
        return "Too few C++ files for figures."
    return (
        f"C++: {len(lines)} files, median {statistics.median(lines):.0f} lines, longest {max(lines)}; "
        f"{len(lengths)} functions, p90 {statistics.quantiles(lengths, n=10)[8]:.0f} lines, longest {max(lengths)}."
    )


def files_of(root: Path) -> dict[str, bytes]:
    """Tracked files and new ones that git does not ignore."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return {name: (root / name).read_bytes() for name in names if name and (root / name).is_file()}


def main() -> int:
    files = files_of(Path(__file__).resolve().parent.parent)
    faults = [fault for path, content in files.items() for fault in check_file(path, content)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(figures(files))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
