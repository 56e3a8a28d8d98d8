"""Every text that refuses a test, field by field, and the order of faults."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, a_test, an_observation, new_id, refused

NOT_STRINGS = [None, 5, True, [], {}]
OBSERVED = ["id", "code", "measurement", "interpretation", "status"]
VALID_DATES = ["2020-05-12", "2020-02-29", "2020-05-12T10:11Z", "2020-05-12T10:11:12Z", "2020-05-12T10:11:12.123Z",
               "2020-05-12T10:11:12+02:00", "2020-05-12T10:11:12-05:30"]  # fmt: skip
INVALID_DATES = ["x", "", " ", "2020-13-01", "2020-00-10", "2020-02-30", "2021-02-29", "2020-05-12T25:00:00Z",
                 "2020-05-12T10:61:00Z", "12/05/2020", "yesterday", "2020-05-12 x", *NOT_STRINGS]  # fmt: skip


@pytest.fixture(scope="module")
def patient_of() -> dict[str, str]:
    return {}


@pytest.fixture
def patient(door: Client, patient_of: dict[str, str]) -> str:
    if door.url not in patient_of:
        patient_of[door.url] = door.create_patient()["id"]
    return patient_of[door.url]


def refusal(door: Client, patient: str, text: str, **fields: Any) -> None:
    refused(door.post(f"/patient/{patient}/tests", a_test(**fields)), 400, text)


@pytest.mark.parametrize("field", ["performer", "orderReference", "observations"])
def test_a_required_field_must_be_there(door: Client, patient: str, field: str) -> None:
    refusal(door, patient, f'"{field}" is required', **{field: ...})


@pytest.mark.parametrize("field", ["id", "performer", "orderReference"])
@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_a_text_must_be_a_string(door: Client, patient: str, field: str, value: Any) -> None:
    refusal(door, patient, f'"{field}" must be a string', **{field: value})


@pytest.mark.parametrize("field", ["id", "performer", "orderReference"])
def test_an_empty_text_is_refused(door: Client, patient: str, field: str) -> None:
    refusal(door, patient, f'"{field}" is not allowed to be empty', **{field: ""})


@pytest.mark.parametrize("value", [None, 5, True, "x", {}], ids=repr)
def test_observations_must_be_an_array(door: Client, patient: str, value: Any) -> None:
    refusal(door, patient, '"observations" must be an array', observations=value)


def test_there_may_be_no_observations_or_many(door: Client, patient: str) -> None:
    assert door.create_test(patient, observations=[])["observations"] == []
    many = [an_observation(id=f"o{number}") for number in range(200)]
    assert door.create_test(patient, observations=many)["observations"] == many


@pytest.mark.parametrize("value", [None, 5, True, "x", []], ids=repr)
def test_an_observation_must_be_an_object(door: Client, patient: str, value: Any) -> None:
    refusal(door, patient, '"observations[0]" must be of type object', observations=[value])
    refusal(door, patient, '"observations[1]" must be of type object', observations=[an_observation(), value])


@pytest.mark.parametrize("field", [*OBSERVED, "issued"])
def test_every_field_of_an_observation_is_required(door: Client, patient: str, field: str) -> None:
    faulty = an_observation(**{field: ...})
    refusal(door, patient, f'"observations[0].{field}" is required', observations=[faulty])
    refusal(door, patient, f'"observations[1].{field}" is required', observations=[an_observation(), faulty])


@pytest.mark.parametrize("field", OBSERVED)
@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_a_text_of_an_observation_must_be_a_string(door: Client, patient: str, field: str, value: Any) -> None:
    text = f'"observations[0].{field}" must be a string'
    refusal(door, patient, text, observations=[an_observation(**{field: value})])


@pytest.mark.parametrize("field", OBSERVED)
def test_an_empty_text_of_an_observation_is_refused(door: Client, patient: str, field: str) -> None:
    text = f'"observations[0].{field}" is not allowed to be empty'
    refusal(door, patient, text, observations=[an_observation(**{field: ""})])


@pytest.mark.parametrize("issued", VALID_DATES)
def test_issued_may_be_a_day_or_a_day_and_time_and_is_kept_as_sent(door: Client, patient: str, issued: str) -> None:
    test = door.create_test(patient, observations=[an_observation(issued=issued)])
    assert test["observations"][0]["issued"] == issued


@pytest.mark.parametrize("issued", INVALID_DATES, ids=repr)
def test_issued_must_be_a_valid_date(door: Client, patient: str, issued: Any) -> None:
    text = '"observations[0].issued" must be a valid date'
    refusal(door, patient, text, observations=[an_observation(issued=issued)])


@pytest.mark.parametrize("moment", INVALID_DATES, ids=repr)
def test_last_updated_must_be_a_valid_date(door: Client, patient: str, moment: Any) -> None:
    refusal(door, patient, '"lastUpdated" must be a valid date', lastUpdated=moment)


def test_what_the_server_sets_is_unexpected(door: Client, patient: str) -> None:
    refusal(door, patient, "Id unexpected.", id=new_id())
    refusal(door, patient, "Id unexpected.", id=new_id(), lastUpdated="2020-01-01")
    refusal(door, patient, "lastUpdated unexpected.", lastUpdated="2020-01-01")


@pytest.mark.parametrize("identifier", ["1", "x", "11111111-1111-4111-8111-11111111111g"])
def test_an_id_that_is_no_uuid_is_refused(door: Client, patient: str, identifier: str) -> None:
    refusal(door, patient, '"id" must be a valid GUID', id=identifier)


def test_the_path_names_the_patient_whatever_the_body_says(door: Client, patient: str) -> None:
    for claim in (new_id(), "x", 5):
        assert door.create_test(patient, patientId=claim)["patientId"] == patient


def test_a_key_that_is_not_listed_is_refused(door: Client, patient: str) -> None:
    refusal(door, patient, '"foo" is not allowed', foo=1)
    refusal(door, patient, '"observations[0].foo" is not allowed', observations=[an_observation(foo=1)])


TEST_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"id": "x"}, '"id" must be a valid GUID'),
    ({"performer": 5}, '"performer" must be a string'),
    ({"orderReference": 5}, '"orderReference" must be a string'),
    ({"observations": 5}, '"observations" must be an array'),
    ({"lastUpdated": "x"}, '"lastUpdated" must be a valid date'),
    ({"foo": 1}, '"foo" is not allowed'),
]


@pytest.mark.parametrize("first", range(len(TEST_FAULTS)))
def test_the_first_fault_in_the_order_of_the_fields_is_answered(door: Client, patient: str, first: int) -> None:
    faults: dict[str, Any] = {}
    for fields, _ in reversed(TEST_FAULTS[first:]):
        faults |= fields
    refusal(door, patient, TEST_FAULTS[first][1], **faults)


OBSERVATION_ORDER = ["id", "code", "measurement", "interpretation", "issued", "status"]


@pytest.mark.parametrize("first", range(len(OBSERVATION_ORDER)))
def test_the_first_fault_of_an_observation_is_answered(door: Client, patient: str, first: int) -> None:
    faulty = an_observation(**dict.fromkeys(OBSERVATION_ORDER[first:], 5) | {"foo": 1})
    field = OBSERVATION_ORDER[first]
    kind = "a valid date" if field == "issued" else "a string"
    refusal(door, patient, f'"observations[0].{field}" must be {kind}', observations=[faulty, 5], lastUpdated="x")


def test_the_observations_are_examined_in_turn(door: Client, patient: str) -> None:
    observations = [an_observation(), an_observation(status=...), an_observation(id=...)]
    refusal(door, patient, '"observations[1].status" is required', observations=observations)


@pytest.mark.parametrize("identifier", ["1", "x", "search", "11111111-1111-4111-8111-11111111111g"])
def test_a_path_that_names_no_uuid_is_refused_between_id_and_performer(door: Client, identifier: str) -> None:
    refusal(door, identifier, '"patientId" must be a valid GUID')
    refusal(door, identifier, '"id" must be a valid GUID', id="x")
    refusal(door, identifier, '"patientId" must be a valid GUID', performer=5)
    refusal(door, identifier, '"patientId" must be a valid GUID', patientId=new_id())


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null"])
def test_what_is_not_an_object_is_refused(door: Client, patient: str, body: str) -> None:
    refused(door.post(f"/patient/{patient}/tests", raw=body), 400, '"value" must be of type object')
