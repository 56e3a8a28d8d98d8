"""`Idempotency-Key` on the two creates: a repeat is recognised, a mistaken one refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from client import Client, Trace, a_patient, a_test, refused, unique
from register import Register


def create(door: Client, key: str, body: dict[str, Any], path: str = "/patient", **options: Any) -> requests.Response:
    headers = {"Idempotency-Key": key} | options.pop("headers", {})
    return door.post(path, body, headers=headers, **options)


@pytest.fixture
def key() -> str:
    return unique("key-")


@pytest.fixture(params=["patient", "test"])
def route(request: pytest.FixtureRequest, door: Client) -> tuple[str, dict[str, Any]]:
    if request.param == "patient":
        return "/patient", a_patient(lastName=unique("repeat-"))
    return f"/patient/{door.create_patient()['id']}/tests", a_test()


def test_a_repeat_is_answered_with_the_document_and_makes_no_second(door: Client, route, key: str) -> None:
    path, body = route
    first = create(door, key, body, path)
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first.headers
    for _ in range(3):
        again = create(door, key, body, path)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"


def test_without_a_key_or_with_another_a_repeat_is_a_new_document(door: Client, route, key: str) -> None:
    path, body = route
    ids = [create(door, key, body, path).json()["id"], create(door, key + "-2", body, path).json()["id"],
           door.post(path, body).json()["id"], door.post(path, body).json()["id"]]  # fmt: skip
    assert len(set(ids)) == 4


def test_another_body_under_the_same_key_is_422_and_stores_nothing(door: Client, key: str) -> None:
    first = create(door, key, a_patient(lastName=unique("first-")))
    other = unique("other-")
    refused(create(door, key, a_patient(lastName=other)), 422)
    refused(door.search({"lastName": other}), 404)
    assert door.get(f"/patient/{first.json()['id']}").json() == first.json()


def test_a_replay_shows_the_document_as_it_is_now(door: Client, key: str) -> None:
    body = a_patient()
    patient = create(door, key, body).json()
    updated = door.put(f"/patient/{patient['id']}", a_patient(id=patient["id"], lastName="Later")).json()
    again = create(door, key, body)
    assert (again.status_code, again.json()) == (201, updated)
    assert again.headers["Idempotency-Replayed"] == "true"


def create_at_once(door: Client, count: int, key: str, body: dict[str, Any]) -> list[requests.Response]:
    with ThreadPoolExecutor(count) as pool:
        sent = [pool.submit(create, door.another(), key, body) for _ in range(count)]
        return [answer.result() for answer in sent]


def test_twins_in_flight_make_one_document(door: Client) -> None:
    for _ in range(10):
        name = unique("twins-")
        answers = create_at_once(door, 6, name, a_patient(lastName=name))
        assert {answer.status_code for answer in answers} <= {201, 409}
        for answer in answers:
            if answer.status_code == 409:
                assert int(answer.headers["Retry-After"]) >= 0
        fresh = [a for a in answers if a.status_code == 201 and "Idempotency-Replayed" not in a.headers]
        assert len(fresh) == 1
        assert [patient["id"] for patient in door.search({"lastName": name}).json()] == [fresh[0].json()["id"]]


def test_a_key_is_its_principals_own(register: Register, key: str) -> None:
    made = json.loads(register.command("subscription", "create", unique("other-"), "--output", "json").stdout)
    body = a_patient()
    mine = create(register.client(), key, body)
    theirs = create(register.client(made["primaryKey"]), key, body)
    assert theirs.status_code == 201
    assert "Idempotency-Replayed" not in theirs.headers
    assert mine.json()["id"] != theirs.json()["id"]


def test_both_keys_of_a_subscription_are_one_principal(register: Register, key: str) -> None:
    made = json.loads(register.command("subscription", "create", unique("one-"), "--output", "json").stdout)
    body = a_patient()
    first, second = (create(register.client(made[which]), key, body) for which in ("primaryKey", "secondaryKey"))
    assert first.json() == second.json()


def test_a_key_is_its_routes_own(door: Client, key: str) -> None:
    patient = create(door, key, a_patient()).json()["id"]
    answer = create(door, key, a_test(), f"/patient/{patient}/tests")
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_a_refused_create_does_not_use_the_key_up(door: Client, key: str) -> None:
    refused(create(door, key, a_patient(postCode="1")), 400)
    assert create(door, key, a_patient()).status_code == 201


def test_a_replay_is_recorded_before_it_is_answered(register: Register, key: str) -> None:
    client, body, trace = register.client(), a_patient(), Trace()
    patient = create(client, key, body).json()["id"]
    create(client, key, body, headers=trace.headers)
    records = register.trail.of_operation(trace.id)
    assert patient in {record.get("patientId") for record in records}


def test_a_key_is_remembered_over_a_restart(fresh_register: Register, key: str) -> None:
    body = a_patient()
    first = create(fresh_register.client(), key, body).json()
    fresh_register.kill()
    fresh_register.start()
    again = create(fresh_register.client(), key, body)
    assert (again.status_code, again.json()) == (201, first)


@pytest.mark.parametrize("long", ["k" * 4000, ""], ids=["4000-long", "empty"])
def test_a_key_that_is_none_does_no_harm(door: Client, long: str) -> None:
    assert create(door, long, a_patient()).status_code in {201, 400}
