"""Single measurements of Assay beside the loads: start, memory, and whether it really asks the disk."""

from __future__ import annotations

import resource
import socket
import statistics
from pathlib import Path

from assay import Assay
from load import run_wrk
from processes import LOOPBACK, BenchError, resident_bytes

IDLE_CONNECTIONS = 1000


def measure_start(binary: Path, folder: Path, times: int = 5) -> float:
    """Milliseconds from starting the program on a filled data directory to its first answer: the median."""
    seconds = []
    for _ in range(times):
        with Assay(binary, folder) as assay:
            seconds.append(assay.seconds_to_first_answer)
    return round(statistics.median(seconds) * 1000, 1)


def measure_idle_memory(binary: Path, folder: Path) -> float:
    """MiB resident with a thousand connections that each had an answer and stay open."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    connections = []
    with Assay(binary, folder) as assay:
        try:
            for _ in range(IDLE_CONNECTIONS):
                connection = socket.create_connection((LOOPBACK, assay.port), timeout=10)
                connections.append(connection)
                connection.sendall(b"GET /status HTTP/1.1\r\nHost: bench\r\n\r\n")
                if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                    raise BenchError("a connection that was to stay idle was not answered")
            return round(resident_bytes(assay.process.pid) / 1024**2, 1)
        finally:
            for connection in connections:
                connection.close()


def prove_fsyncs(binary: Path, folder: Path, lists: Path, seconds: float) -> dict[str, float]:
    """Creates under strace: the kernel must have seen at least one fsync a batch that was called durable."""
    trace = folder.with_suffix(".strace")
    under = ("strace", "-f", "-c", "-e", "trace=fsync,fdatasync", "-o", str(trace))
    with Assay(binary, folder, under=under) as assay:
        run = run_wrk(assay, "create", 16, seconds, lists, assay.key())
        assay.wait_until_idle()
        batches = sum(counts["batches"] for counts in assay.group_commits().values())
    fsyncs = count_calls(trace.read_text(encoding="utf-8"))
    if fsyncs < batches:
        raise BenchError(f"{batches:.0f} batches were called durable with {fsyncs} fsyncs only")
    return {"creates": run.requests, "batches": batches, "fsyncs": fsyncs}


def count_calls(summary: str) -> int:
    """The calls in strace's summary: columns of share, seconds, microseconds a call, calls, perhaps errors, name."""
    rows = (line.split() for line in summary.splitlines())
    return sum(int(row[3]) for row in rows if len(row) >= 5 and row[-1] in ("fsync", "fdatasync"))
