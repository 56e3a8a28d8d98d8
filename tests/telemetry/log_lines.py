"""The lines of a program's log."""

from __future__ import annotations

import json
from typing import Any

import requests
from register import Program, wait_for

Line = dict[str, Any]


def lines_of(program: Program) -> list[Line]:
    """All whole lines so far; each must be one JSON object."""
    whole, _, _ = program.log().rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def trace_of(answer: requests.Response) -> str:
    return answer.headers["traceparent"].split("-")[1]


def access_lines(program: Program, trace_id: str) -> list[Line]:
    return [line for line in lines_of(program) if line["message"] == "request" and line.get("trace_id") == trace_id]


def access_line(program: Program, trace_id: str) -> Line:
    """The one line of that request, once it is written."""
    (line,) = wait_for(lambda: access_lines(program, trace_id), "a line of the access log")
    return line
