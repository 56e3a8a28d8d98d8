"""Every text that refuses search criteria."""

from __future__ import annotations

from typing import Any

import pytest
from client import Client, refused

STRINGS = ["id", "firstName", "lastName", "fullName", "postCode", "insuranceNumber", "preferredContactNumber"]
NOT_STRINGS = [None, 5, True, [], {}]


def refusal(door: Client, text: str, **criteria: Any) -> None:
    refused(door.search(criteria), 400, text)


@pytest.mark.parametrize("field", STRINGS)
@pytest.mark.parametrize("value", NOT_STRINGS, ids=repr)
def test_a_text_must_be_a_string(door: Client, field: str, value: Any) -> None:
    refusal(door, f'"{field}" must be a string', **{field: value})


@pytest.mark.parametrize("field", STRINGS)
def test_an_empty_text_is_refused(door: Client, field: str) -> None:
    refusal(door, f'"{field}" is not allowed to be empty', **{field: ""})


@pytest.mark.parametrize(("field", "limit"), [("firstName", 64), ("lastName", 64), ("fullName", 128)])
def test_a_text_has_the_limit_of_the_document(door: Client, field: str, limit: int) -> None:
    text = f'"{field}" length must be less than or equal to {limit} characters long'
    refusal(door, text, **{field: "x" * (limit + 1)})


@pytest.mark.parametrize("code", ["123", "12345"])
def test_a_post_code_has_four_characters(door: Client, code: str) -> None:
    refusal(door, '"postCode" length must be 4 characters long', postCode=code)


@pytest.mark.parametrize("gender", ["", "robot", "Male", *NOT_STRINGS], ids=repr)
def test_a_gender_is_one_of_four(door: Client, gender: Any) -> None:
    refusal(door, '"gender" must be one of [male, female, other, unknown]', gender=gender)


@pytest.mark.parametrize("identifier", ["1", "x", "11111111-1111-4111-8111-11111111111g"])
def test_an_id_is_a_uuid(door: Client, identifier: str) -> None:
    refusal(door, '"id" must be a valid GUID', id=identifier)


@pytest.mark.parametrize("field", ["dateOfBirthFrom", "dateOfBirthTo"])
@pytest.mark.parametrize("value", ["xx", "", "31/12/1980", "1980-13-01", "1980-02-30", 346000000000, *NOT_STRINGS],
                         ids=repr)  # fmt: skip
def test_a_bound_of_the_birth_date_is_a_day(door: Client, field: str, value: Any) -> None:
    refusal(door, f'"{field}" must be a valid date', **{field: value})


@pytest.mark.parametrize("field", ["foo", "lastUpdated", "dateOfBirth", "_id", "$where"])
def test_a_criterion_that_is_not_listed_is_refused(door: Client, field: str) -> None:
    refusal(door, f'"{field}" is not allowed', **{field: "1980-01-01"})


def test_a_faulty_criterion_comes_before_an_unknown_one(door: Client) -> None:
    refusal(door, '"firstName" must be a string', foo=1, firstName=5)
    refusal(door, '"id" must be a valid GUID', firstName=5, id="1")


@pytest.mark.parametrize("body", ["[]", '"x"', "5", "null", '{"firstName":'])
def test_what_is_not_an_object_is_refused(door: Client, body: str) -> None:
    refused(door.post("/patient/search", raw=body), 400, '"value" must be of type object')
