#!/usr/bin/env python3
"""Makes docs/images/trace.svg and top.svg anew, out of what the program prints of three parts that it starts.

python3 tools/make_pictures.py build/release/assay
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import threading
from contextlib import ExitStack
from pathlib import Path

from terminal_picture import picture

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
COLUMNS, ROWS = 110, 200
PATIENT = {"firstName": "Ada", "gender": "female", "dateOfBirth": "1815-12-10", "postCode": "1234"}


def printed(*arguments: object) -> str:
    """What a command prints on a terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    command = subprocess.Popen([*map(str, arguments)], stdin=subprocess.DEVNULL, stdout=theirs)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:  # the other end of the terminal was closed
        pass
    os.close(ours)
    if command.wait() != 0:
        raise SystemExit(f"{arguments} ended with {command.returncode}")
    return said.decode().replace("\r\n", "\n")


class Cluster:
    """Gateway, patients and audit service, a process each."""

    def __init__(self, binary: Path, folder: Path, stack: ExitStack):
        self.binary, self.folder, self.stack = binary, folder, stack
        self.data = folder / "data"
        subprocess.run(
            [binary, "secrets", "init", "--provider", "folder", "--dir", folder / "secrets"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        audit = self.start("audit")
        patients = self.start("patients", "--audit-url", audit)
        self.gateway = self.start("gateway", "--patients-url", patients, "--audit-url", audit).removeprefix("http://")
        self.key = (self.data / "gateway" / "first-key").read_text().strip()

    def start(self, part: str, *flags: str) -> str:
        """Its address, once it is ready."""
        process = subprocess.Popen(
            [
                self.binary, part, "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
                "--data-dir", self.data, "--secrets-provider", "folder",
                "--secrets", self.folder / "secrets" / part, *flags,
            ],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.stack.callback(process.wait)
        self.stack.callback(process.terminate)
        address = ""
        for line in process.stdout:
            words = line.split()
            if words[:1] == ["API"]:
                address = words[1]
            if words[:1] == ["Ready"]:
                return address
        raise SystemExit(f"{part} did not start")

    def create(self, connection: http.client.HTTPConnection) -> str:
        """A create's trace id."""
        headers = {"Ocp-Apim-Subscription-Key": self.key, "Content-Type": "application/json"}
        connection.request("POST", "/patient", json.dumps(PATIENT), headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 201:
            raise SystemExit(f"a create was answered {answer.status}")
        return answer.getheader("traceparent").split("-")[1]

    def load(self, is_over: threading.Event) -> None:
        connection = http.client.HTTPConnection(self.gateway)
        while not is_over.is_set():
            self.create(connection)


def write(name: str, output: str, title: str, description: str) -> None:
    (IMAGES / name).write_text(picture(output, title, description), encoding="utf-8")


def main() -> None:
    binary = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        cluster = Cluster(binary, Path(folder), stack)
        connection = http.client.HTTPConnection(cluster.gateway)
        trace_id = [cluster.create(connection) for _ in range(20)][-1]
        write(
            "trace.svg", printed(binary, "trace", trace_id, "--data-dir", cluster.data),
            "A create, as assay trace shows it",
            "A tree of spans over the gateway, the patients and the audit service, with the time that each took.",
        )  # fmt: skip
        is_over = threading.Event()
        clients = [threading.Thread(target=cluster.load, args=(is_over,), daemon=True) for _ in range(8)]
        for client in clients:
            client.start()
        shown = printed(binary, "top", "--once", "--data-dir", cluster.data)
        is_over.set()
        for client in clients:
            client.join()
        write(
            "top.svg", shown, "Three parts under load, as assay top shows them",
            "Tables of the processes, the stores with their group commits, the audit trail, and the busiest routes.",
        )  # fmt: skip


if __name__ == "__main__":
    main()
