"""What the disk can do by itself, and whether it is one."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from pathlib import Path

from processes import BenchError

MEMORY_FILE_SYSTEMS = {"tmpfs", "ramfs"}


def refuse_memory(folder: Path) -> str:
    """The kind of file system; one in memory is refused, since an fsync costs nothing there."""
    command = ["stat", "--file-system", "--format=%T", str(folder)]
    kind = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    if kind in MEMORY_FILE_SYSTEMS:
        raise BenchError(f"{folder} is on {kind}, where fsync costs nothing; name a folder on a disk with --folder")
    return kind


def measure_fsync(folder: Path, seconds: float) -> dict[str, float]:
    """Appends 4 KiB and makes it durable, again and again."""
    path = folder / "fsync-probe"
    block = os.urandom(4096)
    durations = []
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        end = time.perf_counter() + seconds
        while (started := time.perf_counter()) < end:
            os.write(handle, block)
            os.fdatasync(handle)
            durations.append(time.perf_counter() - started)
    finally:
        os.close(handle)
        path.unlink()
    return {
        "fsyncs_per_second": round(len(durations) / sum(durations), 1),
        "p50_microseconds": round(statistics.median(durations) * 1e6, 1),
        "p99_microseconds": round(statistics.quantiles(durations, n=100)[98] * 1e6, 1),
    }
