"""Spans are sent to a receiver of OTLP over HTTP: each once, none lost uncounted, and nobody waits for it."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from client import Client, Trace, a_patient, new_id
from jaeger_server import JAEGER, JaegerServer
from otlp_receiver import Receiver, Reply
from register import REPOSITORY, Parts, Register, run, wait_for

SAMPLE = re.compile(r'^(otel_sdk_\w+)(?:\{error_type="(\w+)"\})? (\S+)$', re.MULTILINE)


class Account:
    """What the program says became of its spans, in one moment."""

    def __init__(self, metrics_url: str) -> None:
        text = requests.get(f"{metrics_url}/metrics", timeout=30).text
        values = {(name, reason): int(float(value)) for name, reason, value in SAMPLE.findall(text)}
        self.queued = values["otel_sdk_processor_span_queue_size", ""]
        self.in_flight = values["otel_sdk_exporter_span_inflight", ""]
        self.handed_over = values["otel_sdk_processor_span_processed_total", ""]
        self.queue_full = values["otel_sdk_processor_span_processed_total", "queue_full"]
        self.exported = values["otel_sdk_exporter_span_exported_total", ""]
        self.rejected = values["otel_sdk_exporter_span_exported_total", "rejected"]
        self.unreachable = values["otel_sdk_exporter_span_exported_total", "unreachable"]
        assert self.handed_over == self.exported + self.rejected + self.unreachable + self.in_flight

    @property
    def made(self) -> int:
        return self.handed_over + self.queue_full + self.queued

    @property
    def is_settled(self) -> bool:
        return self.queued == 0 and self.in_flight == 0


def settled(register: Register) -> Account:
    """Once nothing is on its way any more."""

    def account() -> Account | None:
        found = Account(register.metrics_url)
        return found if found.is_settled else None

    return wait_for(account, "the spans to be exported or dropped")


def load(register: Register, requests_: int, connections: int = 8) -> None:
    """Sends that many small requests over connections that stay open, a hundred at a time, and reads all answers."""
    client = register.client()
    one = f"GET /echo/resource?param1=sample HTTP/1.1\r\nHost: a\r\n{client.header}: {client.key}\r\n\r\n".encode()
    failures: list[object] = []

    def drive() -> None:
        mark, tail = b"HTTP/1.1 200 ", b""
        with socket.create_connection(register.address, 60) as connection:
            for _ in range(requests_ // connections // 100):
                connection.sendall(one * 100)
                answered = 0
                while answered < 100:
                    received = connection.recv(1 << 20)
                    if not received:
                        failures.append(answered)
                        return
                    answered += (tail + received).count(mark)
                    tail = (tail + received)[-len(mark) + 1 :]

    threads = [threading.Thread(target=drive) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    own = Receiver()
    monkeypatch.setenv("ASSAY_TRACES__ENDPOINT", own.endpoint)
    yield own
    own.stop()


@pytest.fixture
def jaeger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[JaegerServer]:
    # Building it takes minutes: who has not asked for that gets the other tests. In CI its absence is a failure.
    if not JAEGER.is_built() and not os.environ.get("CI"):
        pytest.skip("no Jaeger is built here: python tests/jaeger_server.py does that, in minutes")
    server = JaegerServer(tmp_path)
    monkeypatch.setenv("ASSAY_TRACES__ENDPOINT", server.endpoint)
    yield server
    server.stop()


def created(client: Client) -> str:
    """The trace id of a create."""
    answer = client.post("/patient", a_patient())
    assert answer.status_code == 201
    return answer.headers["traceparent"].split("-")[1]


def tree(jaeger: JaegerServer, trace_id: str, services: set[str]) -> dict[str, list[str]]:
    """Once spans of all those services are there: the names of the spans above each, from the outermost on."""

    def spans() -> list[dict]:
        found = jaeger.traces(trace_id)
        return found if services <= {span["process"]["serviceName"] for span in found} else []

    by_id = {span["spanID"]: span for span in wait_for(spans, f"the spans of {services}")}

    def path(span: dict) -> list[str]:
        above = [reference["spanID"] for reference in span["references"] if reference["refType"] == "CHILD_OF"]
        name = f"{span['process']['serviceName']} {span['operationName']}"
        return [*path(by_id[above[0]]), name] if above else [name]

    paths = [path(span) for span in by_id.values()]
    assert len({one[0] for one in paths}) == 1, f"one tree, not several: {paths}"
    return {one[-1]: one for one in paths}


def test_one_request_through_one_process_is_one_tree_in_jaeger(
    jaeger: JaegerServer, new_register: Callable[..., Register]
) -> None:
    spans = tree(jaeger, created(new_register().client()), {"assay-gateway", "assay-patients"})
    assert spans["assay-patients POST /api/patient"][0] == "assay-gateway POST /patient"


def test_one_request_through_three_processes_is_one_tree_in_jaeger(jaeger: JaegerServer, tmp_path: Path) -> None:
    parts = Parts(tmp_path)
    try:
        trace_id = created(parts.client())
        spans = tree(jaeger, trace_id, {"assay-gateway", "assay-patients", "assay-audit"})
        path = spans["assay-audit POST /api/auditrecords"]
        assert path[0] == "assay-gateway POST /patient"
        assert "assay-patients POST /api/patient" in path
        instances = {
            tag["value"]
            for span in jaeger.traces(trace_id)
            for tag in span["process"]["tags"]
            if tag["key"] == "service.instance.id"
        }
        assert len(instances) == 3
    finally:
        parts.stop()


@pytest.mark.slow
def test_a_receiver_that_is_killed_costs_spans_and_no_request(
    jaeger: JaegerServer, new_register: Callable[..., Register]
) -> None:
    register = new_register()
    tree(jaeger, created(register.client()), {"assay-gateway"})
    jaeger.kill()
    load(register, 20_000)
    away = Account(register.metrics_url)
    assert away.queue_full > 0
    assert away.made >= 20_000
    jaeger.start()
    settled(register)
    tree(jaeger, created(register.client()), {"assay-gateway", "assay-patients"})
    account = settled(register)
    assert account.made == account.exported + account.queue_full + account.unreachable
    assert "can't be exported now" in register.program.log()
    assert "are exported again" in register.program.log()


@pytest.mark.release_only
def test_of_a_hundred_thousand_requests_each_span_comes_once_or_is_counted_as_dropped(
    receiver: Receiver, new_register: Callable[..., Register]
) -> None:
    register = new_register()
    load(register, 100, connections=1)
    each, rest = divmod(settled(register).made, 100)
    assert each >= 1
    assert rest == 0
    load(register, 100_000)
    account = settled(register)
    assert account.made == 100_100 * each
    times = receiver.span_ids()
    assert set(times.values()) == {1}, "a span came twice"
    assert len(times) == account.exported
    assert len(times) + account.queue_full == account.made
    assert account.exported > 16_384, "more than the queue holds"


def test_what_is_sent_is_whole(receiver: Receiver, new_register: Callable[..., Register]) -> None:
    caller = Trace()
    register = new_register()
    assert register.client().get(f"/patient/{new_id()}", headers=caller.headers).status_code == 404
    # The record that nothing was found belongs to the operation, and is made behind the answer.
    spans = wait_for(lambda: receiver.spans_of(caller.id), "the operation's spans")
    (gateway,) = [span for span, resource, _ in spans if resource["service.name"] == "assay-gateway" and span.kind == 2]
    assert gateway.name == "GET /patient/{patientId}"
    assert gateway.parent_span_id.hex() == caller.headers["traceparent"].split("-")[2]
    assert gateway.flags == 0x301, "sampled, and the parent is another process's"
    for span, resource, scope in spans:
        assert len(span.span_id) == 8
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        assert resource["service.namespace"] == scope.name == "assay"
        assert resource["host.name"] == socket.gethostname()
    version = run("version").stdout.split()[-1]
    assert {resource["service.version"] for _, resource, _ in spans} == {version}
    assert len({resource["service.instance.id"] for _, resource, _ in spans}) == 1


def test_what_the_caller_did_not_sample_is_not_sent(receiver: Receiver, new_register: Callable[..., Register]) -> None:
    register = new_register()
    headers = {"traceparent": f"00-{Trace().id}-{'1' * 16}-00"}
    assert register.client().get("/echo/resource?param1=sample", headers=headers).status_code == 200
    load(register, 100, connections=1)
    settled(register)
    assert len(receiver.span_ids()) >= 100
    assert receiver.spans_of(headers["traceparent"].split("-")[1]) == []


@pytest.mark.slow
def test_a_busy_receiver_is_asked_again_when_it_wants_it(
    receiver: Receiver, new_register: Callable[..., Register]
) -> None:
    receiver.replies = [Reply(503, {"Retry-After": "2"}), Reply(429), Reply(502)]
    register = new_register()
    load(register, 100, connections=1)
    account = settled(register)
    assert account.exported == account.made
    first, second, *_ = receiver.taken
    assert second.moment - first.moment >= 2
    assert [taken.body for taken in receiver.taken[:4]] == [first.body] * 4


@pytest.mark.parametrize("status", [400, 500])
def test_what_the_receiver_refuses_is_dropped_and_said_once(
    status: int, receiver: Receiver, new_register: Callable[..., Register]
) -> None:
    receiver.replies = [Reply(status), Reply(status), Reply(200)]
    register = new_register()
    for _ in range(3):
        load(register, 100, connections=1)
        settled(register)
    account = settled(register)
    assert (account.rejected, account.exported) == (account.made * 2 // 3, account.made // 3)
    assert len(receiver.taken) == 3
    assert register.program.log().count("refuses spans") == 1


def test_what_the_receiver_keeps_a_part_of_is_counted(
    receiver: Receiver, new_register: Callable[..., Register]
) -> None:
    receiver.replies = [Reply(rejected=30)]
    register = new_register()
    load(register, 100, connections=1)
    account = settled(register)
    assert (account.rejected, account.exported) == (30, account.made - 30)
    assert len(receiver.taken) == 1


def test_an_answer_that_is_cut_off_is_none(receiver: Receiver, new_register: Callable[..., Register]) -> None:
    receiver.replies = [Reply(cut_off=True)]
    register = new_register()
    load(register, 100, connections=1)
    account = settled(register)
    assert account.exported == account.made
    assert [taken.body for taken in receiver.taken] == [receiver.taken[0].body] * 2


def test_nobody_waits_for_a_slow_receiver(receiver: Receiver, new_register: Callable[..., Register]) -> None:
    go_on = threading.Event()
    receiver.replies = [Reply(wait_for=go_on)]
    register = new_register()
    load(register, 20_000)
    account = Account(register.metrics_url)
    assert len(receiver.taken) == 1, "one request at a time"
    assert account.exported == 0
    assert account.queue_full > 0
    go_on.set()
    account = settled(register)
    assert account.made == account.exported + account.queue_full


def test_a_stop_sends_what_is_there(receiver: Receiver, new_register: Callable[..., Register]) -> None:
    register = new_register()
    trace_id = created(register.client())
    register.stop()
    assert receiver.spans_of(trace_id)


def test_a_stop_does_not_wait_for_a_receiver_that_hangs(
    receiver: Receiver, new_register: Callable[..., Register]
) -> None:
    receiver.replies = [Reply(wait_for=threading.Event())]
    register = new_register()
    load(register, 100, connections=1)
    wait_for(lambda: receiver.taken, "the first batch")
    began = time.monotonic()
    register.stop()
    assert time.monotonic() - began < 15


def test_the_connection_is_kept(receiver: Receiver, new_register: Callable[..., Register]) -> None:
    register = new_register()
    for _ in range(3):
        load(register, 100, connections=1)
        settled(register)
    assert len({taken.peer for taken in receiver.taken}) == 1


def test_the_receiver_gets_the_headers_of_a_file(
    receiver: Receiver, new_register: Callable[..., Register], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = tmp_path / "headers"
    headers.write_text("Authorization: Bearer first\nX-Tenant: clinic\n")
    headers.chmod(0o600)
    monkeypatch.setenv("ASSAY_TRACES__HEADERS_FILE", str(headers))
    register = new_register()
    load(register, 100, connections=1)
    settled(register)
    headers.write_text("Authorization: Bearer second\n")
    load(register, 100, connections=1)
    settled(register)
    assert [taken.headers["Authorization"] for taken in receiver.taken] == ["Bearer first", "Bearer second"]
    assert receiver.taken[0].headers["X-Tenant"] == "clinic"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"ENDPOINT": "collector:4318"}, "is no URL such as"),
        ({"ENDPOINT": "http://collector:4318?x=y"}, "without a query"),
        ({"ENDPOINT": "http://collector.example:4318", "HEADERS_FILE": "FILE"}, "is not encrypted"),
        ({"ENDPOINT": "https://collector.example:4318", "HEADERS_FILE": "/nowhere"}, "/nowhere"),
    ],
)
def test_what_can_not_work_is_refused_at_the_start(
    settings: dict[str, str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "headers"
    file.write_text("Authorization: Bearer a\n")
    file.chmod(0o600)
    for name, value in settings.items():
        monkeypatch.setenv(f"ASSAY_TRACES__{name}", value.replace("FILE", str(file)))
    answer = run("serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", tmp_path / "data")
    assert answer.returncode != 0
    assert sentence in answer.stderr
    assert "Bearer" not in answer.stderr


def test_its_metrics_are_told_and_there_only_where_somebody_is_named(
    receiver: Receiver, new_register: Callable[..., Register], monkeypatch: pytest.MonkeyPatch
) -> None:
    def exposed() -> set[str]:
        text = requests.get(f"{new_register().metrics_url}/metrics", timeout=30).text
        return set(re.findall(r"^# TYPE (otel_\S+)", text, re.MULTILINE))

    operate = (REPOSITORY / "docs" / "operate.md").read_text(encoding="utf-8")
    assert exposed() == set(re.findall(r"`(otel_[a-z_]+)`", operate))
    monkeypatch.setenv("ASSAY_TRACES__ENDPOINT", "")
    assert exposed() == set()
    assert receiver.taken == []
