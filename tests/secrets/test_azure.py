"""A key vault of Azure that goes away and comes back, and tokens that end, while requests run.

It is the test server of azure_key_vault.py, written from the published descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from azure_key_vault import AzureKeyVault
from register import wait_for
from rotation_load import Load
from secret_places import PARTS, AzurePlace, PlacedParts, private_file
from secret_watch import readiness, rotate_and_wait, wait_for_all_are

LOGINS = {"endpoint": "GET /msi/token", "metadata": "GET /metadata/identity/oauth2/token"}
Keep = Callable[[PlacedParts], PlacedParts]


@pytest.fixture
def start(
    monkeypatch: pytest.MonkeyPatch, short_refresh: None, tmp_path: Path, azure: AzureKeyVault, stopped_at_end: Keep
) -> Callable[[str], PlacedParts]:
    monkeypatch.setenv("ASSAY_SECRETS__PATIENCE", "3")

    def start_with(login: str) -> PlacedParts:
        place = AzurePlace(tmp_path, azure, login)
        place.make()
        return stopped_at_end(PlacedParts(tmp_path, place))

    return start_with


@pytest.fixture
def short_lived() -> Iterator[AzureKeyVault]:
    with AzureKeyVault(token_seconds=2) as server:
        yield server


def test_a_key_vault_that_is_away_for_a_while_costs_no_request(
    start: Callable[[str], PlacedParts], azure: AzureKeyVault
):
    placed = start("client-credentials")
    load = Load(placed, clients=2)
    with load.running():
        azure.fault = 503
        wait_for_all_are(placed, "degraded", "can't answer now (status 503; it wants 1 s)")
        wait_for_all_are(placed, "unavailable", "newer secrets can't be read")
        assert {readiness(program)[0] for program in placed.programs} == {503}
        azure.fault = None
        wait_for_all_are(placed, "ready")
        rotate_and_wait(placed)
    assert not load.faults, load.faults[:5]


@pytest.mark.parametrize("login", ["endpoint", "metadata", "client-credentials"])
def test_tokens_that_are_taken_no_more_are_replaced_by_a_new_login(
    start: Callable[[str], PlacedParts], azure: AzureKeyVault, login: str
):
    placed = start(login)
    log_in = LOGINS.get(login, f"POST /{azure.tenant}/oauth2/v2.0/token")
    before = azure.requests.count(log_in)
    azure.end_all_tokens()
    wait_for(lambda: azure.requests.count(log_in) >= before + len(PARTS), "new logins")
    rotate_and_wait(placed)
    wait_for_all_are(placed, "ready")
    assert not any("can't be looked at" in program.log() for program in placed.programs)


def test_tokens_that_end_soon_are_replaced(
    short_refresh: None, tmp_path: Path, short_lived: AzureKeyVault, stopped_at_end: Keep
):
    place = AzurePlace(tmp_path, short_lived, "metadata")
    place.make()
    placed = stopped_at_end(PlacedParts(tmp_path, place))
    first = dict(short_lived.tokens)
    end = max(end for _, end in first.values())
    wait_for(lambda: min(end for _, end in list(short_lived.tokens.values())[-3:]) > end + 2, "all tokens to be new")
    rotate_and_wait(placed)
    wait_for_all_are(placed, "ready")


def test_a_client_secret_that_was_replaced_is_picked_up(start: Callable[[str], PlacedParts], azure: AzureKeyVault):
    placed = start("client-credentials")
    for part in PARTS:
        azure.identities[part].secret = f"new secret of {part}"
    azure.end_all_tokens()
    wait_for_all_are(placed, "degraded", "refuses the login of the client ")
    placed.client().create_patient()
    for part in PARTS:
        private_file(placed.directory / "credentials" / part, azure.identities[part].secret + "\n")
    wait_for_all_are(placed, "ready")
    rotate_and_wait(placed)
