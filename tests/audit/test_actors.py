"""Who is written down: the authenticated caller, the operation, and what the caller asserts."""

from __future__ import annotations

import json
import secrets

import pytest
from client import Trace, a_patient, new_id, unique
from register import Parts, Register


def test_the_actor_at_the_gateway_is_the_subscription(register: Register) -> None:
    name = unique("actor-")
    made = json.loads(register.command("subscription", "create", name, "--output", "json").stdout)
    actors = []
    for key in (made["primaryKey"], made["secondaryKey"]):
        trace = Trace()
        register.client(key).post("/patient", a_patient(), headers=trace.headers)
        (record,) = register.trail.of_operation(trace.id)
        actors.append(record["actor"])
    assert actors[0] == actors[1]
    assert (actors[0]["kind"], actors[0]["name"]) == ("subscription", name)
    assert actors[0]["id"]


def test_the_actor_at_a_service_by_itself_is_the_host_key(parts: Parts) -> None:
    trace = Trace()
    parts.patients_client().post("/patient", a_patient(), headers=trace.headers)
    (record,) = parts.trail.of_operation(trace.id)
    assert record["actor"]["kind"] == "host-key"


def test_the_actor_travels_between_the_parts(parts: Parts) -> None:
    trace = Trace()
    parts.client().post("/patient", a_patient(), headers=trace.headers)
    (record,) = parts.trail.of_operation(trace.id)
    assert record["actor"]["kind"] == "subscription"


def test_the_trace_that_the_gateway_began_is_the_operation(register: Register) -> None:
    answer = register.client().post("/patient", a_patient())
    operation = answer.headers["traceparent"].split("-")[1]
    (record,) = register.trail.of_operation(operation)
    assert record["resource"]["id"] == answer.json()["id"]


FORGED = ["Assay-Principal", "X-Assay-Principal", "Principal", "X-Forwarded-User", "x-functions-key", "Authorization"]


@pytest.mark.parametrize("header", FORGED)
def test_nobody_becomes_another_by_a_header(register: Register, parts: Parts, header: str) -> None:
    forged = json.dumps({"kind": "operator", "id": "root", "name": "root"})
    for client, trail, kind in (
        (register.client(), register.trail, "subscription"),
        (parts.patients_client(), parts.trail, "host-key"),
    ):
        if header == client.header:
            continue
        trace = Trace()
        answer = client.get(f"/patient/{new_id()}", headers=trace.headers | {header: forged})
        assert answer.status_code in {401, 404}
        records = trail.of_operation(trace.id)
        assert {record["actor"]["kind"] for record in records} <= {kind}


def test_what_the_caller_asserts_is_written_down(register: Register) -> None:
    asserted = {"Assay-On-Behalf-Of": "Dr. Jane Doe", "Assay-Purpose-Of-Use": "TREAT"}
    trace = Trace()
    register.client().post("/patient", a_patient(), headers=trace.headers | asserted)
    (record,) = register.trail.of_operation(trace.id)
    assert record["asserted"] == {"onBehalfOf": "Dr. Jane Doe", "purposeOfUse": "TREAT"}


def test_each_assertion_may_come_alone(register: Register) -> None:
    for header, field in (("Assay-On-Behalf-Of", "onBehalfOf"), ("Assay-Purpose-Of-Use", "purposeOfUse")):
        trace = Trace()
        register.client().post("/patient", a_patient(), headers=trace.headers | {header: "x"})
        (record,) = register.trail.of_operation(trace.id)
        assert record["asserted"][field] == "x"
        assert len([value for value in record["asserted"].values() if value]) == 1


def test_without_an_assertion_none_is_written_down(register: Register) -> None:
    trace = Trace()
    register.client().post("/patient", a_patient(), headers=trace.headers)
    (record,) = register.trail.of_operation(trace.id)
    assert not any((record.get("asserted") or {}).values())


def test_assertions_travel_between_the_parts(parts: Parts) -> None:
    trace = Trace()
    parts.client().post("/patient", a_patient(), headers=trace.headers | {"Assay-On-Behalf-Of": "Dr. Doe"})
    (record,) = parts.trail.of_operation(trace.id)
    assert record["asserted"]["onBehalfOf"] == "Dr. Doe"


@pytest.mark.parametrize("header", ["Assay-On-Behalf-Of", "Assay-Purpose-Of-Use"])
def test_an_assertion_has_at_most_256_bytes(register: Register, header: str) -> None:
    client = register.client()
    assert client.post("/patient", a_patient(), headers={header: "x" * 256}).status_code == 201
    assert client.post("/patient", a_patient(), headers={header: "x" * 257}).status_code == 400


def test_an_assertion_that_is_no_text_is_refused(register: Register) -> None:
    answer = register.client().post("/patient", a_patient(), headers={"Assay-On-Behalf-Of": b"\xff\xfe"})
    assert answer.status_code == 400
    hidden = register.client().post("/patient", a_patient(), headers={"Assay-On-Behalf-Of": "dr\u009b2J".encode()})
    assert hidden.status_code == 400


def test_an_operation_of_many_requests_keeps_them_together(register: Register) -> None:
    trace_id, client = secrets.token_hex(16), register.client()
    headers = {"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"}
    for _ in range(3):
        client.post("/patient", a_patient(), headers=headers)
    assert len(register.trail.of_operation(trace_id)) == 3
