"""Creating and loading the tests of a patient."""

from __future__ import annotations

import pytest
from client import Client, a_test, new_id, refused, service_text


@pytest.fixture
def patient(door: Client) -> str:
    return door.create_patient()["id"]


def test_a_new_test_is_answered_as_sent_with_id_patient_and_time(door: Client, patient: str) -> None:
    sent = a_test()
    answer = door.post(f"/patient/{patient}/tests", sent)
    assert answer.status_code == 201
    document = answer.json()
    set_by_server = {"id": document["id"], "lastUpdated": document["lastUpdated"], "patientId": patient}
    assert document == sent | set_by_server


def test_one_test_is_loaded_as_an_object(door: Client, patient: str) -> None:
    test = door.create_test(patient)
    answer = door.get(f"/patient/{patient}/tests/{test['id']}")
    assert (answer.status_code, answer.json()) == (200, test)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_all_tests_are_always_an_array(door: Client, patient: str, count: int) -> None:
    made = [door.create_test(patient) for _ in range(count)]
    answer = door.get(f"/patient/{patient}/tests")
    assert answer.status_code == 200
    assert sorted(answer.json(), key=str) == sorted(made, key=str)


def test_the_tests_of_no_such_patient_are_an_empty_array(door: Client) -> None:
    answer = door.get(f"/patient/{new_id()}/tests")
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_patient_sees_no_other_patients_tests(door: Client, patient: str) -> None:
    test = door.create_test(patient)
    other = door.create_patient()["id"]
    assert door.get(f"/patient/{other}/tests").json() == []
    refused(door.get(f"/patient/{other}/tests/{test['id']}"), 404, "Test not found.")


def test_an_absent_test_is_not_found(door: Client, patient: str) -> None:
    refused(door.get(f"/patient/{patient}/tests/{new_id()}"), 404, "Test not found.")
    refused(door.get(f"/patient/{new_id()}/tests/{new_id()}"), 404, "Test not found.")


def test_ids_of_tests_compare_as_text(door: Client, patient: str) -> None:
    test = door.create_test(patient)["id"]
    refused(door.get(f"/patient/{patient}/tests/{test.upper()}"), 404, "Test not found.")
    assert door.get(f"/patient/{patient.upper()}/tests").json() == []


@pytest.mark.parametrize("identifier", ["1", "x", "a%20b", "search"])
def test_an_id_that_is_no_uuid_is_not_found(door: Client, patient: str, identifier: str) -> None:
    assert door.get(f"/patient/{identifier}/tests").status_code == 404
    assert door.get(f"/patient/{identifier}/tests/{new_id()}").status_code == 404
    refused(door.get(f"/patient/{patient}/tests/{identifier}"), 404, "Test not found.")


def test_a_test_for_an_absent_patient_is_refused_and_not_stored(door: Client) -> None:
    absent = new_id()
    refused(door.post(f"/patient/{absent}/tests", a_test()), 404, "Patient not found")
    assert door.get(f"/patient/{absent}/tests").json() == []


def test_a_faulty_test_is_refused_before_its_patient_is_looked_for(door: Client) -> None:
    refused(door.post(f"/patient/{new_id()}/tests", a_test(performer=5)), 400, '"performer" must be a string')


def test_what_the_service_refuses_has_the_string_form_through_the_gateway_too(door: Client) -> None:
    assert service_text(door.get(f"/patient/{new_id()}")) == "Patient not found"
    assert service_text(door.post("/patient", {})) == '"firstName" is required'
