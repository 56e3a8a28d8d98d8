"""Settings of vaults, and vaults, that are not what they must be: one sentence each, and nothing is written."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests
from azure_key_vault import AzureKeyVault
from register import run
from secret_places import PARTS, READERS, AzurePlace, VaultPlace, private_file
from vault_server import VaultServer


def refused(answer: subprocess.CompletedProcess[str], sentence: str) -> None:
    assert answer.returncode == 1, answer.stdout
    assert re.fullmatch(rf"assay: [^\n]*{sentence}[^\n]*\n", answer.stderr), answer.stderr


def stored(vault: VaultServer, mount: str = "secret") -> dict[str, Any]:
    """All that lies there."""
    try:
        names = vault.call("LIST", f"{mount}/metadata/assay/")["data"]["keys"]
    except requests.HTTPError:
        return {}
    return {name: vault.call("GET", f"{mount}/data/assay/{name}")["data"] for name in names}


@pytest.mark.vault
def test_a_vault_that_denies_the_operator(vault_place: VaultPlace, vault: VaultServer):
    before = stored(vault)
    vault_place.give_token("operator", "default")
    refused(vault_place.command("rotate", "cursor-key"), "denies .* on secret/")
    refused(vault_place.command("init"), "denies list on secret/metadata/assay/")
    refused(vault_place.command("list"), "denies list on secret/metadata/assay/")
    private_file(vault_place.credential_of("operator"), "no token")
    refused(vault_place.command("list"), "denies list on secret/metadata/assay/: give .* a token that is valid")
    assert stored(vault) == before


@pytest.mark.vault
def test_an_engine_of_version_1(vault_place: VaultPlace, vault: VaultServer):
    vault.call("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
    policy = 'path "old/*" { capabilities = ["create", "read", "update", "list", "patch"] }'
    vault.call("PUT", "sys/policies/acl/old", {"policy": policy})
    vault_place.give_token("operator", "old")
    for command in (("init",), ("rotate", "cursor-key"), ("doctor",), ("list",)):
        answer = vault_place.command(*command, vault_mount="old")
        refused(answer, "old of the vault .* is no KV engine of version 2; name the mount of one")
    with pytest.raises(requests.HTTPError, match="404"):
        vault.call("LIST", "old/")
    vault_place.give_token("serve", "old")
    for part in PARTS:
        file = str(vault_place.credential_of("serve"))
        answer = vault_place.start_refused(
            part, vault_mount="old", vault_login="token", vault_role="", vault_credential_file=file
        )
        refused(answer, "there is no .* in the vault .* at old/data/assay/")


@pytest.mark.vault
def test_an_engine_that_is_not_there(vault_place: VaultPlace, vault: VaultServer):
    vault.call(
        "PUT", "sys/policies/acl/all", {"policy": 'path "*" { capabilities = ["create", "read", "update", "list"] }'}
    )
    vault_place.give_token("operator", "all")
    for command in (("init",), ("rotate", "cursor-key"), ("doctor",), ("list",)):
        refused(vault_place.command(*command, vault_mount="nowhere"), "nowhere")
    refused(vault_place.start_refused("gateway", vault_mount="nowhere"), "denies read on nowhere/data/assay/")


@pytest.mark.vault
def test_a_secret_that_is_not_there_or_no_text(vault_place: VaultPlace, vault: VaultServer):
    vault.call("POST", "secret/data/assay/cursor-key", {"data": {"key": "of another form"}})
    refused(vault_place.start_refused("patients"), "cursor-key .* has no text in its field value; put the secret there")
    vault.call("POST", "secret/data/assay/principal-key", {"data": {"value": "no key"}})
    refused(vault_place.start_refused("gateway"), "principal-key .* is not what a secret of that name must be")
    vault.call("DELETE", "secret/metadata/assay/audit-log-key")
    refused(vault_place.start_refused("audit"), "there is no audit-log-key in the vault http://.*; put it there")
    assert vault.call("GET", "secret/data/assay/cursor-key")["data"]["metadata"]["version"] == 2


@pytest.mark.vault
def test_credentials_that_can_not_be_used(vault_place: VaultPlace):
    file = vault_place.credential_of("gateway")
    good = file.read_text()
    for text, sentence in (
        ("", f"{file} is empty; put the credential into it"),
        ("no secret id", r"refuses the login at auth/approle \(status \d+\): check the role's id"),
        ("two\nlines", r"refuses the login at auth/approle"),
    ):
        file.write_text(text)
        refused(vault_place.start_refused("gateway"), sentence)
        assert file.read_text() == text
    file.write_text(good)
    file.chmod(0o644)
    refused(vault_place.start_refused("gateway"), f"{file} can be read by everybody: chmod 600 {file}")
    file.chmod(0o600)
    refused(vault_place.start_refused("gateway", vault_role="no-role"), "refuses the login at auth/approle")
    refused(vault_place.start_refused("gateway", vault_login_mount="elsewhere"), "refuses the login at auth/elsewhere")
    file.unlink()
    refused(vault_place.start_refused("gateway"), f"{file} can't be read: No such file or directory")


SETTINGS = {"secrets.provider": "vault", "vault.address": "http://127.0.0.1:9", "vault.credential_file": "/nowhere"}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"vault.address": ""}, "vault.address must be set to use the provider of secrets that is configured"),
        ({"vault.credential_file": ""}, "vault.credential_file must be set"),
        ({"vault.login": "approle"}, "vault.role must be set"),
        ({"vault.login": "kubernetes"}, "vault.role must be set"),
        ({"vault.login": "approle", "vault.role": "r", "vault.credential_file": ""}, "vault.credential_file must be"),
        ({"vault.login": "password"}, r"vault.login \(.*\) must be one of token, approle, kubernetes"),
        ({"vault.address": "http://vault.example:8200"}, "vault.example:8200 is not encrypted: write it as https://"),
        ({"vault.address": "http://10.0.0.1:8200"}, "10.0.0.1:8200 is not encrypted: write it as https://"),
        ({"vault.address": "vault.example"}, "is no URL such as https://vault.example:8200"),
        ({"vault.address": "https://root:token@vault.example"}, "holds a user's name or password"),
        ({"vault.credential_file": "token"}, r"vault.credential_file \(.*\) must be a whole path, from / on"),
        ({"vault.ca_file": "ca.pem"}, r"vault.ca_file \(.*\) must be a whole path, from / on"),
        ({}, "/nowhere can't be read: No such file or directory"),
        ({"secrets.provider": "cloud"}, r"secrets.provider \(.*\) must be one of sealed, folder, vault, azure"),
        ({"secrets.provider": "azure"}, "azure.vault must be set"),
        ({"secrets.provider": "azure", "azure.vault": "http://clinic.vault.azure.net"}, "is not encrypted"),
        (
            {"secrets.provider": "azure", "azure.vault": "http://127.0.0.1:9", "azure.login": "client-credentials"},
            "azure.tenant must be set",
        ),
    ],
)
def test_settings_that_are_missing_or_wrong(tmp_path: Path, settings: dict[str, str], sentence: str):
    lines = [f'{name} = "{value}"\n' for name, value in (SETTINGS | settings).items() if value]
    file = private_file(tmp_path / "assay.toml", "".join(lines))
    refused(run("secrets", "list", "--config", file), sentence)
    for part in (*PARTS, "serve"):
        started = run(part, "--config", file, "--data-dir", tmp_path / "data", "--listen", "127.0.0.1:0")
        refused(started, sentence)


def test_a_key_vault_that_does_not_answer_or_denies(tmp_path: Path, azure: AzureKeyVault):
    place = AzurePlace(tmp_path, azure, "client-credentials")
    place.make()
    before = {name: len(versions) for name, versions in azure.secrets.items()}
    assert set(before) == {name.replace(".", "--") for name in READERS}
    azure.identities["operator"].permissions.remove("set")
    refused(place.command("rotate", "cursor-key"), "denies set on cursor-key")
    azure.fault = 503
    refused(place.command("rotate", "cursor-key"), r"can't answer now \(status 503; it wants 1 s\)")
    for part in PARTS:
        refused(place.start_refused(part), r"can't answer now \(status 503; it wants 1 s\)")
    azure.fault = None
    private_file(tmp_path / "credentials" / "operator", "another secret")
    refused(place.command("list"), r"refuses the login of the client operator \(status 401\): check the tenant")
    refused(place.command("list", azure_client_id="nobody"), "refuses the login of the client nobody")
    metadata = AzurePlace(tmp_path / "metadata", azure, "metadata")
    refused(metadata.command("list", azure_client_id="nobody"), "gives no token for a managed identity")
    assert {name: len(versions) for name, versions in azure.secrets.items()} == before
