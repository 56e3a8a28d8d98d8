"""A real vault that goes away and comes back, and tokens that end, while requests run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from register import wait_for
from rotation_load import Load
from secret_places import PARTS, WIRINGS, PlacedParts, VaultPlace, private_file
from secret_watch import Placed, readiness, rotate_and_wait, wait_for_all_are
from vault_server import VaultServer

pytestmark = pytest.mark.vault
Keep = Callable[[Placed], Placed]


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch, short_refresh: None) -> None:
    monkeypatch.setenv("ASSAY_SECRETS__PATIENCE", "3")


@pytest.fixture
def placed(short_patience: None, tmp_path: Path, vault_place: VaultPlace, stopped_at_end: Keep) -> PlacedParts:
    return stopped_at_end(PlacedParts(tmp_path, vault_place))


@pytest.mark.parametrize("wiring", sorted(WIRINGS))
def test_a_vault_that_is_killed_and_comes_back_costs_no_request(
    short_patience: None, tmp_path: Path, wiring: str, vault_place: VaultPlace, vault: VaultServer, stopped_at_end: Keep
):
    placed = stopped_at_end(WIRINGS[wiring](tmp_path, vault_place))
    load = Load(placed, clients=2)
    with load.running():
        vault.stop()
        wait_for_all_are(placed, "degraded", f"newer secrets can't be read: {vault.url} can't be reached")
        assert {readiness(program)[0] for program in placed.programs} <= {200, 503}
        wait_for_all_are(placed, "unavailable", "newer secrets can't be read")
        assert {readiness(program)[0] for program in placed.programs} == {503}
        load.wait_for_more(20)
        vault.start()
        wait_for_all_are(placed, "ready")
        rotate_and_wait(placed)
        load.wait_for_more(20)
    assert not load.faults, load.faults[:5]


def test_a_sealed_vault_is_told_and_waited_for(placed: PlacedParts, vault: VaultServer):
    vault.seal()
    wait_for_all_are(placed, "degraded", "can't answer now: it is sealed, or has no active node (status 503)")
    placed.client().create_patient()
    refused = placed.place.command("rotate", "cursor-key")
    assert refused.returncode == 1
    assert "it is sealed, or has no active node" in refused.stderr
    vault.unseal()
    wait_for_all_are(placed, "ready")
    rotate_and_wait(placed)


def test_a_vault_that_is_away_keeps_a_part_from_starting(vault_place: VaultPlace, vault: VaultServer):
    vault.stop()
    for part in PARTS:
        refused = vault_place.start_refused(part)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert f"{vault.url} can't be reached" in refused.stderr


def test_revoked_tokens_are_replaced_by_a_new_login(placed: PlacedParts, vault: VaultServer):
    load = Load(placed, clients=2)
    with load.running():
        for _ in range(2):
            vault.end_all_tokens()
            rotate_and_wait(placed)
            wait_for_all_are(placed, "ready")
    assert not load.faults, load.faults[:5]


def accessors(vault: VaultServer) -> set[str]:
    return set(vault.call("LIST", "auth/token/accessors")["data"]["keys"])


def test_tokens_that_expire_are_renewed_and_replaced(
    short_refresh: None, tmp_path: Path, vault: VaultServer, stopped_at_end: Keep
):
    place = VaultPlace(tmp_path, vault, token_ttl="2s", token_max_ttl="4s")
    place.make()
    of_others = accessors(vault)
    parts = stopped_at_end(PlacedParts(tmp_path, place))
    load = Load(parts, clients=2)
    with load.running():
        first = accessors(vault) - of_others
        assert len(first) >= len(PARTS)
        wait_for(lambda: not first & accessors(vault), "the first tokens to end")
        rotate_and_wait(parts)
        wait_for_all_are(parts, "ready")
    assert not load.faults, load.faults[:5]
    assert not any("can't be looked at" in program.log() for program in parts.programs)


class TokenPlace(VaultPlace):
    """The same vault, where each part has a token in a file."""

    def settings(self, who: str) -> dict[str, str]:
        return super().settings(who) | {"vault.login": "token", "vault.role": ""}

    def give_new_tokens(self) -> list[str]:
        return [self.give_token(part, f"assay-{part}") for part in PARTS]


def test_a_token_that_was_revoked_and_replaced_in_its_file_is_picked_up(
    short_refresh: None, tmp_path: Path, vault: VaultServer, stopped_at_end: Keep
):
    place = TokenPlace(tmp_path, vault)
    place.make()
    tokens = place.give_new_tokens()
    parts = stopped_at_end(PlacedParts(tmp_path, place))
    load = Load(parts, clients=2)
    with load.running():
        for token in tokens:
            vault.call("POST", "auth/token/revoke", {"token": token})
        wait_for_all_are(parts, "degraded", "and a token that is valid")
        place.give_new_tokens()
        wait_for_all_are(parts, "ready")
        rotate_and_wait(parts)
    assert not load.faults, load.faults[:5]


def test_a_secret_id_that_is_valid_no_more_shows_and_is_picked_up_when_replaced(
    placed: PlacedParts, vault: VaultServer
):
    place = placed.place
    assert isinstance(place, VaultPlace)
    for part in PARTS:
        private_file(place.credential_of(part), "no secret id\n")
    vault.end_all_tokens()
    wait_for_all_are(placed, "degraded", "refuses the login at auth/approle (status ")
    placed.client().create_patient()
    for part in PARTS:
        made = vault.call("POST", f"auth/approle/role/assay-{part}/secret-id", {})
        private_file(place.credential_of(part), made["data"]["secret_id"])
    wait_for_all_are(placed, "ready")


def test_a_policy_that_is_taken_away_shows(placed: PlacedParts, vault: VaultServer):
    vault.call("PUT", "sys/policies/acl/assay-patients", {"policy": 'path "none" { capabilities = ["deny"] }'})
    wait_for(lambda: "denies read on secret/data/assay/" in readiness(placed.patients)[2], "the denial to show")
    assert readiness(placed.gateway)[1] == "ready"
    placed.client().create_patient()
