"""What the kernel gives of a running register's memory to others: nothing, unless that is set."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from register import BINARY, Program

USER = 65534 if os.geteuid() == 0 else os.geteuid()
"""Root's own processes look the same in /proc whether they may be dumped or not."""
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups") if os.geteuid() == 0 else ()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Of that user; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        os.chown(name, USER, -1)
        yield Path(name)


@pytest.mark.parametrize(("setting", "owner"), [("false", 0), ("true", USER)])
def test_it_is_dumped_and_traced_only_when_that_is_set(folder: Path, setting: str, owner: int) -> None:
    data = folder / "data"
    wrapper = (*AS_USER, "env", f"ASSAY_SERVER__CORE_DUMPS={setting}")
    program = Program(
        "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", data,
        directory=folder, wrapper=wrapper,
    )  # fmt: skip
    try:
        # The kernel shows what can't be dumped as root's.
        assert Path(f"/proc/{program.process.pid}/mem").stat().st_uid == owner
        listed = [*AS_USER, str(BINARY), "subscription", "list", "--data-dir", str(data)]
        assert subprocess.run(listed, capture_output=True, text=True, timeout=60, check=True).stdout.count("first") == 1
    finally:
        program.stop()


@pytest.mark.release_only  # the sanitizers lock nothing
@pytest.mark.skipif(os.geteuid() != 0, reason="nobody else may look")
def test_memory_of_secrets_is_locked_and_left_out_of_dumps(fresh_register) -> None:
    flags = []
    for line in Path(f"/proc/{fresh_register.program.process.pid}/smaps").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmFlags:"):
            flags.append(set(line.split()[1:]))
    assert any({"dd", "wf", "lo"} <= each for each in flags)
    assert "can't be locked" not in fresh_register.program.log()
