"""Pages and loads of large documents, between parts that are processes of their own."""

from __future__ import annotations

from client import Client, a_patient, a_test, new_id, unique
from register import Parts
from search.pages import all_ids, ids_of

MEGABYTE = 1_000_000


def test_a_search_that_finds_large_patients_is_answered_in_small_pages(fresh_parts: Parts) -> None:
    client = fresh_parts.client()
    made = [client.create_patient(insuranceNumber="9" * MEGABYTE)["id"] for _ in range(18)]
    first = client.search({})
    assert first.status_code == 200, first.text
    assert 1 <= len(first.json()) <= 5
    assert "Link" in first.headers
    assert all_ids(client, {}, 1000) == made
    disclosed = fresh_parts.trail.containing('"disclose"')
    assert [record["patientId"] for record in disclosed[: len(first.json())]] == ids_of(first.json())
    assert len(disclosed) == len(first.json()) + len(made)


def test_a_patient_with_many_large_tests_can_be_read(fresh_parts: Parts) -> None:
    client = fresh_parts.client()
    patient = client.create_patient()["id"]
    made = [client.create_test(patient, performer="9" * MEGABYTE)["id"] for _ in range(18)]
    answer = client.get(f"/patient/{patient}/tests")
    assert answer.status_code == 200, answer.text
    assert [test["id"] for test in answer.json()] == made


def test_a_patient_with_very_many_tests_can_be_read(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    patient = client.create_patient(a_patient(lastName=unique()))["id"]
    made: list[str] = []
    for _ in range(27):
        made += import_tests(client, patient, 990)
    answer = client.get(f"/patient/{patient}/tests")
    assert answer.status_code == 200, answer.text
    assert [test["id"] for test in answer.json()] == made
    reads = [record for record in fresh_parts.trail.of_patient(patient) if record["resource"]["operation"] == "read"]
    assert len(reads) == 27
    named = [test for record in reads for test in record["resource"]["id"][2:-2].split('","')]
    assert named == made
    assert answer.headers["Audit-Record"].startswith(reads[0]["id"])


def import_tests(client: Client, patient: str, count: int) -> list[str]:
    tests = [
        a_test(id=new_id(), patientId=patient, lastUpdated="2020-01-02", performer="L", observations=[])
        for _ in range(count)
    ]
    answer = client.post("/import", {"tests": tests}, headers={"Content-Type": "application/x-ndjson"})
    assert [line["status"] for line in answer.json()] == ["created"], answer.text
    return [test["id"] for test in tests]
