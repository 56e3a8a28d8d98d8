"""The register of who saw what: asked by auditors, told in pages, and itself audited."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from client import Client, Trace, gateway_client, gateway_text, new_id, refused, service_client, unique
from register import Parts, Register, run, wait_for

ACTOR = {"Assay-On-Behalf-Of": "dr.jones", "Assay-Purpose-Of-Use": "TREAT"}
SOME_ID = "22222222-2222-4222-8222-222222222222"
CHECKPOINT = re.compile(r"assay\.internal/[0-9a-f]{16}\n(\d+)\n[A-Za-z0-9+/]{43}=\n\n— .+\n")


@dataclass
class Door:
    """A wiring of the register: who works with patients, and who audits that."""

    owner: Register | Parts
    worker: Client
    auditor: Client
    auditor_id: str


def receipt_of(answer: requests.Response) -> tuple[str, int]:
    identifier, index = re.fullmatch(r"([0-9a-f-]{36}); index=(\d+)", answer.headers["Audit-Record"]).groups()
    return identifier, int(index)


def open_door(owner: Register | Parts) -> Door:
    made = run("subscription", "create", unique("auditor-"), "--scope", "audit:read", "--output", "json",
               "--data-dir", owner.data)  # fmt: skip
    assert made.returncode == 0, made.stderr
    worker = owner.client()
    auditor = gateway_client(worker.url, json.loads(made.stdout)["primaryKey"])
    own, _ = receipt_of(auditor.get("/audit?limit=1"))
    return Door(owner, worker, auditor, owner.trail.by_id(own)["actor"]["id"])


@pytest.fixture(scope="module")
def in_one_process(register: Register) -> Door:
    return open_door(register)


@pytest.fixture(scope="module")
def in_three_processes(parts: Parts) -> Door:
    return open_door(parts)


@pytest.fixture(params=["in_one_process", "in_three_processes"])
def both(request: pytest.FixtureRequest) -> Door:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def one(in_one_process: Door) -> Door:
    return in_one_process


def pages(client: Client, path: str) -> Iterator[requests.Response]:
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        yield answer
        path = answer.links.get("next", {}).get("url", "")


def records(client: Client, path: str) -> list[Any]:
    return [entry for page in pages(client, path) for entry in page.json()["records"]]


def an_accessed_patient(door: Door) -> str:
    patient = door.worker.create_patient()["id"]
    door.worker.get(f"/patient/{patient}", headers=ACTOR)
    door.worker.create_test(patient)
    return patient


def operations(entries: list[Any]) -> list[str]:
    return [entry["record"]["resource"]["operation"] for entry in entries]


def test_an_auditor_finds_who_did_what_to_a_patient(both: Door) -> None:
    patient = an_accessed_patient(both)
    answer = both.auditor.get(f"/audit?patientId={patient}")
    assert answer.status_code == 200, answer.text
    found = answer.json()["records"]
    assert operations(found) == ["create", "find", "create", "search"]
    assert found[1]["record"]["asserted"] == {"onBehalfOf": "dr.jones", "purposeOfUse": "TREAT"}
    assert {**found[1]["record"], "index": found[1]["index"]} == both.owner.trail.by_id(found[1]["record"]["id"])
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_question_is_recorded_before_it_is_answered(both: Door) -> None:
    patient = both.worker.create_patient()["id"]
    trace = Trace()
    answer = both.auditor.get(f"/audit?operation=find&patientId={patient}&limit=5", headers=trace.headers)
    (record,) = both.owner.trail.of_operation(trace.id)
    assert receipt_of(answer) == (record["id"], record["index"])
    assert record["sourceSystemName"] == "AssayAudit"
    assert (record["resource"]["type"], record["resource"]["operation"]) == ("audit", "search")
    assert record["resource"]["id"] == f'{{"operation":"find","patientId":"{patient}"}}'
    assert record["patientId"] == patient
    assert record["actor"]["id"] == both.auditor_id


def test_a_question_of_no_patient_is_nobodys_access(one: Door) -> None:
    trace = Trace()
    one.auditor.get("/audit?operation=nothing", headers=trace.headers)
    (record,) = one.owner.trail.of_operation(trace.id)
    assert "patientId" not in record


def test_filters_combine(one: Door) -> None:
    patient = an_accessed_patient(one)
    made = one.worker.create_patient()["id"]
    by_me = one.owner.trail.of_patient(patient)[0]["actor"]["id"]
    assert operations(records(one.auditor, f"/audit?patientId={patient}&operation=create")) == ["create", "create"]
    assert (
        operations(records(one.auditor, f"/audit?patientId={patient}&operation=create&actor={by_me}")) == ["create"] * 2
    )
    assert records(one.auditor, f"/audit?patientId={patient}&actor={new_id()}") == []
    own = records(one.auditor, f"/audit?actor={by_me}&operation=create")
    assert {patient, made} <= {entry["record"].get("patientId") for entry in own}
    assert {entry["record"]["actor"]["id"] for entry in own} == {by_me}


def test_days_and_moments_are_both_included(one: Door) -> None:
    patient = an_accessed_patient(one)
    dates = [record["createdDate"] for record in one.owner.trail.of_patient(patient)]
    day = dates[0][:10]

    def count(period: str) -> int:
        return len(records(one.auditor, f"/audit?patientId={patient}&operation=find&{period}"))

    find = one.owner.trail.of_patient(patient)[1]["createdDate"]
    assert count(f"from={day}&to={dates[-1][:10]}") == 1
    assert count(f"from={find}&to={find}") == 1
    assert count("from=2999-01-01") == 0
    assert count("to=2001-01-01T00:00:00%2B01:00") == 0
    assert count(f"from={dates[-1][:10]}&to=2001-01-01") == 0


def test_pages_tell_each_record_once_and_end(both: Door) -> None:
    patient = both.worker.create_patient()["id"]
    for _ in range(6):
        both.worker.get(f"/patient/{patient}")
    walked = list(pages(both.auditor, f"/audit?patientId={patient}&limit=2"))
    found = [entry for page in walked for entry in page.json()["records"]]
    assert [entry["record"]["patientSequence"] for entry in found] == list(range(1, 9))
    assert operations(found)[-1] == "search", "the question itself, and none of the later pages'"
    assert all(len(page.json()["records"]) <= 2 for page in walked)
    assert walked[0].links["next"]["url"].startswith(f"/audit?patientId={patient}&cursor=")


def test_a_walk_over_everything_ends_although_each_page_adds_a_record(one: Door) -> None:
    for _ in range(3):
        one.worker.create_patient()
    first = one.auditor.get("/audit?limit=1000")
    last = receipt_of(first)[1]
    indexes = [entry["index"] for page in pages(one.auditor, "/audit?limit=50") for entry in page.json()["records"]]
    assert indexes == list(range(last + 2)), "up to the first page's own record"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("patientId=1", '"patientId" must be a valid GUID'),
        ("patientId=", '"patientId" is not allowed to be empty'),
        ("actor=", '"actor" is not allowed to be empty'),
        ("actor=a&actor=b", '"actor" must be a string'),
        ("from=2021-02-31", '"from" must be a valid date'),
        ("to=yesterday", '"to" must be a valid date'),
        ("limit=0", '"limit" must be a number from 1 to 1000'),
        ("limit=1001", '"limit" must be a number from 1 to 1000'),
        ("limit=1x", '"limit" must be a number from 1 to 1000'),
        ("cursor=7", '"cursor" is not valid for this query'),
        ("cursor=-1-5", '"cursor" is not valid for this query'),
        ("cursor=1-99999999999999999999", '"cursor" is not valid for this query'),
        ("foo=1", '"foo" is not allowed'),
        ("actor=a%ff", "The query must be percent-encoded UTF-8."),
        ("operation=find&actor=%c3", "The query must be percent-encoded UTF-8."),
        ("foo", '"foo" is not allowed'),
        ("foo=1&to=x&actor=", '"actor" is not allowed to be empty'),
    ],
)
def test_bad_parameters_are_told_and_leave_no_record(one: Door, query: str, text: str) -> None:
    trace = Trace()
    refused(one.auditor.get(f"/audit?{query}", headers=trace.headers), 400, text)
    assert one.owner.trail.of_operation(trace.id) == []


def test_a_cursor_that_somebody_made_up_shows_nothing_more(one: Door) -> None:
    answer = one.auditor.get("/audit?cursor=0-9223372036854775807&limit=1000")
    last = receipt_of(answer)[1]
    assert max(entry["index"] for entry in answer.json()["records"]) <= last
    assert one.auditor.get("/audit?cursor=9223372036854775807-0").json() == {"records": []}


@pytest.mark.parametrize("path", ["/audit", f"/patient/{SOME_ID}/accesses"])
def test_the_register_is_closed_to_all_but_auditors(both: Door, path: str) -> None:
    answer = both.worker.get(path)
    assert answer.status_code == 403
    assert gateway_text(answer) == "The subscription lacks the scope audit:read."
    assert both.auditor.without_key().get(path).status_code == 401


@pytest.mark.parametrize("path", ["/auditrecord", f"/patient/{SOME_ID}/accesses"])
def test_the_service_answers_the_gateways_callers_alone(parts: Parts, path: str) -> None:
    refused(parts.audit_client().get(path), 403, "This host key doesn't allow it.")
    gateway_key = (parts.secrets / "gateway" / "audit-gateway-key").read_text().strip()
    refused(service_client(parts.audit.url, gateway_key).get(path), 403)
    assert parts.audit_client().without_key().get(path).status_code == 401


def test_accesses_are_told_complete_at_a_signed_checkpoint(both: Door) -> None:
    patient = an_accessed_patient(both)
    trace = Trace()
    answer = both.auditor.get(f"/patient/{patient}/accesses", headers=trace.headers)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (own,) = both.owner.trail.of_operation(trace.id)
    assert receipt_of(answer) == (own["id"], own["index"])
    assert (own["resource"]["type"], own["resource"]["operation"], own["resource"]["id"]) == ("audit", "read", patient)
    assert own["patientId"] == patient
    assert told["patientId"] == patient
    assert told["count"] == 4
    assert [access["sequence"] for access in told["accesses"]] == [1, 2, 3, 4]
    assert told["accesses"][-1]["record"]["id"] == own["id"], "its own record is the last"
    assert int(CHECKPOINT.fullmatch(told["checkpoint"])[1]) > own["index"]
    for access in told["accesses"]:
        assert access["proof"] == f"/audit/{access['record']['id']}/proof"
        proof = both.auditor.get(access["proof"])
        assert proof.status_code == 200
        assert f"index {access['index']}\n" in proof.text


def test_accesses_come_in_pages_up_to_the_first_ones_count(both: Door) -> None:
    patient = both.worker.create_patient()["id"]
    for _ in range(4):
        both.worker.get(f"/patient/{patient}")
    walked = [page.json() for page in pages(both.auditor, f"/patient/{patient}/accesses?limit=1")]
    assert [page["accesses"][0]["sequence"] for page in walked] == [1, 2, 3, 4, 5, 6]
    assert [page["count"] for page in walked] == [6, 7, 8, 9, 10, 11], "each page is an access too"


def test_a_made_up_cursor_of_accesses_ends_with_the_first_pages_count(both: Door) -> None:
    patient = an_accessed_patient(both)
    path = f"/patient/{patient}/accesses?limit=1&cursor=1-9223372036854775807"
    walked = [page.json() for page in pages(both.auditor, path)]
    assert [page["accesses"][0]["sequence"] for page in walked] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("proof?index=1", '"index" is not allowed'),
        ("proof?limit=1", '"limit" is not allowed'),
        ("disclosures?offset=1", '"offset" is not allowed'),
        ("disclosures?limit=1&limit=2", '"limit" must be a string'),
        ("disclosures?cursor=", '"cursor" is not allowed to be empty'),
        ("disclosures?cursor=%ff", "The query must be percent-encoded UTF-8."),
        ("proof?%ff", "The query must be percent-encoded UTF-8."),
    ],
)
def test_proofs_and_disclosures_take_no_other_parameters(both: Door, path: str, text: str) -> None:
    patient = both.worker.create_patient()["id"]
    own, _ = receipt_of(both.worker.get(f"/patient/{patient}"))
    trace = Trace()
    refused(both.auditor.get(f"/audit/{own}/{path}", headers=trace.headers), 400, text)
    assert both.owner.trail.of_operation(trace.id) == []


def test_nobodys_accesses_are_the_question_alone(one: Door) -> None:
    stranger = new_id()
    told = one.auditor.get(f"/patient/{stranger}/accesses").json()
    assert told["count"] == 1
    assert [access["record"]["resource"]["type"] for access in told["accesses"]] == ["audit"]


def test_accesses_of_what_is_no_id_are_refused(one: Door) -> None:
    refused(one.auditor.get("/patient/1/accesses"), 400, '"patientId" must be a valid GUID')
    refused(one.auditor.get(f"/patient/{new_id()}/accesses?actor=x"), 400, '"actor" is not allowed')


def test_an_id_in_upper_case_names_nobody(one: Door) -> None:
    patient = an_accessed_patient(one)
    assert one.auditor.get(f"/patient/{patient.upper()}/accesses").json()["accesses"] == []
    assert one.auditor.get(f"/audit?patientId={patient.upper()}").json() == {"records": []}


def change(database: Path, sql: str, *values: object) -> None:
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute(sql, values)
    connection.close()


def register_position(database: Path) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
        (position,) = connection.execute("SELECT position FROM access_position").fetchone()
    connection.close()
    return position


def test_without_a_record_nothing_is_told(fresh_register: Register) -> None:
    door = open_door(fresh_register)
    patient = an_accessed_patient(door)
    change(fresh_register.trail.database, "CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.document LIKE "
           "'%AssayAudit%' BEGIN SELECT RAISE(ABORT, 'poisoned'); END")  # fmt: skip
    for path in ("/audit", f"/patient/{patient}/accesses"):
        answer = door.auditor.get(path)
        assert answer.status_code == 500
        assert answer.json().startswith("Error creating audit log:")
        assert answer.headers["Retry-After"]
        assert patient not in answer.text


def test_what_was_erased_stands_with_its_index(fresh_register: Register) -> None:
    door = open_door(fresh_register)
    database = fresh_register.trail.database
    patient = door.worker.create_patient()["id"]
    for _ in range(600):
        door.worker.get(f"/patient/{patient}")
    wait_for(lambda: register_position(database) > 512, "the register to have taken the records")
    index = fresh_register.trail.of_patient(patient)[3]["index"]
    change(database, "UPDATE record SET salt = NULL, document = NULL WHERE idx = ?", index)
    (erased,) = [
        entry for entry in records(door.auditor, f"/audit?patientId={patient}&limit=1000") if "erased" in entry
    ]
    assert set(erased) == {"index", "id", "erased"}
    assert erased["index"] == index
    told = door.auditor.get(f"/patient/{patient}/accesses?limit=1000").json()
    assert told["accesses"][3] == {"sequence": 4, **erased}
    assert told["count"] == 603
    assert len(records(door.auditor, f"/audit?patientId={patient}&operation=find")) == 599
