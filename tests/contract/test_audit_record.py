"""The audit service's single route: the reference's record, its texts and the order of faults."""

from __future__ import annotations

import re
from typing import Any

import pytest
from client import Client, new_id, refused, unique
from register import Parts

NOT_STRINGS = [None, 5, True, [], {}]
RESOURCE = {"type": "patient", "id": "1", "operation": "create"}


def a_record(**fields: Any) -> dict[str, Any]:
    return {"sourceSystemName": "X", "resource": RESOURCE} | fields


def refusal(audit_service: Client, text: str, body: Any) -> None:
    refused(audit_service.post("/auditrecord", body), 400, text)


@pytest.mark.parametrize(
    "record",
    [{"sourceSystemName": "X"}, a_record(), a_record(resource={"type": "t", "operation": "o"}),
     a_record(resource={"type": "any thing", "id": "[1,2]", "operation": "whatever"})],
)  # fmt: skip
def test_a_record_is_answered_as_sent_with_id_and_date(audit_service: Client, record: dict[str, Any]) -> None:
    answer = audit_service.post("/auditrecord", record)
    assert answer.status_code == 201
    assert set(answer.json()) == set(record) | {"id", "createdDate"}
    assert answer.json() | record == answer.json()
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", answer.json()["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answer.json()["createdDate"])


def test_a_record_is_in_the_trail_when_its_answer_arrives(audit_service: Client, parts: Parts) -> None:
    name = unique("system-")
    identifier = audit_service.post("/auditrecord", a_record(sourceSystemName=name)).json()["id"]
    stored = parts.trail.by_id(identifier)
    assert (stored["sourceSystemName"], stored["resource"]) == (name, RESOURCE)


def test_a_record_of_the_single_route_is_a_claim_without_patient_or_number(audit_service: Client, parts: Parts) -> None:
    resource = {"type": "patient", "id": new_id(), "operation": "find"}
    identifier = audit_service.post("/auditrecord", a_record(resource=resource)).json()["id"]
    stored = parts.trail.by_id(identifier)
    assert stored["actor"]["kind"] == "host-key"
    assert not stored.get("patientId")
    assert not stored.get("patientSequence")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resource": RESOURCE}, "sourceSystemName"),
        (a_record(resource={"id": "1", "operation": "create"}), "resource.type"),
        (a_record(resource={"type": "t", "id": "1"}), "resource.operation"),
    ],
)
def test_a_required_field_must_be_there(audit_service: Client, body: dict[str, Any], field: str) -> None:
    refusal(audit_service, f'"{field}" is required', body)


@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_a_text_must_be_a_string(audit_service: Client, value: Any) -> None:
    refusal(audit_service, '"id" must be a string', a_record(id=value))
    refusal(audit_service, '"sourceSystemName" must be a string', a_record(sourceSystemName=value))
    for field in RESOURCE:
        refusal(audit_service, f'"resource.{field}" must be a string', a_record(resource=RESOURCE | {field: value}))


def test_an_empty_text_is_refused(audit_service: Client) -> None:
    refusal(audit_service, '"id" is not allowed to be empty', a_record(id=""))
    refusal(audit_service, '"sourceSystemName" is not allowed to be empty', a_record(sourceSystemName=""))
    for field in RESOURCE:
        text = f'"resource.{field}" is not allowed to be empty'
        refusal(audit_service, text, a_record(resource=RESOURCE | {field: ""}))


@pytest.mark.parametrize("value", [None, 5, True, "x", []], ids=repr)
def test_a_resource_must_be_an_object(audit_service: Client, value: Any) -> None:
    refusal(audit_service, '"resource" must be of type object', a_record(resource=value))


@pytest.mark.parametrize("value", ["zz", "", "2020-02-30", *NOT_STRINGS], ids=repr)
def test_a_created_date_must_be_a_valid_date(audit_service: Client, value: Any) -> None:
    refusal(audit_service, '"createdDate" must be a valid date', a_record(createdDate=value))


def test_what_the_server_sets_is_unexpected(audit_service: Client) -> None:
    refusal(audit_service, '"id" must be a valid GUID', a_record(id="1"))
    refusal(audit_service, "Id unexpected.", a_record(id=new_id()))
    refusal(audit_service, "createdDate unexpected.", a_record(createdDate="2020-01-01"))
    refusal(audit_service, "Id unexpected.", a_record(id=new_id(), createdDate="2020-01-01"))


@pytest.mark.parametrize("field", ["foo", "actor", "operationId", "patientId", "patientSequence", "outcome"])
def test_a_key_that_is_not_listed_is_refused(audit_service: Client, field: str) -> None:
    refusal(audit_service, f'"{field}" is not allowed', a_record(**{field: "x"}))
    refusal(audit_service, f'"resource.{field}" is not allowed', a_record(resource=RESOURCE | {field: "x"}))


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"id": 5}, '"id" must be a string'),
    ({"createdDate": "zz"}, '"createdDate" must be a valid date'),
    ({"sourceSystemName": 5}, '"sourceSystemName" must be a string'),
    ({"resource": {"type": 5, "id": 5, "operation": 5}}, '"resource.type" must be a string'),
    ({"resource": {"type": "t", "id": 5, "operation": 5}}, '"resource.id" must be a string'),
    ({"resource": {"type": "t", "id": "i", "operation": 5}}, '"resource.operation" must be a string'),
    ({"foo": 1}, '"foo" is not allowed'),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_first_fault_in_the_order_of_the_fields_is_answered(audit_service: Client, first: int) -> None:
    faults: dict[str, Any] = {}
    for fields, _ in reversed(FAULTS[first:]):
        faults |= fields
    refusal(audit_service, FAULTS[first][1], a_record() | faults)


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null", "{"])
def test_what_is_not_an_object_is_refused(audit_service: Client, body: str) -> None:
    refused(audit_service.post("/auditrecord", raw=body), 400, '"value" must be of type object')
