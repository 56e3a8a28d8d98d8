"""What each operation leaves in the trail, before its answer leaves."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests
from client import Client, Trace, a_patient, a_test, an_observation, new_id, unique
from register import Parts, Register
from trail import Record, Trail

RECEIPT = re.compile(r"([0-9a-f-]{36}); index=(\d+)(?:; disclosed=(\d+))?")


class Audited:
    """One door and the trail behind it."""

    def __init__(self, client: Client, trail: Trail):
        self.client, self.trail = client, trail

    def act(self, method: str, path: str, body: Any = ..., **options: Any) -> tuple[requests.Response, list[Record]]:
        """Does one operation; answers also the records that lay in the trail when the answer arrived."""
        trace = Trace()
        headers = options.pop("headers", {}) | trace.headers
        answer = self.client.call(method, path, body, headers=headers, **options)
        self.operation = trace.id
        return answer, self.trail.of_operation(trace.id)

    def outcome(self, intent: Record) -> str:
        records = self.trail.of_operation(self.operation, at_least=2)
        (outcome,) = [record for record in records if "outcome" in record]
        assert outcome["outcomeOf"] == intent["id"]
        return outcome["outcome"]


@pytest.fixture(params=["gateway", "service"])
def audited(request: pytest.FixtureRequest) -> Audited:
    if request.param == "gateway":
        register: Register = request.getfixturevalue("register")
        return Audited(register.client(), register.trail)
    parts: Parts = request.getfixturevalue("parts")
    return Audited(parts.patients_client(), parts.trail)


@pytest.fixture
def patient(audited: Audited) -> str:
    return audited.client.create_patient()["id"]


def only(records: list[Record], kind: str, operation: str) -> Record:
    """The one record of the attempt; an outcome may lie beside it."""
    (record,) = [record for record in records if "outcome" not in record]
    assert record["resource"]["type"] == kind
    assert record["resource"]["operation"] == operation
    assert record["sourceSystemName"] == "PatientTestApi"
    return record


def test_creating_a_patient(audited: Audited) -> None:
    answer, records = audited.act("POST", "/patient", a_patient())
    record = only(records, "patient", "create")
    assert record["resource"]["id"] == record["patientId"] == answer.json()["id"]
    assert record["patientSequence"] == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdDate"])


def test_loading_a_patient(audited: Audited, patient: str) -> None:
    _, records = audited.act("GET", f"/patient/{patient}")
    record = only(records, "patient", "find")
    assert record["resource"]["id"] == record["patientId"] == patient
    assert record["patientSequence"] == 2


def test_asking_for_the_head_of_a_patient_counts_as_loading_it(audited: Audited, patient: str) -> None:
    _, records = audited.act("HEAD", f"/patient/{patient}")
    assert only(records, "patient", "find")["patientId"] == patient


def test_updating_a_patient(audited: Audited, patient: str) -> None:
    _, records = audited.act("PUT", f"/patient/{patient}", a_patient(id=patient))
    record = only(records, "patient", "update")
    assert record["resource"]["id"] == record["patientId"] == patient


def test_creating_a_test(audited: Audited, patient: str) -> None:
    answer, records = audited.act("POST", f"/patient/{patient}/tests", a_test())
    record = only(records, "test", "create")
    assert record["resource"]["id"] == answer.json()["id"]
    assert record["patientId"] == patient


@pytest.mark.parametrize("count", [0, 1, 3])
def test_loading_all_tests(audited: Audited, patient: str, count: int) -> None:
    made = {audited.client.create_test(patient)["id"] for _ in range(count)}
    _, records = audited.act("GET", f"/patient/{patient}/tests")
    record = only(records, "test", "read")
    assert set(json.loads(record["resource"]["id"])) == made
    assert record["patientId"] == patient


def test_loading_one_test(audited: Audited, patient: str) -> None:
    test = audited.client.create_test(patient)["id"]
    audited.client.create_test(patient)
    _, records = audited.act("GET", f"/patient/{patient}/tests/{test}")
    record = only(records, "test", "read")
    assert json.loads(record["resource"]["id"]) == [test]
    assert record["patientId"] == patient


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "operation"),
    [
        ("GET", "/patient/{absent}", ..., "patient", "find"),
        ("PUT", "/patient/{absent}", a_patient(), "patient", "update"),
        ("GET", "/patient/{absent}/tests/{other}", ..., "test", "read"),
        ("POST", "/patient/{absent}/tests", a_test(), "test", "create"),
    ],
)
def test_an_attempt_at_what_is_absent_is_recorded_with_its_outcome(
    audited: Audited, method: str, path: str, body: Any, kind: str, operation: str
) -> None:
    absent = new_id()
    if method == "PUT":
        body = body | {"id": absent}
    answer, records = audited.act(method, path.format(absent=absent, other=new_id()), body)
    assert answer.status_code == 404
    record = only(records, kind, operation)
    assert record["patientId"] == absent
    assert audited.outcome(record) == "not-found"


@pytest.mark.parametrize("identifier", ["1", "some text", "é", "search"])
def test_an_id_that_is_no_uuid_is_recorded_as_sent_and_names_no_patient(audited: Audited, identifier: str) -> None:
    answer, records = audited.act("GET", f"/patient/{requests.utils.quote(identifier)}")
    assert answer.status_code == 404
    record = only(records, "patient", "find")
    assert record["resource"]["id"] == identifier
    assert not record.get("patientId")
    assert not record.get("patientSequence")


@pytest.mark.parametrize("identifier", ["%00", "x%FFy"])
def test_an_id_that_cannot_be_decoded_is_recorded_as_sent(audited: Audited, identifier: str) -> None:
    for path, operation in ((f"/patient/{identifier}", "find"), (f"/patient/{identifier}/tests", "read")):
        answer, records = audited.act("GET", path)
        assert answer.status_code == 404
        (record,) = [record for record in records if "outcome" not in record]
        assert (record["resource"]["operation"], record["resource"]["id"]) == (operation, identifier)


def test_not_modified_is_an_access_and_says_so(audited: Audited, patient: str) -> None:
    tag = audited.client.get(f"/patient/{patient}").headers["ETag"]
    answer, records = audited.act("GET", f"/patient/{patient}", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert audited.outcome(only(records, "patient", "find")) == "not-modified"


@pytest.mark.parametrize(("method", "operation"), [("PUT", "update"), ("GET", "find")])
def test_a_failed_precondition_is_recorded(audited: Audited, patient: str, method: str, operation: str) -> None:
    headers = {"If-Match": '"other"'}
    body = a_patient(id=patient) if method == "PUT" else ...
    answer, records = audited.act(method, f"/patient/{patient}", body, headers=headers)
    assert answer.status_code == 412
    assert audited.outcome(only(records, "patient", operation)) == "precondition-failed"


@pytest.mark.parametrize("body", [{}, a_patient(foo=1), a_patient(id="11111111-1111-4111-8111-111111111111"), []])
def test_a_refused_body_is_no_access_and_leaves_no_record(audited: Audited, body: Any) -> None:
    answer, records = audited.act("POST", "/patient", body)
    assert (answer.status_code, records) == (400, [])


def test_a_success_has_one_record_and_no_outcome(audited: Audited, patient: str) -> None:
    audited.act("GET", f"/patient/{patient}")
    succeeded = audited.operation
    absent, _ = audited.act("GET", f"/patient/{new_id()}")
    assert absent.status_code == 404
    audited.trail.of_operation(audited.operation, at_least=2)
    assert len(audited.trail.of_operation(succeeded)) == 1


def test_a_patients_records_are_numbered_without_gaps(audited: Audited, patient: str) -> None:
    path = f"/patient/{patient}"
    for _ in range(3):
        audited.act("GET", path)
        audited.act("PUT", path, a_patient(id=patient))
        audited.act("POST", path + "/tests", a_test(observations=[an_observation()]))
        audited.act("GET", path + "/tests")
        audited.act("POST", "/patient/search", {"id": patient})
        audited.act("PUT", path, a_patient(id=patient), headers={"If-Match": '"x"'})
        audited.trail.of_operation(audited.operation, at_least=2)
    numbers = [record["patientSequence"] for record in audited.trail.of_patient(patient)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 1 + 3 * 6


def test_the_answer_names_its_record(audited: Audited, patient: str) -> None:
    for method, path, body in (
        ("POST", "/patient", a_patient()),
        ("GET", f"/patient/{patient}", ...),
        ("PUT", f"/patient/{patient}", a_patient(id=patient)),
        ("GET", f"/patient/{patient}/tests", ...),
        ("POST", f"/patient/{patient}/tests", a_test()),
        ("GET", f"/patient/{new_id()}", ...),
    ):
        answer, records = audited.act(method, path, body)
        receipt = RECEIPT.fullmatch(answer.headers["Audit-Record"])
        assert receipt, answer.headers["Audit-Record"]
        (record,) = [record for record in records if "outcome" not in record]
        assert (receipt[1], int(receipt[2]), receipt[3]) == (record["id"], record["index"], None)


def test_a_record_names_itself_uniquely(audited: Audited) -> None:
    audited.client.create_patient(lastName=unique())
    ids = [record["id"] for record in audited.trail.all()]
    assert len(ids) == len(set(ids))
    assert [record["index"] for record in audited.trail.all()] == list(range(len(ids)))
