"""Makes an audit register of many records directly in SQLite, by docs/formats.md and not by the program.

    python3 bench/make_audit_register.py DIR [RECORDS]

DIR/audit/audit.db is what a register would have written: records of 50,000 patients, searches with disclosures, tiles,
the register of accesses, and a signed checkpoint every thousand records. To measure `assay audit verify` on it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

WIDTH = 256
PATIENTS = 50_000
BETWEEN_CHECKPOINTS = 1_000
SCHEMA = """
  CREATE TABLE record(idx INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, entry BLOB NOT NULL, salt BLOB, document TEXT);
  CREATE TABLE tile(place INTEGER PRIMARY KEY, root BLOB NOT NULL, hashes BLOB NOT NULL);
  CREATE TABLE access(patient BLOB NOT NULL, sequence INTEGER NOT NULL, idx INTEGER NOT NULL,
                      PRIMARY KEY(patient, sequence)) WITHOUT ROWID;
  CREATE TABLE access_position(position INTEGER NOT NULL);
  CREATE TABLE checkpoint(row INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL);
  CREATE TABLE log_origin(row INTEGER PRIMARY KEY, verifier_key TEXT NOT NULL, first_size INTEGER NOT NULL);
  CREATE TABLE disclosure(search BLOB NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
                          PRIMARY KEY(search, first)) WITHOUT ROWID;
  CREATE TABLE attribute(hash INTEGER NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY(hash, idx)) WITHOUT ROWID;
"""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


class Tree:
    """The hashes of each level that the next tile of that level waits for."""

    def __init__(self, database: sqlite3.Connection):
        self.database = database
        self.open: list[list[bytes]] = []
        self.tiles: list[int] = []

    def append(self, entry: bytes) -> None:
        self._add(0, sha256(b"\0" + entry))

    def _add(self, level: int, value: bytes) -> None:
        if level == len(self.open):
            self.open.append([])
            self.tiles.append(0)
        self.open[level].append(value)
        if len(self.open[level]) == WIDTH:
            root = root_of(self.open[level])
            place = level << 48 | self.tiles[level]
            self.database.execute("INSERT INTO tile VALUES(?, ?, ?)", (place, root, b"".join(self.open[level])))
            self.open[level] = []
            self.tiles[level] += 1
            self._add(level + 1, root)

    def root(self) -> bytes:
        perfect: list[bytes] = []
        for hashes in reversed(self.open):
            rest = hashes
            while rest:
                width = 1 << (len(rest).bit_length() - 1)
                perfect.append(root_of(rest[:width]))
                rest = rest[width:]
        root = perfect.pop()
        while perfect:
            root = sha256(b"\1" + perfect.pop() + root)
        return root


def root_of(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [sha256(b"\1" + hashes[i] + hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


class Signer:
    def __init__(self) -> None:
        self.origin = "assay.internal/bench"
        self.key = Ed25519PrivateKey.generate()
        typed = b"\1" + self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = sha256(self.origin.encode() + b"\n" + typed)[:4]
        self.verifier_key = f"{self.origin}+{self.id.hex()}+{base64.b64encode(typed).decode()}"

    def sign(self, size: int, root: bytes) -> str:
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64encode(self.id + self.key.sign(text.encode())).decode()
        return f"{text}\n— {self.origin} {signature}\n"


def drafts(chance: random.Random) -> Iterator[dict]:
    """Records without end, as the patients service writes them; one in fifty is a search with five disclosures."""
    patients = [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(PATIENTS)]
    actor = {"id": str(uuid.UUID(int=chance.getrandbits(128), version=4)), "kind": "subscription", "name": "first"}
    while True:
        common = {
            "actor": actor,
            "operationId": f"{chance.getrandbits(128):032x}",
            "sourceSystemName": "PatientTestApi",
        }
        if chance.random() < 0.02:
            search = str(uuid.UUID(int=chance.getrandbits(128), version=4))
            criteria = {"id": '{"gender":"female","postCode":"1234"}', "operation": "search", "type": "patient"}
            yield common | {"id": search, "resource": criteria}
            for patient in chance.sample(patients, 5):
                disclosed = {"id": patient, "operation": "disclose", "type": "patient"}
                yield common | {"partOf": search, "patientId": patient, "resource": disclosed}
        else:
            patient = chance.choice(patients)
            yield common | {
                "asserted": {"onBehalfOf": "dr.jones", "purposeOfUse": "TREAT"},
                "patientId": patient,
                "resource": {"id": patient, "operation": "find", "type": "patient"},
            }


@cache
def attribute_hash(kind: bytes, text: str) -> int:
    return int.from_bytes(sha256(kind + text.encode())[:8], "big", signed=True)


def fill(database: sqlite3.Connection, records: int) -> None:
    chance = random.Random(1)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    numbers: dict[str, int] = {}
    tree, signer = Tree(database), Signer()
    database.execute("INSERT INTO log_origin VALUES(1, ?, 0)", (signer.verifier_key,))
    runs: dict[str, list[int]] = {}
    for index, draft in zip(range(records), drafts(chance), strict=False):
        now = begin + timedelta(milliseconds=index)
        record = {"id": str(uuid.UUID(int=chance.getrandbits(128), version=4))} | draft
        record["createdDate"] = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}Z"
        patient = record.get("patientId")
        if patient:
            numbers[patient] = record["patientSequence"] = numbers.get(patient, 0) + 1
            database.execute("INSERT INTO access VALUES(?, ?, ?)", (uuid.UUID(patient).bytes, numbers[patient], index))
        if "partOf" in record:
            runs.setdefault(record["partOf"], []).append(index)
        document = json.dumps(record, sort_keys=True, separators=(",", ":"))
        salt = os.urandom(32)
        entry = sha256(salt + document.encode())
        for kind, text in ((b"a", record["actor"]["id"]), (b"o", record["resource"]["operation"])):
            database.execute("INSERT INTO attribute VALUES(?, ?)", (attribute_hash(kind, text), index))
        row = (index, uuid.UUID(record["id"]).bytes, entry, salt, document)
        database.execute("INSERT INTO record VALUES(?, ?, ?, ?, ?)", row)
        tree.append(entry)
        if (index + 1) % BETWEEN_CHECKPOINTS == 0:
            note = signer.sign(index + 1, tree.root())
            database.execute("INSERT INTO checkpoint(size, note) VALUES(?, ?)", (index + 1, note))
    for search, indexes in runs.items():
        database.execute("INSERT INTO disclosure VALUES(?, ?, ?)", (uuid.UUID(search).bytes, indexes[0], len(indexes)))
    database.execute("INSERT INTO access_position VALUES(?)", (records,))


def main() -> None:
    folder = Path(sys.argv[1]) / "audit"
    folder.mkdir(parents=True, mode=0o700)
    with sqlite3.connect(folder / "audit.db") as database:
        database.executescript(SCHEMA)
        database.execute(f"PRAGMA application_id = {0x41734175}")
        database.execute("PRAGMA user_version = 2")
        fill(database, int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    database.execute("PRAGMA journal_mode = WAL")
    newest = database.execute("SELECT note FROM checkpoint ORDER BY row DESC LIMIT 1").fetchone()
    database.close()
    places = newest[0].encode().ljust(4096, b"\0") if newest else b""
    (folder / "log.head").write_bytes(places.ljust(8192, b"\0"))


if __name__ == "__main__":
    main()
