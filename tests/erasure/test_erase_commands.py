"""Operators erase audit records and patients; what stays says so."""

from __future__ import annotations

import getpass
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from client import a_patient, new_id, refused, unique
from erasure.erasing import REASON, admin_key, auditor_key, erase_patient, erase_record, erase_records
from register import Parts, Register, run, wait_for

NOBODY = new_id()


def rows(register: Register) -> list[tuple[Any, ...]]:
    """idx, id, entry, salt and document of all records."""
    with sqlite3.connect(f"file:{register.trail.database}?mode=ro", uri=True) as connection:
        found = connection.execute("SELECT idx, id, entry, salt, document FROM record ORDER BY idx").fetchall()
    connection.close()
    return found


def documents(register: Register) -> dict[int, dict[str, Any]]:
    return {index: json.loads(document) for index, _, _, _, document in rows(register) if document is not None}


def erasures(register: Register) -> list[dict[str, Any]]:
    return [
        document
        for document in documents(register).values()
        if document.get("resource", {}).get("type") == "record" and document["resource"]["operation"] == "erase"
    ]


def assert_sound(register: Register) -> None:
    checked = register.command("check")
    assert checked.returncode == 0, checked.stdout
    verified = register.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_erasing_a_patients_records_takes_the_content_and_leaves_entry_number_and_id(fresh_register: Register):
    client = fresh_register.client()
    ada = client.create_patient(firstName=unique("Ada"))
    bob = client.create_patient(firstName=unique("Bob"))
    client.get(f"/patient/{ada['id']}")
    client.search({"firstName": ada["firstName"]})
    client.search({"firstName": bob["firstName"]})
    client.search({"gender": "female"})
    before = rows(fresh_register)
    content = documents(fresh_register)
    own = [index for index, document in content.items() if document.get("patientId") == ada["id"]]
    told = {index: json.loads(document["resource"]["id"]) for index, document in content.items()
            if document.get("resource", {}).get("operation") == "search"}  # fmt: skip
    sought = [index for index, criteria in told.items() if criteria == {"firstName": ada["firstName"]}]
    assert len(own) >= 4 and len(sought) == 1

    answer = erase_records(fresh_register, ada["id"])
    assert answer.returncode == 0, answer.stderr
    assert f"Erased    {len(own) + 1} records" in answer.stdout

    after = rows(fresh_register)
    assert [row[:3] for row in after[: len(before)]] == [row[:3] for row in before]
    assert {row[0] for row in after if row[4] is None} == {*own, *sought}
    assert all(row[3] is None for row in after if row[4] is None)
    first, second = erasures(fresh_register)
    assert json.loads(first["resource"]["id"]) == {"indexes": own, "reason": REASON}
    assert (first["patientId"], first["patientSequence"]) == (ada["id"], len(own) + 1)
    assert json.loads(second["resource"]["id"]) == {"indexes": sought, "reason": REASON}
    assert "patientId" not in second
    assert first["actor"] == {"kind": "operator", "id": getpass.getuser(), "name": getpass.getuser()}
    assert_sound(fresh_register)


def test_erasing_again_erases_nothing_and_records_nothing(fresh_register: Register):
    client = fresh_register.client()
    client.create_patient()
    record = client.get("/patient/" + NOBODY).headers["Audit-Record"].split(";")[0]
    arguments = ("audit", "erase", "--record", record, "--reason", "mistake", "--yes")
    once = fresh_register.command(*arguments)
    assert once.returncode == 0 and "Erased    1 records" in once.stdout, once.stderr
    count = len(rows(fresh_register))
    again = fresh_register.command(*arguments)
    assert again.returncode == 0 and "Erased    0 records; 1 had been erased before" in again.stdout
    assert len(rows(fresh_register)) == count
    (erasure,) = erasures(fresh_register)
    for refusal in (erasure["id"], new_id(), "nonsense"):
        answer = fresh_register.command("audit", "erase", "--record", refusal, "--reason", "x", "--yes")
        assert answer.returncode == 1 and answer.stderr.count("\n") == 1, answer.stderr
    assert len(rows(fresh_register)) == count
    assert_sound(fresh_register)


def test_a_stopped_register_is_erased_from_too_and_goes_on(fresh_register: Register):
    client = fresh_register.client()
    patient = client.create_patient()["id"]
    fresh_register.stop()
    answer = erase_records(fresh_register, patient)
    assert answer.returncode == 0, answer.stderr
    fresh_register.start()
    client = fresh_register.client()
    assert client.get(f"/patient/{patient}").status_code == 200
    newest = fresh_register.trail.of_patient(patient)[-1]
    # The number goes on behind the erased one and the record of the erasure.
    assert newest["patientSequence"] == 3
    assert_sound(fresh_register)


def test_nobody_is_asked_where_there_is_no_terminal(fresh_register: Register):
    patient = fresh_register.client().create_patient()["id"]
    count = len(rows(fresh_register))
    answer = fresh_register.command("audit", "erase", "--patient", patient, "--reason", "x")
    assert answer.returncode == 1 and "--yes" in answer.stderr
    assert len(rows(fresh_register)) == count


def test_a_document_of_the_person_finds_searches_once_the_patient_is_gone(fresh_register: Register, tmp_path: Path):
    client = fresh_register.client()
    person = a_patient(lastName=unique("Gone"), insuranceNumber=unique())
    patient = client.create_patient(person)["id"]
    client.search({"lastName": person["lastName"], "dateOfBirthFrom": "1979-01-01", "dateOfBirthTo": "1980-12-31"})
    client.search({"lastName": person["lastName"], "dateOfBirthFrom": "1981-01-01"})
    client.search({"id": patient})
    assert erase_patient(fresh_register, patient).returncode == 0
    by_id = erase_records(fresh_register, patient)
    assert by_id.returncode == 0 and "--person" in by_id.stderr
    left = [document for document in documents(fresh_register).values()
            if document.get("resource", {}).get("operation") == "search"]  # fmt: skip
    assert len(left) == 3  # with the outcome of the one that found nobody
    file = tmp_path / "person.json"
    file.write_text(json.dumps(person))
    assert erase_records(fresh_register, patient, "--person", file).returncode == 0
    left = [document for document in documents(fresh_register).values()
            if document.get("resource", {}).get("operation") == "search"]  # fmt: skip
    assert {json.loads(document["resource"]["id"]).get("dateOfBirthFrom") for document in left
            if "id" in document["resource"]} == {"1981-01-01"}  # fmt: skip


def test_questions_to_the_register_that_name_the_patient_are_found_too(fresh_register: Register):
    client = fresh_register.client()
    patient, other = client.create_patient()["id"], client.create_patient()["id"]
    auditor = client.another(auditor_key(fresh_register))
    for asked in (patient, patient.upper(), other, other.upper()):
        assert auditor.get(f"/audit?patientId={asked}&operation=find").status_code == 200
        assert auditor.get(f"/patient/{asked}/accesses").status_code == 200
    assert erase_records(fresh_register, patient).returncode == 0
    left = json.dumps(list(documents(fresh_register).values())).lower()
    assert left.count(other) > 4
    # The record of the erasure is the patient's own.
    assert left.count(patient) == 1 and erasures(fresh_register)[0]["patientId"] == patient


def test_an_end_is_not_erased_without_its_attempt(fresh_register: Register):
    client = fresh_register.client()
    client.get(f"/patient/{NOBODY}")
    wait_for(lambda: len(fresh_register.trail.of_patient(NOBODY)) == 2, "the record of the end")
    attempt, end = fresh_register.trail.of_patient(NOBODY)
    assert end["outcomeOf"] == attempt["id"]
    refusal = erase_record(fresh_register, end["id"])
    assert refusal.returncode == 1
    assert refusal.stderr.count("\n") == 1 and attempt["id"] in refusal.stderr, refusal.stderr
    assert erasures(fresh_register) == []
    for identifier in (attempt["id"], end["id"]):
        assert erase_record(fresh_register, identifier).returncode == 0
    assert len(erasures(fresh_register)) == 2
    assert_sound(fresh_register)


def test_of_an_erased_record_auditors_alone_are_told_that_it_was(fresh_register: Register):
    client = fresh_register.client()
    record = client.get(f"/patient/{NOBODY}").headers["Audit-Record"].split(";")[0]
    auditor = client.another(auditor_key(fresh_register))
    assert client.get(f"/audit/{record}/proof").status_code == 200
    assert erase_record(fresh_register, record).returncode == 0
    gone = auditor.get(f"/audit/{record}/proof")
    assert gone.status_code == 410
    assert gone.headers["Cache-Control"] == "no-store"
    text = "Records of others and erased ones need a subscription with the scope audit:read."
    refused(client.get(f"/audit/{record}/proof"), 403, text)
    refused(client.get(f"/audit/{record}/disclosures"), 403, text)


def test_an_erased_patient_is_gone_for_everybody(fresh_register: Register):
    client = fresh_register.client()
    name = unique("Ida")
    patient = client.create_patient(firstName=name)["id"]
    test = client.create_test(patient)["id"]
    client.create_test(patient)
    neighbour = client.create_patient(firstName=name)["id"]
    answer = erase_patient(fresh_register, patient, "her wish")
    assert answer.returncode == 0 and answer.stdout == "Erased the patient and 2 tests.\n", answer.stderr
    refused(client.get(f"/patient/{patient}"), 404, "Patient not found")
    refused(client.get(f"/patient/{patient}/tests/{test}"), 404, "Test not found.")
    assert client.get(f"/patient/{patient}/tests").json() == []
    assert [found["id"] for found in client.search({"firstName": name}).json()] == [neighbour]
    again = erase_patient(fresh_register, patient)
    assert again.returncode == 1 and "Patient not found" in again.stderr
    attempt, *_ = [record for record in fresh_register.trail.of_patient(patient)
                   if record["resource"]["operation"] == "erase" and "outcome" not in record]  # fmt: skip
    assert attempt["asserted"]["purposeOfUse"] == "her wish"
    fresh_register.kill()
    fresh_register.start()
    refused(fresh_register.client().get(f"/patient/{patient}"), 404)
    assert [record["outcome"] for record in fresh_register.trail.of_patient(patient)
            if record.get("outcomeOf") == attempt["id"]] == ["done"]  # fmt: skip
    assert_sound(fresh_register)


def test_erasing_needs_the_scope_and_a_reason(fresh_register: Register):
    client = fresh_register.client()
    patient = client.create_patient()["id"]
    path = f"/patient/{patient}/erase"
    assert client.post(path, {"reason": "x"}).status_code == 403
    admin = client.another(Path(admin_key(fresh_register)).read_text())
    refused(admin.post(path, {}), 400, '"reason" is required')
    refused(admin.post(path, {"reason": ""}), 400, '"reason" is not allowed to be empty')
    refused(admin.post(path, {"reason": 1}), 400, '"reason" must be a string')
    refused(admin.post(path, {"reason": "x" * 257}), 400, '"reason" must be at most 256 bytes long')
    for hidden in ("\n", "a\x1b[2J", "\x7f", "a\x85b"):
        refused(admin.post(path, {"reason": hidden}), 400, '"reason" must be without control characters')
    refused(admin.post(path, {"reason": "x", "why": "y"}), 400, '"why" is not allowed')
    refused(admin.post("/patient/nope/erase", {"reason": "x"}), 404, "Patient not found")
    assert client.get(f"/patient/{patient}").status_code == 200
    erased = admin.post(path, {"reason": "x"})
    assert erased.status_code == 200 and erased.json() == {"id": patient, "tests": 0}


@pytest.mark.parametrize("reason", ["", "line\nline", "\x1b[2J", "\u009b2J", "é" * 129])
def test_both_commands_take_no_reason_that_hides_something(fresh_register: Register, reason: str):
    patient = fresh_register.client().create_patient()["id"]
    count = len(rows(fresh_register))
    refusals = [
        erase_patient(fresh_register, patient, reason),
        fresh_register.command("audit", "erase", "--patient", patient, "--reason", reason, "--yes"),
    ]
    for refusal in refusals:
        assert refusal.returncode == 1 and '"reason"' in refusal.stderr, refusal.stderr
        assert "\x1b" not in refusal.stderr and refusal.stderr.count("\n") == 1
    assert [record for record in documents(fresh_register).values() if record["resource"]["operation"] == "erase"] == []
    assert len(rows(fresh_register)) == count + 1  # the key of the one who may erase


def test_cursors_survive_the_erasure_of_where_a_page_ended(fresh_register: Register):
    client = fresh_register.client()
    name = unique("Page")
    ids = [client.create_patient(firstName=name)["id"] for _ in range(6)]
    page = client.search({"firstName": name}, params={"limit": 3})
    cursor = page.headers["Link"].split("cursor=")[1].split(">")[0].split("&")[0]
    assert erase_patient(fresh_register, ids[2]).returncode == 0
    rest = client.search({"firstName": name}, params={"limit": 3, "cursor": cursor})
    assert [found["id"] for found in rest.json()] == ids[3:]


def test_parts_alone_erase_as_the_whole_does(fresh_parts: Parts):
    client = fresh_parts.client()
    patient = client.create_patient()["id"]
    made = run("subscription", "create", "eraser", "--scope", "admin", "--data-dir", fresh_parts.data)
    key = made.stdout.split()[made.stdout.split().index("Primary") + 1]
    erased = client.another(key).post(f"/patient/{patient}/erase", {"reason": "closed"})
    assert erased.status_code == 200
    (attempt,) = [record for record in fresh_parts.trail.of_patient(patient)
                  if record["resource"]["operation"] == "erase"]  # fmt: skip
    assert attempt["asserted"] == {"purposeOfUse": "closed"}
    answer = run("audit", "erase", "--patient", patient, "--reason", "closed", "--yes", "--data-dir", fresh_parts.data)
    assert answer.returncode == 0, answer.stderr
