"""Creating, loading and updating patients."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from client import Client, a_full_patient, a_patient, new_id, refused

UUID_V4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
NO_UUIDS = ["1", "x", "a%20b", "%C3%A9", "11111111-1111-4111-8111-11111111111g", "~", "x" * 500, "%00", "x%FFy"]


def test_a_new_patient_is_answered_as_sent_with_id_and_time(door: Client) -> None:
    sent = a_full_patient()
    answer = door.post("/patient", sent)
    assert answer.status_code == 201
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    document = answer.json()
    assert document == sent | {"id": document["id"], "lastUpdated": document["lastUpdated"]}
    assert UUID_V4.fullmatch(document["id"])
    stored = datetime.strptime(document["lastUpdated"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - stored) < timedelta(minutes=5)


def test_a_created_patient_can_be_loaded(door: Client) -> None:
    patient = door.create_patient(a_full_patient())
    answer = door.get(f"/patient/{patient['id']}")
    assert (answer.status_code, answer.json()) == (200, patient)


def test_the_same_body_twice_makes_two_patients(door: Client) -> None:
    body = a_full_patient()
    assert door.create_patient(body)["id"] != door.create_patient(body)["id"]


@pytest.mark.parametrize(
    "name",
    ["é", "\u4e2d\u6587", "\N{GRINNING FACE}", 'quote " and \\ backslash', "tab\tand\nline", "\u2028", "\x7f", "/",
     "<script>", "e\u0301", "'; DROP TABLE patients; --", "\u0001", "\ufeffx", "\ufffd"],
)  # fmt: skip
def test_any_text_survives_unchanged(door: Client, name: str) -> None:
    patient = door.create_patient(firstName=name)
    assert patient["firstName"] == name
    assert door.get(f"/patient/{patient['id']}").json()["firstName"] == name
    assert door.search({"firstName": name, "id": patient["id"]}).json() == [patient]


def test_an_absent_patient_is_not_found(door: Client) -> None:
    refused(door.get(f"/patient/{new_id()}"), 404, "Patient not found")


def test_ids_compare_as_text(door: Client) -> None:
    patient = door.create_patient()
    upper = patient["id"].upper()
    refused(door.get(f"/patient/{upper}"), 404, "Patient not found")
    refused(door.put(f"/patient/{upper}", a_patient(id=upper)), 404, "Patient not found")
    refused(door.search({"id": upper}), 404, "No patients found with provided criteria")
    refused(door.get(f"/patient/{upper}/tests/{new_id()}"), 404, "Test not found.")


@pytest.mark.parametrize("identifier", NO_UUIDS, ids=lambda text: text[:40])
def test_an_id_that_is_no_uuid_is_not_found(door: Client, identifier: str) -> None:
    refused(door.get(f"/patient/{identifier}"), 404, "Patient not found")


def test_an_update_answers_the_merged_document(door: Client) -> None:
    patient = door.create_patient(a_full_patient())
    changes = a_patient(id=patient["id"], firstName="New", postCode="9999")
    answer = door.put(f"/patient/{patient['id']}", changes)
    assert answer.status_code == 200
    merged = answer.json()
    assert merged == patient | changes | {"lastUpdated": merged["lastUpdated"]}
    assert merged["lastUpdated"] > patient["lastUpdated"]
    assert door.get(f"/patient/{patient['id']}").json() == merged


def test_an_update_can_add_a_field(door: Client) -> None:
    patient = door.create_patient()
    answer = door.put(f"/patient/{patient['id']}", a_patient(id=patient["id"], lastName="Added"))
    assert answer.json()["lastName"] == "Added"


def test_an_update_of_an_absent_patient_is_not_found_and_makes_none(door: Client) -> None:
    absent = new_id()
    refused(door.put(f"/patient/{absent}", a_patient(id=absent)), 404, "Patient not found")
    refused(door.get(f"/patient/{absent}"), 404, "Patient not found")


def test_an_update_moves_the_date_that_searches_use(door: Client) -> None:
    patient = door.create_patient(dateOfBirth="1950-03-04")
    door.put(f"/patient/{patient['id']}", a_patient(id=patient["id"], dateOfBirth="1960-05-06"))
    by_day = {"id": patient["id"], "dateOfBirthFrom": "1950-03-04", "dateOfBirthTo": "1950-03-04"}
    refused(door.search(by_day), 404, "No patients found with provided criteria")
    by_day |= {"dateOfBirthFrom": "1960-05-06", "dateOfBirthTo": "1960-05-06"}
    assert [found["id"] for found in door.search(by_day).json()] == [patient["id"]]


def test_both_doors_of_one_register_show_the_same_documents(parts) -> None:
    patient = parts.client().create_patient()
    assert parts.patients_client().get(f"/patient/{patient['id']}").json() == patient
