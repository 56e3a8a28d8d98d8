"""Within the overlap of a rotation others' tools verify the log with the old key and with the new one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from interop.served_log import ServedLog
from interop.test_go import verify_log
from interop.test_receipt_program import PROGRAM
from interop.test_tessera import fsck
from register import Parts, run, wait_for


def key_of(parts: Parts) -> str:
    return run("audit", "key", "--data-dir", parts.data).stdout


def rotated(parts: Parts) -> str:
    """The new key, once the log has it."""
    before = key_of(parts)
    answer = run("secrets", "rotate", "audit-log-key", "--provider", "folder", "--dir", parts.secrets,
                 "--data-dir", parts.data)  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    wait_for(lambda: key_of(parts) != before, "the new key")
    return key_of(parts)


@pytest.fixture(scope="module")
def log_of_two_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServedLog, Path, Path]]:
    """The log, a checkpoint from before the rotation, and a receipt from behind it."""
    directory = tmp_path_factory.mktemp("rotated")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ASSAY_SECRETS__REFRESH", "1")
        parts = Parts(directory)
    log = ServedLog(parts, directory)
    log.grow_to(300)
    older = directory / "older"
    older.write_text(log.checkpoint())
    (directory / "new.key").write_text(rotated(parts))
    receipt = log.receipt_of_an_access("receipt")
    yield log, older, receipt
    parts.stop()


@pytest.mark.parametrize("key", ["log.key", "new.key"])
def test_each_key_is_enough(tools: Path, log_of_two_keys: tuple[ServedLog, Path, Path], key: str) -> None:
    log, _, receipt = log_of_two_keys
    said = fsck(tools, log.url, log.directory / key)
    assert "Successfully fsck'd log with size" in said, said
    verified = subprocess.run(
        [sys.executable, PROGRAM, receipt, log.directory / key], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stderr


def test_the_old_key_verifies_the_growth_over_the_rotation(
    tools: Path, log_of_two_keys: tuple[ServedLog, Path, Path]
) -> None:
    log, older, receipt = log_of_two_keys
    verified = verify_log(tools, log, older, receipt)
    assert verified.returncode == 0, verified.stderr
    assert "grew from 300 to " in verified.stdout
