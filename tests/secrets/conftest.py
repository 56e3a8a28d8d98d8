from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from azure_key_vault import AzureKeyVault
from secret_places import AzurePlace, CredentialsPlace, Place, SealedPlace, VaultPlace
from secret_watch import Placed
from vault_server import VAULT, VaultServer


@pytest.fixture
def short_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSAY_SECRETS__REFRESH", "1")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[VaultServer]:
    # Building it takes minutes: who has not asked for that gets the other tests. In CI its absence is a failure.
    if not VAULT.is_built() and not os.environ.get("CI"):
        pytest.skip("no Vault is built here: python tests/vault_server.py does that, in minutes")
    server = VaultServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def vault_place(tmp_path: Path, vault: VaultServer) -> VaultPlace:
    place = VaultPlace(tmp_path, vault)
    place.make()
    return place


@pytest.fixture
def sealed_place(tmp_path: Path) -> SealedPlace:
    place = SealedPlace(tmp_path)
    place.make()
    return place


@pytest.fixture
def azure() -> Iterator[AzureKeyVault]:
    with AzureKeyVault() as server:
        yield server


@pytest.fixture(
    params=[
        "sealed",
        "sealed-credentials",
        pytest.param("vault", marks=pytest.mark.vault),
        "azure-endpoint",
        "azure-metadata",
        "azure-client-credentials",
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Each of the places, with all secrets made."""
    provider, _, way = request.param.partition("-")
    if provider == "vault":
        return request.getfixturevalue("vault_place")
    if provider == "azure":
        made: Place = AzurePlace(tmp_path, request.getfixturevalue("azure"), way)
    else:
        made = CredentialsPlace(tmp_path) if way else SealedPlace(tmp_path)
    made.make()
    return made


@pytest.fixture
def stopped_at_end() -> Iterator[Callable[[Placed], Placed]]:
    """Stops the parts or the register that it is given, whatever comes of the test."""
    running: list[Placed] = []

    def keep(placed: Placed) -> Placed:
        running.append(placed)
        return placed

    yield keep
    for placed in running:
        placed.stop()
