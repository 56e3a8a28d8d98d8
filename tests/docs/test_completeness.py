"""What a user can set, call, watch or open is all in the documentation, and nothing else is."""

from __future__ import annotations

import re
import sqlite3
from functools import cache

import pytest
from docs.documentation import PAGES, text_of
from register import REPOSITORY, Register, run

OPERATE = "docs/operate.md"
# Code on a page: a block, an indented line, or a span. What is typed or printed there may name commands.
CODE = re.compile(r"^```[^\n]*\n(.*?)^```$|^ {4}(.+)$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?:^|(?<!-u)[\s/(])assay ((?:[a-z]+)(?: [a-z]+(?:-[a-z]+)*)?)([^\n`|)]*)")
HELP_ENTRY = re.compile(r"^  ([a-z-]+)  ", re.MULTILINE)


@cache
def help_of(*command: str) -> str:
    answer = run(*command, "--help")
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@cache
def commands() -> frozenset[str]:
    """All commands as they are typed: "serve", "subscription create"."""
    found = set()
    for command in HELP_ENTRY.findall(help_of().partition("Subcommands:")[2]):
        below = HELP_ENTRY.findall(help_of(command).partition("Subcommands:")[2])
        found |= {f"{command} {each}" for each in below} if below else {command}
    return frozenset(found)


def calls(page: str) -> list[tuple[str, str]]:
    """The calls of the program that a page shows: command and arguments."""
    code = "\n".join("".join(match) for match in CODE.findall(text_of(page).replace("\\\n", " ")))
    found = []
    for words, arguments in CALL.findall(code):
        first = words.split()[0]
        known = words if words in commands() else first
        found.append((known, words.removeprefix(known) + arguments))
    return found


def test_every_command_is_told():
    told = {command for command, _ in calls(OPERATE)}
    assert commands() - told == set()


@pytest.mark.parametrize("page", PAGES)
def test_no_command_and_no_flag_is_invented(page: str):
    for command, arguments in calls(page):
        groups = {each.split()[0] for each in commands() if " " in each}
        assert command in commands() or command in groups, f"assay {command}"
        for flag in re.findall(r"(?<!\S)--[a-z-]+", arguments):
            assert flag in help_of(*command.split()), f"assay {command} {flag}"


def test_the_settings_told_are_those_there_are():
    shown = re.findall(r'^(\S+) +"([^"]*)"', run("config", "show").stdout, re.MULTILINE)
    told = re.findall(r"^\| `([a-z_.]+)` \| (?:`([^`]*)`|empty) \|", text_of(OPERATE), re.MULTILINE)
    assert sorted(told) == sorted(shown)


def test_the_metrics_told_are_those_there_are(families: dict[str, str]):
    section = text_of(OPERATE).partition("\n## Metrics, and what to do")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|", section, re.MULTILINE)
    assert {name for cell in cells for name in re.findall(r"[a-z_]+", cell)} == set(families)


def test_no_metric_is_invented(families: dict[str, str]):
    for page in PAGES:
        for name in re.findall(r"\b(?:assay|process)_[a-z_]+_(?:total|seconds|bytes|info)\b", text_of(page)):
            assert name in families, f"{page}: {name}"


def columns(database: str) -> set[tuple[str, str]]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'"
        ).fetchall()
    connection.close()
    return {(table, column) for table, column in rows if not table.startswith("sqlite_")}


@pytest.mark.parametrize("part", ["gateway", "patients", "audit"])
def test_every_table_and_column_is_told(register: Register, part: str):
    section = text_of("docs/formats.md").partition(f"### {part}.db")[2].partition("\n#")[0]
    told = set(re.findall(r"`([a-z_]+)`", section))
    for table, column in columns(register.data / part / f"{part}.db"):
        assert {table, column} <= told, f"{table}.{column}"


def test_the_rooms_told_are_those_there_are():
    told = re.findall(r"^\| `([a-z]+)` \| .* \| .* \|$", text_of("ARCHITECTURE.md"), re.MULTILINE)
    assert sorted(told) == sorted(folder.name for folder in (REPOSITORY / "src").iterdir())
