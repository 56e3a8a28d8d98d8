"""Waits for servers of others that the tests start."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

SECONDS = 60


def wait_for_peer(process: subprocess.Popen[bytes], log: Path, what: str, is_done: Callable[[], bool]) -> None:
    """Returns once `is_done`; fails with the end of the server's log when it ended or the time is over."""
    end = time.monotonic() + SECONDS
    while not is_done():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"waited in vain for {what}: {log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.01)  # a server that starts tells nobody: only asking again shows it
