"""Whom the criteria find."""

from __future__ import annotations

from typing import Any

import pytest
from client import MARK, Client, a_full_patient, a_patient, refused, unique
from search.pages import all_ids

NOBODY = "No patients found with provided criteria"
EQUAL = ["id", "firstName", "lastName", "fullName", "gender", "postCode", "insuranceNumber", "preferredContactNumber"]


def found(door: Client, **criteria: Any) -> set[str]:
    answer = door.search(criteria)
    if answer.status_code == 404:
        refused(answer, 404, NOBODY)
        return set()
    assert answer.status_code == 200, answer.text
    return {patient["id"] for patient in answer.json()}


@pytest.fixture
def patient(door: Client) -> dict[str, Any]:
    name = unique(f"{MARK}-")
    return door.create_patient(
        a_full_patient(firstName=name, lastName=name, fullName=name, preferredContactNumber=name, postCode=name[-4:])
    )


@pytest.mark.parametrize("field", EQUAL)
def test_each_criterion_finds_by_equality(door: Client, patient: dict[str, Any], field: str) -> None:
    marked = {"insuranceNumber": patient["insuranceNumber"], field: patient[field]}
    assert found(door, **marked) == {patient["id"]}


@pytest.mark.parametrize("field", [field for field in EQUAL if field not in {"gender", "postCode"}])
def test_each_criterion_finds_by_itself(door: Client, patient: dict[str, Any], field: str) -> None:
    assert found(door, **{field: patient[field]}) == {patient["id"]}


@pytest.mark.parametrize("field", ["firstName", "lastName", "fullName", "insuranceNumber", "preferredContactNumber"])
def test_a_part_another_case_or_a_pattern_finds_nothing(door: Client, patient: dict[str, Any], field: str) -> None:
    value = patient[field]
    for other in (value[:-1], value.lower(), value.upper(), value + " ", value[:-1] + "%", value[:-1] + "_"):
        assert found(door, **{field: other}) == set()


def test_nobody_found_is_404(door: Client) -> None:
    refused(door.search({"lastName": unique("nobody-")}), 404, NOBODY)


def test_all_criteria_must_hold(door: Client) -> None:
    tag = unique("and-")
    women = door.create_patient(a_patient(insuranceNumber=tag, gender="female", postCode="1111"))["id"]
    men = door.create_patient(a_patient(insuranceNumber=tag, gender="male", postCode="1111"))["id"]
    assert found(door, insuranceNumber=tag) == {women, men}
    assert found(door, insuranceNumber=tag, gender="male") == {men}
    assert found(door, insuranceNumber=tag, gender="male", postCode="1111") == {men}
    assert found(door, insuranceNumber=tag, gender="male", postCode="2222") == set()
    assert found(door, insuranceNumber=tag, gender="other") == set()
    assert found(door, insuranceNumber=tag, id=women, gender="male") == set()


def test_no_criteria_match_everyone(fresh_register) -> None:
    client = fresh_register.client()
    refused(client.search({}), 404, NOBODY)
    made = {client.create_patient()["id"] for _ in range(7)}
    assert set(all_ids(client, {}, 3)) == made


def test_the_documents_of_a_search_are_whole(door: Client, patient: dict[str, Any]) -> None:
    assert door.search({"insuranceNumber": patient["insuranceNumber"]}).json() == [patient]


def test_a_field_that_a_patient_lacks_matches_no_text(door: Client) -> None:
    tag = unique("lacks-")
    door.create_patient(a_patient(insuranceNumber=tag))
    assert found(door, insuranceNumber=tag, lastName="null") == set()
    assert found(door, insuranceNumber=tag, lastName=" ") == set()
