"""What the parts keep of an operation, as `assay trace` prints it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from client import MARK, Client, a_patient, new_id, service_client
from register import BINARY, Parts, Register, run, wait_for

Span = dict[str, object]


def created(client: Client) -> str:
    """The trace id of a create, of which each field is marked as patients' data."""
    answer = client.post("/patient", a_patient(lastName=MARK))
    assert answer.status_code == 201
    assert answer.headers["Request-Id"] == answer.headers["traceparent"].split("-")[1]
    return answer.headers["Request-Id"]


def spans_of(data: Path, trace_id: str, parts: set[str]) -> list[Span]:
    """Once each of those parts has told of it."""

    def told() -> list[Span]:
        answer = run("trace", trace_id, "--data-dir", data, "--output", "json")
        assert answer.returncode in {0, 1}, answer.stderr
        assert MARK not in answer.stdout
        spans = json.loads(answer.stdout)
        return spans if parts <= {span["part"] for span in spans} else []

    return wait_for(told, f"spans of {parts}")


def only(spans: list[Span], part: str, kind: str) -> Span:
    """The one of that part and kind, calls of stores apart."""
    (found,) = [
        span
        for span in spans
        if (span["part"], span["kind"]) == (part, kind) and "db.system.name" not in span["attributes"]
    ]
    return found


def tree(spans: list[Span]) -> list[str]:
    """Each span as `part name`, two blanks deeper than the one above it, in the order in which they began."""
    ids = {span["spanId"] for span in spans}

    def below(parent: str | None, depth: int) -> list[str]:
        lines = []
        for span in sorted(spans, key=lambda span: span["startTimeUnixNano"]):
            above = span.get("parentSpanId")
            if (above if above in ids else None) == parent:
                lines += [f"{'  ' * depth}{span['part']} {span['name']}", *below(span["spanId"], depth + 1)]
        return lines

    return below(None, 0)


def test_one_request_is_a_tree_over_all_parts_with_the_versions_of_the_keys_that_were_used(parts: Parts) -> None:
    spans = spans_of(parts.data, created(parts.client()), {"gateway", "patients", "audit"})
    gateway, call = only(spans, "gateway", "server"), only(spans, "gateway", "client")
    patients, audit = only(spans, "patients", "server"), only(spans, "audit", "server")
    assert (gateway["name"], patients["name"]) == ("POST /patient", "POST /api/patient")
    assert "parentSpanId" not in gateway
    assert call["parentSpanId"] == gateway["spanId"]
    assert patients["parentSpanId"] == call["spanId"]
    assert tree(spans) == [
        "gateway POST /patient",
        "  gateway POST",
        "    patients POST /api/patient",
        "      patients POST",
        "        audit POST /api/auditrecords",
        "          audit INSERT record",
        "            audit wait for group commit",
        "            audit group commit",
        "      patients INSERT patient",
        "        patients wait for group commit",
        "        patients group commit",
    ]
    for span in spans:
        assert span["endTimeUnixNano"] >= span["startTimeUnixNano"]
        if span["kind"] == "server":
            assert span["attributes"]["http.response.status_code"] == 201
    assert call["attributes"]["server.address"] == "127.0.0.1"
    assert call["attributes"]["server.port"] == parts.patients.address[1]
    assert audit["attributes"]["http.route"] == "/api/auditrecords"
    used = run("secrets", "versions", "patients-host-key", "--provider", "folder", "--dir", parts.secrets)
    assert gateway["attributes"]["assay.host_key.name"] == "patients-host-key"
    assert gateway["attributes"]["assay.host_key.version"] in used.stdout
    assert gateway["attributes"]["assay.principal_key.version"]


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Parts]:
    parts = Parts(tmp_path, are_apart=True)
    yield parts
    parts.stop()


def test_of_a_cluster_the_gateway_tells_what_each_part_did(apart: Parts) -> None:
    trace_id = created(apart.client())
    spans = spans_of(apart.data_of("gateway"), trace_id, {"gateway", "patients", "audit"})
    ids = [span["spanId"] for span in spans]
    assert len(ids) == len(set(ids))
    assert only(spans, "patients", "server")["parentSpanId"] == only(spans, "gateway", "client")["spanId"]
    assert {span["part"] for span in spans_of(apart.data_of("patients"), trace_id, {"audit"})} == {"patients", "audit"}
    assert {span["part"] for span in spans_of(apart.data_of("audit"), trace_id, {"audit"})} == {"audit"}


def test_of_a_cluster_the_parts_that_cannot_be_asked_are_named(apart: Parts) -> None:
    trace_id = created(apart.client())
    spans_of(apart.data_of("gateway"), trace_id, {"gateway", "patients", "audit"})
    apart.audit.stop()
    answer = run("trace", trace_id, "--data-dir", apart.data_of("gateway"), "--output", "json")
    assert {span["part"] for span in json.loads(answer.stdout)} == {"gateway", "patients"}
    (line,) = answer.stderr.splitlines()
    assert line.startswith("assay: the audit part could not be asked: ")
    apart.patients.stop()
    answer = run("trace", trace_id, "--data-dir", apart.data_of("gateway"))
    assert answer.returncode == 0
    assert [line.split()[2] for line in answer.stderr.splitlines()] == ["audit", "patients"]


def test_a_service_tells_of_traces_to_who_has_its_host_key_alone(parts: Parts) -> None:
    trace_id = created(parts.client())
    for client in (parts.patients_client(), parts.audit_client()):
        wait_for(lambda: client.get(f"/traces/{trace_id}").json()["spans"], "spans")  # noqa: B023
        told = client.get(f"/traces/{trace_id}")
        assert MARK not in told.text
        assert client.get("/traces/nothing").status_code == 404
    for url, key in ((parts.patients.url, "wrong"), (parts.audit.url, "wrong"), (parts.audit.url, parts.patients_key)):
        assert service_client(url, key).get(f"/traces/{trace_id}").status_code == 401
    for path in (f"/api/traces/{trace_id}", f"/traces/{trace_id}", f"/log/../traces/{trace_id}"):
        assert requests.get(parts.gateway.url + path, timeout=30).status_code == 404
        assert parts.client().get(path).status_code == 404


def printed_on_a_terminal(*arguments: object, **environment: str) -> str:
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [str(BINARY), *map(str, arguments)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"NO_COLOR": ""} | environment,
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while True:
            said += os.read(ours, 4096)
    except OSError:  # the other end of the terminal was closed
        pass
    finally:
        os.close(ours)
    assert asked.wait(timeout=60) == 0
    return said.decode()


def test_the_waterfall_has_colours_on_a_terminal_alone(register: Register) -> None:
    trace_id = created(register.client())
    spans_of(register.data, trace_id, {"gateway", "patients"})
    asked = ("trace", trace_id, "--data-dir", register.data)
    assert "\x1b[36m" in printed_on_a_terminal(*asked)
    assert "\x1b" not in printed_on_a_terminal(*asked, NO_COLOR="1")
    assert "\x1b" not in run(*asked).stdout


def test_one_process_keeps_the_same_tree_without_calls_and_keys(register: Register) -> None:
    client = register.client()
    answer = client.post("/patient", a_patient())
    spans = spans_of(register.data, answer.headers["Request-Id"], {"gateway", "patients"})
    assert tree(spans) == [
        "gateway POST /patient",
        "  patients POST /api/patient",
        "    audit INSERT record",
        "      audit wait for group commit",
        "      audit group commit",
        "    patients INSERT patient",
        "      patients wait for group commit",
        "      patients group commit",
    ]
    gateway = only(spans, "gateway", "server")
    assert not [name for name in gateway["attributes"] if name.startswith("assay.")]
    (patients,) = [span for span in spans if span["name"] == "POST /api/patient"]
    assert patients["attributes"]["assay.audit_record.id"] == answer.headers["Audit-Record"].split(";")[0]
    (insert,) = [span for span in spans if span["name"] == "INSERT patient"]
    assert insert["attributes"] == {
        "db.system.name": "sqlite",
        "db.namespace": "patients",
        "db.collection.name": "patient",
        "db.operation.name": "INSERT",
    }
    loaded = client.get(f"/patient/{answer.json()['id']}")
    assert tree(spans_of(register.data, loaded.headers["Request-Id"], {"gateway", "patients"}))[-1] == (
        "    patients SELECT patient"
    )


def test_the_callers_span_is_the_one_above(register: Register) -> None:
    trace_id, caller = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    headers = {"traceparent": f"00-{trace_id}-{caller}-01"}
    answer = register.client().get("/echo/resource?param1=sample", headers=headers)
    (span,) = spans_of(register.data, trace_id, {"gateway"})
    assert span["parentSpanId"] == caller
    assert span["spanId"] == answer.headers["traceparent"].split("-")[2]


def test_the_caller_is_not_told_which_key_was_used(parts: Parts) -> None:
    answer = parts.client().get(f"/patient/{new_id()}")
    listed = run(
        "secrets", "versions", "patients-host-key", "--provider", "folder", "--dir", parts.secrets, "--output", "json"
    )
    told = [answer.text, *answer.headers.values()]
    for version in json.loads(listed.stdout):
        assert not [text for text in told if version["version"] in text]


def test_a_failed_request_is_marked(fresh_parts: Parts) -> None:
    fresh_parts.audit.stop()
    answer = fresh_parts.client().post("/patient", a_patient())
    assert answer.status_code == 500
    trace_id = answer.headers["traceparent"].split("-")[1]
    assert only(spans_of(fresh_parts.data, trace_id, {"gateway", "patients"}), "patients", "server")["error"]
    printed = run("trace", trace_id, "--data-dir", fresh_parts.data)
    assert "patients POST /api/patient !" in printed.stdout


def test_the_tree_is_printed_with_a_waterfall(register: Register) -> None:
    trace_id = created(register.client())
    spans_of(register.data, trace_id, {"gateway", "patients"})
    lines = run("trace", trace_id, "--data-dir", register.data).stdout.splitlines()
    assert lines[0].split() == ["SPAN", "MS", "WHEN"]
    (gateway,) = [line for line in lines if line.startswith("gateway POST /patient ")]
    assert gateway.rstrip().endswith("#")
    assert [line for line in lines if line.startswith("  patients POST /api/patient ")]


def test_a_search_names_the_record_that_its_answer_names(register: Register) -> None:
    client = register.client()
    client.create_patient(lastName="Searched")
    answer = client.post("/patient/search", {"lastName": "Searched"})
    assert "disclosed=" in answer.headers["Audit-Record"]
    spans = spans_of(register.data, answer.headers["Request-Id"], {"gateway", "patients", "audit"})
    named = [
        span["attributes"]["assay.audit_record.id"] for span in spans if "assay.audit_record.id" in span["attributes"]
    ]
    assert named == [answer.headers["Audit-Record"].split(";")[0]]


def test_what_is_asked_again_and_again_is_no_trace(register: Register) -> None:
    client = register.client()
    probe = client.get("/status")
    assert probe.status_code == 200
    spans_of(register.data, created(client), {"gateway", "patients"})  # ended behind it
    assert run("trace", probe.headers["Request-Id"], "--data-dir", register.data).returncode == 1


def test_an_id_may_be_copied_in_capitals_or_with_all_of_traceparent(register: Register) -> None:
    answer = register.client().post("/patient", a_patient())
    spans_of(register.data, answer.headers["Request-Id"], {"gateway", "patients"})
    for given in (answer.headers["Request-Id"].upper(), answer.headers["traceparent"]):
        printed = run("trace", given, "--data-dir", register.data)
        assert printed.returncode == 0, printed.stderr
        assert "gateway POST /patient" in printed.stdout


@pytest.mark.parametrize(
    ("trace_id", "sentence"),
    [("nothing", "is no trace id"), ("0" * 31, "is no trace id"), ("ab" * 16, "nothing is kept of")],
)
def test_what_is_not_known_is_said(register: Register, trace_id: str, sentence: str) -> None:
    answer = run("trace", trace_id, "--data-dir", register.data)
    assert answer.returncode == 1
    assert sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_stopped_register_keeps_none(fresh_register: Register) -> None:
    trace_id = created(fresh_register.client())
    fresh_register.stop()
    answer = run("trace", trace_id, "--data-dir", fresh_register.data)
    assert answer.returncode == 1
    assert "no part runs on" in answer.stderr


def test_traces_are_for_operators_alone(register: Register) -> None:
    trace_id = created(register.client())
    for url in (register.program.url, register.metrics_url):
        assert requests.get(f"{url}/traces/{trace_id}", timeout=30).status_code in {401, 404}
