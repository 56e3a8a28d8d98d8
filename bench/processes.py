"""Servers under measurement: starting, watching and ending them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

LOOPBACK = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """The measurement can't go on, or would tell nothing; the text is for the user."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise BenchError(f"process {pid} tells no resident memory")


class Server:
    """A started program that ends with the block that it is used in."""

    name = "server"

    def __init__(self, command: list[str], log: Path, port: int, variables: Mapping[str, str] | None = None):
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}"
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=os.environ | dict(variables or {})
            )

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def pids(self) -> list[int]:
        """The processes that do the work."""
        return [self.main_pid()]

    def main_pid(self) -> int:
        """The process that ends the others when it is asked to end."""
        return self.process.pid

    def cpu_seconds(self) -> float:
        return sum(cpu_seconds(pid) for pid in self.pids())

    def wait_until_open(self, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise BenchError(f"{self.name} ended at its start: {self.log.read_text(errors='replace')[-2000:]}")
            with socket.socket() as probe:
                if probe.connect_ex((LOOPBACK, self.port)) == 0:
                    return
            time.sleep(0.0005)  # between two looks at the port
        raise BenchError(f"{self.name} did not open its port in {seconds} s")

    def wait_until_idle(self, seconds: float = 30.0) -> None:
        """Waits until what the server still had to do behind the last answers is done, so that it disturbs nobody."""
        deadline = time.monotonic() + seconds
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(0.25)  # the period over which use of the processor is measured
            now = self.cpu_seconds()
            if now - before <= 1.5 / TICKS:
                return
            before = now
        raise BenchError(f"{self.name} was still busy {seconds} s after the last request")

    def stop(self) -> None:
        if self.process.poll() is None:
            os.kill(self.main_pid(), signal.SIGTERM)
            self.process.wait(30)
