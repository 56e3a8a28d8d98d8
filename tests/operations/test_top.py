"""What `assay top` shows of parts that run: on a terminal, once, and for programs."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import termios
from collections.abc import Iterator

import pytest
from client import MARK, a_patient
from ports import kept_address
from register import BINARY, DEADLINE, Parts, Register, run

ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?25h\x1b[?1049l"


class Terminal:
    """`assay top` on a terminal of its own."""

    def __init__(self, *arguments: object, columns: int = 120, rows: int = 60):
        self.ours, self.theirs = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self.theirs)
        self.seen = b""
        self.process = subprocess.Popen(
            [str(BINARY), "top", *map(str, arguments)],
            stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, env=os.environ | {"NO_COLOR": "1"},
        )  # fmt: skip

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, text: bytes) -> bytes:
        """What came since the last wait, until `text` was among it."""
        while text not in self.seen:
            self.seen += os.read(self.ours, 65536)
        seen, self.seen = self.seen, b""
        return seen

    def end(self, *, key: bytes = b"", by_signal: int = 0) -> None:
        if by_signal:
            self.process.send_signal(by_signal)
        else:
            os.write(self.ours, key)
        self.wait_for(LEAVE)
        assert self.process.wait(DEADLINE) == 0
        assert termios.tcgetattr(self.theirs) == self.before

    def close(self) -> None:
        self.process.kill()
        self.process.wait(DEADLINE)
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def terminal(register: Register) -> Iterator[Terminal]:
    made = Terminal("--data-dir", register.data, "--interval", "0.1")
    yield made
    made.close()


def test_it_fills_the_screen_anew_each_interval(register: Register, terminal: Terminal) -> None:
    terminal.wait_for(ENTER)
    for _ in range(3):
        screen = terminal.wait_for(b"\x1b[J").decode(errors="ignore")
    assert "PROCESS" in screen
    assert "serve" in screen
    client = register.client()
    while "gateway POST /patient " not in screen:
        client.post("/patient", a_patient(lastName=MARK))
        screen = terminal.wait_for(b"\x1b[J").decode(errors="ignore")
    assert MARK not in screen
    terminal.end(key=b"q")


@pytest.mark.parametrize("end", [{"key": b"\x03"}, {"by_signal": signal.SIGTERM}, {"by_signal": signal.SIGINT}])
def test_whatever_ends_it_the_terminal_is_as_before(terminal: Terminal, end: dict) -> None:
    terminal.wait_for(b"PROCESS")
    terminal.end(**end)


def test_it_follows_the_terminals_size(terminal: Terminal) -> None:
    terminal.wait_for(b"\x1b[J")
    terminal.resize(40, 5)
    terminal.process.send_signal(signal.SIGWINCH)
    while True:
        lines = terminal.wait_for(b"\x1b[J").replace(b"\x1b[K", b"").split(b"\r\n")
        if len(lines) <= 5:
            break
    terminal.end(key=b"q")


def of(answer: subprocess.CompletedProcess[str]) -> list[dict]:
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_once_it_prints_one_interval_without_a_terminal(register: Register) -> None:
    printed = run("top", "--data-dir", register.data, "--interval", "0.1")
    assert printed.returncode == 0, printed.stderr
    assert "\x1b" not in printed.stdout
    lines = printed.stdout.splitlines()
    assert lines[0] == "assay top: the last 0.1 s"
    assert [line for line in lines if line.startswith("serve ")]
    assert [line for line in lines if line.startswith("audit ")]


def test_the_parts_of_one_process_are_told_once_with_all_that_it_exposes(register: Register) -> None:
    register.client().post("/patient", a_patient())
    (process,) = of(run("top", "--data-dir", register.data, "--interval", "0.1", "--output", "json"))
    assert process["process"] == "serve"
    unknown = {name for name, figure in process.items() if figure is None}
    assert unknown == {"trouble"}
    assert [store["store"] for store in process["stores"]] == ["audit", "gateway", "patients"]
    (route,) = [each for each in process["routes"] if (each["part"], each["route"]) == ("gateway", "POST /patient")]
    assert route["requestsPerSecond"] is not None
    assert all(store["diskFreeBytes"] and store["queueLength"] is not None for store in process["stores"])


def test_a_cluster_is_watched_by_its_metrics_listeners(parts: Parts) -> None:
    urls = [part.metrics_url for part in (parts.gateway, parts.patients, parts.audit)]
    flags = [flag for url in urls for flag in ("--metrics", url)]
    told = of(run("top", *flags, "--interval", "0.1", "--output", "json"))
    assert [each["process"].split()[0] for each in told] == ["gateway", "patients", "audit"]
    assert [each["process"].split()[1] for each in told] == [url.removeprefix("http://") for url in urls]


def test_who_cannot_be_reached_is_said_in_its_line(register: Register) -> None:
    away = kept_address()
    asked = ("top", "--metrics", register.metrics_url + "/metrics", "--metrics", f"http://{away}", "--interval", "0.1")
    printed = run(*asked)
    assert printed.returncode == 0
    assert f"{away}  can't be reached" in printed.stdout.splitlines()
    assert run("top", "--metrics", f"http://{away}", "--once").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--interval", "0"], 2, "--interval"),
        (["--metrics", "nothing"], 1, "nothing"),
        (["--data-dir", "/nonexistent"], 1, "there is no register in /nonexistent"),
    ],
)
def test_wrong_usage_is_refused(arguments: list[str], code: int, sentence: str) -> None:
    answer = run("top", *arguments)
    assert answer.returncode == code
    assert sentence in answer.stderr


def test_a_stopped_register_is_said_to_be_silent(fresh_register: Register) -> None:
    fresh_register.stop()
    printed = run("top", "--data-dir", fresh_register.data)
    assert printed.returncode == 1
    assert len([line for line in printed.stdout.splitlines() if "can't be reached" in line]) == 3
