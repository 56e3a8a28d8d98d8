"""What refuses an update: all that refuses a new patient, and an id that is not the path's."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, a_patient, new_id, refused


@pytest.fixture
def patient(door: Client) -> dict[str, Any]:
    return door.create_patient()


def refusal(door: Client, patient: dict[str, Any], text: str, **fields: Any) -> None:
    refused(door.put(f"/patient/{patient['id']}", a_patient(id=patient["id"]) | fields), 400, text)
    assert door.get(f"/patient/{patient['id']}").json() == patient


@pytest.mark.parametrize("field", ["firstName", "gender", "dateOfBirth", "postCode"])
def test_required_fields_are_required_here_too(door: Client, patient: dict[str, Any], field: str) -> None:
    body = a_patient(id=patient["id"], **{field: ...})
    refused(door.put(f"/patient/{patient['id']}", body), 400, f'"{field}" is required')


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"id": "1"}, '"id" must be a valid GUID'),
        ({"id": 5}, '"id" must be a string'),
        ({"id": None}, '"id" must be a string'),
        ({"firstName": ""}, '"firstName" is not allowed to be empty'),
        ({"lastName": None}, '"lastName" must be a string'),
        ({"lastName": "x" * 65}, '"lastName" length must be less than or equal to 64 characters long'),
        ({"fullName": "x" * 129}, '"fullName" length must be less than or equal to 128 characters long'),
        ({"gender": "robot"}, '"gender" must be one of [male, female, other, unknown]'),
        ({"dateOfBirth": "2021-02-31"}, '"dateOfBirth" with value "2021-02-31" fails to match the date pattern'),
        ({"postCode": "123"}, '"postCode" length must be 4 characters long'),
        ({"lastUpdated": "x"}, '"lastUpdated" must be a valid date'),
        ({"zz": 1}, '"zz" is not allowed'),
    ],
)
def test_a_fault_is_answered_and_nothing_changes(
    door: Client, patient: dict[str, Any], fields: dict[str, Any], text: str
) -> None:
    refusal(door, patient, text, **fields)


def test_the_bodys_id_must_be_there_and_be_the_paths(door: Client, patient: dict[str, Any]) -> None:
    refused(door.put(f"/patient/{patient['id']}", a_patient()), 400, "Inconsistent registration IDs")
    refusal(door, patient, "Inconsistent registration IDs", id=new_id())
    refusal(door, patient, "Inconsistent registration IDs", id=patient["id"].upper())


def test_inconsistent_ids_are_looked_for_after_all_other_faults(door: Client, patient: dict[str, Any]) -> None:
    refusal(door, patient, '"zz" is not allowed', id=new_id(), zz=1)
    refused(door.put(f"/patient/{patient['id']}", {}), 400, '"firstName" is required')


def test_a_last_updated_in_the_body_is_allowed_and_overwritten(door: Client, patient: dict[str, Any]) -> None:
    body = a_patient(id=patient["id"], lastUpdated="2001-01-01")
    answer = door.put(f"/patient/{patient['id']}", body)
    assert answer.status_code == 200
    assert answer.json()["lastUpdated"] > patient["lastUpdated"]


@pytest.mark.parametrize("body", ["[]", '"x"', '{"id":', ""])
def test_what_is_not_an_object_is_refused(door: Client, patient: dict[str, Any], body: str) -> None:
    refused(door.put(f"/patient/{patient['id']}", raw=body), 400, '"value" must be of type object' if body else None)
