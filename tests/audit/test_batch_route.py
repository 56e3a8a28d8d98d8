"""`POST /api/auditrecords`: many records with ids of the caller's choice, all or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, new_id, unique
from register import Parts


def a_record(**fields: Any) -> dict[str, Any]:
    record = {
        "id": new_id(),
        "sourceSystemName": "PatientTestApi",
        "resource": {"type": "patient", "id": "x", "operation": "find"},
    }
    return record | fields


def append(audit_service: Client, *records: Any):
    return audit_service.post("/auditrecords", list(records))


def test_records_get_consecutive_indexes_in_the_order_given(audit_service: Client, parts: Parts) -> None:
    records = [a_record() for _ in range(5)]
    answer = append(audit_service, *records)
    assert answer.status_code == 201, answer.text
    assert [place["id"] for place in answer.json()] == [record["id"] for record in records]
    first = answer.json()[0]["index"]
    assert [place["index"] for place in answer.json()] == list(range(first, first + 5))
    for place in answer.json():
        assert parts.trail.by_id(place["id"])["index"] == place["index"]


def test_a_repeat_is_acknowledged_with_its_first_index_and_stored_once(audit_service: Client, parts: Parts) -> None:
    records = [a_record(), a_record()]
    first = append(audit_service, *records).json()
    again = append(audit_service, *records)
    assert (again.status_code, again.json()) == (201, first)
    assert parts.trail.by_id(records[0]["id"])


def test_the_same_id_with_other_content_is_409_and_nothing_is_stored(audit_service: Client, parts: Parts) -> None:
    known = a_record()
    assert append(audit_service, known).status_code == 201
    companion = a_record(sourceSystemName=unique("companion-"))
    other = known | {"resource": {"type": "patient", "id": "y", "operation": "find"}}
    assert append(audit_service, companion, other).status_code == 409
    assert parts.trail.containing(companion["sourceSystemName"]) == []
    assert parts.trail.by_id(known["id"])["resource"]["id"] == "x"


@pytest.mark.parametrize(
    "faulty",
    [5, None, [], {}, {"id": "1", "sourceSystemName": "X"}, {"sourceSystemName": "X"},
     {"id": "22222222-2222-4222-8222-222222222222"}],
    ids=str,
)  # fmt: skip
def test_one_faulty_record_refuses_all(audit_service: Client, parts: Parts, faulty: Any) -> None:
    good = a_record(sourceSystemName=unique("good-"))
    assert append(audit_service, good, faulty).status_code == 400
    assert parts.trail.containing(good["sourceSystemName"]) == []


@pytest.mark.parametrize("body", ["{}", "5", "null", '"x"', "[", ""])
def test_what_is_no_array_is_refused(audit_service: Client, body: str) -> None:
    assert audit_service.post("/auditrecords", raw=body).status_code == 400


def test_each_patients_records_are_numbered(audit_service: Client, parts: Parts) -> None:
    first, second = new_id(), new_id()
    order = [first, second, first, None, first]
    records = [a_record() | ({"patientId": patient} if patient else {}) for patient in order]
    assert append(audit_service, *records).status_code == 201
    numbers = [parts.trail.by_id(record["id"]).get("patientSequence") for record in records]
    assert numbers == [1, 1, 2, None, 3]


def test_nobody_names_an_actor_in_the_body(audit_service: Client, parts: Parts) -> None:
    forged = a_record(actor={"kind": "operator", "id": "root", "name": "root"})
    answer = append(audit_service, forged)
    if answer.status_code == 201:
        assert parts.trail.by_id(forged["id"])["actor"]["kind"] == "host-key"
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"resource": {"type": "patient", "id": "x", "operation": "find"}},
        {"resource": {"type": "test", "id": "x", "operation": "find"}},
        {"resource": {"type": "Patient", "id": "x", "operation": "find"}},
        {"sourceSystemName": "PatientTestApi"},
        {"patientId": "22222222-2222-4222-8222-222222222222"},
        {"outcome": "not-done", "outcomeOf": "22222222-2222-4222-8222-222222222222"},
    ],
    ids=str,
)
def test_the_gateways_key_can_write_of_subscriptions_alone(parts: Parts, changes: dict[str, Any]) -> None:
    gateways = parts.audit_client().another((parts.secrets / "gateway" / "audit-gateway-key").read_text().strip())
    refusal = {"id": new_id(), "sourceSystemName": "AssayGateway",
               "resource": {"type": "subscription", "id": "x", "operation": "refuse"}}  # fmt: skip
    assert append(gateways, refusal).status_code == 201
    forged = refusal | {"id": new_id()} | changes
    assert append(gateways, forged).status_code == 403
    claim = {name: value for name, value in forged.items() if name in ("sourceSystemName", "resource")}
    if claim | {"id": ""} != refusal | {"id": ""}:
        assert gateways.post("/auditrecord", claim).status_code == 403
    assert parts.trail.containing(forged["id"]) == []
