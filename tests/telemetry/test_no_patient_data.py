"""Nothing that was sent, and no id of a patient or a test, is in a log, a metric, a trace or an export."""

from __future__ import annotations

import json
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from client import Client
from register import Parts, Program, Register, run, wait_for
from small_disk import RESERVES_MIB, SmallDisk
from telemetry.log_lines import lines_of
from telemetry.marked_requests import (
    QUERY,
    SERVICE_ROUTES,
    MarkedRequests,
    described_query,
    gateway_routes,
    unanswered,
)
from telemetry.marks import Marks, Receiver, logged, receiver, told_by, traces_kept, traces_printed

__all__ = ["receiver"]
SCOPES = ["patients:read", "patients:write", "tests:read", "tests:write", "audit:read", "admin"]
Content = Iterator[tuple[str, bytes]]


def key_for_all(data: Path) -> str:
    """The key of a subscription that may do everything."""
    scopes = [word for scope in SCOPES for word in ("--scope", scope)]
    made = run("subscription", "create", "all", *scopes, "--output", "json", "--data-dir", data)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["primaryKey"]


def assert_untold(marks: Marks, *contents: Content) -> None:
    found = {where: what for content in contents for where, told in content if (what := marks.found_in(told))}
    assert not found


def routes_logged(programs: list[Program]) -> set[str]:
    lines = [line for program in programs for line in lines_of(program)]
    return {line["route"] for line in lines if line["message"] == "request"}


def send_through_gateway(client: Client, marks: Marks, address: tuple[str, int]) -> MarkedRequests:
    sent = MarkedRequests(client, marks, address)
    for method, template in gateway_routes():
        sent.make_documents(client)
        sent.through(method, template)
    assert not unanswered(sent)
    sent.beside_routes()
    return sent


def send_to_services(parts: Parts, client: Client, marks: Marks) -> list[MarkedRequests]:
    every: list[MarkedRequests] = []
    for service, own in (("patients", parts.patients_client()), ("audit", parts.audit_client())):
        program = parts.patients if service == "patients" else parts.audit
        sent = MarkedRequests(own, marks, program.address)
        for method, template in SERVICE_ROUTES[service]:
            sent.make_documents(client)
            sent.through(method, template)
        sent.beside_routes()
        every.append(sent)
    return every


def erase(data: Path, sent: MarkedRequests, client: Client) -> None:
    """By the operators' commands, one of which goes to a part's own socket."""
    sent.make_documents(client)
    erased = run("audit", "erase", "--patient", sent.patient, "--reason", sent.marks.new("a reason"), "--yes",
                 "--data-dir", data)  # fmt: skip
    assert erased.returncode == 0, erased.stderr
    missing = sent.marks.new("a record's id")
    assert run("audit", "erase", "--record", missing, "--reason", missing, "--yes", "--data-dir", data).returncode == 1


def assert_traces_untold(data: Path, every: list[MarkedRequests], marks: Marks) -> None:
    trace_ids = {trace_id for sent in every for trace_id in sent.trace_ids}
    traces = list(traces_kept(data, trace_ids))
    # An operation that is too long ago may be gone; most must have been looked at.
    assert sum(len(told) > len("[]") for _, told in traces) > min(len(trace_ids), 1_500) / 2
    some = sorted(trace_ids)[:5]
    assert_untold(marks, iter(traces), traces_printed(data, some))


def assert_exports_untold(receiver: Receiver | None, marks: Marks) -> None:
    if receiver is None:
        return
    wait_for(lambda: receiver.received, "something to be exported")
    assert_untold(marks, (("an export", content) for content in receiver.received))


def test_the_description_has_no_parameter_that_is_not_tried():
    assert described_query() <= set(QUERY)


def test_no_request_through_one_process_is_told(receiver: Receiver | None, fresh_register: Register):
    marks = Marks()
    register = fresh_register
    client = register.client(marks.note(key_for_all(register.data), "a key"))
    sent = send_through_gateway(client, marks, register.address)
    erase(register.data, sent, client)
    described = {path.replace("{recordId}", "{id}") for _, path in gateway_routes() if "/log/" not in path}
    assert routes_logged([register.program]) >= described
    assert_untold(marks, told_by([register.program]))
    assert_traces_untold(register.data, [sent], marks)
    register.stop()
    assert_exports_untold(receiver, marks)
    assert_untold(marks, logged(register.directory))


def provoke(parts: Parts, client: Client, sent: MarkedRequests) -> None:
    """What a client is answered while parts are away."""
    sent.make_documents(client)
    for stopped, again in ((parts.audit, parts.restart_audit), (parts.patients, parts.restart_patients)):
        stopped.kill()
        for method, template in gateway_routes():
            sent.send(method, sent.path(template), **sent.body(method, template))
        again()
        wait_for(
            lambda: client.get(f"/patient/{sent.patient}").status_code == 200, "the parts to find each other again"
        )


def test_no_request_through_three_parts_is_told_nor_what_fails(receiver: Receiver | None, fresh_parts: Parts):
    marks = Marks()
    parts = fresh_parts
    client = parts.client()
    client.key = marks.note(key_for_all(parts.data), "a key")
    every = [send_through_gateway(client, marks, parts.address), *send_to_services(parts, client, marks)]
    programs = [parts.gateway, parts.patients, parts.audit]
    assert_untold(marks, told_by(programs))
    assert_traces_untold(parts.data, every, marks)
    provoke(parts, client, every[0])
    erase(parts.data, every[0], client)
    assert_untold(marks, told_by([parts.gateway, parts.patients, parts.audit]))
    # Those of the failures are the newest.
    assert_untold(marks, traces_kept(parts.data, every[0].trace_ids))
    parts.stop()
    assert_exports_untold(receiver, marks)
    assert_untold(marks, logged(parts.directory))
    errors = [line for program in programs for line in lines_of(program) if line["level"] == "error"]
    assert errors


@pytest.fixture
def disk(receiver: Receiver | None, tmp_path: Path) -> Iterator[SmallDisk]:
    small = SmallDisk(tmp_path, RESERVES_MIB + 40)
    yield small
    small.program.stop()


def test_nothing_is_told_where_the_disk_is_full(disk: SmallDisk, receiver: Receiver | None, tmp_path: Path):
    marks = Marks()
    sent = MarkedRequests(disk.client, marks, disk.program.address)
    sent.make_documents(disk.client)

    def is_full() -> bool:
        large = sent.a_patient(insuranceNumber=marks.new("an insurance number") + "9" * 800_000)
        return sent.send("POST", "/patient", large).status_code in {500, 503}

    wait_for(is_full, "the disk to be full")
    for method, template in gateway_routes():
        sent.send(method, sent.path(template), **sent.body(method, template))
    assert_untold(marks, told_by([disk.program]))
    disk.program.stop()
    assert_exports_untold(receiver, marks)
    assert_untold(marks, logged(tmp_path))
    assert [line for line in lines_of(disk.program) if line["level"] == "error"]


# The sanitizers have a handler of their own for the second.
@pytest.mark.parametrize("crash", [signal.SIGABRT, pytest.param(signal.SIGSEGV, marks=pytest.mark.release_only)])
def test_a_crash_tells_nothing_and_leaves_nothing(
    receiver: Receiver | None, new_register: Callable[..., Register], crash: signal.Signals
):
    """A core dump would have what requests carried; by default there is none."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    register = new_register()
    resource.setrlimit(resource.RLIMIT_CORE, before)
    marks = Marks()
    sent = MarkedRequests(register.client(), marks, register.address)
    sent.make_documents(register.client())
    sent.through("GET", "/patient/{patientId}")
    register.program.ended = True
    register.program.process.send_signal(crash)
    assert register.program.process.wait(60) == -crash
    assert not list(register.directory.glob("core*"))
    assert_untold(marks, logged(register.directory))
    assert lines_of(register.program)[-1]["message"] == "the program crashes"


def test_what_is_looked_for_would_be_found():
    marks = Marks()
    mark, key = marks.new("a name"), marks.note("6f1cfa1e-0f3c-4a51-8d4a-0d4f7b2a8e15", "an id")
    for told in (mark, mark.upper(), f"GET /patient/{mark}?x", f"%22{mark}%22"):
        assert marks.found_in(told.encode()) == ["a name"]
    for told in (key, key.upper(), key.replace("-", "")):
        assert marks.found_in(f"...{told}...".encode()) == ["an id"]
    with pytest.raises(AssertionError):
        assert_untold(marks, iter([("a log", f'{{"route":"/{mark}"}}'.encode())]))
