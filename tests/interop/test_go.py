"""Go's own packages for such logs (golang.org/x/mod/sumdb) verify checkpoints, tiles, growth and receipts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from interop.served_log import ServedLog


def verify_log(tools: Path, log: ServedLog, older: Path, *receipts: Path) -> subprocess.CompletedProcess[str]:
    command = [tools / "verify_log", log.url, log.key_file, older, *receipts]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def grown(served_log: ServedLog) -> tuple[Path, list[Path]]:
    """An older checkpoint, and receipts from before and behind it."""
    served_log.grow_to(3)
    receipts = [served_log.receipt_of_an_access("first")]
    older = served_log.directory / "older"
    older.write_text(served_log.checkpoint())
    served_log.grow_to(600)
    receipts.append(served_log.receipt_of_an_access("second"))
    return older, receipts


def test_it_verifies_the_log_its_growth_and_receipts(tools: Path, served_log: ServedLog, grown):
    older, receipts = grown
    verified = verify_log(tools, served_log, older, *receipts)
    assert verified.returncode == 0, verified.stderr
    size = int(verified.stdout.split()[1])
    assert size >= 601
    grew, first, second = verified.stdout.splitlines()[1:]
    assert grew == f"grew from {older.read_text().split()[1]} to {size}"
    assert first.startswith("record 3 of ") and first.endswith(f" and of {size}")
    assert second.startswith("record 600 of ") and second.endswith(f" and of {size}")


def test_it_refuses_the_record_of_another_place(tools: Path, served_log: ServedLog, grown):
    older, (_, receipt) = grown
    moved = served_log.directory / "moved"
    moved.write_text(receipt.read_text().replace("\nindex 600\n", "\nindex 599\n"))
    assert "FAILED" in verify_log(tools, served_log, older, moved).stderr


def test_it_refuses_another_past(tools: Path, served_log: ServedLog, grown):
    """A checkpoint of a second log under the same name is no beginning of this one."""
    older, _ = grown
    origin, size, root, *rest = older.read_text().split("\n")
    other = served_log.directory / "other-past"
    other.write_text("\n".join([origin, size, root[::-1], *rest]))
    assert "FAILED" in verify_log(tools, served_log, other).stderr
