"""The log's key changes under one name: both keys sign for the overlap, and the log itself tells of the new one."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from client import a_patient
from cryptography.exceptions import InvalidSignature
from notes import open_checkpoint, read_receipt, signatures_of
from register import BINARY, Register, run, wait_for

FORGED = "log.example/1+3b3bd5f2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


@pytest.fixture(autouse=True)
def short_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_SECRETS__REFRESH", "1")


@pytest.fixture
def no_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_AUDIT__KEY_OVERLAP", "0")


def key_of(register: Register) -> str:
    return register.command("audit", "key").stdout.strip()


def keys_in(data: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(f"file:{data / 'audit' / 'audit.db'}?mode=ro", uri=True) as database:
        return list(database.execute("SELECT verifier_key, first_size FROM log_origin ORDER BY row"))


def checkpoint_of(register: Register) -> str:
    return requests.get(f"{register.program.url}/log/checkpoint", timeout=30).text


def receipt_of(register: Register) -> str:
    """The receipt of a new record, under a checkpoint of a tree that has it."""
    record = register.client().post("/patient/search", {}).headers["Audit-Record"][:36]
    return register.client().get(f"/audit/{record}/proof").text


def rotate(register: Register, *flags: object) -> subprocess.CompletedProcess[str]:
    return register.command("secrets", "rotate", "audit-log-key", *flags)


def rotate_running(register: Register) -> tuple[str, str]:
    """The old key and the new one, once the register has taken that into use."""
    old = key_of(register)
    answer = rotate(register)
    assert answer.returncode == 0, answer.stderr
    wait_for(lambda: key_of(register) != old, "the new key")
    return old, key_of(register)


def verdict_of(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.stderr == ""
    return f"{answer.returncode} {answer.stdout}"


def verify_directory(data: Path, *keys: str) -> str:
    return verdict_of(run("audit", "verify", "--data-dir", data, *(flag for key in keys for flag in ("--key", key))))


def verify_receipt(file: Path, key: str) -> str:
    return verdict_of(run("audit", "verify", file, "--key", key))


def verify_log(register: Register, *flags: object) -> str:
    return verdict_of(run("audit", "verify", "--url", register.program.url, *flags))


def test_both_keys_sign_and_the_log_tells_of_the_new_one(fresh_register: Register) -> None:
    fresh_register.client().create_patient()
    old, new = rotate_running(fresh_register)
    assert old.split("+")[0] == new.split("+")[0]
    (first, second) = keys_in(fresh_register.data)
    assert (first, second[0]) == ((old, 0), new)
    told = fresh_register.trail.all()[second[1]]
    assert (told["sourceSystemName"], told["actor"]["kind"]) == ("AssayAudit", "operator")
    assert (told["resource"]["type"], told["resource"]["operation"]) == ("log", "rotate")
    assert json.loads(told["resource"]["id"]) == {"key": new, "size": second[1]}
    note = read_receipt(receipt_of(fresh_register)).checkpoint
    assert len(signatures_of(note)) == 2
    assert open_checkpoint(note, old).size == open_checkpoint(note, new).size > second[1]


def test_the_old_key_verifies_within_the_overlap(fresh_register: Register, tmp_path: Path) -> None:
    receipt, before, kept = tmp_path / "receipt", tmp_path / "before", tmp_path / "kept"
    before.write_text(receipt_of(fresh_register))
    kept.write_text(checkpoint_of(fresh_register))
    old, new = rotate_running(fresh_register)
    receipt.write_text(receipt_of(fresh_register))
    for key in (old, new):
        assert verify_receipt(receipt, key).startswith("0 ")
        assert verify_log(fresh_register, "--key", key).startswith("0 ")
    assert verify_log(fresh_register, "--key", old, "--checkpoint", kept).startswith("0 ")
    for keys in ([], [old], [new], [old, new]):
        assert verify_directory(fresh_register.data, *keys).startswith("0 ")
    verified = verify_directory(fresh_register.data, old)
    assert f"at record {keys_in(fresh_register.data)[1][1]}, to the key {new}" in verified
    assert "Restored" not in verified
    # What only the old key signed is the old key's for ever.
    assert verify_receipt(before, old).startswith("0 ")
    assert f"with the id {old.split('+')[1]}: if you know of a rotation" in verify_receipt(before, new)


def test_the_old_key_verifies_nothing_new_behind_the_overlap(
    no_overlap: None, fresh_register: Register, tmp_path: Path
) -> None:
    receipt, kept = tmp_path / "receipt", tmp_path / "kept"
    kept.write_text(checkpoint_of(fresh_register))
    old, new = rotate_running(fresh_register)
    receipt.write_text(receipt_of(fresh_register))
    assert len(signatures_of(checkpoint_of(fresh_register))) == 1
    with pytest.raises((InvalidSignature, ValueError)):
        open_checkpoint(checkpoint_of(fresh_register), old)
    for answer in (verify_receipt(receipt, old), verify_log(fresh_register, "--key", old)):
        assert answer.startswith("1 ")
        assert f"with the id {new.split('+')[1]}: if you know of a rotation of the log's key" in answer
    answer = verify_directory(fresh_register.data, old)
    assert answer.startswith("1 ")
    assert f"on the log was signed with the key {new}, which was not given: if you know of that rotation" in answer
    assert verify_receipt(receipt, new).startswith("0 ")
    assert verify_log(fresh_register, "--key", new, "--key", old, "--checkpoint", kept).startswith("0 ")
    assert verify_directory(fresh_register.data, old, new).startswith("0 ")
    assert verify_directory(fresh_register.data, new).startswith("0 ")


def test_no_request_fails_and_no_checkpoint_lacks_its_key(no_overlap: None, fresh_register: Register) -> None:
    stopped = threading.Event()
    statuses: list[int] = []

    def work() -> None:
        client = fresh_register.client()
        while not stopped.is_set():
            answer = client.post("/patient", a_patient())
            proof = client.get(f"/audit/{answer.headers['Audit-Record'][:36]}/proof")
            statuses.extend([answer.status_code, proof.status_code])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        old, new = rotate_running(fresh_register)
        done = len(statuses)
        wait_for(lambda: len(statuses) > done + 100, "requests behind the rotation")
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    assert set(statuses) == {200, 201}
    assert verify_directory(fresh_register.data, old, new).startswith("0 ")


def test_a_register_that_was_stopped_takes_the_new_key_at_its_start(fresh_register: Register) -> None:
    old = key_of(fresh_register)
    fresh_register.stop()
    assert rotate(fresh_register).returncode == 0
    assert key_of(fresh_register) == old
    fresh_register.start()
    new = key_of(fresh_register)
    assert new != old
    fresh_register.stop()
    fresh_register.start()
    assert [key for key, _ in keys_in(fresh_register.data)] == [old, new]
    note = read_receipt(receipt_of(fresh_register)).checkpoint
    assert open_checkpoint(note, old) == open_checkpoint(note, new)
    assert verify_directory(fresh_register.data).startswith("0 ")


@pytest.mark.parametrize("overlap", ["0", "30"])
def test_a_register_that_is_killed_goes_on_from_there(
    monkeypatch: pytest.MonkeyPatch, fresh_register: Register, overlap: str
) -> None:
    fresh_register.kill()
    monkeypatch.setenv("ASSAY_AUDIT__KEY_OVERLAP", overlap)
    fresh_register.start()
    receipt_of(fresh_register)
    assert rotate(fresh_register).returncode == 0
    wait_for(lambda: len(keys_in(fresh_register.data)) == 2, "the new key")
    fresh_register.kill()
    fresh_register.start()
    assert len(fresh_register.trail.containing('"operation":"rotate","type":"log"')) == 1
    old, new = (key for key, _ in keys_in(fresh_register.data))
    note = read_receipt(receipt_of(fresh_register)).checkpoint
    assert [key_id for _, key_id, _ in signatures_of(note)] == [
        key.split("+")[1] for key in ([new] if overlap == "0" else [new, old])
    ]
    assert verify_directory(fresh_register.data).startswith("0 ")


def test_a_register_that_is_killed_while_it_starts_goes_on_from_there(fresh_register: Register) -> None:
    old = key_of(fresh_register)
    fresh_register.stop()
    assert rotate(fresh_register).returncode == 0
    flags = ("--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", fresh_register.data)
    with subprocess.Popen([BINARY, "serve", *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as starting:
        wait_for(lambda: len(keys_in(fresh_register.data)) == 2, "the new key")
        starting.kill()
    fresh_register.start()
    assert [key for key, _ in keys_in(fresh_register.data)] == [old, key_of(fresh_register)]
    receipt_of(fresh_register)
    assert verify_directory(fresh_register.data).startswith("0 ")


def test_a_second_rotation_waits_until_the_first_is_over(no_overlap: None, fresh_register: Register) -> None:
    fresh_register.stop()
    assert rotate(fresh_register).returncode == 0
    refused = rotate(fresh_register)
    assert refused.returncode == 1
    assert "has not taken version" in refused.stderr
    fresh_register.start()
    refused = rotate(fresh_register)
    assert refused.returncode == 1
    assert "is too new: until its overlap is over" in refused.stderr
    # Nothing of it was done.
    fresh_register.stop()
    fresh_register.start()
    assert len(keys_in(fresh_register.data)) == 2


def test_a_key_that_others_know_is_not_rotated_away(fresh_register: Register) -> None:
    refused = rotate(fresh_register, "--compromised")
    assert refused.returncode == 1
    assert "begin a log of a new name, as docs/rotate-keys.md tells" in refused.stderr


def test_a_backup_of_a_rotated_log_is_restored(fresh_register: Register, tmp_path: Path) -> None:
    old, new = rotate_running(fresh_register)
    receipt_of(fresh_register)
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    assert fresh_register.command("check").returncode == 0
    fresh_register.stop()
    assert fresh_register.command("check").returncode == 0
    assert fresh_register.command("restore", tmp_path / "backup").returncode == 0
    fresh_register.start()
    restored = key_of(fresh_register)
    assert restored.split("+")[0] != new.split("+")[0]
    assert len(signatures_of(read_receipt(receipt_of(fresh_register)).checkpoint)) == 1
    verified = verify_directory(fresh_register.data, old, new, restored)
    assert verified.startswith("0 "), verified
    assert "Rotated" in verified
    assert "Restored" in verified
    assert "if you know of that rotation" in verify_directory(fresh_register.data, old, restored)


@pytest.mark.parametrize("overlap", ["0", "30"])
def test_a_backup_from_before_the_rotation_is_restored(
    monkeypatch: pytest.MonkeyPatch, new_register: Callable[..., Register], tmp_path: Path, overlap: str
) -> None:
    monkeypatch.setenv("ASSAY_AUDIT__KEY_OVERLAP", overlap)
    register = new_register()
    assert register.command("backup", tmp_path / "backup").returncode == 0
    rotate_running(register)
    receipt_of(register)
    register.stop()
    assert register.command("restore", tmp_path / "backup").returncode == 0
    assert verify_directory(register.data).startswith("0 ")
    register.start()
    verified = verify_directory(register.data)
    assert verified.startswith("0 "), verified
    assert "Restored" in verified


def test_behind_a_compromise_a_log_of_a_new_name_has_a_key_that_nobody_knows(
    fresh_register: Register, tmp_path: Path
) -> None:
    """The steps of docs/rotate-keys.md, also within an overlap."""
    _, known = rotate_running(fresh_register)
    fresh_register.stop()
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    assert fresh_register.command("restore", tmp_path / "backup").returncode == 0
    answer = rotate(fresh_register)
    assert answer.returncode == 0, answer.stderr
    fresh_register.start()
    assert key_of(fresh_register).split("+")[0] != known.split("+")[0]
    # The key is of the version that was made last: that of the one before is not the new log's.
    assert len(keys_in(fresh_register.data)) == 3
    assert len(signatures_of(read_receipt(receipt_of(fresh_register)).checkpoint)) == 1
    assert verify_directory(fresh_register.data).startswith("0 ")


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a stopped register whose log's key was rotated."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ASSAY_SECRETS__REFRESH", "1")
        register = Register(tmp_path_factory.mktemp("rotated"))
        rotate_running(register)
        receipt_of(register)
        register.stop()
    return register.data


FORGERIES = {
    "no key in the row": (
        f"UPDATE log_origin SET verifier_key = '{FORGED}' WHERE row = 2",
        "Key 2 of the log can't be read.",
    ),
    "the first key in the row": (
        "UPDATE log_origin SET verifier_key = (SELECT verifier_key FROM log_origin WHERE row = 1) WHERE row = 2",
        "Key 2 of the log is not the one that record {at}, with which it begins, tells of: {new}.",
    ),
    "the row taken away": (
        "DELETE FROM log_origin WHERE row = 2",
        "Record {at} tells of a rotation of the log's key, but no key begins with it: {new}.",
    ),
    "the row at another place": (
        "UPDATE log_origin SET first_size = first_size + 1 WHERE row = 2",
        "which tells of neither a restore nor a rotation.",
    ),
    "the record changed": (
        "UPDATE record SET document = replace(document, '{new}', '{old}') WHERE idx = {at}",
        "Key 2 of the log is not the one that record {at}, with which it begins, tells of: {old}.",
    ),
    "the record taken away": ("DELETE FROM record WHERE idx = {at}", "Record {at} is missing"),
}


@pytest.mark.parametrize(("change", "sentence"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_row_or_record_is_named(rotated: Path, tmp_path: Path, change: str, sentence: str) -> None:
    data = Path(shutil.copytree(rotated, tmp_path / "data"))
    (old, _), (new, at) = keys_in(data)
    assert verify_directory(data).startswith("0 ")
    with sqlite3.connect(data / "audit" / "audit.db", isolation_level=None) as database:
        assert database.execute(change.format(old=old, new=new, at=at)).rowcount == 1
    database.close()
    answer = verify_directory(data)
    assert answer.startswith("1 ")
    assert sentence.format(old=old, new=new, at=at) in answer
