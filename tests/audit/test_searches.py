"""The trail of a search: the criteria, and each patient that it disclosed."""

from __future__ import annotations

import json
import re

import pytest
from client import Client, Trace, a_patient, unique
from register import Register


@pytest.fixture(scope="module")
def family(register: Register) -> tuple[str, list[str]]:
    number = unique("audited-")
    client = register.client()
    return number, [client.create_patient(a_patient(insuranceNumber=number))["id"] for _ in range(5)]


def test_a_search_is_one_record_of_the_criteria_and_one_for_each_patient(
    register: Register, client: Client, family: tuple[str, list[str]]
) -> None:
    number, made = family
    trace = Trace()
    criteria = {"insuranceNumber": number, "gender": "female"}
    answer = client.search(criteria, headers=trace.headers)
    records = register.trail.of_operation(trace.id)
    assert len(answer.json()) == 5
    (search,) = [record for record in records if record["resource"]["operation"] == "search"]
    assert search["resource"]["type"] == "patient"
    assert json.loads(search["resource"]["id"]) == criteria
    assert not search.get("patientId")
    disclosures = [record for record in records if record["resource"]["operation"] == "disclose"]
    assert len(records) == 6
    assert [record["resource"]["id"] for record in disclosures] == made
    assert [record["patientId"] for record in disclosures] == made
    assert all(record["resource"]["type"] == "patient" for record in disclosures)
    assert all(record["index"] > search["index"] for record in disclosures)


def test_each_page_discloses_its_own_patients_only(register: Register, client: Client, family) -> None:
    number, made = family
    trace = Trace()
    client.post("/patient/search?limit=2", {"insuranceNumber": number}, headers=trace.headers)
    disclosed = [record.get("patientId") for record in register.trail.of_operation(trace.id)]
    assert [identifier for identifier in disclosed if identifier] == made[:2]


def test_the_answer_names_the_criterias_record_and_counts_the_disclosed(
    register: Register, client: Client, family
) -> None:
    trace = Trace()
    answer = client.search({"insuranceNumber": family[0]}, headers=trace.headers)
    receipt = re.fullmatch(r"([0-9a-f-]{36}); index=(\d+); disclosed=5", answer.headers["Audit-Record"])
    search = register.trail.by_id(receipt[1])
    assert search["resource"]["operation"] == "search"
    assert search["index"] == int(receipt[2])


def test_a_search_that_finds_nobody_says_so_in_its_outcome(register: Register, client: Client) -> None:
    trace = Trace()
    assert client.search({"lastName": unique("nobody-")}, headers=trace.headers).status_code == 404
    search, outcome = register.trail.of_operation(trace.id, at_least=2)
    assert search["resource"]["operation"] == "search"
    assert (outcome["outcome"], outcome["outcomeOf"]) == ("not-found", search["id"])


def test_a_refused_search_leaves_no_record(register: Register, client: Client) -> None:
    trace = Trace()
    for path, body in (
        ("/patient/search", {"zz": 1}),
        ("/patient/search?limit=0", {}),
        ("/patient/search?cursor=x", {}),
    ):
        assert client.post(path, body, headers=trace.headers).status_code == 400
    assert register.trail.of_operation(trace.id) == []


def test_no_record_names_two_patients(register: Register, client: Client) -> None:
    number = unique("two-")
    patients = [client.create_patient(a_patient(insuranceNumber=number))["id"] for _ in range(4)]
    client.search({"insuranceNumber": number})
    for patient in patients:
        test = client.create_test(patient)["id"]
        client.get(f"/patient/{patient}/tests")
        client.get(f"/patient/{patients[0]}/tests/{test}")
        client.put(f"/patient/{patient}", a_patient(id=patient))
    everything = {
        record["id"]: json.dumps(record) for patient in patients for record in register.trail.containing(patient)
    }
    for text in everything.values():
        assert sum(patient in text for patient in patients) == 1
