"""What the operator's commands do on each provider."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure_key_vault import AzureKeyVault
from register import BINARY, run, wait_for
from sealed_file import opened_versions, read_content, read_identity
from secret_places import PARTS, READERS, AzurePlace, Place, PlacedParts, SealedPlace, VaultPlace, private_file
from vault_server import VaultServer


def done(answer: subprocess.CompletedProcess[str]) -> str:
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def findings(place: Place) -> dict[str, dict[str, Any]]:
    return {finding["name"]: finding for finding in json.loads(place.command("doctor", "--output", "json").stdout)}


def faults(place: Place) -> dict[str, list[str]]:
    return {name: finding["faults"] for name, finding in findings(place).items() if finding["faults"]}


# --- init -----------------------------------------------------------------------------------------


def test_init_makes_what_the_contract_names(place: Place):
    listed = {
        entry["name"]: set(entry["readBy"]) for entry in json.loads(done(place.command("list", "--output", "json")))
    }
    assert listed == READERS
    assert not faults(place)


def test_init_twice_overwrites_nothing(place: Place):
    before = done(place.command("list"))
    again = place.command("init")
    if place.provider == "sealed":
        assert again.returncode == 1
        assert re.fullmatch(r"assay: .* exists and is not empty, and nothing is overwritten; .*\n", again.stderr)
    else:
        assert re.fullmatch(r"All secrets are in the (key )?vault http://\S+ already\.\n", done(again))
    assert done(place.command("list")) == before


@pytest.mark.vault
def test_an_init_that_was_broken_off_goes_on(tmp_path: Path, vault: VaultServer):
    place = VaultPlace(tmp_path, vault)
    without = place.operators_policy + 'path "secret/data/assay/principal-key" { capabilities = ["read"] }\n'
    vault.call("PUT", "sys/policies/acl/assay-operator", {"policy": without})
    broken_off = place.command("init")
    assert broken_off.returncode == 1
    assert "denies create and update on secret/data/assay/principal-key" in broken_off.stderr
    made = versions_in(vault)
    assert "principal-key.pub" in made
    assert "cursor-key" not in made
    vault.call("PUT", "sys/policies/acl/assay-operator", {"policy": place.operators_policy})
    assert re.fullmatch(
        r"Made in the vault \S+: principal-key, cursor-key, audit-log-key\.\n", done(place.command("init"))
    )
    # What was there is as it was, but the list without its key.
    assert versions_in(vault) == dict.fromkeys(READERS, 1) | {"principal-key.pub": 2}
    assert not faults(place)


def versions_in(vault: VaultServer) -> dict[str, int]:
    names = vault.call("LIST", "secret/metadata/assay/")["data"]["keys"]
    return {name: vault.call("GET", f"secret/metadata/assay/{name}")["data"]["current_version"] for name in names}


def test_an_init_of_a_sealed_file_that_was_broken_off_leaves_nothing_in_its_place(tmp_path: Path):
    folder = tmp_path / "made" / "secrets"
    refused = run("secrets", "init", "--dir", folder)
    assert refused.returncode == 1
    assert re.fullmatch(rf"assay: {folder} can't be made: No such file or directory\n", refused.stderr)
    assert not folder.parent.exists()


# --- list, versions, doctor -----------------------------------------------------------------------


def test_versions_and_doctor_tell_of_a_rotation(place: Place):
    place.rotate("cursor-key")
    versions = json.loads(done(place.command("versions", "cursor-key", "--output", "json")))
    assert len(versions) == 2
    assert len({version["version"] for version in versions}) == 2
    assert len({version["changedBy"] for version in versions}) == 1
    assert findings(place)["cursor-key"]["version"] == versions[0]["version"]
    assert findings(place)["cursor-key"]["ageDays"] == 0
    place.rotate("audit-host-key")
    (remark,) = findings(place)["audit-host-key"]["remarks"]
    assert re.fullmatch("one superseded .* is accepted until unused, or .*", remark)
    assert findings(place)["patients-store"]["remarks"] == ["not set; embedded stores need none"]


@pytest.mark.vault
def test_doctor_tells_what_is_missing_or_unused_in_a_vault(vault_place: VaultPlace, vault: VaultServer):
    vault.call("DELETE", "secret/metadata/assay/audit-log-key")
    vault.call("POST", "secret/data/assay/of-others", {"data": {"value": "x"}})
    assert faults(vault_place) == {"audit-log-key": ["missing: no part that reads it can start"]}
    assert vault_place.command("doctor").returncode == 1
    assert findings(vault_place)["of-others"]["remarks"] == ["unused: assay knows no secret of that name"]
    assert done(vault_place.command("init")).endswith(": audit-log-key.\n")
    assert vault_place.command("doctor").returncode == 0


def test_doctor_of_a_key_vault(tmp_path: Path, azure: AzureKeyVault):
    place = AzurePlace(tmp_path, azure, "metadata")
    place.make()
    assert place.command("doctor").returncode == 0
    del azure.secrets["principal-key--pub"]
    assert faults(place) == {"principal-key.pub": ["missing: no part that reads it can start"], "principal-key": [
        "principal-key.pub can't be read here"
    ]}  # fmt: skip
    done(place.command("init"))
    assert not faults(place)


def test_policy_names_the_mount_and_the_prefix(tmp_path: Path):
    settings = private_file(tmp_path / "assay.toml", 'vault.mount = "clinic"\nvault.prefix = "lab/"\n')
    for part in PARTS:
        policy = done(run("secrets", "policy", part, "--config", settings))
        paths = set(re.findall(r'path "clinic/data/lab/([^"]+)" {\n  capabilities = \["read"\]', policy))
        assert {name for name, readers in READERS.items() if part in readers} <= paths
        assert not {name for name, readers in READERS.items() if part not in readers} & paths


# --- grant, revoke --------------------------------------------------------------------------------


def test_grant_and_revoke_are_of_the_sealed_file_alone(place: Place, tmp_path: Path):
    if place.provider != "sealed":
        for command in (("grant",), ("revoke",)):
            answer = place.command(*command, "cursor-key", "gateway")
            assert answer.returncode == 1
            assert "who reads what is decided in the vault itself; assay secrets policy prints" in answer.stderr
        return
    assert isinstance(place, SealedPlace)
    gateway = read_identity(place.keys_of("gateway") / "gateway.identity")
    granted = done(place.command("grant", "cursor-key", "gateway"))
    assert "which can read it from its next version on: no key here opens the present one" in granted
    assert opened_versions(place.file, "cursor-key", gateway) == []
    place.rotate("cursor-key")
    (known,) = opened_versions(place.file, "cursor-key", gateway)
    assert findings(place)["cursor-key"]["faults"] == [
        "gateway can read it and does not need it: assay secrets revoke cursor-key gateway"
    ]
    assert "Revoked cursor-key from gateway; cursor-key has version" in done(
        place.command("revoke", "cursor-key", "gateway")
    )
    assert opened_versions(place.file, "cursor-key", gateway) == []
    patients = read_identity(place.keys_of("patients") / "patients.identity")
    two_newest = opened_versions(place.file, "cursor-key", patients)[:2]
    assert known not in two_newest


def test_who_revokes_what_a_part_needs_is_warned_and_can_give_it_back(
    short_refresh: None,
    tmp_path: Path,
    sealed_place: SealedPlace,
    stopped_at_end: Callable[[PlacedParts], PlacedParts],
):
    parts = stopped_at_end(PlacedParts(tmp_path, sealed_place))
    revoked = sealed_place.command("revoke", "cursor-key", "patients")
    done(revoked)
    assert "patients can't work without cursor-key: give it back with assay secrets grant" in revoked.stderr
    assert "patients can't read it, and needs it" in faults(sealed_place)["cursor-key"]
    refused = sealed_place.start_refused("patients")
    assert "cursor-key is not granted to patients" in refused.stderr
    # What runs goes on with what it has.
    wait_for(lambda: "cursor-key is not granted" in parts.patients.log(), "the part to notice")
    parts.client().create_patient()
    done(sealed_place.command("grant", "cursor-key", "patients"))
    sealed_place.rotate("cursor-key")
    wait_for(lambda: "secrets can be looked at again" in parts.patients.log(), "the part to read it again")
    recorded = wait_for(lambda: changes_of(parts, 5), "the records of all changes")
    assert recorded == [
        ("revoke", "cursor-key", "patients"),
        # Of two versions the older is read too, so there are two that the identity doesn't know.
        ("rotate", "cursor-key", None),
        ("rotate", "cursor-key", None),
        ("grant", "cursor-key", "patients"),
        ("rotate", "cursor-key", None),
    ]


def changes_of(parts: PlacedParts, at_least: int) -> list[tuple[str, str, str | None]] | None:
    records = [record for record in parts.trail.all() if record.get("resource", {}).get("type") == "secret"]
    if len(records) < at_least:
        return None
    named = [(record["resource"]["operation"], json.loads(record["resource"]["id"])) for record in records]
    return [(operation, what["name"], what.get("identity")) for operation, what in named]


def test_what_nobody_may_take_back(sealed_place: SealedPlace):
    before = sealed_place.file.read_bytes()
    answer = sealed_place.command("revoke", "audit-log-key", "audit")
    assert answer.returncode == 1
    assert "the log's key is not taken back" in answer.stderr
    for command in (("set", "audit-log-key"), ("rotate", "principal-key.pub")):
        assert sealed_place.command(*command).returncode == 1
    assert sealed_place.file.read_bytes() == before


# --- set, get -------------------------------------------------------------------------------------


def test_set_takes_what_comes_from_outside(place: Place, tmp_path: Path):
    value = private_file(tmp_path / "value", "mongodb://user:word@store.example/\n")
    assert re.match("Set patients-store: version ", done(place.command("set", "patients-store", "--file", value)))
    done(place.command("set", "patients-store", "--file", value))
    assert len(json.loads(done(place.command("versions", "patients-store", "--output", "json")))) == 2
    assert "unused: stores are embedded" in findings(place)["patients-store"]["remarks"]


def shown(place: Place, name: str, answer: bytes) -> tuple[str, int]:
    """What `get` shows on a terminal to who answers its question so, and its exit code."""
    ours, theirs = pty.openpty()
    asked = subprocess.Popen(
        [str(BINARY), "secrets", "get", name, "--config", str(place.configuration("serve"))],
        stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | place.environment("serve"),
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while b"[y/N]" not in said:
            said += os.read(ours, 4096)
        os.write(ours, answer)
        while True:
            said += os.read(ours, 4096)
    except OSError:  # the other end of the terminal was closed
        pass
    finally:
        os.close(ours)
    return said.decode(), asked.wait(timeout=60)


def test_get_shows_a_value_to_who_says_yes(place: Place):
    said, code = shown(place, "cursor-key", b"y\n")
    assert code == 0
    assert re.search(r"\n[A-Za-z0-9_-]{43}\r?\n$", said), said
    said, code = shown(place, "cursor-key", b"n\n")
    assert code == 1
    assert not re.search(r"[A-Za-z0-9_-]{43}", said), said


def kill_while_it_changes(place: SealedPlace) -> None:
    """A rotation, as soon as it has made one of its three changes."""
    before = read_content(place.file)["sequence"]
    command = [str(BINARY), "secrets", "rotate", "audit-host-key", "--config", str(place.configuration("operator"))]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(lambda: read_content(place.file)["sequence"] > before, "a change")
    killed.kill()
    killed.wait()


def test_a_killed_rotation_is_completed_by_the_next(sealed_place: SealedPlace):
    for _ in range(10):
        kill_while_it_changes(sealed_place)
    sealed_place.rotate("audit-host-key")
    assert not faults(sealed_place)
