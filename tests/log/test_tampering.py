"""Whatever is changed in the audit database by hand is named by `assay audit verify`.

Each test works on a copy of one stopped register, whose log has full tiles, searches, tests and checkpoints.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from notes import leaf_hash, root_of
from register import Register, run, wait_for

WIDTH = 256
CUT_AT = 260  # of about 800 records


def verify(data: Path, *flags: object) -> subprocess.CompletedProcess[str]:
    return run("audit", "verify", "--data-dir", data, *flags)


def position_of(data: Path) -> int:
    database = Database(data)
    position = database.value("SELECT position FROM access_position")
    database.connection.close()
    return position


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stopped register's `data`, its `key`, and the `checkpoint` that an outsider kept last."""
    folder = tmp_path_factory.mktemp("whole")
    register = Register(folder)
    client = register.client()
    patients = [client.create_patient(lastName="Tampered")["id"] for _ in range(12)]
    for patient in patients:
        client.create_test(patient)
    for _ in range(20):
        for patient in patients:
            assert client.get(f"/patient/{patient}").status_code == 200
            assert client.get(f"/patient/{patient}/tests").status_code == 200
        assert client.post("/patient/search", {"lastName": "Tampered"}).status_code == 200
        proof = client.get(f"/audit/{client.get(f'/patient/{patients[0]}').headers['Audit-Record'][:36]}/proof")
        assert proof.status_code == 200  # for which the tree is signed at once
    (folder / "checkpoint").write_text(requests.get(f"{register.program.url}/log/checkpoint", timeout=30).text)
    (folder / "key").write_text(register.command("audit", "key").stdout)
    # The register of accesses is brought up to date behind the records.
    wait_for(lambda: position_of(folder / "data") >= CUT_AT, "the register of accesses")
    register.stop()
    return folder


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    """The data directory of the test's own."""
    return Path(shutil.copytree(whole / "data", tmp_path / "data"))


class Database:
    """An audit database in the hands of somebody who may write it."""

    def __init__(self, data: Path):
        self.connection = sqlite3.connect(data / "audit" / "audit.db", isolation_level=None)

    def run(self, script: str) -> None:
        self.connection.executescript(script)
        self.connection.close()

    def value(self, query: str, *values: object):
        (found,) = self.connection.execute(query, values).fetchone()
        return found

    def change(self, query: str, *values: object) -> None:
        assert self.connection.execute(query, values).rowcount > 0

    def rewrite(self, index: int, change: Callable[[dict], None]) -> None:
        """Changes a record and its entry with it."""
        record = json.loads(self.value("SELECT document FROM record WHERE idx = ?", index))
        change(record)
        document = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        salt = self.value("SELECT salt FROM record WHERE idx = ?", index)
        entry = hashlib.sha256(salt + document.encode()).digest()
        self.change("UPDATE record SET document = ?, entry = ? WHERE idx = ?", document, entry, index)

    def leaves(self) -> list[bytes]:
        return [leaf_hash(entry) for (entry,) in self.connection.execute("SELECT entry FROM record ORDER BY idx")]

    def rebuild_tiles(self) -> None:
        """Makes the tree that of the entries as they are now."""
        leaves = self.leaves()
        self.connection.execute("DELETE FROM tile")
        for place in range(len(leaves) // WIDTH):
            hashes = leaves[place * WIDTH : (place + 1) * WIDTH]
            self.change("INSERT INTO tile VALUES(?, ?, ?)", place, root_of(hashes), b"".join(hashes))

    def cut(self, size: int) -> None:
        """Takes back all that came after the first records, and leaves everything in agreement."""
        self.change("DELETE FROM record WHERE idx >= ?", size)
        self.change("DELETE FROM access WHERE idx >= ?", size)
        self.change("DELETE FROM disclosure WHERE first >= ?", size)
        self.connection.execute("UPDATE disclosure SET count = ?1 - first WHERE first + count > ?1", (size,))
        self.connection.execute("DELETE FROM attribute WHERE idx >= ?", (size,))
        self.change("UPDATE access_position SET position = ?", size)
        self.change("DELETE FROM checkpoint WHERE size > ?", size)
        self.rebuild_tiles()


def test_what_nobody_changed_is_in_order(data: Path, whole: Path) -> None:
    answer = verify(data, "--key", whole / "key", "--checkpoint", whole / "checkpoint")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "in order" in answer.stdout


OTHER_INDEX = "The index of actors and operations is not that of the records from 0 on."
EXCHANGE = "UPDATE {0} SET {1} = (SELECT o.{1} FROM {0} AS o WHERE o.{2} = {3} + {4} - {0}.{2}) WHERE {2} IN ({3}, {4})"
TAMPERED = {
    "a document that was changed": (
        "UPDATE record SET document = replace(document, 'first', 'other') WHERE idx = 17",
        "Record 17 is not what its entry in the log commits to.",
    ),
    "a record that was deleted": ("DELETE FROM record WHERE idx = 17", "Record 17 is missing: the next is 18."),
    "the first record deleted": ("DELETE FROM record WHERE idx = 0", "Record 0 is missing: the next is 1."),
    "documents that were exchanged": (
        EXCHANGE.format("record", "document", "idx", 17, 40),
        "Record 17 is not what its entry in the log commits to.",
    ),
    "whole records that were exchanged": (
        "UPDATE record SET idx = -1 WHERE idx = 17; UPDATE record SET idx = 17 WHERE idx = 40;"
        "UPDATE record SET idx = 40 WHERE idx = -1",
        "Tile 0 of level 0 is not that of the entries.",
    ),
    "a record that was put in": (
        "UPDATE record SET idx = -idx - 1 WHERE idx >= 300; UPDATE record SET idx = -idx WHERE idx < 0;"
        "INSERT INTO record SELECT 300, randomblob(16), entry, salt, document FROM record WHERE idx = 299",
        "Record 300 has another id than its row.",
    ),
    "a record that was added": (
        "INSERT INTO record SELECT max(idx) + 1, randomblob(16), entry, salt, document FROM record",
        "has another id than its row.",
    ),
    "a record that was put before the first": (
        "INSERT INTO record SELECT -5, randomblob(16), entry, salt, document FROM record WHERE idx = 1",
        "There is a record before the first, with the index -5.",
    ),
    "records that were cut off": ("DELETE FROM record WHERE idx >= 610", "but there are 610: the newest were cut off."),
    "all records deleted": ("DELETE FROM record", "but there are 0: the newest were cut off."),
    "a document that was emptied": (
        "UPDATE record SET document = NULL WHERE idx = 17",
        "Record 17 is half erased: it has no document.",
    ),
    "a record that was emptied": (
        "UPDATE record SET document = NULL, salt = NULL WHERE idx = 17",
        "Record 17 has neither document nor salt, and no record says that it was erased.",
    ),
    "a salt that was changed": (
        "UPDATE record SET salt = randomblob(32) WHERE idx = 17",
        "Record 17 is not what its entry in the log commits to.",
    ),
    "salts that were exchanged": (
        EXCHANGE.format("record", "salt", "idx", 17, 40),
        "Record 17 is not what its entry in the log commits to.",
    ),
    "an entry that was changed": (
        "UPDATE record SET entry = randomblob(32) WHERE idx = 17",
        "Record 17 is not what its entry in the log commits to.",
    ),
    "an entry and its salt and document of another record": (
        "UPDATE record SET (entry, salt, document) = (SELECT entry, salt, document FROM record WHERE idx = 40)"
        " WHERE idx = 17",
        "Record 17 has another id than its row.",
    ),
    "an id that was changed": (
        "UPDATE record SET id = randomblob(16) WHERE idx = 17",
        "Record 17 has another id than its row.",
    ),
    "a patient's number that was changed": (
        "UPDATE record SET document = replace(document, 'patientSequence\":', 'patientSequence\":1') WHERE idx = 17",
        "Record 17 has number 1",
    ),
    "the hashes of a tile": (
        "UPDATE tile SET hashes = randomblob(8192) WHERE place = 1",
        "Tile 1 of level 0 is not that of the entries.",
    ),
    "the root of a tile": (
        "UPDATE tile SET root = randomblob(32) WHERE place = 1",
        "Tile 1 of level 0 is not that of the entries.",
    ),
    "a tile that was deleted": ("DELETE FROM tile WHERE place = 1", "Tile 1 of level 0 is missing."),
    "tiles that were exchanged": (
        EXCHANGE.format("tile", "hashes", "place", 0, 1),
        "Tile 0 of level 0 is not that of the entries.",
    ),
    "a tile that was put in": (
        "INSERT INTO tile VALUES(7, randomblob(32), randomblob(8192))",
        "There are 4 tiles, but the entries fill 3.",
    ),
    "a row of the register of accesses that was deleted": (
        "DELETE FROM access WHERE idx = 17",
        "The register of accesses doesn't have record 17.",
    ),
    "a row of the register of accesses that was put in": (
        "INSERT INTO access SELECT patient, 1000000, idx FROM access WHERE idx = 17",
        "The register of accesses has record 17 as number 1000000 of a patient",
    ),
    "a row of the register of accesses that leads elsewhere": (
        "UPDATE access SET idx = 18 WHERE idx = 17",
        "The register of accesses doesn't have record 17.",
    ),
    "a register of accesses that says to be ahead": (
        "UPDATE access_position SET position = 100000",
        "The register of accesses is ahead of the records.",
    ),
    "a search's disclosures that were deleted": (
        "DELETE FROM disclosure WHERE first = (SELECT min(first) FROM disclosure)",
        "is part of another, but is not noted as such.",
    ),
    "a search's disclosures of which there are fewer": (
        "UPDATE disclosure SET count = count - 1 WHERE first = (SELECT min(first) FROM disclosure)",
        "is part of another, but is not noted as such.",
    ),
    "a search's disclosures of which there are more": (
        "UPDATE disclosure SET count = count + 1 WHERE first = (SELECT min(first) FROM disclosure)",
        "but are not all parts of it.",
    ),
    "the text of a checkpoint": (
        "UPDATE checkpoint SET note = replace(note, x'0a' || size || x'0a', x'0a' || (size + 1) || x'0a'),"
        " size = size + 1 WHERE row = 5",
        "Checkpoint 5 is not signed by its log's key.",
    ),
    "the size of a checkpoint": ("UPDATE checkpoint SET size = size + 1 WHERE row = 5", "Checkpoint 5 is of "),
    "a checkpoint that was deleted": (
        "DELETE FROM checkpoint WHERE row = 5",
        "Checkpoint 5 is missing, or not in its place.",
    ),
    "checkpoints that were exchanged": (
        "UPDATE checkpoint SET row = -1 WHERE row = 5; UPDATE checkpoint SET row = 5 WHERE row = 6;"
        "UPDATE checkpoint SET row = 6 WHERE row = -1",
        "Checkpoint 5 is missing, or not in its place.",
    ),
    "a checkpoint that was put in": (
        "INSERT INTO checkpoint SELECT NULL, 1, note FROM checkpoint WHERE row = 5",
        "but kept as one of 1.",
    ),
    "the newest checkpoint deleted": (
        "DELETE FROM checkpoint WHERE row = (SELECT max(row) FROM checkpoint)",
        "is missing among the checkpoints of the database.",
    ),
    "all checkpoints deleted": ("DELETE FROM checkpoint", "is missing among the checkpoints of the database."),
    "the log's key": (
        "UPDATE log_origin SET verifier_key = replace(verifier_key, '+', '1+')",
        "Key 1 of the log can't be read.",
    ),
    "the log's beginning": (
        "UPDATE log_origin SET first_size = 100",
        "Key 1 of the log begins with record 100, which tells of neither a restore nor a rotation.",
    ),
    "the log's key deleted": ("DELETE FROM log_origin", "which has no key here."),
    "a view in the place of a table": (
        "ALTER TABLE record RENAME TO r; CREATE VIEW record AS SELECT idx, id, entry, salt, document FROM r",
        "The database has a view record, which nothing of this program made.",
    ),
    "a trigger": (
        "CREATE TRIGGER forget AFTER INSERT ON attribute BEGIN DELETE FROM attribute WHERE idx = new.idx; END",
        "The database has a trigger forget, which nothing of this program made.",
    ),
    "a table of another form": (
        "CREATE TABLE r AS SELECT * FROM record; DROP TABLE record; ALTER TABLE r RENAME TO record",
        "The table record of the database is not of the form that it must have.",
    ),
    "an attribute that was deleted": ("DELETE FROM attribute WHERE idx = 17", OTHER_INDEX),
    "an attribute that was put in": ("INSERT INTO attribute(hash, idx) VALUES(7, 17)", OTHER_INDEX),
    "an attribute that was changed": ("UPDATE attribute SET hash = hash + 1 WHERE idx = 17", OTHER_INDEX),
}


@pytest.mark.parametrize(("change", "sentence"), TAMPERED.values(), ids=TAMPERED)
def test_it_is_named(data: Path, change: str, sentence: str) -> None:
    Database(data).run(change)
    answer = verify(data)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert sentence in answer.stdout
    assert answer.stderr == ""


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, 600])
def test_a_record_changed_with_all_that_follows_from_it_is_found_by_the_checkpoints(data: Path, index: int) -> None:
    database = Database(data)
    database.rewrite(index, lambda record: record["actor"].update(name="nobody"))
    database.rebuild_tiles()
    answer = verify(data)
    assert answer.returncode == 1
    (first, *_) = [line for line in answer.stdout.splitlines() if "was signed for another tree" in line]
    begin, _, end = first.partition("in the records from ")[2].split()[:3]
    assert int(begin) <= index <= int(end)
    assert "Tile" not in answer.stdout
    assert "Record" not in answer.stdout.partition("\nRecords")[0]


def test_a_patient_who_is_taken_out_of_all_records_is_found_by_the_checkpoints(data: Path) -> None:
    database = Database(data)
    database.rewrite(17, lambda record: (record.pop("patientId"), record.pop("patientSequence")))
    database.rebuild_tiles()
    answer = verify(data)
    assert answer.returncode == 1
    assert "was signed for another tree" in answer.stdout
    assert "The register of accesses has record 17 as number" in answer.stdout


def test_a_register_that_was_cut_is_found_by_the_head(data: Path) -> None:
    Database(data).cut(CUT_AT)
    answer = verify(data)
    assert answer.returncode == 1
    assert f"{data}/audit/log.head" in answer.stdout
    assert f"but there are {CUT_AT}: the newest were cut off." in answer.stdout


def test_a_register_that_was_cut_with_its_head_is_found_by_who_kept_a_later_checkpoint(data: Path, whole: Path) -> None:
    database = Database(data)
    database.cut(CUT_AT)
    older = database.value("SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1")
    (data / "audit" / "log.head").write_bytes(older.encode().ljust(4096, b"\0"))
    # Nothing inside tells of it any more.
    assert verify(data).returncode == 0
    answer = verify(data, "--checkpoint", whole / "checkpoint")
    assert answer.returncode == 1
    assert f"The checkpoint in {whole / 'checkpoint'} is of" in answer.stdout
    assert f"but there are {CUT_AT}: the newest were cut off." in answer.stdout


def test_a_head_that_is_missing_is_named(data: Path, tmp_path: Path) -> None:
    head = data / "audit" / "log.head"
    moved = head.rename(tmp_path / "moved.head")
    answer = verify(data)
    assert answer.returncode == 1
    assert f"There is no {head}: the log's head is lost, or audit.head_path names another file." in answer.stdout
    settings = tmp_path / "assay.toml"
    settings.write_text(f'[audit]\nhead_path = "{moved}"\n')
    assert verify(data, "--config", settings).returncode == 0


def test_a_head_that_was_overwritten_is_named(data: Path) -> None:
    (data / "audit" / "log.head").write_bytes(b"x" * 8192)
    answer = verify(data)
    assert answer.returncode == 1
    assert "log.head holds no checkpoint." in answer.stdout


def test_a_log_that_was_signed_anew_by_another_key_is_found_by_who_knows_the_key(data: Path, whole: Path) -> None:
    database = Database(data)
    origin = database.value("SELECT verifier_key FROM log_origin").partition("+")[0]
    key = Ed25519PrivateKey.generate()
    typed = b"\1" + key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = hashlib.sha256(f"{origin}\n".encode() + typed).digest()[:4]
    database.rewrite(17, lambda record: record["actor"].update(name="nobody"))
    database.rebuild_tiles()
    leaves = database.leaves()
    for row, size in database.connection.execute("SELECT row, size FROM checkpoint").fetchall():
        text = f"{origin}\n{size}\n{base64.b64encode(root_of(leaves[:size])).decode()}\n"
        signature = base64.b64encode(key_id + key.sign(text.encode())).decode()
        database.change("UPDATE checkpoint SET note = ? WHERE row = ?", f"{text}\n— {origin} {signature}\n", row)
    forged = f"{origin}+{key_id.hex()}+{base64.b64encode(typed).decode()}"
    database.change("UPDATE log_origin SET verifier_key = ?", forged)
    newest = database.value("SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1")
    (data / "audit" / "log.head").write_bytes(newest.encode().ljust(4096, b"\0"))
    # The database says so itself, and it is all there is.
    assert verify(data).returncode == 0
    answer = verify(data, "--key", whole / "key")
    assert answer.returncode == 1
    assert "The log was never signed with the key" in answer.stdout
    answer = verify(data, "--checkpoint", whole / "checkpoint")
    assert answer.returncode == 1
    assert "is not signed by its log's key." in answer.stdout


@pytest.mark.parametrize("size", [1, 4096, 100_000])
def test_a_damaged_file_is_named(data: Path, size: int) -> None:
    database = data / "audit" / "audit.db"
    with database.open("r+b") as file:
        file.seek(0 if size == 1 else size)
        file.write(b"\xa5" * 4096)
    answer = verify(data)
    assert answer.returncode == 1
    assert "damaged" in answer.stderr or "Record" in answer.stdout


def test_check_finds_it_too(data: Path) -> None:
    Database(data).run("UPDATE record SET salt = randomblob(32) WHERE idx = 17")
    answer = run("check", "--data-dir", data)
    assert answer.returncode == 1
    assert "Record 17 is not what its entry in the log commits to." in answer.stdout
