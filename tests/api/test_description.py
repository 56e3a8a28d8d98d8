"""The OpenAPI document by itself: well formed, its examples true, and in agreement with the contract's cases."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from api.description import DOCUMENT, REPOSITORY, at, faults, operation_for, operations, schema, walk
from openapi_spec_validator import OpenAPIV31SpecValidator

CASES = json.loads((REPOSITORY / "tests" / "reference" / "cases.json").read_text())["cases"]
AN_ID = "2f8a1c9e-5b7d-4e3a-9c61-0d4f7b2a8e15"
# What a schema cannot tell, by the number of the case: a calendar, another unit of length, a fault of the path.
BEYOND_A_SCHEMA = {
    5: "an impossible day is refused",
    52: "the id is not the one in the path",
    215: "lengths count UTF-16 code units, where a schema counts characters",
}


def examples() -> list[tuple[str, Any, str]]:
    """Every example of the document: where it stands, the value, and the pointer of its schema."""
    found = []
    for pointer, part in walk(DOCUMENT):
        if not isinstance(part, dict) or pointer.endswith(("/example", "/examples")):
            continue
        if pointer.startswith("/components/schemas/") and isinstance(part.get("examples"), list):
            found += [(f"{pointer}/examples/{i}", value, pointer) for i, value in enumerate(part["examples"])]
        if "schema" in part and "example" in part:
            found.append((f"{pointer}/example", part["example"], f"{pointer}/schema"))
        if "schema" in part and isinstance(part.get("examples"), dict):
            found += [
                (f"{pointer}/examples/{name}", named["value"], f"{pointer}/schema")
                for name, named in part["examples"].items()
            ]
    return found


def filled_in(text: str) -> str:
    """Puts values where a case refers to what the server, or an earlier case, chose."""
    text = text.replace("{{timestamp}}", "2025-06-30T09:41:12.345Z")
    text = re.sub(r"\{\{\w+_upper\}\}", AN_ID.upper(), text)
    return re.sub(r"\{\{\w+\}\}", AN_ID, text)


def public_cases() -> list[Any]:
    """The contract's cases that have a public route, each with the status that we answer."""
    cases = []
    for case in CASES:
        pointer = operation_for(case["method"], filled_in(case["path"].removeprefix("/api")))
        if case["service"] == "patients" and pointer:
            status = case["ours"]["status"] if "ours" in case else case["status"]
            cases.append(pytest.param(case, pointer, status, id=f"{case['case']} {case['title']}"))
    return cases


def test_document_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_every_example_fits_its_schema() -> None:
    wrong = {where: faults(value, pointer) for where, value, pointer in examples()}
    assert len(wrong) > 50
    assert {where: found for where, found in wrong.items() if found} == {}


def test_every_answer_with_a_body_has_an_example() -> None:
    lacking = [
        f"{method} {path} {status}"
        for method, path, pointer in operations()
        for status, answer in at(pointer)["responses"].items()
        for media in answer.get("content", {}).values()
        if media["schema"].get("$ref") != "#/components/schemas/Problem" and "examples" not in media
    ]
    assert lacking == ["GET /openapi.json 200", "GET /docs 200"]


def test_operations_without_a_key_are_those_that_say_up_or_describe() -> None:
    open_to_all = {path for _, path, pointer in operations() if at(pointer).get("security") == []}
    assert open_to_all == {"/status", "/openapi.json", "/docs", "/log/checkpoint", "/log/tile/{path}"}


def test_every_other_operation_tells_how_it_is_refused() -> None:
    for method, path, pointer in operations():
        if at(pointer).get("security") != []:
            assert {"401", "default"} <= set(at(pointer)["responses"]), f"{method} {path}"


def test_every_parameter_in_a_path_is_described() -> None:
    for method, path, pointer in operations():
        described = {
            at(parameter["$ref"].removeprefix("#"))["name"] if "$ref" in parameter else parameter["name"]
            for parameter in at(pointer).get("parameters", [])
        }
        named = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        assert named <= described, f"{method} {path}"


@pytest.mark.parametrize(("case", "pointer", "status"), public_cases())
def test_contract_case_is_as_described(case: Any, pointer: str, status: int) -> None:
    assert str(status) in at(pointer)["responses"]
    if case["case"] in BEYOND_A_SCHEMA:
        return
    if status == case["status"] and status in (200, 201):
        answer = json.loads(filled_in(json.dumps(case["json"])))
        assert faults(answer, f"{pointer}/responses/{status}/content/application~1json/schema") == []
    check_request_body(case, pointer, status)


def check_request_body(case: Any, pointer: str, status: int) -> None:
    """A body that is accepted fits the schema; one that is refused for a fault of its own does not."""
    try:
        body = json.loads(filled_in(case.get("body") or ""))
    except ValueError:
        return
    wrong = faults(body, f"{pointer}/requestBody/content/application~1json/schema")
    if status in (200, 201):
        assert wrong == []
    elif status == 400:
        assert wrong != [], f"the document would let it pass: {case.get('text')}"


def test_texts_that_the_contract_lists_are_among_the_examples() -> None:
    shown = {value for _, value, pointer in examples() if isinstance(value, str)}
    assert {
        "Patient not found",
        "Test not found.",
        "No patients found with provided criteria",
        "Inconsistent registration IDs",
        "Id unexpected.",
        "lastUpdated unexpected.",
    } <= shown
    assert faults("Patient not found", schema("ErrorText")) == []
