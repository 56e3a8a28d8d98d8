"""The running register against its own description: the document and page that it serves, its routes, real answers."""

from __future__ import annotations

import json
import re

import pytest
import requests
from api.description import DOCUMENT, METHODS, REPOSITORY, at, faults, operation_for
from client import Client, a_full_patient, a_patient, a_test, new_id, unique
from register import Register

OUR_HEADERS = ("Audit-Record", "ETag", "Link", "Retry-After", "Idempotency-Replayed", "WWW-Authenticate")
EXAMPLE_LINE = json.loads((REPOSITORY / "examples" / "patients.ndjson").read_text().partition("\n")[0])


def description_of(answer: requests.Response) -> str:
    """The pointer of the answer's description: by its status, else the default."""
    operation = operation_for(answer.request.method, answer.request.path_url)
    assert operation, f"{answer.request.method} {answer.request.path_url} is not described"
    responses = at(operation)["responses"]
    status = str(answer.status_code)
    found = responses.get(status, responses["default"])
    return found.get("$ref", f"#{operation}/responses/{status}").removeprefix("#")


def is_as_described(answer: requests.Response, status: int) -> requests.Response:
    """Asserts the status, and that headers and body are as the document has them for it."""
    assert answer.status_code == status, answer.text
    pointer = description_of(answer)
    described = at(pointer)
    undescribed = [name for name in OUR_HEADERS if name in answer.headers and name not in described["headers"]]
    assert undescribed == []
    assert "traceparent" in answer.headers
    if answer.content:
        media = answer.headers["Content-Type"].partition(";")[0]
        assert media in described["content"], f"{media} is not described"
        escaped = media.replace("/", "~1")
        assert faults(answer.json(), f"{pointer}/content/{escaped}/schema") == [], answer.text
    return answer


def described_methods(path: str) -> set[str]:
    return {method.upper() for method in METHODS if operation_for(method.upper(), path)}


@pytest.fixture(scope="module")
def operator(register: Register) -> Client:
    """A client that may import."""
    made = register.command("subscription", "create", unique("importer-"), "--scope", "admin", "--output", "json")
    assert made.returncode == 0, made.stderr
    return register.client(json.loads(made.stdout)["primaryKey"])


def test_document_is_served_without_a_key(client: Client) -> None:
    answer = client.without_key().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json() == DOCUMENT


def test_page_takes_nothing_from_elsewhere(client: Client) -> None:
    page = client.without_key().get("/docs")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    policy = [rule.split() for rule in page.headers["Content-Security-Policy"].split(";")]
    assert ["script-src", "'self'"] in policy
    assert {source for rule in policy for source in rule[1:]} <= {"'none'", "'self'", "'unsafe-inline'", "data:"}
    parts = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert "/docs/swagger-ui-bundle.js" in parts
    for part in parts:
        assert part.startswith("/") and not part.startswith("//")
        assert client.without_key().get(part).status_code == 200, part


@pytest.mark.parametrize(
    ("part", "media"),
    [("docs.js", "javascript"), ("swagger-ui-bundle.js", "javascript"), ("docs.css", "css"), ("swagger-ui.css", "css")],
)
def test_part_of_the_page_has_its_type(client: Client, part: str, media: str) -> None:
    answer = client.without_key().get(f"/docs/{part}")
    assert answer.headers["Content-Type"].partition(";")[0] == f"text/{media}"


@pytest.mark.parametrize("template", DOCUMENT["paths"])
def test_route_has_the_methods_described(client: Client, template: str) -> None:
    path = re.sub(r"\{\w+\}", new_id(), template)
    answer = client.call("PATCH", path)
    assert answer.status_code == 405, f"{answer.status_code} {answer.text}"
    assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == described_methods(path)


def test_patient_is_answered_as_described(client: Client) -> None:
    patient = is_as_described(client.post("/patient", a_full_patient()), 201).json()
    path = f"/patient/{patient['id']}"
    tag = is_as_described(client.get(path), 200).headers["ETag"]
    is_as_described(client.get(path, headers={"If-None-Match": tag}), 304)
    is_as_described(client.put(path, a_patient(id=patient["id"]), headers={"If-Match": tag}), 200)
    is_as_described(client.put(path, a_patient(id=patient["id"]), headers={"If-Match": tag}), 412)
    is_as_described(client.put(path, a_patient()), 400)
    is_as_described(client.get(f"/patient/{new_id()}"), 404)
    is_as_described(client.get("/patient/1"), 404)


def test_search_is_answered_as_described(client: Client) -> None:
    criteria = {"lastName": unique("Last")}
    for _ in range(2):
        client.create_patient(a_patient(**criteria))
    first = is_as_described(client.post("/patient/search?limit=1", criteria), 200)
    assert "Link" in first.headers
    is_as_described(client.post(first.links["next"]["url"], criteria), 200)
    is_as_described(client.search({"lastName": unique("Nobody")}), 404)
    is_as_described(client.search({"dateOfBirthFrom": "x"}), 400)
    is_as_described(client.post("/patient/search?limit=0", criteria), 400)


def test_test_is_answered_as_described(client: Client) -> None:
    patient = client.create_patient()["id"]
    path = f"/patient/{patient}/tests"
    test = is_as_described(client.post(path, a_test()), 201).json()
    is_as_described(client.get(path), 200)
    is_as_described(client.get(f"{path}/{test['id']}"), 200)
    is_as_described(client.get(f"{path}/{new_id()}"), 404)
    is_as_described(client.post(path, a_test(observations=[{}])), 400)
    is_as_described(client.post(f"/patient/{new_id()}/tests", a_test()), 404)
    is_as_described(client.get("/patient/1/tests"), 404)


def test_what_the_log_has_not_is_answered_as_described(client: Client) -> None:
    is_as_described(client.without_key().get("/log/tile/nonsense"), 404)
    details = {"Accept": "application/problem+json"}
    is_as_described(client.without_key().get("/log/tile/nonsense", headers=details), 404)


def test_repeated_create_is_answered_as_described(client: Client) -> None:
    key = {"Idempotency-Key": unique()}
    patient = a_full_patient()
    is_as_described(client.post("/patient", patient, headers=key), 201)
    again = is_as_described(client.post("/patient", patient, headers=key), 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    is_as_described(client.post("/patient", a_full_patient(), headers=key), 422)


def test_refusal_of_the_gateway_is_as_described(client: Client, operator: Client) -> None:
    is_as_described(client.without_key().get("/patient/1"), 401)
    is_as_described(client.another("wrong").get("/patient/1"), 401)
    is_as_described(operator.get("/patient/1"), 403)
    is_as_described(client.post("/import", raw=b"{}", headers={"Content-Type": "application/x-ndjson"}), 403)
    is_as_described(client.post("/patient", raw=b" " * (2 << 20)), 413)
    is_as_described(client.post("/patient", raw=b"{}", headers={"Content-Type": "image/png"}), 415)


def test_problem_details_are_as_described(client: Client) -> None:
    accept = {"Accept": "application/problem+json"}
    for answer in (client.get(f"/patient/{new_id()}", headers=accept), client.post("/patient", {}, headers=accept)):
        assert answer.headers["Content-Type"].startswith("application/problem+json")
        is_as_described(answer, answer.status_code)
    is_as_described(client.without_key().get("/patient/1", headers=accept), 401)


def test_import_is_answered_as_described(operator: Client) -> None:
    ids = {"id": new_id(), "lastUpdated": "2025-06-30T09:41:12.345Z"}
    tests = [test | ids | {"id": new_id(), "patientId": ids["id"]} for test in EXAMPLE_LINE["tests"]]
    line = json.dumps({"patient": EXAMPLE_LINE["patient"] | ids, "tests": tests})
    body = f"{line}\n{line}\n{{}}\n".encode()
    answer = operator.post("/import", raw=body, headers={"Content-Type": "application/x-ndjson"})
    statuses = [result["status"] for result in is_as_described(answer, 200).json()]
    assert statuses == ["created", "skipped", "refused"]


def test_register_of_accesses_is_answered_as_described(register: Register, client: Client) -> None:
    made = register.command("subscription", "create", unique("auditor-"), "--scope", "audit:read", "--output", "json")
    auditor = register.client(json.loads(made.stdout)["primaryKey"])
    patient = client.create_patient()["id"]
    client.get(f"/patient/{patient}", headers={"Assay-Purpose-Of-Use": "TREAT"})
    client.get("/patient/1")
    first = is_as_described(auditor.get("/audit?limit=1"), 200)
    is_as_described(auditor.get(first.links["next"]["url"]), 200)
    is_as_described(auditor.get("/audit?limit=1000"), 200)
    is_as_described(auditor.get(f"/patient/{patient}/accesses"), 200)
    is_as_described(auditor.get("/audit?foo=1"), 400)
    is_as_described(auditor.get("/patient/1/accesses"), 400)
    is_as_described(client.get("/audit"), 403)
    is_as_described(client.get(f"/patient/{patient}/accesses"), 403)


def test_probes_are_answered_as_described(client: Client) -> None:
    is_as_described(client.without_key().get("/status"), 200)
    is_as_described(client.get("/echo/resource?param1=sample"), 200)
