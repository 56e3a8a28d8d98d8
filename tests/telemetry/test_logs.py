"""What the parts log, in which form, from which level on, and what becomes of it when nobody reads it."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import requests
from client import MARK, a_patient, new_id
from register import BINARY, Parts, Program, Register, run
from telemetry.log_lines import access_line, access_lines, lines_of, trace_of
from wire import Wire

TEXT_LINE = re.compile(
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    gateway  request method=GET route=unmatched status=404 "
    r"duration_ms=\S+ request_bytes=0 response_bytes=\d+ trace_id=[0-9a-f]{32} span_id=[0-9a-f]{16}$"
)


def level_of(place: Register | Parts, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run("log", "level", *arguments, "--data-dir", place.data)


def levels(place: Register | Parts, *arguments: str) -> dict[str, str]:
    answer = level_of(place, *arguments)
    assert answer.returncode == 0, answer.stderr
    return dict(line.split() for line in answer.stdout.splitlines())


def test_a_request_is_one_line_with_its_trace_and_what_was_done(register: Register):
    body = json.dumps(a_patient())
    answer = register.client().post("/patient", raw=body)
    line = access_line(register.program, trace_of(answer))
    datetime.strptime(line.pop("time"), "%Y-%m-%dT%H:%M:%S.%fZ")
    assert 0 < line.pop("duration_ms") < answer.elapsed.total_seconds() * 1000
    assert line == {
        "level": "info", "part": "gateway", "message": "request", "method": "POST", "route": "/patient", "status": 201,
        "trace_id": trace_of(answer), "span_id": answer.headers["traceparent"].split("-")[2],
        "request_bytes": len(body), "response_bytes": len(answer.content), "principal": "first",
        "audit_record": answer.headers["Audit-Record"].split(";")[0],
    }  # fmt: skip


def test_each_part_tells_of_its_share_under_the_same_trace(parts: Parts):
    answer = parts.client().get(f"/patient/{new_id()}?x={MARK}")
    assert answer.status_code == 404
    shares = [(part, access_line(part, trace_of(answer))) for part in (parts.gateway, parts.patients)]
    assert [line["part"] for _, line in shares] == [part.part for part, _ in shares]
    assert [line["route"] for _, line in shares] == ["/patient/{patientId}", "/api/patient/{id}"]
    assert len({line["span_id"] for _, line in shares}) == len(shares)
    assert {line["status"] for _, line in shares} == {404}


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("BREW", 404), ("DELETE", 405)])
def test_what_no_route_serves_is_unmatched(register: Register, method: str, status: int):
    path = "/patient" if status == 405 else f"/{MARK}"
    answer = register.client().call(method, path)
    line = access_line(register.program, trace_of(answer))
    assert (line["route"], line["status"]) == ("unmatched", status)
    assert "principal" not in line


def test_the_reason_of_a_failure_is_there_when_it_is_answered(fresh_parts: Parts):
    fresh_parts.audit.stop()
    answer = fresh_parts.client().post("/patient", a_patient())
    assert answer.status_code == 500
    told = [line for line in lines_of(fresh_parts.patients) if line["message"] == "a request was not served"]
    assert [(line["level"], line["trace_id"], line["route"]) for line in told] == [
        ("error", trace_of(answer), "/api/patient")
    ]
    assert re.fullmatch("[0-9a-f]{16}", told[0]["span_id"])


def test_no_request_is_logged_where_that_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, new_register: Callable[..., Register]
):
    monkeypatch.setenv("ASSAY_LOGS__ACCESS", "false")
    register = new_register()
    register.client().create_patient()
    register.stop()
    assert [line["message"] for line in lines_of(register.program) if line["message"] in {"request", "stopping"}] == [
        "stopping"
    ]


def test_levels_change_while_parts_run(fresh_parts: Parts):
    client = fresh_parts.client()
    assert levels(fresh_parts) == {"audit": "info", "gateway": "info", "patients": "info"}
    assert levels(fresh_parts, "warning", "--part", "patients") == {"patients": "warning"}
    quiet = client.get(f"/patient/{new_id()}")
    access_line(fresh_parts.gateway, trace_of(quiet))
    assert levels(fresh_parts) == {"audit": "info", "gateway": "info", "patients": "warning"}
    assert set(levels(fresh_parts, "debug").values()) == {"debug"}
    told = client.get(f"/patient/{new_id()}")
    access_line(fresh_parts.patients, trace_of(told))
    assert not access_lines(fresh_parts.patients, trace_of(quiet))
    changes = [line for line in lines_of(fresh_parts.patients) if line["message"].startswith("an operator changes")]
    assert [(line.get("of"), line["to"]) for line in changes] == [("patients", "warning"), (None, "debug")]


def test_each_part_of_one_process_has_a_level(fresh_register: Register):
    assert set(levels(fresh_register)) == {"serve", "gateway", "patients", "audit"}
    assert levels(fresh_register, "error", "--part", "audit") == {"audit": "error"}
    assert levels(fresh_register) == {"serve": "info", "gateway": "info", "patients": "info", "audit": "error"}
    fresh_register.stop()
    assert "stopping" in fresh_register.program.log()


def test_a_start_takes_its_level_from_the_settings(
    monkeypatch: pytest.MonkeyPatch, new_register: Callable[..., Register]
):
    monkeypatch.setenv("ASSAY_LOGS__LEVEL", "warning")
    register = new_register()
    register.client().create_patient()
    assert set(levels(register).values()) == {"warning"}
    register.stop()
    assert '"level":"info"' not in register.program.log()


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["loud"], 2, "LEVEL"),
        (["debug", "--part", "kitchen"], 1, "no part named kitchen runs on"),
        (["--part", "kitchen"], 1, "no part named kitchen runs on"),
    ],
)
def test_a_level_that_cannot_be_set_is_refused(register: Register, arguments: list[str], code: int, sentence: str):
    answer = level_of(register, *arguments)
    assert answer.returncode == code
    assert sentence in answer.stderr
    assert set(levels(register).values()) == {"info"}


def test_where_nothing_runs_there_is_no_level(fresh_register: Register):
    fresh_register.stop()
    answer = level_of(fresh_register, "debug")
    assert (answer.returncode, "no part runs on" in answer.stderr) == (1, True)


class OnTerminal:
    """`assay serve` with a terminal for its log."""

    def __init__(self, directory: Path, **environment: str):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", "data"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, cwd=directory, text=True,
            env={**os.environ, "TERM": "xterm", **environment},
        )  # fmt: skip
        os.close(theirs)
        told = dict(re.split(r"\s{2,}|\s", line.strip(), maxsplit=1) for line in self.until_ready())
        self.url = told["API"]

    def until_ready(self) -> list[str]:
        lines = []
        while not (line := self.process.stdout.readline()).startswith("Ready"):
            assert line, "it ended before it was ready"
            lines.append(line)
        return [line for line in lines if line.startswith("API")]

    def lines_to_the_end(self) -> list[str]:
        self.process.send_signal(signal.SIGTERM)
        told = b""
        try:
            while more := os.read(self.ours, 65536):
                told += more
        except OSError:  # what a terminal says when its other side has gone
            pass
        os.close(self.ours)
        self.process.stdout.close()
        assert self.process.wait(60) == 0
        return told.decode().splitlines()


@pytest.mark.parametrize(
    ("environment", "coloured", "is_json"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "dumb"}, False, False),
        ({"ASSAY_LOGS__FORMAT": "json"}, False, True),
    ],
)
def test_on_a_terminal_lines_are_readable(tmp_path: Path, environment: dict[str, str], coloured: bool, is_json: bool):
    terminal = OnTerminal(tmp_path, **environment)
    assert requests.get(f"{terminal.url}/nowhere", timeout=30).status_code == 404
    (line,) = [line for line in terminal.lines_to_the_end() if "unmatched" in line]
    assert ("\x1b" in line) == coloured
    if is_json:
        assert json.loads(line)["route"] == "unmatched"
    else:
        assert TEXT_LINE.match(re.sub("\x1b\\[[0-9]*m", "", line)), line


def test_text_can_be_wanted_where_no_terminal_is(
    monkeypatch: pytest.MonkeyPatch, new_register: Callable[..., Register]
):
    monkeypatch.setenv("ASSAY_LOGS__FORMAT", "text")
    register = new_register()
    requests.get(f"{register.program.url}/nowhere", timeout=30)
    register.stop()
    assert [line for line in register.program.log().splitlines() if TEXT_LINE.match(line)]


def dropped_by(program: Program) -> int:
    metrics = requests.get(program.metrics_url + "/metrics", timeout=30).text
    return int(re.search(r"^assay_log_lines_dropped_total (\d+)$", metrics, re.MULTILINE)[1])


def ask_often(address: tuple[str, int], times: int) -> None:
    """Requests in one connection, all of which must be answered."""
    with Wire(address) as wire:
        for _ in range(0, times, 100):
            wire.send("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
            assert [wire.answer().status for _ in range(100)] == [404] * 100


def test_a_log_that_nobody_reads_delays_nobody_and_tells_how_much_it_lacks(tmp_path: Path):
    pipe = tmp_path / "log"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    register = Register(tmp_path, wrapper=["sh", "-c", f'exec "$0" "$@" 2> {shlex.quote(str(pipe))}'])
    asked = 6_000
    ask_often(register.address, asked)
    dropped = dropped_by(register.program)
    assert dropped > 0
    told = b""
    while b"were dropped" not in told or not told.endswith(b"\n"):
        told += os.read(reader, 65536)
    lines = [json.loads(line) for line in told.splitlines()]
    assert len([line for line in lines if line["message"] == "request"]) == asked - dropped
    (gap,) = [line for line in lines if "were dropped" in line["message"]]
    assert (gap["lines"], gap["level"]) == (dropped, "warning")
    assert dropped_by(register.program) == dropped
    register.stop()
    os.close(reader)


# The sanitizers have a handler of their own for the second.
@pytest.mark.parametrize("crash", [signal.SIGABRT, pytest.param(signal.SIGSEGV, marks=pytest.mark.release_only)])
def test_what_was_told_before_a_crash_is_in_the_log(fresh_register: Register, crash: signal.Signals):
    answer = fresh_register.client().get("/echo/resource?param1=sample")
    fresh_register.program.ended = True
    fresh_register.program.process.send_signal(crash)
    assert fresh_register.program.process.wait(60) == -crash
    assert access_lines(fresh_register.program, trace_of(answer))
    last = lines_of(fresh_register.program)[-1]
    assert (last["message"], last["signal"], last["level"]) == ("the program crashes", crash, "error")
