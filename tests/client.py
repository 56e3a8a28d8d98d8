"""What a client of the register sends, and how an answer is read."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

import requests

# Part of every patient that these tests make up: it must never turn up in a log or a metric.
MARK = "Qzmarkedname"
Json = dict[str, Any]


def unique(prefix: str = "") -> str:
    return prefix + secrets.token_hex(8)


def new_id() -> str:
    return str(uuid.uuid4())


def a_patient(**fields: Any) -> Json:
    """The smallest valid patient, changed by `fields`; a field given as `...` is left out."""
    patient = {"firstName": MARK, "gender": "female", "dateOfBirth": "1980-01-02", "postCode": "1234"}
    return _changed(patient, fields)


def a_full_patient(**fields: Any) -> Json:
    return a_patient(lastName=f"{MARK}-Last", fullName=f"{MARK} Full", insuranceNumber=unique(f"{MARK}-"),
                     preferredContactNumber="0123456789") | fields  # fmt: skip


def an_observation(**fields: Any) -> Json:
    observation = {"id": "o1", "code": "718-7", "measurement": "7.1", "interpretation": "N",
                   "issued": "2020-05-12T10:11:12Z", "status": "final"}  # fmt: skip
    return _changed(observation, fields)


def a_test(**fields: Any) -> Json:
    test = {"performer": f"{MARK} Lab", "orderReference": "R1", "observations": [an_observation()]}
    return _changed(test, fields)


def _changed(document: Json, fields: Json) -> Json:
    return {name: value for name, value in (document | fields).items() if value is not ...}


class Trace:
    """An operation that the test itself begins, so that it can find its records."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(16)
        self.headers = {"traceparent": f"00-{self.id}-{secrets.token_hex(8)}-01"}


class Client:
    """Speaks to one door of the register: the gateway, or a service by itself (paths then begin with /api)."""

    def __init__(self, url: str, header: str, key: str | None, prefix: str, key_parameter: str):
        self.url, self.header, self.key, self.prefix, self.key_parameter = url, header, key, prefix, key_parameter
        self.session = requests.Session()
        self.session.trust_env = False

    @property
    def is_gateway(self) -> bool:
        return not self.prefix

    def another(self, key: str | None = None) -> Client:
        return Client(self.url, self.header, key or self.key, self.prefix, self.key_parameter)

    def without_key(self) -> Client:
        return Client(self.url, self.header, None, self.prefix, self.key_parameter)

    def call(self, method: str, path: str, body: Any = ..., *, raw: bytes | str | None = None,
             headers: Json | None = None, **options: Any) -> requests.Response:  # fmt: skip
        """Sends one request: `body` as JSON, or `raw` as it is. A header given as None is not sent."""
        sent: Json = {"Content-Type": "application/json"} if body is not ... or raw is not None else {}
        if self.key is not None:
            sent[self.header] = self.key
        sent |= headers or {}
        if body is not ...:
            raw = json.dumps(body)
        if isinstance(raw, str):
            raw = raw.encode()
        return self.session.request(method, self.url + self.prefix + path, data=raw, headers=sent,
                                    allow_redirects=False, timeout=60, **options)  # fmt: skip

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = ..., **options: Any) -> requests.Response:
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any = ..., **options: Any) -> requests.Response:
        return self.call("PUT", path, body, **options)

    def search(self, criteria: Json, **options: Any) -> requests.Response:
        return self.post("/patient/search", criteria, **options)

    def create_patient(self, patient: Json | None = None, **fields: Any) -> Json:
        answer = self.post("/patient", patient or a_patient(**fields))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def create_test(self, patient: str, **fields: Any) -> Json:
        answer = self.post(f"/patient/{patient}/tests", a_test(**fields))
        assert answer.status_code == 201, answer.text
        return answer.json()


def gateway_client(url: str, key: str) -> Client:
    return Client(url, "Ocp-Apim-Subscription-Key", key, "", "subscription-key")


def service_client(url: str, key: str) -> Client:
    return Client(url, "x-functions-key", key, "/api", "code")


def error_text(answer: requests.Response) -> str:
    """The sentence of an error, whoever refused: a JSON string of a service or the gateway's own form."""
    assert answer.headers["Content-Type"].split(";")[0] == "application/json", answer.headers
    body = answer.json()
    if isinstance(body, str):
        return body
    assert set(body) == {"statusCode", "message"} and body["statusCode"] == answer.status_code, body
    return body["message"]


def service_text(answer: requests.Response) -> str:
    """The sentence of what a service refused: valid JSON, a string."""
    assert isinstance(answer.json(), str), answer.text
    return error_text(answer)


def gateway_text(answer: requests.Response) -> str:
    """The sentence of what the gateway itself refused."""
    assert isinstance(answer.json(), dict), answer.text
    return error_text(answer)


def refused(answer: requests.Response, status: int, text: str | None = None) -> None:
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    if text is not None:
        assert error_text(answer) == text
