"""Finds the functions of a C++ file and their lengths, by its braces; enough for clang-formatted code."""

from __future__ import annotations

import re
from typing import NamedTuple


class Function(NamedTuple):
    name: str
    line: int
    length: int


NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\\\s]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])(?:u8|[uUL])?\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)
SCOPE = re.compile(r'\b(namespace|class|struct|union|enum)\b|^\s*extern\s*""\s*$')
NAME = re.compile(r"([~\w]+(?:::[~\w]+)*|operator\S+)\s*\(")


def without_comments_and_texts(code: str) -> str:
    """The code with comments gone and literals empty, each on the line where it was."""

    def blank(match: re.Match[str]) -> str:
        newlines = "\n" * match.group().count("\n")
        return newlines if match.group().startswith("/") else '""' + newlines

    return NOT_CODE.sub(blank, code)


def find_functions(code: str) -> list[Function]:
    """The functions with a body in a namespace or a class; lambdas count as part of theirs."""
    code = re.sub(r"^\s*#.*(?:\\\n.*)*", "", without_comments_and_texts(code), flags=re.MULTILINE)
    functions: list[Function] = []
    scopes: list[bool] = []  # for each open brace outside of functions, whether functions can stand in it
    current, depth = Function("", 0, 0), 0  # the function that we are in, and how many braces deep
    end_of_head = line = 0
    for part in re.finditer(r"[{};]|\n", code):
        mark, head = part.group(), code[end_of_head : part.start()]
        if mark == "\n":
            line += 1
        elif mark == "{" and depth == 0 and not (is_scope(head) or opens_function(head)):
            scopes.append(False)
        elif mark == "}" and depth == 0 and scopes and not scopes.pop():
            pass  # a value ends within the head
        else:
            end_of_head = part.end()
            if mark == "{" and depth == 0 and is_scope(head):
                scopes.append(True)
            elif mark == "{":
                current = current if depth else Function(NAME.search(head).group(1), line + 1, 0)
                depth += 1
            elif mark == "}" and depth:
                depth -= 1
                if depth == 0:
                    functions.append(current._replace(length=line + 2 - current.line))
    return functions


def opens_function(head: str) -> bool:
    """Whether what stands before a brace is a function's head, and not a value or a default argument in braces."""
    return head[-1:].isspace() and head.rstrip()[-1:] not in ("", *"=(,{") and NAME.search(head) is not None


def is_scope(head: str) -> bool:
    """Whether what stands before a brace opens a namespace or a type."""
    keyword = SCOPE.search(re.sub(r"template\s*<.*>", "", head, flags=re.DOTALL))
    return keyword is not None and "(" not in re.sub(r"alignas\s*\([^)]*\)", "", head)
