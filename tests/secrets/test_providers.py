"""Both wirings on each place where secrets can lie.

The key vault of Azure is the test server of azure_key_vault.py, written from the published descriptions.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest
from client import unique
from register import wait_for
from rotation_load import KEYS, rotate_each_under_load
from secret_places import READERS, WIRINGS, Place, PlacedParts
from secret_watch import Placed, versions_taken, wait_for_all_are


@pytest.fixture(params=sorted(WIRINGS))
def placed(
    request: pytest.FixtureRequest,
    short_refresh: None,
    tmp_path: Path,
    place: Place,
    stopped_at_end: Callable[[Placed], Placed],
) -> Placed:
    return stopped_at_end(WIRINGS[request.param](tmp_path, place))


def work(placed: Placed) -> str:
    """Creates a patient and loads and finds it, by several pages; its insurance number."""
    client = placed.client()
    number = unique()
    made = [client.create_patient(insuranceNumber=number)["id"] for _ in range(3)]
    assert client.get(f"/patient/{made[0]}").status_code == 200
    assert find(placed, number) == made
    return number


def find(placed: Placed, number: str) -> list[str]:
    """The ids of all pages: the next page's link is sealed with the cursor key."""
    client = placed.client()
    page = client.search({"insuranceNumber": number}, params={"limit": 2})
    following = client.call("POST", page.links["next"]["url"], {"insuranceNumber": number})
    return [patient["id"] for patient in page.json() + following.json()]


def changes(placed: Placed) -> list[tuple[str, str, str]]:
    """Name, who changed it and as what, of each record of a secret's change."""
    records = [record for record in placed.trail.all() if record.get("resource", {}).get("type") == "secret"]
    return [
        (json.loads(record["resource"]["id"])["name"], record["actor"]["kind"], record["actor"]["name"])
        for record in records
    ]


def all_moved(placed: Placed) -> bool:
    """Whether each key's new version is in use; in one process the parts call each other without host keys."""
    used = KEYS if isinstance(placed, PlacedParts) else ["cursor-key"]
    return all(versions_taken(placed, name) for name in used)


def expected_changes(placed: Placed) -> list[tuple[str, str, str]]:
    """A sealed file says what was a rotation; elsewhere each change of the lists that follow from a key is told too."""
    operator = pwd.getpwuid(os.getuid()).pw_name
    names = list(KEYS)
    if placed.place.provider != "sealed":
        names += [name for name in READERS if name.endswith((".verifier", ".pub"))] * 2
    return sorted((name, "operator", operator) for name in names)


def test_all_works_before_and_after_another_start_and_while_each_key_changes(placed: Placed):
    number = work(placed)
    placed.start_again()
    assert len(find(placed, number)) == 3
    rotate_each_under_load(placed, placed.place.rotate, lambda: all_moved(placed))
    expected = expected_changes(placed)
    wait_for(lambda: len(changes(placed)) >= len(expected), "the changes to be recorded")
    placed.start_again()
    assert sorted(changes(placed)) == expected
    wait_for_all_are(placed, "ready")
    work(placed)
