"""What the gateway answers by itself: echo, status, the description and its page, the trace."""

from __future__ import annotations

import re
import socket

import pytest
import requests
from client import Client, a_patient, gateway_text, new_id
from register import Register

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-0[01]")


def other_address() -> str:
    """An address of this machine that is not loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("198.51.100.1", 9))
        return probe.getsockname()[0]


def test_the_echo_answers_200(client: Client) -> None:
    assert client.get("/echo/resource?param1=sample").status_code == 200
    assert client.get("/echo/resource").status_code == 200


def test_the_echo_takes_no_other_method(client: Client) -> None:
    answer = client.call("DELETE", "/echo/resource?param1=sample")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_status_says_up_without_a_key_and_nothing_else(client: Client) -> None:
    answer = client.without_key().get("/status")
    assert (answer.status_code, answer.json()) == (200, {"status": "up"})


def test_the_description_is_served_to_loopback_without_a_key(client: Client) -> None:
    answer = client.without_key().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/")
    description = answer.json()
    assert description["openapi"].startswith("3.1.")
    public = {"/patient", "/patient/{patientId}", "/patient/search", "/patient/{patientId}/tests",
              "/patient/{patientId}/tests/{testId}", "/echo/resource", "/status"}  # fmt: skip
    assert public <= set(description["paths"])


def test_the_page_to_read_and_try_it_asks_nothing_of_the_outside(client: Client) -> None:
    page = client.without_key().session.get(client.url + "/docs", timeout=30)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert assets
    for asset in assets:
        assert not re.match(r"(https?:)?//", asset)
        assert requests.get(requests.compat.urljoin(page.url, asset), timeout=30).status_code == 200


def test_description_and_page_are_for_loopback_callers_only(new_register) -> None:
    register: Register = new_register("--listen", "0.0.0.0:0")
    port = register.address[1]
    for path in ("/openapi.json", "/docs"):
        assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=30).status_code == 200
        answer = requests.get(f"http://{other_address()}:{port}{path}", timeout=30,
                              headers={"X-Forwarded-For": "127.0.0.1"})  # fmt: skip
        assert answer.status_code == 404
        assert gateway_text(answer) == "Resource not found"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/echo/resource", ...),
        ("POST", "/patient", a_patient()),
        ("POST", "/patient", {}),
        ("GET", "/nothing", ...),
    ],
)
def test_every_answer_carries_the_trace_that_the_caller_began(
    client: Client, method: str, path: str, body: object
) -> None:
    sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = client.call(method, path, body, headers={"traceparent": sent})
    match = TRACEPARENT.fullmatch(answer.headers["traceparent"])
    assert match and match[1] == "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    "faulty",
    [None, "", "x", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
     "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
     "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
     "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
     "00-" + "0" * 5000],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_without_a_valid_trace_the_gateway_begins_one(client: Client, faulty: str | None) -> None:
    first, second = (client.get(f"/patient/{new_id()}", headers={"traceparent": faulty}) for _ in range(2))
    ids = [TRACEPARENT.fullmatch(answer.headers["traceparent"])[1] for answer in (first, second)]
    assert ids[0] != ids[1]
    assert "0" * 32 not in ids
    assert "0af7651916cd43dd8448eb211c80319c" not in ids
