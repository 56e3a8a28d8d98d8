"""Requests of every kind through every route, in which all that can be is marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import requests
from api.description import DOCUMENT, operations
from client import Client, a_full_patient, a_test, an_observation, new_id
from telemetry.marks import Marks
from wire import exchange

# The services' routes, as no client of the gateway sees them.
SERVICE_ROUTES = {
    "patients": [
        ("POST", "/patient"), ("POST", "/patient/search"), ("GET", "/patient/{patientId}"),
        ("PUT", "/patient/{patientId}"), ("POST", "/patient/{patientId}/erase"), ("POST", "/patient/{patientId}/tests"),
        ("GET", "/patient/{patientId}/tests"), ("GET", "/patient/{patientId}/tests/{testId}"), ("POST", "/import"),
    ],
    "audit": [
        ("POST", "/auditrecord"), ("POST", "/auditrecords"), ("GET", "/auditrecord"), ("GET", "/intents"),
        ("GET", "/patient/{patientId}/accesses"), ("GET", "/auditrecord/{recordId}/proof"),
        ("GET", "/auditrecord/{recordId}/disclosures"), ("GET", "/log/checkpoint"), ("GET", "/log/tile/{path}"),
    ],
}  # fmt: skip
HEADERS = ["Referer", "User-Agent", "Cookie", "X-Forwarded-For", "X-Request-Id", "Request-Id", "Forwarded", "From",
           "Origin", "X-Patient", "Accept-Language", "tracestate", "baggage", "Assay-On-Behalf-Of",
           "Assay-Purpose-Of-Use", "Authorization", "Via"]  # fmt: skip
# By these a request may be refused, so that each is sent by itself.
DECIDING_HEADERS = ["Idempotency-Key", "If-Match", "If-None-Match", "Accept", "Content-Type", "Content-Encoding",
                    "Accept-Encoding", "traceparent", "Assay-Principal", "Expect", "Range",
                    "Ocp-Apim-Subscription-Key", "x-functions-key"]  # fmt: skip
QUERY = ["subscription-key", "code", "limit", "cursor", "patientId", "actor", "operation", "from", "to", "param1",
         "firstName", "above"]  # fmt: skip


def gateway_routes() -> list[tuple[str, str]]:
    return [(method, path) for method, path, _ in operations()]


def parameters_of(path: str) -> list[str]:
    return [piece.split("}")[0] for piece in path.split("{")[1:]]


class MarkedRequests:
    """Sends to one door; `trace_ids` are those of all answers."""

    def __init__(self, client: Client, marks: Marks, address: tuple[str, int]):
        self.client = client
        self.marks = marks
        self.address = address
        self.trace_ids: set[str] = set()
        self.statuses: dict[tuple[str, str], set[int]] = {}
        self.patient = ""
        self.last_name = ""
        self.test = ""
        self.record = new_id()

    def send(self, method: str, path: str, body: Any = ..., *, client: Client | None = None,
             **options: Any) -> requests.Response:  # fmt: skip
        answer = (client or self.client).call(method, path, body, **options)
        self.trace_ids.add(answer.headers["traceparent"].split("-")[1])
        return answer

    def make_documents(self, through: Client) -> None:
        """A patient with a test, so that something is found."""
        answer = self.send("POST", "/patient", self.a_patient(), client=through)
        assert answer.status_code == 201, answer.text
        self.patient = self.marks.note(answer.json()["id"], "the id of a patient")
        self.last_name = answer.json()["lastName"]
        self.record = answer.headers["Audit-Record"].split(";")[0]
        answer = self.send("POST", f"/patient/{self.patient}/tests", self.a_test(), client=through)
        assert answer.status_code == 201, answer.text
        self.test = self.marks.note(answer.json()["id"], "the id of a test")

    def a_patient(self, **fields: Any) -> dict[str, Any]:
        names = ("firstName", "lastName", "fullName", "insuranceNumber")
        return a_full_patient(**{name: self.marks.new(f"the {name} of a patient") for name in names}) | fields

    def a_test(self) -> dict[str, Any]:
        observation = an_observation(id=self.marks.new("the id of an observation"), code=self.marks.new("a code"))
        return a_test(performer=self.marks.new("a performer"), orderReference=self.marks.new("an order"),
                      observations=[observation])  # fmt: skip

    def path(self, template: str, **values: str) -> str:
        known = {"patientId": self.patient, "testId": self.test, "recordId": self.record, "path": "0/000"} | values
        return template.format(**known)

    def an_import(self) -> str:
        patient = self.a_patient(id=self.marks.note(new_id(), "the id of an imported patient"),
                                 lastUpdated="2025-06-30T09:41:12.345Z")  # fmt: skip
        return json.dumps({"patient": patient, "tests": []}) + "\n"

    def body(self, method: str, template: str) -> dict[str, Any]:
        """What the route takes."""
        if method == "GET":
            return {}
        if template.endswith("/import"):
            return {"raw": self.an_import(), "headers": {"Content-Type": "application/x-ndjson"}}
        record = {
            "id": self.marks.note(new_id(), "the id of a record of others"),
            "sourceSystemName": self.marks.new("a source"),
            "resource": {"type": "patient", "id": self.marks.new("a resource's id"), "operation": "find"},
        }
        bodies: dict[str, Any] = {
            "/patient": self.a_patient(),
            "/patient/search": {"lastName": self.last_name, "id": self.patient},
            "/patient/{patientId}": self.a_patient(id=self.patient),
            "/patient/{patientId}/tests": self.a_test(),
            "/patient/{patientId}/erase": {"reason": self.marks.new("a reason")},
            "/auditrecord": {name: value for name, value in record.items() if name != "id"},
            "/auditrecords": [record],
        }
        return {"body": bodies[template]}

    def wrong_bodies(self) -> Iterator[bytes]:
        mark = self.marks.new("a body")
        yield b'{"firstName":"' + mark.encode()
        yield mark.encode()
        yield json.dumps({mark: mark, "reason": [mark], "gender": mark}).encode()
        yield json.dumps([{"id": mark, "resource": mark, "sourceSystemName": {mark: 1}}]).encode()
        yield json.dumps(self.a_patient(dateOfBirth=mark, postCode=mark * 9, gender=mark)).encode()
        yield json.dumps(mark).encode()
        yield json.dumps({"lastName": mark}).encode()
        yield b'{"firstName":"' + mark.encode() + b'\xff"}'
        yield b"[" * 100 + json.dumps(mark).encode()
        yield json.dumps({"patient": {"id": mark}, "tests": mark}).encode() + b"\n" + mark.encode() + b"\n"

    def through(self, method: str, template: str) -> None:
        """All kinds of requests through one route."""
        route = (method, template)
        first = self.send(method, self.path(template), **self.body(method, template))
        self.statuses[route] = {first.status_code}
        for answer in (*self.with_paths(*route), *self.with_headers(*route), *self.with_bodies(*route),
                       *self.with_keys(*route), *self.with_methods(template)):  # fmt: skip
            self.statuses[route].add(answer.status_code)

    def with_paths(self, method: str, template: str) -> Iterator[requests.Response]:
        body = self.body(method, template)
        for name in parameters_of(template):
            for value in (self.marks.new(f"{name} in a path"), self.marks.note(new_id(), f"{name} in a path"),
                          "%zz" + self.marks.new("a broken escape"), "%00" + self.marks.new("behind NUL")):  # fmt: skip
                yield self.send(method, self.path(template, **{name: value}), **body)
        yield self.send(method, self.path(template) + "/" + self.marks.new("below a route"), **body)
        query = {name: self.marks.new(f"{name} in a query") for name in QUERY}
        yield self.send(method, self.path(template), **body, params=query)
        for name, value in query.items():
            yield self.send(method, self.path(template), **body, params={name: value})

    def with_headers(self, method: str, template: str) -> Iterator[requests.Response]:
        body = self.body(method, template)
        headers = body.pop("headers", {})
        marked = {name: self.marks.new(f"the header {name}") for name in HEADERS}
        yield self.send(method, self.path(template), **body, headers=headers | marked)
        for name in DECIDING_HEADERS:
            mark = self.marks.new(f"the header {name}")
            yield self.send(method, self.path(template), **body, headers=headers | {name: mark})
        for trace in (
            f"00-{'0' * 32}-{'1' * 16}-01",
            f"00-{'a' * 32}-{self.marks.new('a span')}",
            "00-",
            "ff-ff-ff-ff",
        ):
            state = f"a={self.marks.new('a state')}"
            yield self.send(
                method, self.path(template), **body, headers=headers | {"traceparent": trace, "tracestate": state}
            )

    def with_bodies(self, method: str, template: str) -> Iterator[requests.Response]:
        for raw in self.wrong_bodies():
            for kind in ("application/json", "application/x-ndjson", f"text/{self.marks.new('a media type')}"):
                yield self.send(method, self.path(template), raw=raw, headers={"Content-Type": kind})

    def with_keys(self, method: str, template: str) -> Iterator[requests.Response]:
        body = self.body(method, template)
        key = self.marks.new("a wrong key")
        nobody = self.client.without_key()
        yield self.send(method, self.path(template), client=nobody, **body)
        yield self.send(method, self.path(template), client=self.client.another(key), **body)
        yield self.send(method, self.path(template), client=nobody, **body, params={self.client.key_parameter: key})

    def with_methods(self, template: str) -> Iterator[requests.Response]:
        for method in ("DELETE", "PATCH", "OPTIONS", "HEAD", self.marks.new("a method").upper()):
            yield self.send(method, self.path(template))

    def beside_routes(self) -> None:
        """What no route serves, and what is no acceptable HTTP."""
        mark = self.marks.new("an unknown path")
        for path in (f"/{mark}", f"//{mark}", f"/patient/{mark}/{mark}", f"/?{mark}={mark}", f"/%zz{mark}"):
            for method in ("GET", "POST", mark.upper()):
                self.send(method, path)
        prefix = self.client.prefix
        key = f"{self.client.header}: {self.client.key}\r\n"
        for message in (
            f"GET {prefix}/{mark}\r\n\r\n",
            f"GET {prefix}/{mark} HTTP/1.1\r\nHost: {mark}\r\n{mark}\r\n\r\n",
            f"GET {mark} HTTP/1.1\r\nHost: x\r\n\r\n",
            f"GET http://{mark}/{mark} HTTP/1.1\r\nHost: {mark}\r\n\r\n",
            f"GET {prefix}/{mark} HTTP/9.9\r\nHost: {mark}\r\n\r\n",
            f"GET {prefix}/patient/{mark} HTTP/1.1\r\nHost: {mark}\r\n{key}Long: {mark * 4000}\r\n\r\n",
            f"POST {prefix}/patient HTTP/1.1\r\nHost: {mark}\r\n{key}Content-Length: {mark}\r\n\r\n{mark}",
            f"POST {prefix}/patient HTTP/1.1\r\nHost: x\r\n{key}Transfer-Encoding: {mark}\r\n\r\n{mark}",
            f"POST {prefix}/patient HTTP/1.1\r\nHost: x\r\n{key}Transfer-Encoding: chunked\r\n\r\n{mark}\r\n",
            f"POST {prefix}/patient HTTP/1.1\r\nHost: x\r\n{key}Content-Length: 9999\r\n\r\n{mark}",
            f"POST {prefix}/patient HTTP/1.1\r\nHost: x\r\n{key}Content-Length: 2000000\r\n\r\n{mark}",
        ):
            exchange(self.address, message)
        self.send("POST", "/patient", raw='{"firstName":"' + self.marks.new("too large a body") * 60_000 + '"}')


def unanswered(sent: MarkedRequests) -> list[tuple[str, str]]:
    """The routes of which no request of all succeeded: then nothing was looked at that a success would tell."""
    return [route for route, statuses in sent.statuses.items() if not any(status < 300 for status in statuses)]


def described_query() -> set[str]:
    """Every parameter in a query that the description has."""
    everything = [*DOCUMENT["components"]["parameters"].values()]
    for item in DOCUMENT["paths"].values():
        for operation in item.values():
            everything += [each for each in operation.get("parameters", []) if "name" in each]
    return {each["name"] for each in everything if each["in"] == "query"}
