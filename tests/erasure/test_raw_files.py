"""What was erased is in no file of the data directory, whatever happened around it before."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from client import Client, Json, a_patient, a_test, unique
from erasure.erasing import admin_key, erase_patient, erase_records
from register import Register, wait_for

NEIGHBOURS = 150


def bytes_of(file: Path) -> bytes:
    """What a file holds; nothing once it is gone."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def remains(data: Path, texts: list[str]) -> list[str]:
    """Which of the texts stand in a file, as they are or as the bytes of an id."""
    found = []
    for file in sorted(path for path in data.rglob("*") if path.is_file()):
        content = bytes_of(file)
        for text in texts:
            if text.encode() in content:
                found.append(f"{file.name}: {text}")
    return found


def a_grown_patient(mark: str, chance: random.Random) -> Json:
    """A patient whose row is short or long by chance, so that updates move it to other pages."""
    return a_patient(
        firstName=f"{mark}F",
        lastName=f"{mark}L" if chance.random() < 0.5 else ...,
        insuranceNumber=f"{mark}I" * chance.choice([1, 2, 20, 90, 400]),
        preferredContactNumber=f"{mark}C" * chance.choice([1, 1, 30]),
    )


def make_history(client: Client, marks: list[str], chance: random.Random) -> dict[str, str]:
    """Creates, tests, updates and searches, all mixed up; returns the ids by mark."""
    ids: dict[str, str] = {}
    for mark in marks:
        headers = {"Idempotency-Key": unique()} if chance.random() < 0.5 else {}
        answer = client.post("/patient", a_grown_patient(mark, chance), headers=headers)
        ids[mark] = answer.json()["id"]
    for _ in range(3 * len(marks)):
        mark = chance.choice(marks)
        kind = chance.random()
        if kind < 0.6:
            changed = a_grown_patient(mark, chance) | {"id": ids[mark]}
            assert client.put(f"/patient/{ids[mark]}", changed).status_code == 200
        elif kind < 0.8:
            observed = a_test(performer=f"{mark}T" * chance.choice([1, 300]), orderReference=f"{mark}O")
            assert client.post(f"/patient/{ids[mark]}/tests", observed).status_code == 201
        else:
            client.search({"firstName": f"{mark}F"})
            client.search({"insuranceNumber": f"{mark}I"})
    return ids


def test_nothing_of_an_erased_person_is_left_in_any_file(fresh_register: Register):
    chance = random.Random(20261125)
    client = fresh_register.client()
    marks = [unique("Qzmarkedname-") + "-" for _ in range(NEIGHBOURS)]
    ids = make_history(client, marks, chance)
    erased = chance.sample(marks, 12)
    for mark in erased:
        client.search({"firstName": f"{mark}F"})
        assert remains(fresh_register.data, [f"{mark}F"]) != []
    for mark in erased:
        current = a_grown_patient(mark, chance) | {"insuranceNumber": f"{mark}I"}
        assert client.put(f"/patient/{ids[mark]}", current | {"id": ids[mark]}).status_code == 200
        assert erase_records(fresh_register, ids[mark]).returncode == 0
        assert erase_patient(fresh_register, ids[mark]).returncode == 0
    assert remains(fresh_register.data, erased) == []
    # Later writes bring nothing back, nor does a stop.
    kept = [mark for mark in marks if mark not in erased]
    for mark in kept:
        changed = a_grown_patient(mark, chance) | {"id": ids[mark]}
        assert client.put(f"/patient/{ids[mark]}", changed).status_code == 200
    assert remains(fresh_register.data, erased) == []
    fresh_register.stop()
    assert remains(fresh_register.data, erased) == []
    checked = fresh_register.command("check")
    assert checked.returncode == 0, checked.stdout
    assert any(f"{kept[0]}F" in line for line in remains(fresh_register.data, [f"{kept[0]}F"]))


def test_the_salt_of_an_erased_record_is_gone_and_its_entry_stays(fresh_register: Register):
    client = fresh_register.client()
    patient = client.create_patient()["id"]
    with sqlite3.connect(f"file:{fresh_register.trail.database}?mode=ro", uri=True) as connection:
        (salt, entry), *_ = connection.execute("SELECT salt, entry FROM record ORDER BY idx DESC LIMIT 1").fetchall()
    connection.close()
    assert erase_records(fresh_register, patient).returncode == 0
    files = [bytes_of(path) for path in fresh_register.data.rglob("*") if path.is_file()]
    assert not any(salt in content for content in files)
    assert any(entry in content for content in files)
    fresh_register.stop()


def test_idempotency_keys_of_an_erased_patient_tell_nothing(fresh_register: Register):
    client = fresh_register.client()
    body = json.dumps(a_patient())
    key = {"Idempotency-Key": unique()}
    patient = client.post("/patient", raw=body, headers=key).json()["id"]
    test = client.post(f"/patient/{patient}/tests", a_test(), headers={"Idempotency-Key": unique()})
    assert test.status_code == 201
    database = fresh_register.data / "patients" / "patients.db"

    def digests() -> list[bytes]:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            rows = connection.execute("SELECT body_digest FROM idempotency").fetchall()
        connection.close()
        return [digest for (digest,) in rows]

    kept = digests()
    assert len(kept) == 2
    assert erase_patient(fresh_register, patient).returncode == 0
    assert digests() == []
    files = [bytes_of(path) for path in (fresh_register.data / "patients").iterdir() if path.is_file()]
    assert not any(digest in content for content in files for digest in kept)
    repeated = client.post("/patient", raw=body, headers=key)
    assert repeated.status_code == 201 and repeated.json()["id"] != patient


@contextmanager
def reader_of(database: Path) -> Iterator[None]:
    """Reads the database's present state as long as it likes, as a backup does."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    yield
    connection.close()


def test_what_a_reader_holds_up_is_said_and_done_once_it_has_ended(fresh_register: Register):
    client = fresh_register.client()
    mark = unique("Qzmarkedname-")
    patient = client.create_patient(firstName=mark)["id"]
    client.search({"firstName": mark})
    with reader_of(fresh_register.data / "audit" / "audit.db"):
        records = erase_records(fresh_register, patient)
    assert records.returncode == 0 and "write-ahead log" in records.stderr
    with reader_of(fresh_register.data / "patients" / "patients.db"):
        whole = erase_patient(fresh_register, patient)
    assert whole.returncode == 0 and "write-ahead log" in whole.stderr
    wait_for(lambda: not remains(fresh_register.data, [mark]), "the copies to go")


def test_what_a_kill_cut_off_is_made_up_for_at_the_next_start(fresh_register: Register):
    chance = random.Random(7)
    client = fresh_register.client()
    marks = [unique("Qzmarkedname-") + "-" for _ in range(60)]
    ids = make_history(client, marks, chance)
    erased = marks[::10]
    admin = client.another(Path(admin_key(fresh_register)).read_text())
    for mark in erased:
        assert erase_records(fresh_register, ids[mark]).returncode == 0
    with reader_of(fresh_register.data / "patients" / "patients.db"), ThreadPoolExecutor(len(erased)) as requests:
        # The reader keeps them waiting behind their transactions.
        under_way = [requests.submit(admin.another().post, f"/patient/{ids[mark]}/erase", {"reason": "x"})
                     for mark in erased]  # fmt: skip
        for mark in erased:
            wait_for(lambda: client.get(f"/patient/{ids[mark]}").status_code == 404, "the patient to be gone")  # noqa: B023
        fresh_register.kill()
        assert all(request.exception() is not None for request in under_way)
    assert remains(fresh_register.data / "patients", erased) != []
    fresh_register.start()
    wait_for(lambda: not remains(fresh_register.data / "patients", erased), "the copies to go")
    checked = fresh_register.command("check")
    assert checked.returncode == 0, checked.stdout
