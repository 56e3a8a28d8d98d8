"""Values that must turn up nowhere, and where they are looked for."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import secrets
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from register import Program, run

PARTS = ("gateway", "patients", "audit")


_MARK = re.compile("zq[0-9a-f]{16}")
_IDS = re.compile("[0-9a-f]{32,}")


def _bare(text: str) -> str:
    return text.lower().replace("-", "")


class Marks:
    """Each value is another, so that one that is found says where it came from."""

    def __init__(self) -> None:
        self.meanings: dict[str, str] = {}
        self.others: set[str] = set()

    def new(self, meaning: str) -> str:
        return self.note(f"zq{secrets.token_hex(8)}", meaning)

    def note(self, value: str, meaning: str) -> str:
        self.meanings[_bare(value)] = meaning
        if not _MARK.fullmatch(value) and not _IDS.fullmatch(_bare(value)):
            self.others.add(_bare(value))
        return value

    def found_in(self, content: bytes) -> list[str]:
        """What each value that is there stands for, in whichever case, and an id without its hyphens too."""
        text = _bare(content.decode(errors="replace"))
        seen = set(_MARK.findall(text))
        for digits in _IDS.findall(text):
            seen |= {digits[i : i + 32] for i in range(len(digits) - 31)}
        seen |= {value for value in self.others if value in text}
        return sorted({self.meanings[value] for value in seen if value in self.meanings})


class Receiver:
    """Takes whatever is sent to it."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        taken = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                taken.append(str(self.headers).encode())
                taken.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def settings() -> set[str]:
    return {line.split()[0] for line in run("config", "show").stdout.splitlines() if line}


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver | None]:
    """All telemetry is on for programs that start from here on; what is exported, if that can be, comes here."""
    monkeypatch.setenv("ASSAY_LOGS__LEVEL", "debug")
    monkeypatch.setenv("ASSAY_LOGS__ACCESS", "true")
    # So that a request that never ends is soon refused.
    monkeypatch.setenv("ASSAY_SERVER__REQUEST_TIMEOUT", "1")
    if "traces.endpoint" not in settings():
        yield None
        return
    own = Receiver()
    monkeypatch.setenv("ASSAY_TRACES__ENDPOINT", own.url)
    yield own
    own.stop()


class Door(http.client.HTTPConnection):
    """A part's operator socket, whose path may be longer than an address of a socket."""

    def __init__(self, folder: Path):
        super().__init__("operator")
        self.folder = folder

    def connect(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(f"/proc/self/fd/{folder}/operator.sock")
        os.close(folder)


def traces_kept(data: Path, trace_ids: set[str], parts: tuple[str, ...] = PARTS) -> Iterator[tuple[str, bytes]]:
    """What each running part keeps of these operations, as it tells `assay trace`."""
    for part in parts:
        door = Door(data / part)
        for trace_id in sorted(trace_ids):
            door.request("GET", f"/traces/{trace_id}")
            yield f"the trace of {trace_id} in {part}", door.getresponse().read()
        door.close()


def traces_printed(data: Path, trace_ids: list[str]) -> Iterator[tuple[str, bytes]]:
    for trace_id in trace_ids:
        for output in ("text", "json"):
            printed = run("trace", trace_id, "--data-dir", data, "--output", output)
            yield f"assay trace {trace_id} --output {output}", (printed.stdout + printed.stderr).encode()


def told_by(programs: list[Program]) -> Iterator[tuple[str, bytes]]:
    """What programs that run tell of themselves."""
    for program in programs:
        for path in ("/metrics", "/readyz", "/healthz", "/nowhere"):
            yield f"{program.part}{path}", requests.get(program.metrics_url + path, timeout=30).content
        printed = {label: value for label, value in program.printed.items() if label != "Key"}
        yield f"{program.part} on standard output", json.dumps(printed).encode()


def logged(directory: Path) -> Iterator[tuple[str, bytes]]:
    for file in directory.rglob("*.stderr"):
        yield file.name, file.read_bytes()
