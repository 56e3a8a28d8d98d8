"""Every audited answer names its record, and the record's proof is ready when the answer is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from client import Client, a_patient, new_id, unique
from notes import open_checkpoint, read_receipt
from register import Parts, Program, Register, run


@pytest.fixture(params=["serve", "parts"])
def wiring(request: pytest.FixtureRequest) -> Register | Parts:
    return request.getfixturevalue("register" if request.param == "serve" else "parts")


def key_of(wiring: Register | Parts) -> str:
    answer = run("audit", "key", "--data-dir", wiring.data)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def receipt_of(answer: requests.Response) -> tuple[str, int]:
    identifier, index, *_ = answer.headers["Audit-Record"].split("; ")
    return identifier, int(index.removeprefix("index="))


def subscriber(wiring: Register | Parts, *scopes: str) -> Client:
    flags = [flag for scope in scopes for flag in ("--scope", scope)]
    made = run("subscription", "create", unique("s-"), *flags, "--output", "json", "--data-dir", wiring.data)
    assert made.returncode == 0, made.stderr
    return wiring.client().another(key=made.stdout.split('"primaryKey":"')[1].split('"')[0])


def test_the_proof_of_each_answer_is_ready_and_right(wiring: Register | Parts) -> None:
    client = wiring.client()
    patient = client.create_patient()["id"]
    answers = [
        client.get(f"/patient/{patient}"),
        client.get(f"/patient/{new_id()}"),
        client.put(f"/patient/{patient}", a_patient(id=patient)),
        client.post("/patient/search", {"id": patient}),
        client.get(f"/patient/{patient}/tests"),
    ]
    for answer in answers:
        identifier, index = receipt_of(answer)
        receipt = read_receipt(client.get(f"/audit/{identifier}/proof").text)
        assert (receipt.record["id"], receipt.index) == (identifier, index)
        checkpoint = open_checkpoint(receipt.checkpoint, key_of(wiring))
        assert checkpoint.size > index
        assert receipt.root(checkpoint.size) == checkpoint.root


def test_a_search_names_its_criteria_and_what_it_disclosed(wiring: Register | Parts) -> None:
    client = wiring.client()
    name = unique("name")
    patients = {client.create_patient(lastName=name)["id"] for _ in range(5)}
    answer = client.post("/patient/search", {"lastName": name})
    assert answer.headers["Audit-Record"].endswith("; disclosed=5")
    search, index = receipt_of(answer)
    assert read_receipt(client.get(f"/audit/{search}/proof").text).record["resource"]["operation"] == "search"
    disclosed = []
    path = f"/audit/{search}/disclosures?limit=2"
    while path:
        page = client.get(path)
        assert len(page.json()) <= 2
        disclosed += page.json()
        path = page.links["next"]["url"] if page.links else ""
    assert [place["index"] for place in disclosed] == list(range(disclosed[0]["index"], disclosed[0]["index"] + 5))
    assert disclosed[0]["index"] > index
    receipts = [read_receipt(client.get(f"/audit/{place['id']}/proof").text) for place in disclosed]
    assert {receipt.record["patientId"] for receipt in receipts} == patients
    assert {receipt.record["partOf"] for receipt in receipts} == {search}


def test_each_page_of_a_search_has_disclosures_of_its_own(client: Client) -> None:
    name = unique("name")
    for _ in range(3):
        client.create_patient(lastName=name)
    first = client.post("/patient/search?limit=2", {"lastName": name})
    second = client.post(first.links["next"]["url"], {"lastName": name})
    counts = [len(client.get(f"/audit/{receipt_of(page)[0]}/disclosures").json()) for page in (first, second)]
    assert counts == [2, 1]


def test_an_import_names_its_first_record_and_the_others_are_its_parts(register: Register) -> None:
    importer = subscriber(register, "admin")
    patients = [a_patient(id=new_id(), lastUpdated="2025-06-30T09:41:12.345Z") for _ in range(3)]
    lines = "\n".join(json.dumps({"patient": patient}) for patient in patients)
    answer = importer.call("POST", "/import", raw=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    first, index = receipt_of(answer)
    parts_of_it = importer.get(f"/audit/{first}/disclosures").json()
    assert [place["index"] for place in parts_of_it] == [index + 1, index + 2]
    receipt = read_receipt(importer.get(f"/audit/{parts_of_it[1]['id']}/proof").text)
    assert receipt.record["resource"]["operation"] == "import"


def test_only_the_actor_and_who_may_read_the_audit_get_a_proof(wiring: Register | Parts) -> None:
    patient = new_id()
    identifier, _ = receipt_of(wiring.client().get(f"/patient/{patient}"))
    stranger, auditor = subscriber(wiring), subscriber(wiring, "audit:read")
    for path in (f"/audit/{identifier}/proof", f"/audit/{identifier}/disclosures"):
        assert wiring.client().without_key().get(path).status_code == 401
        refused = stranger.get(path)
        assert refused.status_code == 403
        assert refused.headers["Cache-Control"] == "no-store"
        assert "audit:read" in refused.text
        allowed = auditor.get(path)
        assert allowed.status_code == 200
        reading, _ = receipt_of(allowed)
        assert wiring.trail.by_id(reading)["resource"] == {"type": "audit", "id": identifier, "operation": "read"}
        assert wiring.trail.by_id(reading)["patientId"] == patient
        assert "Audit-Record" not in wiring.client().get(path).headers


@pytest.mark.parametrize("identifier", ["nonsense", "00000000-0000-4000-8000-000000000000"])
@pytest.mark.parametrize("what", ["proof", "disclosures"])
def test_there_is_no_proof_of_no_record(client: Client, identifier: str, what: str) -> None:
    answer = client.get(f"/audit/{identifier}/{what}")
    assert (answer.status_code, answer.json()) == (404, "Audit record not found")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=-1"])
def test_a_page_that_there_is_not_is_refused(client: Client, query: str) -> None:
    search, _ = receipt_of(client.post("/patient/search", {"id": new_id()}))
    assert client.get(f"/audit/{search}/disclosures?{query}").status_code == 400


@pytest.mark.parametrize("path", ["log/checkpoint", "auditrecord/00000000-0000-4000-8000-000000000000/proof"])
def test_the_patients_key_does_not_open_the_log(parts: Parts, path: str) -> None:
    assert parts.audit_client().call("GET", f"/{path}").status_code == 403


def test_a_gateway_without_an_audit_service_has_no_log(fresh_parts: Parts, tmp_path: Path) -> None:
    gateway = Program(
        "gateway", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", tmp_path / "gateway",
        "--patients-url", fresh_parts.patients.url, *fresh_parts.secrets_flags("gateway"), directory=tmp_path,
    )  # fmt: skip
    try:
        for path in ("/log/checkpoint", f"/audit/{new_id()}/proof", "/audit", f"/patient/{new_id()}/accesses"):
            assert requests.get(f"{gateway.url}{path}", timeout=30).status_code == 404
    finally:
        gateway.stop()
