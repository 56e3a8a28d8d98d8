"""The release program can be profiled: it has symbols, line tables and frame pointers."""

from __future__ import annotations

import re
import subprocess

import pytest
from register import BINARY

PUSH_AND_MOVE = b"\x55\x48\x89\xe5"  # push %rbp; mov %rsp,%rbp


def output_of(*command: object) -> str:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=True, timeout=60).stdout


def test_it_has_symbols_and_line_tables() -> None:
    sections = output_of("readelf", "-SW", BINARY)
    assert ".symtab" in sections
    assert ".debug_line" in sections


def test_its_functions_keep_frame_pointers() -> None:
    if "x86-64" not in output_of("readelf", "-hW", BINARY).lower():
        pytest.skip("the instructions looked for are those of x86-64")
    text = re.search(r" \.text +PROGBITS +([0-9a-f]+) +([0-9a-f]+)", output_of("readelf", "-SW", BINARY))
    address, offset = int(text[1], 16), int(text[2], 16)
    program = BINARY.read_bytes()
    starts = [
        program[place : place + len(PUSH_AND_MOVE)]
        for place in (
            int(value, 16) - address + offset
            for value in re.findall(r"^([0-9a-f]+) [tTW] _ZNK?5assay", output_of("nm", BINARY), re.MULTILINE)
        )
    ]
    assert len(starts) > 1_000
    # Some answer a simple case before they need a frame.
    assert starts.count(PUSH_AND_MOVE) > 0.9 * len(starts)
