"""Every text that refuses a patient, field by field, and the order of faults."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, a_full_patient, a_patient, new_id, refused

STRINGS = ["firstName", "lastName", "fullName", "dateOfBirth", "postCode", "insuranceNumber",
           "preferredContactNumber"]  # fmt: skip
NOT_STRINGS = [None, 5, 1.5, True, [], {}, ["x"]]
GENDER = '"gender" must be one of [male, female, other, unknown]'
PATTERN = '"dateOfBirth" with value "{}" fails to match the date pattern'
SOME_ID = "aaaaaaaa-1111-4111-8111-111111111111"
SMILE = "\N{GRINNING FACE}"


def refusal(door: Client, text: str, **fields: Any) -> None:
    refused(door.post("/patient", a_patient(**fields)), 400, text)


@pytest.mark.parametrize("field", ["firstName", "gender", "dateOfBirth", "postCode"])
def test_a_required_field_must_be_there(door: Client, field: str) -> None:
    refusal(door, f'"{field}" is required', **{field: ...})


@pytest.mark.parametrize("field", ["lastName", "fullName", "insuranceNumber", "preferredContactNumber"])
def test_an_optional_field_may_be_absent(door: Client, field: str) -> None:
    patient = a_full_patient()
    del patient[field]
    assert field not in door.create_patient(patient)


@pytest.mark.parametrize("field", ["id", *STRINGS])
@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_a_text_must_be_a_string(door: Client, field: str, value: Any) -> None:
    refusal(door, f'"{field}" must be a string', **{field: value})


@pytest.mark.parametrize("field", STRINGS)
def test_an_empty_text_is_refused(door: Client, field: str) -> None:
    refusal(door, f'"{field}" is not allowed to be empty', **{field: ""})


@pytest.mark.parametrize("field", ["firstName", "lastName", "fullName", "insuranceNumber", "preferredContactNumber"])
def test_a_blank_text_is_taken(door: Client, field: str) -> None:
    assert door.create_patient(a_patient(**{field: "  "}))[field] == "  "


LIMITS = [("firstName", 64), ("lastName", 64), ("fullName", 128)]


@pytest.mark.parametrize(("field", "limit"), LIMITS)
@pytest.mark.parametrize(("letter", "units"), [("x", 1), ("é", 1), ("\u4e2d", 1), (SMILE, 2)])
def test_a_length_counts_utf_16_code_units(door: Client, field: str, limit: int, letter: str, units: int) -> None:
    longest = letter * (limit // units)
    assert door.create_patient(a_patient(**{field: longest}))[field] == longest
    text = f'"{field}" length must be less than or equal to {limit} characters long'
    refusal(door, text, **{field: longest + "x"})


@pytest.mark.parametrize("code", ["1234", "    ", "AB 1", SMILE * 2, "é\u4e2dx1", "e\u0301e\u0301"])
def test_a_post_code_of_four_code_units_is_taken(door: Client, code: str) -> None:
    assert door.create_patient(postCode=code)["postCode"] == code


@pytest.mark.parametrize("code", ["1", "123", "12345", SMILE, SMILE * 4, "1" * 1000])
def test_a_post_code_of_another_length_is_refused(door: Client, code: str) -> None:
    refusal(door, '"postCode" length must be 4 characters long', postCode=code)


@pytest.mark.parametrize("gender", ["male", "female", "other", "unknown"])
def test_the_four_genders_are_taken(door: Client, gender: str) -> None:
    assert door.create_patient(gender=gender)["gender"] == gender


@pytest.mark.parametrize("gender", ["", "robot", "Male", " male", "male ", *NOT_STRINGS], ids=repr)
def test_any_other_gender_gets_the_text_with_the_choices(door: Client, gender: Any) -> None:
    refusal(door, GENDER, gender=gender)


@pytest.mark.parametrize(
    "date",
    ["0001", "1980", "9999", "1980-01", "1980-12", "1980-01-01", "1980-12-31", "2020-02-29", "2000-02-29",
     "0001-01-01", "9999-12-31", "2021-04-30"],
)  # fmt: skip
def test_a_birth_date_may_be_a_year_a_month_or_a_day(door: Client, date: str) -> None:
    assert door.create_patient(dateOfBirth=date)["dateOfBirth"] == date


@pytest.mark.parametrize(
    "date",
    ["0000", "10000", "198", "80", "x", " ", " 1980", "1980 ", "1980-", "1980-1", "1980-00", "1980-13", "1980-1-2",
     "1980-01-", "1980-01-00", "1980-01-32", "1980-12-32", "1980/01/02", "02/01/1980", "19800102", "1980-01-02T00:00",
     "1980-01-02T00:00:00Z", "1980-01-02\n", "-1980", "+1980", "１９８０", "1980-01-02-03"],
)  # fmt: skip
def test_what_is_no_birth_date_gets_the_pattern_text(door: Client, date: str) -> None:
    refusal(door, PATTERN.format(date), dateOfBirth=date)


@pytest.mark.parametrize("date", ["2021-02-31", "2021-02-29", "1900-02-29", "2021-04-31", "2021-06-31", "2020-02-30"])
def test_an_impossible_day_gets_the_pattern_text(door: Client, date: str) -> None:
    refusal(door, PATTERN.format(date), dateOfBirth=date)


@pytest.mark.parametrize("identifier", ["1", "x", "11111111-1111-4111-8111-11111111111", " " + SOME_ID,
                                        SOME_ID + "\n", SOME_ID[:-1] + "g", "é" * 36])  # fmt: skip
def test_an_id_that_is_no_uuid_is_refused(door: Client, identifier: str) -> None:
    refusal(door, '"id" must be a valid GUID', id=identifier)


def test_an_empty_id_is_refused(door: Client) -> None:
    refusal(door, '"id" is not allowed to be empty', id="")


@pytest.mark.parametrize("identifier", [SOME_ID, SOME_ID.upper()])
def test_a_valid_id_is_unexpected_in_a_new_patient(door: Client, identifier: str) -> None:
    refusal(door, "Id unexpected.", id=identifier)


@pytest.mark.parametrize("moment", ["2020-01-01", "2020-01-01T10:11:12Z", "2020-01-01T10:11:12.123Z",
                                    "2020-01-01T10:11:12+02:00"])  # fmt: skip
def test_a_valid_last_updated_is_unexpected_in_a_new_patient(door: Client, moment: str) -> None:
    refusal(door, "lastUpdated unexpected.", lastUpdated=moment)


INVALID_DATES = ["xx", "", "2020-13-01", "2020-02-30", "2020-01-01T25:00:00Z", "01/01/2020", *NOT_STRINGS]


@pytest.mark.parametrize("moment", INVALID_DATES, ids=repr)
def test_last_updated_must_be_a_valid_date(door: Client, moment: Any) -> None:
    refusal(door, '"lastUpdated" must be a valid date', lastUpdated=moment)


@pytest.mark.parametrize("field", ["foo", "_id", "ID", "firstname", "__proto__", "constructor", "é", "a b"])
def test_a_key_that_is_not_listed_is_refused(door: Client, field: str) -> None:
    refusal(door, f'"{field}" is not allowed', **{field: 1})


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"id": "1"}, '"id" must be a valid GUID'),
    ({"firstName": 5}, '"firstName" must be a string'),
    ({"lastName": 5}, '"lastName" must be a string'),
    ({"fullName": 5}, '"fullName" must be a string'),
    ({"gender": "x"}, GENDER),
    ({"dateOfBirth": "x"}, PATTERN.format("x")),
    ({"postCode": "1"}, '"postCode" length must be 4 characters long'),
    ({"insuranceNumber": 5}, '"insuranceNumber" must be a string'),
    ({"preferredContactNumber": 5}, '"preferredContactNumber" must be a string'),
    ({"lastUpdated": "x"}, '"lastUpdated" must be a valid date'),
    ({"foo": 1}, '"foo" is not allowed'),
]


@pytest.mark.parametrize("first", range(len(FAULTS)))
def test_the_first_fault_in_the_order_of_the_fields_is_answered(door: Client, first: int) -> None:
    later: dict[str, Any] = {}
    for fields, _ in reversed(FAULTS[first:]):
        later |= fields
    refused(door.post("/patient", later | {k: v for k, v in a_patient().items() if k not in later}), 400,
            FAULTS[first][1])  # fmt: skip


def test_a_missing_field_counts_at_its_place(door: Client) -> None:
    refusal(door, '"firstName" is required', firstName=..., lastName=5)
    refusal(door, '"lastName" must be a string', lastName=5, gender=...)


def test_unexpected_is_looked_for_last_of_all(door: Client) -> None:
    refusal(door, '"foo" is not allowed', id=new_id(), lastUpdated="2020-01-01", foo=1)
    refusal(door, "Id unexpected.", id=new_id(), lastUpdated="2020-01-01")


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null", "true", "[{}]"])
def test_what_is_not_an_object_is_refused(door: Client, body: str) -> None:
    refused(door.post("/patient", raw=body), 400, '"value" must be of type object')


def test_an_empty_object_lacks_its_first_name(door: Client) -> None:
    refused(door.post("/patient", {}), 400, '"firstName" is required')
