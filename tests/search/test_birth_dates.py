"""Searching by birth date: days, both ends included; a year or a month counts as its first day."""

from __future__ import annotations

import pytest
from client import Client, a_patient, refused, unique
from search.pages import all_ids, pages

BORN = ["0001", "1900", "1950-02", "1950-02-15", "1950-02-28", "1950-03-01", "1951", "1951-01-02", "1980-12-31",
        "1981", "2000-02-29", "9999-12-31"]  # fmt: skip


def first_day(date: str) -> str:
    return date + "-01-01"[len(date) - 4 :]


@pytest.fixture(scope="module")
def population() -> dict[str, tuple[str, dict[str, str]]]:
    return {}


@pytest.fixture
def born(door: Client, population: dict[str, tuple[str, dict[str, str]]]) -> tuple[str, dict[str, str]]:
    """A family whose members were born on the dates above: its insurance number, and date by id."""
    if door.url not in population:
        family = unique("family-")
        members = {
            door.create_patient(a_patient(insuranceNumber=family, dateOfBirth=date))["id"]: date for date in BORN
        }
        population[door.url] = (family, members)
    return population[door.url]


RANGES = [
    ("1950-02-15", None),
    ("1950-02-16", None),
    (None, "1950-02-28"),
    (None, "1950-02-01"),
    (None, "1950-01-31"),
    ("1950-02-01", "1950-03-01"),
    ("1950-02-02", "1950-02-28"),
    ("1951-01-01", "1951-01-01"),
    ("1951-01-02", "1981-01-01"),
    ("2000-02-29", "2000-02-29"),
    ("0001-01-01", "9999-12-31"),
    ("1981-01-02", "2000-02-28"),
    ("1990-01-01", "1980-01-01"),
]


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_a_range_of_days_finds_who_was_born_in_it(
    door: Client, born: tuple[str, dict[str, str]], first: str | None, last: str | None
) -> None:
    family, members = born
    bounds = {"dateOfBirthFrom": first, "dateOfBirthTo": last}
    criteria = {name: day for name, day in bounds.items() if day} | {"insuranceNumber": family}
    expected = {
        identifier
        for identifier, date in members.items()
        if (first or "0001-01-01") <= first_day(date) <= (last or "9999-12-31")
    }
    answer = door.search(criteria)
    if expected:
        assert {patient["id"] for patient in answer.json()} == expected
    else:
        refused(answer, 404, "No patients found with provided criteria")


def test_a_range_alone_pages_in_the_order_of_dates(fresh_register) -> None:
    client = fresh_register.client()
    dates = [f"19{50 + number * 7 % 10}-0{1 + number % 9}-1{number % 10}" for number in range(30)]
    made = {client.create_patient(dateOfBirth=date)["id"]: date for date in dates}
    criteria = {"dateOfBirthFrom": "1900-01-01", "dateOfBirthTo": "1999-12-31"}
    ids = all_ids(client, criteria, 7)
    assert sorted(ids) == sorted(made)
    assert [made[identifier] for identifier in ids] == sorted(dates)


def test_those_born_on_one_day_come_in_the_order_of_their_arrival(fresh_register) -> None:
    client = fresh_register.client()
    made = [client.create_patient(dateOfBirth="1977-07-07")["id"] for _ in range(11)]
    client.create_patient(dateOfBirth="1977-07-08")
    assert all_ids(client, {"dateOfBirthFrom": "1977-07-07", "dateOfBirthTo": "1977-07-07"}, 4) == made


def test_a_bound_with_a_time_counts_as_its_day(door: Client, born: tuple[str, dict[str, str]]) -> None:
    criteria = {"insuranceNumber": born[0], "dateOfBirthFrom": "2000-02-29T00:00:00Z",
                "dateOfBirthTo": "2000-02-29T23:59:59Z"}  # fmt: skip
    assert [patient["dateOfBirth"] for patient in door.search(criteria).json()] == ["2000-02-29"]


def test_a_range_and_other_criteria_page_together(door: Client, born: tuple[str, dict[str, str]]) -> None:
    criteria = {"insuranceNumber": born[0], "dateOfBirthFrom": "0001-01-01"}
    found = pages(door, criteria, 5)
    assert [len(page) for page in found][:2] == [5, 5]
    assert len({patient["id"] for page in found for patient in page}) == len(BORN)
