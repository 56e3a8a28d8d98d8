"""A disk that fills up: a file system of the test's own, in a mount namespace of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from client import a_patient, error_text, unique
from register import wait_for
from small_disk import RESERVES_MIB, SmallDisk


@pytest.fixture
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    small = SmallDisk(tmp_path, request.param)
    yield small
    small.program.stop()


@pytest.mark.parametrize("disk", [RESERVES_MIB + 40], indirect=True)
def test_a_full_disk_refuses_clearly_loses_nothing_and_recovers_when_there_is_room(disk: SmallDisk) -> None:
    created: list[dict[str, object]] = []

    def create() -> requests.Response:
        answer = disk.client.post("/patient", a_patient(lastName=unique(), insuranceNumber="9" * 800_000))
        if answer.status_code == 201:
            created.append(answer.json())
        return answer

    (refusal,) = wait_for(lambda: [answer for answer in [create()] if answer.status_code != 201], "the disk to be full")
    assert refusal.status_code in {500, 503}
    text = error_text(refusal)
    assert refusal.status_code == 503 or text.startswith("Error creating audit log:")
    assert "sqlite" not in text.lower()
    assert int(refusal.headers["Retry-After"]) > 0
    assert disk.readiness().json()["status"] in {"degraded", "unavailable"}
    assert len(created) > 10

    (disk.root / "filler").unlink()
    wait_for(lambda: create().status_code == 201, "room to be noticed")
    wait_for(disk.is_ready, "the register to be ready again")
    for patient in created:
        assert disk.client.get(f"/patient/{patient['id']}").json() == patient


@pytest.mark.parametrize("disk", [28], indirect=True)
def test_a_register_without_room_for_its_reserves_works_but_says_that_it_is_degraded(disk: SmallDisk) -> None:
    answer = disk.readiness()
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["reason"]
    assert disk.client.post("/patient", a_patient()).status_code == 201
