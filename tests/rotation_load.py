"""Clients that work without a pause while keys change, and what they were answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle

import requests
from register import Parts, Register, wait_for

KEYS = ["patients-host-key", "audit-host-key", "audit-gateway-key", "principal-key", "cursor-key"]
Rotate = Callable[[str], object]


class Load:
    """Clients that create, load and search without a pause, and what they were answered."""

    def __init__(self, register: Register | Parts, clients: int = 6):
        self.statuses: list[int] = []
        self.faults: list[str] = []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(register,)) for _ in range(clients)]

    def work(self, register: Register | Parts) -> None:
        client = register.client()
        for _ in range(3):
            client.create_patient(gender="other")
        while not self.stopped.is_set():
            try:
                patient = client.create_patient(gender="other")["id"]
                loaded = client.get(f"/patient/{patient}")
                page = client.search({"gender": "other"}, params={"limit": 2})
                next_page = client.call("POST", page.links["next"]["url"], {"gender": "other"})
                register_page = client.get(f"/patient/{patient}/tests")
                for answer in (loaded, page, next_page, register_page):
                    self.statuses.append(answer.status_code)
                    if answer.status_code != 200:
                        self.faults.append(f"{answer.request.method} {answer.status_code} {answer.text}")
            except (AssertionError, requests.RequestException, KeyError) as fault:
                self.faults.append(repr(fault))

    @contextmanager
    def running(self) -> Iterator[None]:
        for thread in self.threads:
            thread.start()
        try:
            self.wait_for_more(20)
            yield
        finally:
            self.stopped.set()
            for thread in self.threads:
                thread.join()

    def wait_for_more(self, answers: int) -> None:
        """Until so many more have come, or a fault."""
        before = len(self.statuses)
        wait_for(lambda: len(self.statuses) >= before + answers or self.faults)


def storm(register: Register | Parts, rotate: Rotate, seconds: int) -> Load:
    """Rotates a key a second."""
    load = Load(register)
    with load.running():
        rotated = 0
        end = time.monotonic() + seconds
        for name in cycle(KEYS):
            if time.monotonic() > end:
                break
            rotate(name)
            rotated += 1
            load.wait_for_more(50)
            time.sleep(max(0.0, end - seconds + rotated - time.monotonic()))  # the pace is what is tested: one a second
    assert rotated >= seconds - 1
    return load


def rotate_each_under_load(register: Register | Parts, rotate: Rotate, all_moved: Callable[[], object]) -> None:
    """Rotates each key once, until all have moved to the new ones, under a light load that must not lose a request."""
    load = Load(register, clients=2)
    with load.running():
        for name in KEYS:
            rotate(name)
            load.wait_for_more(20)
        wait_for(all_moved)
        load.wait_for_more(20)
    assert not load.faults, load.faults[:5]
