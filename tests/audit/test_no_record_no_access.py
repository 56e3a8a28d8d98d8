"""The rule of the whole system: no audit record, no access."""

from __future__ import annotations

import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from client import Client, Trace, a_patient, a_test, error_text, new_id, refused, unique
from register import Parts, run, wait_for

INSIDE = ("audit.db", "127.0.0.1", "localhost", "refused", "Connection", "errno", ".cpp", "boost", "sqlite", "SQLITE")


class Population:
    """What lies in the store before the audit service goes away."""

    def __init__(self, client: Client):
        created = client.post("/patient", a_patient(lastName=unique("before-")))
        self.patient = created.json()
        self.etag = created.headers["ETag"]
        self.test = client.create_test(self.patient["id"])


OPERATIONS = [
    ("POST", "/patient", {"lastName": "{new}"}),
    ("GET", "/patient/{patient}", ...),
    ("HEAD", "/patient/{patient}", ...),
    ("GET", "/patient/{absent}", ...),
    ("GET", "/patient/no-uuid", ...),
    ("PUT", "/patient/{patient}", {"id": "{patient}", "lastName": "{new}"}),
    ("PUT", "/patient/{absent}", {"id": "{absent}"}),
    ("POST", "/patient/search", ...),
    ("POST", "/patient/{patient}/tests", ...),
    ("POST", "/patient/{absent}/tests", ...),
    ("GET", "/patient/{patient}/tests", ...),
    ("GET", "/patient/{patient}/tests/{test}", ...),
    ("GET", "/patient/{patient}/tests/{absent}", ...),
]


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: filled(part, names) for name, part in value.items()}
    return value.format(**names) if isinstance(value, str) else value


def body_of(method: str, path: str, fields: Any, names: dict[str, str]) -> Any:
    if path.endswith("/search"):
        return {}
    if method == "POST" and path.endswith("/tests"):
        return a_test()
    return ... if fields is ... else a_patient(**filled(fields, names))


def stored_rows(parts: Parts) -> dict[str, int]:
    with sqlite3.connect(f"file:{parts.data / 'patients' / 'patients.db'}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def test_without_the_audit_service_nothing_is_done_and_nothing_is_told(fresh_parts: Parts) -> None:
    before = Population(fresh_parts.patients_client())
    fresh_parts.audit.kill()
    new = unique("unrecorded-")
    names = {"patient": before.patient["id"], "test": before.test["id"], "absent": new_id(), "new": new}
    for door in (fresh_parts.patients_client(), fresh_parts.client()):
        for method, path, fields in OPERATIONS:
            answer = door.call(method, path.format(**names), body_of(method, path, fields, names))
            assert answer.status_code == 500, (method, path, answer.text)
            assert int(answer.headers["Retry-After"]) > 0
            assert "ETag" not in answer.headers
            assert "Audit-Record" not in answer.headers
            if method != "HEAD":
                text = error_text(answer)
                assert text.startswith("Error creating audit log:"), text
                assert not any(word in text for word in INSIDE), text
                assert before.patient["lastName"] not in answer.text
    fresh_parts.restart_audit()
    client = fresh_parts.patients_client()
    wait_for(lambda: client.get(f"/patient/{names['patient']}").status_code == 200, "the patients to be open again")
    assert client.get(f"/patient/{names['patient']}").json() == before.patient
    assert client.get(f"/patient/{names['patient']}/tests").json() == [before.test]
    refused(client.search({"lastName": new}), 404)


def test_what_was_refused_for_lack_of_a_record_is_not_in_the_patients_store(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    Population(client)
    before = stored_rows(fresh_parts)
    fresh_parts.audit.kill()
    for _ in range(5):
        assert client.post("/patient", a_patient()).status_code == 500
        assert client.post("/patient", a_patient(), headers={"Idempotency-Key": unique()}).status_code == 500
    fresh_parts.patients.stop()
    after = stored_rows(fresh_parts)
    assert {table: rows for table, rows in after.items() if "patient" in table} == {
        table: rows for table, rows in before.items() if "patient" in table
    }


def test_a_refused_body_is_refused_with_or_without_the_audit_service(fresh_parts: Parts) -> None:
    fresh_parts.audit.kill()
    refused(fresh_parts.patients_client().post("/patient", {}), 400, '"firstName" is required')


def test_an_idempotency_key_is_not_used_up_by_a_create_that_could_not_be_recorded(fresh_parts: Parts) -> None:
    client, body, headers = fresh_parts.patients_client(), a_patient(), {"Idempotency-Key": unique()}
    fresh_parts.audit.kill()
    assert client.post("/patient", body, headers=headers).status_code == 500
    fresh_parts.restart_audit()
    answer = wait_for(
        lambda: next((a for a in [client.post("/patient", body, headers=headers)] if a.status_code == 201), None),
        "the create to succeed",
    )
    assert "Idempotency-Replayed" not in answer.headers


def test_an_audit_service_that_knows_another_key_opens_nothing(fresh_parts: Parts, tmp_path: Path) -> None:
    others = tmp_path / "others"
    assert run("secrets", "init", "--provider", "folder", "--dir", others).returncode == 0
    fresh_parts.audit.stop()
    verifier = Path("audit", "audit-host-key.verifier")
    (fresh_parts.secrets / verifier).write_bytes((others / verifier).read_bytes())
    fresh_parts.restart_audit()
    answer = fresh_parts.patients_client().post("/patient", a_patient())
    assert answer.status_code == 500
    assert error_text(answer).startswith("Error creating audit log:")


def test_a_patients_service_that_starts_first_waits_for_the_audit_service(fresh_parts: Parts) -> None:
    fresh_parts.audit.stop()
    fresh_parts.patients.stop()
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(fresh_parts.restart_patients)
        fresh_parts.restart_audit()
        starting.result()
    readiness = fresh_parts.patients.metrics_url + "/readyz"
    wait_for(lambda: requests.get(readiness, timeout=30).status_code == 200, "the patients service to be ready")
    assert fresh_parts.patients_client().post("/patient", a_patient()).status_code == 201


@pytest.mark.slow  # The parts wait for each other for some ten seconds.
def test_an_audit_service_that_hangs_is_as_good_as_away(fresh_parts: Parts) -> None:
    name = unique("hanging-")
    doors = [fresh_parts.patients_client(), fresh_parts.client()]
    fresh_parts.audit.process.send_signal(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda door: door.post("/patient", a_patient(lastName=name)), doors))
    finally:
        fresh_parts.audit.process.send_signal(signal.SIGCONT)
    for answer in answers:
        assert answer.status_code == 500
        assert error_text(answer).startswith("Error creating audit log:")
    refused(fresh_parts.patients_client().search({"lastName": name}), 404)


@pytest.mark.slow  # The parts wait for each other for some ten seconds.
def test_an_attempt_whose_record_came_too_late_is_told_to_have_come_to_nothing_once(fresh_parts: Parts) -> None:
    client, trace = fresh_parts.patients_client(), Trace()
    fresh_parts.audit.process.send_signal(signal.SIGSTOP)
    try:
        assert client.post("/patient", a_patient(), headers=trace.headers).status_code == 500
    finally:
        fresh_parts.audit.process.send_signal(signal.SIGCONT)
    attempt, outcome = fresh_parts.trail.of_operation(trace.id, at_least=2)
    assert attempt["resource"]["operation"] == "create"
    assert (outcome["outcomeOf"], outcome["outcome"]) == (attempt["id"], "not-done")
    assert outcome["actor"] == attempt["actor"]
    refused(client.get(f"/patient/{attempt['resource']['id']}"), 404)
    fresh_parts.patients.stop()
    fresh_parts.restart_patients()
    assert fresh_parts.trail.of_operation(trace.id, at_least=2) == [attempt, outcome]


def settled_below(parts: Parts) -> int:
    with sqlite3.connect(f"file:{parts.data / 'patients' / 'patients.db'}?mode=ro", uri=True) as database:
        return database.execute("SELECT below FROM settled").fetchone()[0]


def test_what_is_settled_goes_on_rising_after_the_audit_service_was_away(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    fresh_parts.audit.kill()
    assert client.post("/patient", a_patient()).status_code == 500
    fresh_parts.restart_audit()
    first = wait_for(
        lambda: next((a for a in [client.post("/patient", a_patient())] if a.status_code == 201), None),
        "a create to succeed",
    )
    client.create_patient()
    index = int(first.headers["Audit-Record"].split("index=")[1])
    assert settled_below(fresh_parts) > index


def test_a_stop_and_a_start_add_no_record(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    client.get(f"/patient/{client.create_patient()['id']}")
    fresh_parts.patients.stop()
    before = fresh_parts.trail.all()
    assert settled_below(fresh_parts) == len(before)
    fresh_parts.restart_patients()
    assert fresh_parts.trail.all() == before
