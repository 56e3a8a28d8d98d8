"""Every route of a service needs the key of its host."""

from __future__ import annotations

import pytest
from client import Client, a_patient, a_test, new_id, service_text
from register import Parts

NOBODY = "22222222-2222-4222-8222-222222222222"
ROUTES = [
    ("POST", "/patient", a_patient()),
    ("GET", f"/patient/{NOBODY}", ...),
    ("PUT", f"/patient/{NOBODY}", a_patient()),
    ("POST", "/patient/search", {}),
    ("POST", f"/patient/{NOBODY}/tests", a_test()),
    ("GET", f"/patient/{NOBODY}/tests", ...),
    ("GET", f"/patient/{NOBODY}/tests/{NOBODY}", ...),
]
WRONG_KEYS = [None, "", "wrong", "x" * 4000]


def key_id(key: str | None) -> str:
    return f"key-of-{'none' if key is None else len(key)}"


@pytest.mark.parametrize("key", WRONG_KEYS, ids=key_id)
@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_the_patients_service_refuses_who_does_not_hold_its_key(
    parts: Parts, method: str, path: str, body: object, key: str | None
) -> None:
    answer = parts.patients_client().call(method, path, body, headers={"x-functions-key": key})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"]
    assert service_text(answer)


@pytest.mark.parametrize("key", WRONG_KEYS, ids=key_id)
@pytest.mark.parametrize("path", ["/auditrecord", "/auditrecords"])
def test_the_audit_service_refuses_who_does_not_hold_its_key(audit_service: Client, path: str, key: str | None) -> None:
    answer = audit_service.post(path, {"sourceSystemName": "X"}, headers={"x-functions-key": key})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"]


def test_the_key_of_one_service_does_not_open_the_other(parts: Parts) -> None:
    crossed = {"x-functions-key": parts.audit_key}
    assert parts.patients_client().post("/patient", a_patient(), headers=crossed).status_code == 401
    crossed = {"x-functions-key": parts.patients_key}
    assert parts.audit_client().post("/auditrecord", {"sourceSystemName": "X"}, headers=crossed).status_code == 401


def test_a_subscription_key_does_not_open_a_service(parts: Parts) -> None:
    answer = parts.patients_client().post("/patient", a_patient(), headers={"x-functions-key": parts.key})
    assert answer.status_code == 401


def test_the_key_may_come_as_the_query_parameter_code(parts: Parts) -> None:
    keyless = parts.patients_client().without_key()
    assert keyless.post(f"/patient?code={parts.patients_key}", a_patient()).status_code == 201
    assert keyless.post("/patient?code=wrong", a_patient()).status_code == 401
    keyless = parts.audit_client().without_key()
    assert keyless.post(f"/auditrecord?code={parts.audit_key}", {"sourceSystemName": "X"}).status_code == 201


def test_two_keys_in_one_request_are_no_key(parts: Parts) -> None:
    for client, key, path in (
        (parts.patients_client(), parts.patients_key, f"/patient/{NOBODY}"),
        (parts.audit_client(), parts.audit_key, "/intents"),
    ):
        assert client.get(f"{path}?code={key}").status_code == 401
        assert client.get(f"{path}?code=wrong").status_code == 401


def test_a_refusal_does_not_say_which_patients_there_are(parts: Parts) -> None:
    known = parts.patients_client().create_patient()["id"]
    keyless = parts.patients_client().without_key()
    assert keyless.get(f"/patient/{known}").text == keyless.get(f"/patient/{new_id()}").text
