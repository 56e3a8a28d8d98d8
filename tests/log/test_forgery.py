"""Who rewrites the audit database and all that follows from it doesn't get it signed, by whichever way it is begun."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from register import Register, run

FORGED = 3
NOT_THE_ONE = "is not the one whose"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stopped register, with a `backup` of before its last records."""
    folder = tmp_path_factory.mktemp("whole")
    register = Register(folder)
    for _ in range(4):
        register.client().create_patient()
    assert register.command("backup", folder / "backup").returncode == 0
    for _ in range(4):
        register.client().create_patient()
    (folder / "key").write_text(register.command("audit", "key").stdout)
    register.stop()
    return folder


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """The data directory of the test's own."""
    return Path(shutil.copytree(whole / "data", tmp_path / "data"))


def database_in(folder: Path) -> Path:
    return folder / "audit" / "audit.db" if (folder / "audit").exists() else folder / "audit.db"


def run_script(folder: Path, script: str) -> None:
    connection = sqlite3.connect(database_in(folder))
    connection.executescript(script)
    connection.close()


def value(folder: Path, query: str):
    connection = sqlite3.connect(database_in(folder))
    (found,) = connection.execute(query).fetchone()
    connection.close()
    return found


def rewrite(folder: Path, index: int = FORGED) -> None:
    """Changes a record, and the entry with it; of this size the tree has no tile to change."""
    with sqlite3.connect(database_in(folder)) as connection:
        document, salt = connection.execute("SELECT document, salt FROM record WHERE idx = ?", (index,)).fetchone()
        record = json.loads(document)
        record["actor"]["name"] = "nobody"
        changed = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        entry = hashlib.sha256(salt + changed.encode()).digest()
        connection.execute("UPDATE record SET document = ?, entry = ? WHERE idx = ?", (changed, entry, index))
        assert connection.execute("SELECT count(*) FROM tile").fetchone() == (0,)
    connection.close()


def forget_checkpoints(folder: Path) -> None:
    """Leaves those of before the record that was rewritten."""
    run_script(folder, f"DELETE FROM checkpoint WHERE size > {FORGED}")


def head_of(data: Path) -> Path:
    return data / "audit" / "log.head"


def mark_of(data: Path) -> Path:
    return data / "audit" / "restored"


def refusal_of(data: Path) -> str:
    answer = run(
        "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", data, cwd=data.parent
    )
    assert answer.returncode == 1, answer.stdout
    (sentence,) = [line for line in answer.stderr.splitlines() if line.startswith("assay: ")]
    return sentence


def faults_of(data: Path, *flags: object) -> str:
    answer = run("audit", "verify", "--data-dir", data, *flags)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    return answer.stdout


def started(data: Path) -> Register:
    """Starts and stops a register on that data, which must be taken."""
    register = Register(data.parent)
    register.stop()
    return register


def put_in_behind(data: Path) -> None:
    """What a store would append, by somebody who has the database and no key."""
    with sqlite3.connect(database_in(data)) as connection:
        (document, index) = connection.execute(
            "SELECT document, (SELECT max(idx) + 1 FROM record) FROM record "
            "WHERE instr(document, '\"create\"') ORDER BY idx DESC LIMIT 1"
        ).fetchone()
        record = json.loads(document)
        record["id"] = "00000000-0000-4000-8000-000000000000"
        record["patientSequence"] += 1
        forged = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        entry = hashlib.sha256(bytes(32) + forged.encode()).digest()
        row = (index, bytes.fromhex(record["id"].replace("-", "")), entry, bytes(32), forged)
        connection.execute("INSERT INTO record VALUES(?, ?, ?, ?, ?)", row)
    connection.close()


def test_a_record_that_is_put_in_behind_the_newest_checkpoint_is_told_of(data: Path) -> None:
    def is_told() -> bool:
        verified = run("audit", "verify", "--data-dir", data)
        assert verified.returncode == 0, verified.stdout
        return "Not signed   1 record behind the newest checkpoint" in verified.stdout

    assert not is_told()
    put_in_behind(data)
    assert is_told()
    register = started(data)
    assert "records behind the newest checkpoint are signed now" in register.program.log()
    assert not is_told()
    assert "behind the newest checkpoint" not in started(data).program.log()


def test_a_register_that_lost_head_and_checkpoints_is_neither_signed_nor_in_order(data: Path) -> None:
    rewrite(data)
    run_script(data, "DELETE FROM checkpoint")
    head_of(data).unlink()
    faults = faults_of(data)
    assert f"There is no {head_of(data)}" in faults
    assert "The newest checkpoint is missing" in faults
    assert f"{head_of(data)} is lost" in refusal_of(data)
    checked = run("check", "--data-dir", data)
    assert checked.returncode == 1
    assert "The newest checkpoint is missing" in checked.stdout
    copied = run("backup", data.parent / "copy", "--data-dir", data)
    assert copied.returncode == 1
    mark_of(data).write_text("restored\n")
    assert f"{head_of(data)} is lost" in refusal_of(data)


def test_a_register_that_lost_the_name_of_its_log_as_well_is_not_signed(data: Path) -> None:
    rewrite(data)
    run_script(data, "DELETE FROM checkpoint; DELETE FROM log_origin")
    head_of(data).unlink()
    assert "no name and key of their log" in faults_of(data)
    assert "the name and key of their log are lost" in refusal_of(data)
    mark_of(data).write_text("restored\n")
    assert "the name and key of their log are lost" in refusal_of(data)


def test_a_register_that_is_made_into_one_of_an_earlier_version_is_not_signed(data: Path) -> None:
    rewrite(data)
    run_script(
        data,
        "DROP TABLE checkpoint; DROP TABLE log_origin; DROP TABLE disclosure; DROP TABLE attribute;"
        "PRAGMA user_version = 1",
    )
    assert "is of the log" in faults_of(data)
    kept = head_of(data).read_bytes()
    head_of(data).unlink()
    # Such a one is not known from what it pretends to be, and said to be no more than that.
    assert "in order, but no log has signed it yet" in run("audit", "verify", "--data-dir", data).stdout
    head_of(data).write_bytes(kept)
    assert "is of no log" in refusal_of(data)
    head_of(data).unlink()
    assert "the name and key of their log are lost" in refusal_of(data)


def test_the_mark_of_a_restore_does_not_launder_a_register(data: Path) -> None:
    rewrite(data)
    forget_checkpoints(data)
    mark_of(data).write_text("restored\n")
    assert "was signed for another tree" in faults_of(data)
    assert NOT_THE_ONE in refusal_of(data)
    # Nor with the key that is in force, as a start that was broken off leaves it.
    mark_of(data).write_text(value(data, "SELECT verifier_key FROM log_origin"))
    assert NOT_THE_ONE in refusal_of(data)


def test_backup_and_restore_do_not_launder_a_register(data: Path, tmp_path: Path) -> None:
    rewrite(data)
    forget_checkpoints(data)
    refusal = refusal_of(data)
    assert NOT_THE_ONE in refusal
    assert "then assay restore" not in refusal
    copied = run("backup", tmp_path / "copy", "--data-dir", data)
    assert copied.returncode == 1
    assert "was signed for another tree" in copied.stderr
    assert not (tmp_path / "copy").exists()


def test_head_path_is_looked_at_by_backup_too(data: Path, tmp_path: Path) -> None:
    rewrite(data)
    forget_checkpoints(data)
    head_of(data).rename(tmp_path / "moved.head")
    settings = tmp_path / "assay.toml"
    settings.write_text(f'[audit]\nhead_path = "{tmp_path}/moved.head"\n')
    copied = run("backup", tmp_path / "copy", "--data-dir", data, "--config", settings)
    assert copied.returncode == 1
    assert f"The checkpoint in {tmp_path}/moved.head was signed for another tree" in copied.stderr


def test_a_backup_that_contradicts_the_head_is_not_restored(data: Path, whole: Path, tmp_path: Path) -> None:
    backup = Path(shutil.copytree(whole / "backup", tmp_path / "backup"))
    # As long as the log that was signed: its own records, and what somebody would have them be.
    shutil.copy(database_in(data), backup / "audit.db")
    rewrite(backup)
    forget_checkpoints(backup)
    manifest = json.loads((backup / "backup.json").read_text())
    for part in manifest["parts"]:
        part["sha256"] = hashlib.sha256((backup / part["file"]).read_bytes()).hexdigest()
    (backup / "backup.json").write_text(json.dumps(manifest))
    restored = run("restore", backup, "--data-dir", data)
    assert restored.returncode == 1
    assert "was signed for another tree" in restored.stderr
    assert run("audit", "verify", "--data-dir", data).returncode == 0


def test_a_restore_is_told_and_its_checkpoint_is_held_against_the_tree(data: Path, whole: Path) -> None:
    old_key = (whole / "key").read_text().strip()
    restored_size = value(whole / "backup", "SELECT count(*) FROM record")
    signed_size = value(data, "SELECT max(size) FROM checkpoint")
    assert run("restore", whole / "backup", "--data-dir", data).returncode == 0
    started(data)
    new_key = run("audit", "key", "--data-dir", data).stdout.strip()
    verified = run("audit", "verify", "--data-dir", data, "--key", old_key, "--key", new_key)
    assert verified.returncode == 0, verified.stdout
    told = f"at record {restored_size}, from the log {old_key.partition('+')[0]}, last known with {signed_size} records"
    assert f"{told}, of which {signed_size - restored_size} are lost" in verified.stdout
    faults = faults_of(data, "--key", old_key)
    assert f"From record {restored_size} on the log was signed with the key {new_key}" in faults
    assert run("audit", "verify", "--data-dir", data, "--key", new_key).returncode == 0


def test_a_forged_past_under_a_restored_name_is_found_by_the_checkpoint_that_the_restore_names(data: Path) -> None:
    note = value(data, "SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1")
    assert run("backup", data.parent / "copy", "--data-dir", data).returncode == 0
    assert run("restore", data.parent / "copy", "--data-dir", data).returncode == 0
    started(data)
    assert run("audit", "verify", "--data-dir", data).returncode == 0
    assert value(data, f"SELECT count(*) FROM record WHERE instr(document, '{note.splitlines()[2]}')") == 1
    rewrite(data)
    forget_checkpoints(data)
    assert "The checkpoint that the restore in record" in faults_of(data)


def test_an_older_audit_database_beside_newer_patients_has_a_way_on(data: Path, whole: Path, tmp_path: Path) -> None:
    # The audit database alone is put back to an older state.
    shutil.copy(whole / "backup" / "audit.db", database_in(data))
    refusal = refusal_of(data)
    assert "is older than the log's head" in refusal
    assert "restore one backup of both" in refusal
    assert run("backup", tmp_path / "copy", "--data-dir", data).returncode == 1
    # Either of the two ways that the sentence names.
    other = Path(shutil.copytree(data, tmp_path / "other" / "data"))
    assert run("restore", whole / "backup", "--data-dir", other).returncode == 0
    started(other)
    shutil.copy(whole / "backup" / "patients.db", data / "patients" / "patients.db")
    assert run("backup", tmp_path / "copy", "--data-dir", data).returncode == 0
    assert run("restore", tmp_path / "copy", "--data-dir", data).returncode == 0
    started(data)
    assert run("audit", "verify", "--data-dir", data).returncode == 0
