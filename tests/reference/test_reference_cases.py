"""The requests that the running reference was asked, with its answers: asked again, in order, of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from client import Client, error_text, gateway_client, service_client
from register import Parts, Register

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())["cases"]
PUBLIC = [case for case in CASES if case["service"] == "patients"]
PLACEHOLDER = {
    "{{new_uuid}}": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "{{timestamp}}": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
}


def title(case: dict[str, Any]) -> str:
    return f"{case['case']}-{case['title']}"


class Replay:
    """Sends every case in order, since each builds on those before it, and keeps the answers."""

    def __init__(self, cases: list[dict[str, Any]], client_of: Callable[[str], Client], prefix: str):
        self.known: dict[str, str] = {}
        self.prefix = prefix
        self.answers = {case["case"]: self._send(case, client_of(case["service"])) for case in cases}

    def _send(self, case: dict[str, Any], client: Client) -> Any:
        right_key = case["key"] == "right" or case["path"].endswith("/search")
        key = client.key if right_key else {"wrong": "wrong", "none": None}[case["key"]]
        headers = {client.header: key, "Content-Type": case.get("contentType")}
        body = case.get("body")
        answer = client.call(case["method"], self.filled(case["path"]).removeprefix(self.prefix),
                             raw=None if body is None else self.filled(body), headers=headers)  # fmt: skip
        for name, field in case.get("remember", {}).items():
            self.known[name] = answer.json()[field]
            self.known[f"{name}_upper"] = self.known[name].upper()
        return answer

    def filled(self, text: str) -> str:
        for name, value in self.known.items():
            text = text.replace("{{" + name + "}}", value)
        return text

    def check(self, case: dict[str, Any]) -> None:
        answer = self.answers[case["case"]]
        expected = case.get("ours", case)
        assert answer.status_code == expected["status"], answer.text
        if "ours" in case:
            if answer.status_code >= 400:
                assert error_text(answer)
        elif "text" in case:
            assert answer.json() == self.filled(case["text"])
        elif "json" in case:
            assert_matches(answer.json(), json.loads(self.filled(json.dumps(case["json"]))))


def assert_matches(actual: Any, expected: Any) -> None:
    if isinstance(expected, dict):
        assert set(actual) == set(expected)
        for name, value in expected.items():
            assert_matches(actual[name], value)
    elif isinstance(expected, list) and expected and "id" in expected[0] and "lastUpdated" in expected[0]:
        assert len(actual) == len(expected)
        for document in expected:
            assert any(matches(candidate, document) for candidate in actual), document
    elif isinstance(expected, str) and expected in PLACEHOLDER:
        assert PLACEHOLDER[expected].fullmatch(actual)
    else:
        assert actual == expected


def matches(actual: Any, expected: Any) -> bool:
    try:
        assert_matches(actual, expected)
    except AssertionError:
        return False
    return True


@pytest.fixture(scope="module")
def services_replay(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    parts = Parts(tmp_path_factory.mktemp("reference-parts"))
    doors = {
        "patients": service_client(parts.patients.url, parts.patients_key),
        "audit": service_client(parts.audit.url, parts.audit_key),
    }
    try:
        return Replay(CASES, doors.__getitem__, "/api")
    finally:
        parts.stop()


@pytest.fixture(scope="module")
def gateway_replay(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    register = Register(tmp_path_factory.mktemp("reference-register"))
    client = gateway_client(register.program.url, register.key)
    try:
        return Replay(PUBLIC, lambda _: client, "/api")
    finally:
        register.stop()


@pytest.mark.parametrize("case", CASES, ids=title)
def test_a_service_by_itself_answers_as_the_reference(services_replay: Replay, case: dict[str, Any]) -> None:
    services_replay.check(case)


@pytest.mark.parametrize("case", PUBLIC, ids=title)
def test_the_gateway_answers_as_the_reference(gateway_replay: Replay, case: dict[str, Any]) -> None:
    gateway_replay.check(case)


def test_an_update_answers_the_merged_document(services_replay: Replay) -> None:
    (case,) = (case for case in CASES if case["title"] == "update ok")
    answer = services_replay.answers[case["case"]].json()
    assert (answer["lastName"], answer["fullName"]) == ("King", "Ada Lovelace")


@pytest.mark.parametrize(
    ("searched", "expected"),
    [
        ("search dateOfBirthFrom", {"patient2"}),
        ("search dateOfBirthFrom+To range", {"patient1", "patient2"}),
        ("search dob after update: search new dob 1980-01-03 of updated patient", {"patient1"}),
    ],
)
def test_the_birth_date_criteria_find_whom_they_name(
    services_replay: Replay, searched: str, expected: set[str]
) -> None:
    (case,) = (case for case in CASES if case["title"] == searched)
    found = {patient["id"] for patient in services_replay.answers[case["case"]].json()}
    assert found == {services_replay.known[name] for name in expected}
