"""A search finds what was written before it, and never what was overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from client import Client, a_patient, refused, unique


def finds(client: Client, **criteria: str) -> list[str]:
    answer = client.search(criteria)
    return [patient["id"] for patient in answer.json()] if answer.status_code == 200 else []


def test_a_new_patient_is_found_at_once(door: Client) -> None:
    for _ in range(100):
        name = unique("new-")
        patient = door.create_patient(lastName=name)["id"]
        assert finds(door, lastName=name) == [patient]


def test_an_update_is_found_by_its_new_values_at_once_and_no_more_by_the_old(door: Client) -> None:
    name = unique("old-")
    patient = door.create_patient(lastName=name)["id"]
    for _ in range(50):
        newer = unique("newer-")
        door.put(f"/patient/{patient}", a_patient(id=patient, lastName=newer))
        assert finds(door, lastName=newer) == [patient]
        assert finds(door, lastName=name) == []
        name = newer


def test_an_update_there_and_back_is_found_once(door: Client) -> None:
    here, there = unique("here-"), unique("there-")
    patient = door.create_patient(lastName=here)["id"]
    for _ in range(20):
        for name, other in ((there, here), (here, there)):
            door.put(f"/patient/{patient}", a_patient(id=patient, lastName=name))
            assert finds(door, lastName=name) == [patient]
            assert finds(door, lastName=other) == []


def test_old_rows_are_found_by_their_new_values_when_the_index_has_caught_up(door: Client) -> None:
    number = unique("caught-")
    made = [door.create_patient(insuranceNumber=number)["id"] for _ in range(300)]
    for patient in made[::3]:
        door.put(f"/patient/{patient}", a_patient(id=patient, insuranceNumber=number + "-moved"))
    answer = door.post("/patient/search?limit=1000", {"insuranceNumber": number})
    assert [patient["id"] for patient in answer.json()] == [p for i, p in enumerate(made) if i % 3]
    answer = door.post("/patient/search?limit=1000", {"insuranceNumber": number + "-moved"})
    assert {patient["id"] for patient in answer.json()} == set(made[::3])


@pytest.mark.parametrize("threads", [8])
def test_every_one_of_many_clients_finds_what_it_wrote(door: Client, threads: int) -> None:
    def write_and_read(_: int) -> None:
        client = door.another()
        for _ in range(25):
            name = unique("mine-")
            patient = client.create_patient(lastName=name)["id"]
            assert finds(client, lastName=name) == [patient]
            newer = unique("changed-")
            client.put(f"/patient/{patient}", a_patient(id=patient, lastName=newer))
            assert finds(client, lastName=newer) == [patient]
            assert finds(client, lastName=name) == []

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(write_and_read, range(threads)))


def test_what_was_written_is_found_after_a_kill(fresh_register) -> None:
    client = fresh_register.client()
    made = {unique("kept-"): "" for _ in range(30)}
    for name in made:
        made[name] = client.create_patient(lastName=name)["id"]
    moved = next(iter(made))
    client.put(f"/patient/{made[moved]}", a_patient(id=made[moved], lastName="moved-away"))
    fresh_register.kill()
    fresh_register.start()
    client = fresh_register.client()
    for name, identifier in made.items():
        assert finds(client, lastName=name) == ([] if name == moved else [identifier])
    assert finds(client, lastName="moved-away") == [made[moved]]
    refused(client.search({"lastName": moved}), 404)
