"""The program that docs/audit.md shows verifies real receipts, and refuses one with any fault."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import make_vectors
import pytest
from interop.served_log import ServedLog
from register import REPOSITORY

PROGRAM = REPOSITORY / "docs" / "verify_receipt.py"
EXTRA, INDEX, FIRST_HASH = 1, 2, 3  # lines of a receipt


def verify(receipt: Path, key: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, PROGRAM, receipt, key], capture_output=True, text=True, check=False)


def refused(receipt: Path, key: Path) -> str:
    said = verify(receipt, key)
    assert said.returncode == 1 and said.stderr.startswith("NOT VERIFIED: ") and said.stdout == "", said
    return said.stderr.removeprefix("NOT VERIFIED: ").strip()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "log.key"
    file.write_text(make_vectors.verifier_key() + "\n")
    return file


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[list[str]], None]], Path]:
    """The frozen receipt with a change of its lines."""

    def change(lines_of: Callable[[list[str]], None]) -> Path:
        lines = make_vectors.receipt().split("\n")
        lines_of(lines)
        file = tmp_path / "receipt"
        file.write_text("\n".join(lines))
        return file

    return change


def test_the_page_shows_it_as_it_is():
    page = (REPOSITORY / "docs" / "audit.md").read_text(encoding="utf-8")
    assert f"```python\n{PROGRAM.read_text(encoding='utf-8')}```\n" in page


def test_real_receipts_are_verified(served_log: ServedLog):
    for number in range(3):
        receipt = served_log.receipt_of_an_access(f"receipt-{number}")
        said = verify(receipt, served_log.key_file)
        assert said.returncode == 0, said.stderr
        first, record = said.stdout.splitlines()
        index = receipt.read_text().split("\n")[INDEX].removeprefix("index ")
        assert first == f"VERIFIED: record {index} of the log"
        assert json.loads(record)["resource"]["operation"] == "create"


def test_a_real_receipt_is_refused_under_another_key(served_log: ServedLog, key: Path):
    receipt = served_log.receipt_of_an_access("receipt-under-another-key")
    assert refused(receipt, key) == "the checkpoint is not signed with this key"


def test_the_frozen_receipt_is_verified(key: Path):
    said = verify(make_vectors.FOLDER / "receipt.tlog-proof", key)
    assert said.stdout == f"VERIFIED: record 5 of the log\n{make_vectors.canonical(make_vectors.FIND)}\n"


def set_extra(lines: list[str], change: Callable[[dict], None]) -> None:
    extra = json.loads(base64.b64decode(lines[EXTRA].removeprefix("extra ")))
    change(extra)
    lines[EXTRA] = "extra " + make_vectors.base64_of(make_vectors.canonical(extra).encode())


def replace(lines: list[str], line: int, old: str, new: str) -> None:
    assert old in lines[line]
    lines[line] = lines[line].replace(old, new, 1)


def set_size(lines: list[str], size: str) -> None:
    lines[lines.index("") + 2] = size


NOT_IN_TREE = "the record is not in the tree of the checkpoint"
WRONG_SIGNATURE = "the signature of the checkpoint is wrong"
FAULTS: dict[str, tuple[Callable[[list[str]], object], str]] = {
    "another actor": (lambda lines: set_extra(lines, lambda e: e["record"]["actor"].update(name="x")), NOT_IN_TREE),
    "a member less": (lambda lines: set_extra(lines, lambda e: e["record"].pop("asserted")), NOT_IN_TREE),
    "another salt": (lambda lines: set_extra(lines, lambda e: e.update(salt="A" * 43 + "=")), NOT_IN_TREE),
    "no salt": (lambda lines: set_extra(lines, lambda e: e.pop("salt")), "'salt'"),
    "no record": (lambda lines: set_extra(lines, lambda e: e.pop("record")), "'record'"),
    "another index": (lambda lines: replace(lines, INDEX, "5", "4"), NOT_IN_TREE),
    "an index beyond the tree": (lambda lines: replace(lines, INDEX, "5", "7"), NOT_IN_TREE),
    "an index before the tree": (lambda lines: replace(lines, INDEX, "5", "-1"), NOT_IN_TREE),
    "a hash less": (lambda lines: lines.pop(FIRST_HASH), NOT_IN_TREE),
    "a hash more": (lambda lines: lines.insert(FIRST_HASH, lines[FIRST_HASH]), NOT_IN_TREE),
    "hashes in another order": (
        lambda lines: lines.insert(FIRST_HASH, lines.pop(FIRST_HASH + 1)),
        NOT_IN_TREE,
    ),
    "another version": (lambda lines: replace(lines, 0, "v1", "v2"), "this is no receipt"),
    "another size": (lambda lines: set_size(lines, "8"), WRONG_SIGNATURE),
    "another signature": (lambda lines: lines.__setitem__(-2, lines[-2].replace("h1U", "h1V")), WRONG_SIGNATURE),
    "no signature": (lambda lines: lines.pop(-2), "the checkpoint is not signed with this key"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_receipt_is_refused(changed, key: Path, fault: str):
    change, sentence = FAULTS[fault]
    assert refused(changed(change), key) == sentence


@pytest.mark.parametrize("length", range(0, len(make_vectors.receipt()) - 1, 97))
def test_the_beginning_of_a_receipt_is_refused(tmp_path: Path, key: Path, length: int):
    file = tmp_path / "beginning"
    file.write_text(make_vectors.receipt()[:length])
    assert refused(file, key)


def test_a_checkpoint_of_another_log_with_the_same_key_is_refused(changed, key: Path):
    """The key's name is the first line of what it signed."""
    size_and_root = make_vectors.receipt().split("\n\n")[1].split("\n", 1)[1]
    note = make_vectors.signed_note(f"another.log\n{size_and_root}\n").split("\n")
    receipt = changed(lambda lines: lines.__setitem__(slice(lines.index("") + 1, None), note))
    assert refused(receipt, key) == "the checkpoint is not signed with this key"
