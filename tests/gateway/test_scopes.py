"""What a subscription may: its scopes."""

from __future__ import annotations

import json

import pytest
from client import Client, a_patient, a_test, gateway_text, unique
from register import Register
from wire import exchange

SOME_ID = "22222222-2222-4222-8222-222222222222"
ROUTES = [
    ("patients:write", "POST", "/patient", a_patient(), 201),
    ("patients:write", "PUT", f"/patient/{SOME_ID}", a_patient(id=SOME_ID), 404),
    ("patients:read", "GET", f"/patient/{SOME_ID}", ..., 404),
    ("patients:read", "POST", "/patient/search", {"insuranceNumber": "nobody's"}, 404),
    ("tests:write", "POST", f"/patient/{SOME_ID}/tests", a_test(), 404),
    ("tests:read", "GET", f"/patient/{SOME_ID}/tests", ..., 200),
    ("tests:read", "GET", f"/patient/{SOME_ID}/tests/{SOME_ID}", ..., 404),
]
SCOPES = ["patients:read", "patients:write", "tests:read", "tests:write", "audit:read", "admin"]


@pytest.fixture(scope="module")
def clients(register: Register) -> dict[str, Client]:
    """One client with each scope by itself."""
    made = {}
    for scope in SCOPES:
        name = unique("scope-")
        answer = register.command("subscription", "create", name, "--scope", scope, "--output", "json")
        assert answer.returncode == 0, answer.stderr
        made[scope] = register.client(json.loads(answer.stdout)["primaryKey"])
    return made


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize(("needed", "method", "path", "body", "status"), ROUTES)
def test_a_route_opens_to_its_scope_alone(
    clients: dict[str, Client], scope: str, needed: str, method: str, path: str, body: object, status: int
) -> None:
    answer = clients[scope].call(method, path, body)
    if scope == needed:
        assert answer.status_code == status, answer.text
    else:
        assert answer.status_code == 403, answer.text
        assert gateway_text(answer)


def test_a_missing_scope_is_refused_whether_or_not_the_patient_exists(
    clients: dict[str, Client], client: Client
) -> None:
    known = client.create_patient()["id"]
    answers = [clients["tests:read"].get(f"/patient/{identifier}") for identifier in (known, SOME_ID)]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].text == answers[1].text


def test_the_import_route_needs_admin(clients: dict[str, Client], client: Client) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    assert client.post("/import", raw=b"", headers=headers).status_code == 403
    assert clients["patients:write"].post("/import", raw=b"", headers=headers).status_code == 403
    assert clients["admin"].post("/import", raw=b"", headers=headers).status_code != 403


def test_several_scopes_add_up(register: Register) -> None:
    answer = register.command("subscription", "create", unique("two-"), "--scope", "patients:read", "--scope",
                              "patients:write", "--output", "json")  # fmt: skip
    client = register.client(json.loads(answer.stdout)["primaryKey"])
    patient = client.create_patient()
    assert client.get(f"/patient/{patient['id']}").json() == patient
    assert client.post(f"/patient/{patient['id']}/tests", a_test()).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["{id}/tests", "{id}/tests/", "{id}%2Ftests", "{id}%2ftests", "{id}/%74ests", "x/../{id}/tests", "{id}/./tests",
     "{id}%3F/tests", "{id};/tests", "{id}%00/tests", "{id}//tests", "{id}%252Ftests"],
)  # fmt: skip
def test_no_way_of_writing_a_path_gets_round_a_scope(register: Register, clients, client: Client, path: str) -> None:
    patient = client.create_patient()["id"]
    test = client.create_test(patient)
    key = f"{client.header}: {clients['patients:read'].key}"
    answer = exchange(register.address, f"GET /patient/{path.format(id=patient)} HTTP/1.1\r\nHost: x\r\n{key}\r\n\r\n")
    assert answer.status in {400, 403, 404}
    assert test["id"].encode() not in answer.body
