"""The forms of an error: the gateway's, the services', and problem details for those who ask."""

from __future__ import annotations

import pytest
from client import Client, a_patient, gateway_text, new_id, service_text

PROBLEM = "application/problem+json"
REFUSALS = [
    ("GET", "/patient/22222222-2222-4222-8222-222222222222", ..., 404, "Patient not found"),
    ("POST", "/patient", {}, 400, '"firstName" is required'),
    ("POST", "/patient/search", {"zz": 1}, 400, '"zz" is not allowed'),
    ("POST", "/patient/22222222-2222-4222-8222-222222222222/tests", {}, 400, '"performer" is required'),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "text"), REFUSALS)
def test_what_a_service_refuses_is_a_json_string(
    door: Client, method: str, path: str, body: object, status: int, text: str
) -> None:
    answer = door.call(method, path, body)
    assert answer.status_code == status
    assert service_text(answer) == text


@pytest.mark.parametrize("accept", [PROBLEM, f"{PROBLEM}, application/json;q=0.5", f"text/html, {PROBLEM}"])
@pytest.mark.parametrize(("method", "path", "body", "status", "text"), REFUSALS)
def test_who_accepts_problem_details_gets_them(
    door: Client, method: str, path: str, body: object, status: int, text: str, accept: str
) -> None:
    answer = door.call(method, path, body, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["Content-Type"].split(";")[0] == PROBLEM
    problem = answer.json()
    assert (problem["status"], problem["detail"]) == (status, text)
    assert problem["title"]


@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [("GET", "/nothing", "right", 404), ("DELETE", "/patient", "right", 405), ("GET", "/patient/x", "wrong", 401)],
)
def test_the_gateways_refusals_are_problem_details_too(
    client: Client, method: str, path: str, key: str, status: int
) -> None:
    headers = {"Accept": PROBLEM} | ({} if key == "right" else {client.header: key})
    answer = client.call(method, path, headers=headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].split(";")[0] == PROBLEM
    assert answer.json()["status"] == status


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html", "text/plain", "garbage;;;", ""])
def test_any_other_accept_header_gets_the_usual_form(door: Client, accept: str) -> None:
    answer = door.get(f"/patient/{new_id()}", headers={"Accept": accept})
    assert service_text(answer) == "Patient not found"


def test_what_the_gateway_refuses_has_the_gateways_form(client: Client) -> None:
    assert gateway_text(client.get("/nothing")) == "Resource not found"
    assert gateway_text(client.call("DELETE", "/patient"))
    assert gateway_text(client.without_key().get(f"/patient/{new_id()}"))


def test_a_success_is_json_whatever_is_accepted(door: Client) -> None:
    answer = door.post("/patient", a_patient(), headers={"Accept": PROBLEM})
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (201, "application/json")
