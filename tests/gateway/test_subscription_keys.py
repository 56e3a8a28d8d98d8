"""Who asks: the subscription key at the public door."""

from __future__ import annotations

import pytest
from client import Client, a_patient, a_test, gateway_text, new_id
from register import Parts, Register
from wire import exchange

SOME_ID = "22222222-2222-4222-8222-222222222222"
ROUTES = [
    ("POST", "/patient", a_patient()),
    ("GET", f"/patient/{SOME_ID}", ...),
    ("PUT", f"/patient/{SOME_ID}", a_patient(id=SOME_ID)),
    ("POST", "/patient/search", {}),
    ("POST", f"/patient/{SOME_ID}/tests", a_test()),
    ("GET", f"/patient/{SOME_ID}/tests", ...),
    ("GET", f"/patient/{SOME_ID}/tests/{SOME_ID}", ...),
    ("GET", "/echo/resource?param1=sample", ...),
]
MISSING = "Access denied due to missing subscription key."
INVALID = "Access denied due to invalid subscription key."


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_no_key_is_401(client: Client, method: str, path: str, body: object) -> None:
    answer = client.without_key().call(method, path, body)
    assert answer.status_code == 401
    assert gateway_text(answer).startswith(MISSING)
    assert answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("key", ["wrong", "0" * 64, "x" * 4000, "a b", "=", "' OR 1=1"], ids=lambda key: key[:12])
@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_a_wrong_key_is_401(client: Client, method: str, path: str, body: object, key: str) -> None:
    answer = client.call(method, path, body, headers={client.header: key})
    assert answer.status_code == 401
    assert gateway_text(answer).startswith(INVALID)
    assert answer.headers["WWW-Authenticate"]


def test_a_key_that_is_nearly_right_is_wrong(register: Register) -> None:
    for key in (register.key[:-1], register.key + "x", register.key.swapcase()):
        answer = register.client(key).get(f"/patient/{SOME_ID}")
        assert answer.status_code == 401
        assert gateway_text(answer).startswith(INVALID)


def test_the_key_may_come_as_a_query_parameter(client: Client) -> None:
    keyless = client.without_key()
    patient = keyless.post(f"/patient?subscription-key={client.key}", a_patient()).json()
    assert keyless.get(f"/patient/{patient['id']}?subscription-key={client.key}").json() == patient
    answer = keyless.get(f"/patient/{patient['id']}?subscription-key=wrong")
    assert (answer.status_code, gateway_text(answer)[: len(INVALID)]) == (401, INVALID)


def test_header_names_are_read_in_any_case(client: Client) -> None:
    answer = client.without_key().post("/patient", a_patient(), headers={client.header.upper(): client.key})
    assert answer.status_code == 201


def test_a_key_of_a_service_does_not_open_the_gateway(client: Client, parts: Parts) -> None:
    answer = client.without_key().get(f"/patient/{new_id()}", headers={"x-functions-key": parts.patients_key})
    assert answer.status_code == 401


def test_a_client_cannot_bring_the_backends_key_or_principal_itself(parts: Parts) -> None:
    stolen = parts.patients_key
    answer = parts.client().without_key().get(f"/patient/{new_id()}?code={stolen}", headers={"x-functions-key": stolen})
    assert answer.status_code == 401


def test_a_query_parameter_of_the_services_name_is_no_second_key_behind_the_gateway(parts: Parts) -> None:
    assert parts.client().get(f"/patient/{new_id()}?code=forged").status_code == 404


def test_an_unknown_path_tells_nothing_to_who_has_no_key(client: Client) -> None:
    assert client.without_key().get("/nothing").status_code in {401, 404}


@pytest.mark.parametrize("identifier", ["%zz", "%00", "%ff"])
def test_the_key_is_looked_at_before_an_id_that_cannot_be_decoded(register: Register, identifier: str) -> None:
    head = f"GET /patient/{identifier} HTTP/1.1\r\nHost: x\r\n"
    assert exchange(register.address, head + "\r\n").status == 401
    assert exchange(register.address, f"{head}Ocp-Apim-Subscription-Key: {register.key}\r\n\r\n").status == 404


@pytest.mark.parametrize("other", ["wrong", "the same"])
@pytest.mark.parametrize("places", [("header", "header"), ("header", "query"), ("query", "query")])
def test_two_keys_in_one_request_are_no_key(register: Register, places: tuple[str, str], other: str) -> None:
    keys = (register.key, register.key if other == "the same" else other)
    query = "&".join(f"subscription-key={key}" for place, key in zip(places, keys, strict=True) if place == "query")
    lines = [
        f"Ocp-Apim-Subscription-Key: {key}\r\n" for place, key in zip(places, keys, strict=True) if place == "header"
    ]
    answer = exchange(register.address, f"GET /echo/resource?{query} HTTP/1.1\r\nHost: x\r\n{''.join(lines)}\r\n")
    assert answer.status == 401
    assert answer.json()["message"].startswith(INVALID)
