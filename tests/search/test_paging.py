"""Pages: bounded, linked, each patient exactly once, cursors that cannot be borrowed."""

from __future__ import annotations

import json

import pytest
from client import Client, a_patient, refused, unique
from register import Register
from search.pages import all_ids, ids_of, next_page, pages


@pytest.fixture(scope="module")
def families() -> dict[str, tuple[str, list[str]]]:
    return {}


@pytest.fixture
def family(door: Client, families: dict[str, tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """Twenty-three patients of one insurance number, in the order of their arrival."""
    if door.url not in families:
        number = unique("pages-")
        families[door.url] = number, [door.create_patient(a_patient(insuranceNumber=number))["id"] for _ in range(23)]
    return families[door.url]


@pytest.mark.parametrize("limit", [1, 2, 5, 22, 23, 24, 1000])
def test_every_patient_comes_exactly_once_in_the_order_of_arrival(
    door: Client, family: tuple[str, list[str]], limit: int
) -> None:
    number, made = family
    found = pages(door, {"insuranceNumber": number}, limit)
    assert [identifier for page in found for identifier in ids_of(page)] == made
    assert all(len(page) == limit for page in found[:-2])
    assert all(len(page) <= limit for page in found)


def test_a_page_holds_100_by_default(fresh_register: Register) -> None:
    client = fresh_register.client()
    made = {client.create_patient()["id"] for _ in range(101)}
    first = client.search({})
    assert len(first.json()) == 100
    second = client.post(next_page(first), {})
    assert len(second.json()) == 1
    assert next_page(second) is None
    assert {patient["id"] for patient in first.json() + second.json()} == made


def test_the_last_page_has_no_link(door: Client, family: tuple[str, list[str]]) -> None:
    answer = door.post("/patient/search?limit=24", {"insuranceNumber": family[0]})
    assert len(answer.json()) == 23
    assert "Link" not in answer.headers


def test_a_link_leads_on_with_the_limit_that_was_asked(door: Client, family: tuple[str, list[str]]) -> None:
    answer = door.post("/patient/search?limit=4", {"insuranceNumber": family[0]})
    path = next_page(answer)
    assert path.startswith("/patient/search?")
    assert "cursor=" in path
    if door.is_gateway:
        assert "/api/" not in answer.headers["Link"]
    assert len(door.post(path, {"insuranceNumber": family[0]}).json()) == 4


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "x", "", "1.5", "1e2", "99999999999999999999", "+5", " 5"])
def test_a_limit_that_is_none_is_400(door: Client, limit: str) -> None:
    refused(door.post(f"/patient/search?limit={limit.replace('+', '%2B')}", {}), 400)


@pytest.mark.parametrize("limit", [1, 1000])
def test_the_ends_of_the_limit_are_taken(door: Client, family: tuple[str, list[str]], limit: int) -> None:
    assert door.post(f"/patient/search?limit={limit}", {"insuranceNumber": family[0]}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "AAAA", "%00", "%ff", "a" * 3000, "null", "1", "../.."], ids=lambda c: c[:8])
def test_a_cursor_that_is_none_is_400(door: Client, cursor: str) -> None:
    refused(door.post(f"/patient/search?cursor={cursor}", {}), 400)


def test_a_cursor_that_was_changed_is_400(door: Client, family: tuple[str, list[str]]) -> None:
    criteria = {"insuranceNumber": family[0]}
    path = next_page(door.post("/patient/search?limit=2", criteria))
    cursor = path.split("cursor=")[1].split("&")[0]
    for position in range(0, len(cursor), 3):
        letter = "A" if cursor[position] != "A" else "B"
        changed = cursor[:position] + letter + cursor[position + 1 :]
        if position < len(cursor) - 1:
            refused(door.post(f"/patient/search?limit=2&cursor={changed}", criteria), 400)
    refused(door.post(f"/patient/search?limit=2&cursor={cursor[:-4]}", criteria), 400)


def test_a_cursor_serves_its_own_criteria_only(door: Client, family: tuple[str, list[str]]) -> None:
    path = next_page(door.post("/patient/search?limit=2", {"insuranceNumber": family[0]}))
    for other in ({}, {"insuranceNumber": "other"}, {"insuranceNumber": family[0], "gender": "female"}):
        refused(door.post(path, other), 400)


def test_a_cursor_serves_its_own_principal_only(register: Register) -> None:
    client = register.client()
    number = unique("borrowed-")
    for _ in range(3):
        client.create_patient(a_patient(insuranceNumber=number))
    made = register.command("subscription", "create", unique("other-"), "--output", "json")
    other = register.client(json.loads(made.stdout)["primaryKey"])
    path = next_page(client.post("/patient/search?limit=1", {"insuranceNumber": number}))
    refused(other.post(path, {"insuranceNumber": number}), 400)
    assert client.post(path, {"insuranceNumber": number}).status_code == 200


def test_a_cursor_serves_both_keys_of_a_subscription(register: Register) -> None:
    made = json.loads(register.command("subscription", "create", unique("both-"), "--output", "json").stdout)
    first, second = register.client(made["primaryKey"]), register.client(made["secondaryKey"])
    number = unique("both-")
    for _ in range(2):
        first.create_patient(a_patient(insuranceNumber=number))
    path = next_page(first.post("/patient/search?limit=1", {"insuranceNumber": number}))
    assert second.post(path, {"insuranceNumber": number}).status_code == 200


def test_past_the_end_there_is_an_empty_array(door: Client) -> None:
    number = unique("end-")
    made = [door.create_patient(a_patient(insuranceNumber=number)) for _ in range(2)]
    path = next_page(door.post("/patient/search?limit=1", {"insuranceNumber": number}))
    moved = a_patient(id=made[1]["id"], insuranceNumber="elsewhere")
    assert door.put(f"/patient/{made[1]['id']}", moved).status_code == 200
    answer = door.post(path, {"insuranceNumber": number})
    assert (answer.status_code, answer.json()) == (200, [])


def test_who_exists_throughout_comes_once_while_others_are_created_and_updated(door: Client) -> None:
    number = unique("moving-")
    steady = [door.create_patient(a_patient(insuranceNumber=number))["id"] for _ in range(12)]
    busy = door.create_patient(a_patient(insuranceNumber=number))["id"]
    seen: list[str] = []
    path: str | None = "/patient/search?limit=3"
    while path and len(seen) < 100:
        answer = door.post(path, {"insuranceNumber": number})
        seen += ids_of(answer.json())
        path = next_page(answer)
        if len(seen) < 13:
            door.create_patient(a_patient(insuranceNumber=number))
            door.put(f"/patient/{busy}", a_patient(id=busy, insuranceNumber=number))
    for identifier in steady:
        assert seen.count(identifier) == 1


def test_a_cursor_survives_a_restart(fresh_register: Register) -> None:
    client = fresh_register.client()
    made = [client.create_patient()["id"] for _ in range(5)]
    path = next_page(client.post("/patient/search?limit=2", {}))
    fresh_register.stop()
    fresh_register.start()
    client = fresh_register.client()
    assert ids_of(client.post(path, {}).json()) == made[2:4]
    assert all_ids(client, {}, 2) == made
