"""Health and metrics, on a listener of their own."""

from __future__ import annotations

import re

import pytest
import requests
from client import Client, new_id
from register import Parts, Register, wait_for

SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)")


def get(url: str) -> requests.Response:
    return requests.get(url, timeout=30)


@pytest.fixture(params=["serve", "gateway", "patients", "audit"])
def metrics_url(request: pytest.FixtureRequest, register: Register, parts: Parts) -> str:
    return register.metrics_url if request.param == "serve" else getattr(parts, request.param).metrics_url


def test_a_running_part_is_healthy_and_ready(metrics_url: str) -> None:
    health, readiness = get(metrics_url + "/healthz"), get(metrics_url + "/readyz")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert readiness.status_code == 200
    assert readiness.json()["status"] == "ready"


def test_the_metrics_are_prometheus_text(metrics_url: str) -> None:
    answer = get(metrics_url + "/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    samples = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    assert samples
    for line in samples:
        match = SAMPLE.fullmatch(line)
        assert match, line
        float(match[3])


def test_requests_are_counted_by_route_template_and_status(register: Register, client: Client) -> None:
    absent = new_id()
    client.get(f"/patient/{absent}")

    def counted() -> list[str]:
        lines = get(register.metrics_url + "/metrics").text.splitlines()
        return [
            line for line in lines if line.startswith("http_server_request") and "/patient/{" in line and "404" in line
        ]

    assert absent not in "".join(wait_for(counted, "the route to be counted"))


def test_the_metrics_listener_serves_nothing_else_and_the_public_one_no_metrics(
    register: Register, client: Client
) -> None:
    assert get(register.metrics_url + "/patient").status_code == 404
    assert get(register.metrics_url + "/openapi.json").status_code == 404
    for path in ("/metrics", "/healthz", "/readyz"):
        assert client.get(path).status_code == 404


def test_readiness_tells_when_the_audit_service_is_away_and_back(fresh_parts: Parts) -> None:
    ready = fresh_parts.patients.metrics_url + "/readyz"
    fresh_parts.audit.kill()
    wait_for(lambda: get(ready).json()["status"] != "ready", "the patients service to be not ready")
    assert get(fresh_parts.patients.metrics_url + "/healthz").status_code == 200
    fresh_parts.restart_audit()
    wait_for(lambda: get(ready).json()["status"] == "ready", "the patients service to be ready again")


def test_a_gateway_whose_patients_service_is_away_answers_503_and_goes_on_after(fresh_parts: Parts) -> None:
    client = fresh_parts.client()
    fresh_parts.patients.kill()
    answer = client.get(f"/patient/{new_id()}")
    assert answer.status_code in {502, 503}
    assert "127.0.0.1" not in answer.text
    assert client.get("/echo/resource").status_code == 200
    wait_for(lambda: client.get("/status").json() == {"status": "down"}, "the gateway to say so")
    fresh_parts.restart_patients()
    wait_for(lambda: client.get("/status").json() == {"status": "up"}, "the gateway to say so again")
    wait_for(lambda: client.get(f"/patient/{new_id()}").status_code == 404, "the gateway to reach it again")
