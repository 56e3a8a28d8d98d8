"""What programs tell of the secrets that they follow."""

from __future__ import annotations

import json

import requests
from register import Program, wait_for
from secret_places import PlacedParts, PlacedRegister

Placed = PlacedParts | PlacedRegister


def readiness(program: Program) -> tuple[int, str, str]:
    """The HTTP status, what it is called, and the reason where there is one."""
    answer = requests.get(program.metrics_url + "/readyz", timeout=10)
    return answer.status_code, answer.json()["status"], answer.json().get("reason", "")


def wait_for_all_are(placed: Placed, status: str, reason: str = "") -> None:
    """Until each was so once, since none may stay so for long."""
    waited_for = list(placed.programs)

    def all_were() -> bool:
        for program in list(waited_for):
            _, found, why = readiness(program)
            if found == status and reason in why:
                waited_for.remove(program)
        return not waited_for

    wait_for(all_were, f"all to be {status}: {reason}")


def versions_taken(placed: Placed, name: str) -> list[str]:
    """The versions of a secret that were taken into use since the start."""
    lines = [json.loads(line) for program in placed.programs for line in program.log().splitlines()]
    return [line["version"] for line in lines if line["message"] == "secret changed" and line["secret"] == name]


def rotate_and_wait(placed: Placed) -> None:
    """Until the patients service has the new cursor key."""
    before = len(versions_taken(placed, "cursor-key"))
    placed.place.rotate("cursor-key")
    wait_for(lambda: len(versions_taken(placed, "cursor-key")) > before, "the new version to be taken into use")
