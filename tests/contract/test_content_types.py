"""Which content types and encodings are read as JSON."""

from __future__ import annotations

import json

import pytest
from client import Client, a_full_patient, a_patient, a_test, error_text, refused

READ = [
    None,
    "application/json",
    "application/json; charset=utf-8",
    'application/json; charset="UTF-8"',
    "APPLICATION/JSON",
    "text/plain",
    "text/plain; charset=utf-8",
    "text/json",
    "application/x-www-form-urlencoded",
    "application/fhir+json",
    "application/vnd.api+json; version=1",
    "application/merge-patch+json",
]
REFUSED = [
    "application/xml",
    "text/html",
    "text/xml; charset=utf-8",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "image/png",
    "application/x-ndjson",
    "application/jsonp",
    "json",
    "application/json; charset=klingon",
    "text/plain; charset=utf-16",
]


@pytest.mark.parametrize("content_type", READ, ids=str)
def test_a_body_of_this_type_is_read_as_json(door: Client, content_type: str | None) -> None:
    body = json.dumps(a_full_patient(lastName="Zoë"), ensure_ascii=False)
    answer = door.post("/patient", raw=body, headers={"Content-Type": content_type})
    assert answer.status_code == 201, answer.text
    assert answer.json()["lastName"] == "Zoë"


@pytest.mark.parametrize("content_type", REFUSED)
def test_a_body_of_another_type_or_charset_is_415(door: Client, content_type: str) -> None:
    answer = door.post("/patient", raw=json.dumps(a_patient()), headers={"Content-Type": content_type})
    assert answer.status_code == 415
    assert error_text(answer)


@pytest.mark.parametrize("path", ["/patient/search", "/patient/22222222-2222-4222-8222-222222222222/tests"])
def test_every_route_with_a_body_refuses_other_types(door: Client, path: str) -> None:
    refused(door.post(path, raw=json.dumps(a_test()), headers={"Content-Type": "text/html"}), 415)


def test_the_audit_service_reads_and_refuses_the_same_types(audit_service: Client) -> None:
    body = json.dumps({"sourceSystemName": "X"})
    assert audit_service.post("/auditrecord", raw=body, headers={"Content-Type": "text/plain"}).status_code == 201
    refused(audit_service.post("/auditrecord", raw=body, headers={"Content-Type": "text/html"}), 415)


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "x"])
def test_a_content_encoding_is_415(door: Client, encoding: str) -> None:
    refused(door.post("/patient", a_patient(), headers={"Content-Encoding": encoding}), 415)


def test_the_encoding_identity_is_no_encoding(door: Client) -> None:
    assert door.post("/patient", a_patient(), headers={"Content-Encoding": "identity"}).status_code == 201


def test_a_plain_curl_d_works(door: Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "curl/7.88.1", "Accept": "*/*"}
    assert door.post("/patient", a_patient(), headers=headers).status_code == 201


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain"], ids=str)
@pytest.mark.parametrize("path", ["/patient", "/patient/search", "/patient/22222222-2222-4222-8222-222222222222/tests"])
def test_a_missing_body_is_400(door: Client, path: str, content_type: str | None) -> None:
    refused(door.call("POST", path, headers={"Content-Type": content_type}), 400)


def test_a_missing_body_of_an_update_is_400(door: Client) -> None:
    refused(door.put(f"/patient/{door.create_patient()['id']}"), 400)
