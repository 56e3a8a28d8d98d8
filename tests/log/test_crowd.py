"""A crowd of readers of the public log takes nothing from who needs a proof."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests
from register import Parts, wait_for

READERS = 40
LET_PASS = 32


@contextmanager
def held(parts: Parts) -> Iterator[None]:
    """The audit service takes requests, and answers none before the end."""
    parts.audit.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        parts.audit.process.send_signal(signal.SIGCONT)


def warnings_of(parts: Parts) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in parts.gateway.log().splitlines()]
    return [line for line in lines if line.get("reason") == "too many readers at once"]


def test_a_crowd_of_readers_is_refused_and_proofs_are_not(fresh_parts: Parts) -> None:
    client = fresh_parts.client()
    identifier = client.post("/patient/search", {}).headers["Audit-Record"].split(";")[0]
    proof = f"{fresh_parts.gateway.url}/audit/{identifier}/proof"
    entries = f"{fresh_parts.gateway.url}/log/tile/entries/000.p/1"
    headers = {client.header: client.key}
    assert requests.get(proof, headers=headers, timeout=30).status_code == 200
    wait_for(lambda: requests.get(entries, timeout=30).status_code == 200, "the first record to be signed")
    with ThreadPoolExecutor(READERS) as threads:
        with held(fresh_parts):
            readers: list[Future[requests.Response]] = [
                threads.submit(requests.get, entries, timeout=60) for _ in range(READERS)
            ]
            refusals = wait_for(
                lambda: len(done := [one.result() for one in readers if one.done()]) == READERS - LET_PASS and done,
                "what is too much to be refused",
            )
            # A refusal would come at once.
            with pytest.raises(requests.exceptions.ReadTimeout):
                requests.get(proof, headers=headers, timeout=0.5)
        assert requests.get(proof, headers=headers, timeout=30).status_code == 200
        statuses = [one.result().status_code for one in readers]
    assert sorted(statuses) == [200] * LET_PASS + [503] * (READERS - LET_PASS)
    for refusal in refusals:
        assert refusal.headers["Retry-After"] == "1"
        assert refusal.headers["Cache-Control"] == "no-store"
        assert refusal.json() == {"statusCode": 503, "message": "Service temporarily unavailable."}
    assert 1 <= len(warnings_of(fresh_parts)) < len(refusals)
    assert requests.get(entries, timeout=30).status_code == 200
