"""What happens when the process is killed and when the disk takes no more."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import requests
from client import Client, a_patient, error_text, new_id, refused, unique
from register import Parts, Program, Register, wait_for
from search.pages import all_ids


@contextmanager
def no_more_room(program: Program) -> Iterator[None]:
    """From here on no file of the process grows beyond one page; a write that would is an error of the disk."""
    unlimited = resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
    try:
        yield
    finally:
        resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, unlimited)


class Load:
    """Clients that create patients until the test has seen enough; `created` holds what was acknowledged."""

    def __init__(self, clients: list[Client]):
        self.created: dict[str, str] = {}
        self.refusals = 0
        self.enough = threading.Event()
        self.threads = [threading.Thread(target=self._create, args=(client,)) for client in clients]
        for thread in self.threads:
            thread.start()

    def _create(self, client: Client) -> None:
        while not self.enough.is_set():
            name = unique("load-")
            with suppress(requests.RequestException):
                answer = client.post("/patient", a_patient(lastName=name))
                if answer.status_code == 201:
                    self.created[answer.json()["id"]] = name
                else:
                    self.refusals += 1

    def more(self, count: int = 50) -> None:
        enough = len(self.created) + count
        wait_for(lambda: len(self.created) >= enough, f"{count} creates more")

    def stop(self) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join()


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.thorough)])
def test_no_acknowledged_create_is_lost_when_the_process_is_killed_under_load(
    fresh_register: Register, kills: int
) -> None:
    acknowledged: dict[str, str] = {}
    for _ in range(kills):
        load = Load([fresh_register.client() for _ in range(4)])
        load.more()
        fresh_register.kill()
        load.stop()
        acknowledged |= load.created
        fresh_register.start()
    client = fresh_register.client()
    for identifier, name in acknowledged.items():
        answer = client.get(f"/patient/{identifier}")
        assert (answer.status_code, answer.json()["lastName"]) == (200, name)
        numbers = [record["patientSequence"] for record in fresh_register.trail.of_patient(identifier)]
        assert numbers == list(range(1, len(numbers) + 1))


def test_no_document_lacks_its_record_when_the_audit_service_is_killed_under_load(fresh_parts: Parts) -> None:
    load = Load([fresh_parts.patients_client() for _ in range(4)])
    for _ in range(3):
        load.more()
        refusals = load.refusals
        fresh_parts.audit.kill()
        wait_for(lambda refusals=refusals: load.refusals > refusals, "creates to be refused")
        fresh_parts.restart_audit()
    load.more()
    load.stop()
    recorded = {record["resource"]["id"] for record in fresh_parts.trail.containing('"create"')}
    stored = set(all_ids(fresh_parts.patients_client(), {}, 1000))
    assert set(load.created) <= stored <= recorded


def test_nothing_is_lost_when_the_patients_service_is_killed_under_load(fresh_parts: Parts) -> None:
    load = Load([fresh_parts.client() for _ in range(4)])
    for _ in range(3):
        load.more()
        fresh_parts.patients.kill()
        fresh_parts.restart_patients()
    load.more()
    load.stop()
    assert set(load.created) <= set(all_ids(fresh_parts.patients_client(), {}, 1000))


def test_every_document_that_a_kill_left_has_its_record_and_every_open_intent_its_outcome(
    fresh_register: Register,
) -> None:
    load = Load([fresh_register.client() for _ in range(4)])
    load.more()
    fresh_register.kill()
    load.stop()
    fresh_register.start()
    client = fresh_register.client()
    attempts = [
        record
        for record in fresh_register.trail.all()
        if record["resource"]["type"] == "patient"
        and record["resource"]["operation"] == "create"
        and "outcome" not in record
    ]
    assert {attempt["resource"]["id"] for attempt in attempts} >= set(load.created)
    undone = {a["id"] for a in attempts if client.get(f"/patient/{a['resource']['id']}").status_code == 404}

    def settled() -> bool:
        outcomes = {
            record.get("outcomeOf"): record["outcome"] for record in fresh_register.trail.containing("not-done")
        }
        return all(outcomes.get(attempt) == "not-done" for attempt in undone)

    wait_for(settled, f"{len(undone)} attempts to be settled as not done")


def test_a_full_patients_store_is_503_and_what_was_stored_stays(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    patient = client.create_patient()
    with no_more_room(fresh_parts.patients):
        (answer,) = wait_for(
            lambda: [answer for answer in [client.post("/patient", a_patient())] if answer.status_code != 201],
            "the disk to be full",
        )
        assert answer.status_code == 503
        assert error_text(answer)
        assert "sqlite" not in answer.text.lower()
    assert fresh_parts.patients.is_running()
    fresh_parts.patients.kill()
    fresh_parts.restart_patients()
    assert client.get(f"/patient/{patient['id']}").json() == patient


def test_a_full_audit_store_stops_every_access(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    patient = client.create_patient()
    name = unique("unaudited-")
    with no_more_room(fresh_parts.audit):
        (answer,) = wait_for(
            lambda: [answer for answer in [client.get(f"/patient/{patient['id']}")] if answer.status_code != 200],
            "the disk to be full",
        )
        assert answer.status_code == 500
        assert error_text(answer).startswith("Error creating audit log:")
        assert client.post("/patient", a_patient(lastName=name)).status_code == 500
        assert client.search({}).status_code == 500
    assert fresh_parts.audit.is_running()
    fresh_parts.audit.kill()
    fresh_parts.restart_audit()
    wait_for(lambda: client.get(f"/patient/{patient['id']}").status_code == 200, "the patients to be open again")
    refused(client.search({"lastName": name}), 404)


def test_reads_of_what_is_absent_are_audited_while_the_patients_store_is_full(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    absent = new_id()
    with no_more_room(fresh_parts.patients):
        assert client.get(f"/patient/{absent}").status_code in {404, 503}
    assert fresh_parts.trail.of_patient(absent)
