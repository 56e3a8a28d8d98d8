"""The checker of the Tessera project accepts the log as it is served."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from interop.served_log import ServedLog


def fsck(tools: Path, url: str, key_file: Path) -> str:
    """What it says: its exit code is 0 in any case, and after some faults it never ends."""
    command = [tools / "fsck", "--ui=false", "--N=4", f"--storage_url={url}", f"--public_key={key_file}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stderr


@pytest.mark.parametrize("size", [1, 255, 256, 257, pytest.param(70_000, marks=pytest.mark.release_only)])
def test_it_accepts_the_log(tools: Path, served_log: ServedLog, size: int):
    served_log.grow_to(size)
    said = fsck(tools, served_log.url, served_log.key_file)
    assert f"Successfully fsck'd log with size {size} " in said, said
