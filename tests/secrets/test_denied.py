"""Each identity tries to read each secret that it must not, and gets those that it may."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
import requests
from azure_key_vault import AzureKeyVault
from register import run
from sealed_file import opened_versions, read_content, read_identity, read_operator
from secret_places import PARTS, READERS, AzurePlace, SealedPlace, VaultPlace, private_file


def log_in(place: VaultPlace, part: str) -> requests.Session:
    proof = {"role_id": place.roles[part], "secret_id": place.credential_of(part).read_text()}
    answer = requests.post(f"{place.server.url}/v1/auth/approle/login", json=proof, timeout=10)
    session = requests.Session()
    session.headers["X-Vault-Token"] = answer.json()["auth"]["client_token"]
    return session


def allowed(status: int) -> bool:
    assert status in (200, 403), status
    return status == 200


@pytest.mark.vault
@pytest.mark.parametrize("part", PARTS)
def test_a_vault_lets_a_part_read_what_its_policy_grants(vault_place: VaultPlace, part: str):
    session = log_in(vault_place, part)
    for name, readers in READERS.items():
        url = f"{vault_place.server.url}/v1/secret/data/assay/{name}"
        assert allowed(session.get(url, timeout=10).status_code) == (part in readers), name
        assert session.put(url, json={"data": {"value": "forged"}}, timeout=10).status_code == 403
        assert session.delete(url, timeout=10).status_code == 403
        told = session.get(f"{vault_place.server.url}/v1/secret/metadata/assay/{name}", timeout=10)
        assert allowed(told.status_code) == (part == "audit")
    elsewhere = session.get(f"{vault_place.server.url}/v1/secret/data/other/cursor-key", timeout=10)
    assert elsewhere.status_code == 403


@pytest.mark.vault
def test_a_part_with_the_role_of_another_does_not_start(vault_place: VaultPlace):
    for part, other in permutations(PARTS, 2):
        refused = vault_place.start_refused(
            part, vault_role=vault_place.roles[other], vault_credential_file=str(vault_place.credential_of(other))
        )
        assert refused.returncode == 1
        assert "denies read on secret/data/assay/" in refused.stderr, refused.stderr
        assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("part", PARTS)
def test_a_sealed_file_opens_for_a_part_what_is_granted_to_it(sealed_place: SealedPlace, part: str):
    for name in ("cursor-key", "principal-key", "patients-host-key"):
        sealed_place.rotate(name)
    key = read_identity(sealed_place.keys_of(part) / f"{part}.identity")
    content = read_content(sealed_place.file)
    assert set(content["secrets"]) == set(READERS)
    for name, readers in READERS.items():
        versions = len(content["secrets"][name]["versions"])
        assert len(opened_versions(sealed_place.file, name, key)) == (versions if part in readers else 0), name


def test_the_operators_key_opens_what_is_no_secret_alone(sealed_place: SealedPlace):
    seed = read_operator(sealed_place.folder / "operator.key").private_bytes_raw()
    assert not [name for name in READERS if opened_versions(sealed_place.file, name, seed)]
    listed = {name: entry["readers"] for name, entry in read_content(sealed_place.file)["secrets"].items()}
    of_operator = {name for name, readers in listed.items() if "operator" in readers}
    assert of_operator == {name for name in READERS if name.endswith((".verifier", ".pub"))}


def test_a_part_with_the_key_of_another_does_not_start(sealed_place: SealedPlace):
    for part, other in permutations(PARTS, 2):
        theirs = (sealed_place.keys_of(other) / f"{other}.identity").read_text()
        keys = sealed_place.directory / f"{other}-as-{part}"
        private_file(keys / f"{part}.identity", theirs)
        refused = sealed_place.start_refused(part, secrets_identities=str(keys))
        assert refused.returncode == 1
        assert f"is the key of {other}, not of {part}; put the right one there\n" in refused.stderr, refused.stderr
        # Nor does it help to say that it is the other's.
        private_file(keys / f"{part}.identity", theirs.replace(f" {other} ", f" {part} "))
        refused = sealed_place.start_refused(part, secrets_identities=str(keys))
        assert refused.returncode == 1
        assert f"is not opened by this key of {part}: put the right one back\n" in refused.stderr, refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_a_key_vault_that_denies_a_part_is_told_in_one_sentence(tmp_path: Path, azure: AzureKeyVault):
    place = AzurePlace(tmp_path, azure, "client-credentials")
    place.make()
    for part, other in permutations(PARTS, 2):
        refused = place.start_refused(
            part, azure_client_id=other, azure_client_secret_file=str(tmp_path / "credentials" / other)
        )
        assert refused.returncode == 1
        assert "denies get on " in refused.stderr, refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_a_policy_is_for_an_identity_that_there_is():
    refused = run("secrets", "policy", "nobody")
    assert refused.returncode == 1
    assert refused.stderr == "assay: there is no identity nobody: name one of gateway, patients, audit\n"
