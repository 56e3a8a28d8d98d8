"""Which paths and methods there are, at the gateway and at the services."""

from __future__ import annotations

import pytest
from client import Client, a_patient, a_test, error_text, gateway_text, new_id, refused, service_text

PATIENT_ROUTES = [
    ("/patient", {"POST"}),
    ("/patient/search", {"GET", "POST", "PUT"}),
    ("/patient/{patient}", {"GET", "PUT"}),
    ("/patient/{patient}/tests", {"GET", "POST"}),
    ("/patient/{patient}/tests/{test}", {"GET"}),
]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
WRONG_METHODS = [(method, path, allowed) for path, allowed in PATIENT_ROUTES for method in sorted(METHODS - allowed)]


@pytest.mark.parametrize("slash", ["", "/"], ids=["bare", "trailing-slash"])
class TestOneTrailingSlashIsIgnored:
    def test_on_creating_a_patient(self, door: Client, slash: str) -> None:
        assert door.post("/patient" + slash, a_patient()).status_code == 201

    def test_on_loading_a_patient(self, door: Client, slash: str) -> None:
        patient = door.create_patient()
        assert door.get(f"/patient/{patient['id']}{slash}").json() == patient

    def test_on_updating_a_patient(self, door: Client, slash: str) -> None:
        identifier = door.create_patient()["id"]
        answer = door.put(f"/patient/{identifier}{slash}", a_patient(id=identifier))
        assert answer.status_code == 200

    def test_on_searching(self, door: Client, slash: str) -> None:
        patient = door.create_patient()
        assert door.post("/patient/search" + slash, {"id": patient["id"]}).json() == [patient]

    def test_on_creating_a_test(self, door: Client, slash: str) -> None:
        patient = door.create_patient()["id"]
        assert door.post(f"/patient/{patient}/tests{slash}", a_test()).status_code == 201

    def test_on_loading_all_tests(self, door: Client, slash: str) -> None:
        patient = door.create_patient()["id"]
        test = door.create_test(patient)
        assert door.get(f"/patient/{patient}/tests{slash}").json() == [test]

    def test_on_loading_one_test(self, door: Client, slash: str) -> None:
        patient = door.create_patient()["id"]
        test = door.create_test(patient)
        assert door.get(f"/patient/{patient}/tests/{test['id']}{slash}").json() == test


@pytest.mark.parametrize(("method", "path", "allowed"), WRONG_METHODS)
def test_a_known_path_with_another_method_is_405_and_says_what_is_allowed(
    door: Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = door.call(method, path.format(patient=new_id(), test=new_id()))
    assert answer.status_code == 405, answer.text
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) - {"HEAD", "OPTIONS"} == allowed
    assert error_text(answer)


def test_the_audit_service_names_the_methods_of_its_routes(audit_service: Client) -> None:
    for path, methods in (("/auditrecord", "GET, HEAD, POST"), ("/auditrecords", "POST")):
        answer = audit_service.put(path, {})
        assert (answer.status_code, answer.headers["Allow"]) == (405, methods)


UNKNOWN_PATHS = ["/", "/nothing", "/Patient", "/patients", "/PATIENT/search", "/patient/a/b", "/patient/a/Tests",
                 "/patient/a/tests/b/c", "/api/patient", "/echo", "/patient//", "/patient.json"]  # fmt: skip


@pytest.mark.parametrize("path", UNKNOWN_PATHS)
def test_the_gateway_answers_a_path_that_is_no_route_with_resource_not_found(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert gateway_text(answer) == "Resource not found"


@pytest.mark.parametrize("path", ["/nothing", "/Patient", "/patient/a/b", "/echo/resource", "/auditrecord"])
def test_the_patients_service_answers_a_path_that_is_no_route_with_404(parts, path: str) -> None:
    answer = parts.patients_client().get(path)
    assert answer.status_code == 404
    assert service_text(answer)


def test_the_services_routes_are_not_public(client: Client) -> None:
    refused(client.post("/api/patient", a_patient()), 404, "Resource not found")
    refused(client.post("/auditrecord", {"sourceSystemName": "X"}), 404, "Resource not found")
    refused(client.post("/api/auditrecord", {"sourceSystemName": "X"}), 404, "Resource not found")


def test_the_patients_service_serves_no_audit_routes_and_the_other_way_round(parts, audit_service: Client) -> None:
    refused(parts.patients_client().post("/auditrecord", {"sourceSystemName": "X"}), 404)
    refused(audit_service.post("/patient", a_patient()), 404)


def test_a_literal_segment_wins_over_an_id_in_its_method_only(door: Client) -> None:
    refused(door.get("/patient/search"), 404, "Patient not found")
    refused(door.put("/patient/search", a_patient(id="search")), 400, '"id" must be a valid GUID')
    refused(door.post("/patient/search", {"foo": 1}), 400, '"foo" is not allowed')


def test_a_query_on_a_route_that_takes_none_does_no_harm(door: Client) -> None:
    patient = door.create_patient()
    assert door.get(f"/patient/{patient['id']}?x=1&y=%20").json() == patient


def test_head_answers_as_get_without_the_body(door: Client) -> None:
    path = f"/patient/{door.create_patient()['id']}"
    got, head = door.get(path), door.call("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length"):
        assert head.headers.get(name) == got.headers.get(name)
    assert door.call("HEAD", f"/patient/{new_id()}").status_code == 404
    assert door.call("HEAD", "/patient").status_code == 405
