"""A sealed file, and keys, that are not what they must be: one sentence each, and nothing is overwritten."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from register import run
from sealed_file import read_content, read_operator, signed
from secret_places import PARTS, PlacedParts, SealedPlace, private_file
from secret_watch import wait_for_all_are

#: What was seen of the good file, which a command may note before it is refused.
NOTE_OF_NEWEST = "operator.newest-secrets"


def contents(folder: Path) -> dict[Path, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith(("lock", NOTE_OF_NEWEST))]
    return {file: file.read_bytes() for file in files}


def refused(answer: subprocess.CompletedProcess[str], sentence: str) -> None:
    assert answer.returncode == 1, answer.stdout
    assert re.fullmatch(rf"assay: [^\n]*{sentence}[^\n]*\n", answer.stderr), answer.stderr


def refused_by_all(place: SealedPlace, sentence: str) -> None:
    """By a command that changes, one that reads, and each part; and all files stay what they are."""
    before = contents(place.directory / "sealed") | contents(place.directory / "keys")
    refused(place.command("rotate", "cursor-key"), sentence)
    refused(place.command("doctor"), sentence)
    for part in PARTS:
        refused(place.start_refused(part), sentence)
    assert contents(place.directory / "sealed") | contents(place.directory / "keys") == before


CUT_OFF = "secrets.sealed is cut off; put a whole copy of it back"
ALTERED = "secrets.sealed was altered: its signature is not that of its content; put a copy of it back"


def test_a_file_that_is_cut_off(sealed_place: SealedPlace):
    whole = sealed_place.file.read_bytes()
    first_line = whole.index(b"\n") + 1
    for size in (0, 1, len(whole) // 2, first_line - 1, len(whole) - 1):
        sealed_place.file.write_bytes(whole[:size])
        refused_by_all(sealed_place, CUT_OFF)
    for size in (first_line, len(whole) - 10):
        sealed_place.file.write_bytes(whole[:size] + b"\n")
        refused_by_all(sealed_place, ALTERED)


def test_a_file_of_which_a_line_was_altered(sealed_place: SealedPlace):
    whole = sealed_place.file.read_bytes()
    signature = whole.index(b"\n") + 1
    for place in (whole.index(b'"gateway"') + 1, whole.index(b'"sealed"') + 30, signature - 2, signature + 20):
        other = b"A" if whole[place : place + 1] != b"A" else b"B"
        sealed_place.file.write_bytes(whole[:place] + other + whole[place + 1 :])
        refused_by_all(sealed_place, ALTERED)
    sealed_place.file.write_bytes(whole + b"\n")
    refused_by_all(sealed_place, ALTERED)


def another(place: SealedPlace) -> Path:
    """A folder that another operator made."""
    folder = place.directory / "another"
    assert run("secrets", "init", "--dir", folder).returncode == 0
    return folder


def test_a_file_of_another_operator(sealed_place: SealedPlace):
    theirs = another(sealed_place)
    shutil.copy2(theirs / "secrets.sealed", sealed_place.file)
    refused_by_all(sealed_place, "secrets.sealed is another operator's: the identity was made for another one")


def test_a_file_that_another_operator_forged(sealed_place: SealedPlace):
    theirs = read_operator(another(sealed_place) / "operator.key")
    content = read_content(sealed_place.file)
    private_file(sealed_place.file, signed(content, theirs))
    refused_by_all(sealed_place, ALTERED)
    content["operator"] = read_content(sealed_place.directory / "another" / "secrets.sealed")["operator"]
    private_file(sealed_place.file, signed(content, theirs))
    refused_by_all(sealed_place, "secrets.sealed is another operator's: the identity was made for another one")


def test_a_box_that_was_moved_to_another_secret(sealed_place: SealedPlace):
    content = read_content(sealed_place.file)
    content["secrets"]["principal-key"]["versions"] = content["secrets"]["patients-host-key"]["versions"]
    private_file(sealed_place.file, signed(content, read_operator(sealed_place.folder / "operator.key")))
    refused(sealed_place.start_refused("gateway"), "principal-key is not opened by this key of gateway")


def test_a_file_of_a_newer_form(sealed_place: SealedPlace):
    content = read_content(sealed_place.file) | {"format": "assay-secrets/2"}
    key = read_operator(sealed_place.folder / "operator.key")
    private_file(sealed_place.file, signed(content, key, "assay-secrets/2"))
    refused_by_all(sealed_place, "has the form assay-secrets/2, and this program knows assay-secrets/1 only")


def test_a_file_that_is_signed_but_no_list_of_secrets(sealed_place: SealedPlace):
    content = read_content(sealed_place.file) | {"secrets": []}
    private_file(sealed_place.file, signed(content, read_operator(sealed_place.folder / "operator.key")))
    refused_by_all(sealed_place, "secrets.sealed is signed but is no list of secrets; put a copy of it back")


def test_an_older_file(
    short_refresh: None,
    tmp_path: Path,
    sealed_place: SealedPlace,
    stopped_at_end: Callable[[PlacedParts], PlacedParts],
):
    older = sealed_place.file.read_text()
    sealed_place.rotate("cursor-key")
    newest = sealed_place.file.read_text()
    parts = stopped_at_end(PlacedParts(tmp_path, sealed_place))
    private_file(sealed_place.file, older)
    wait_for_all_are(parts, "degraded", "is an older file")
    refused(sealed_place.command("rotate", "cursor-key"), "secrets.sealed is an older file")
    assert sealed_place.file.read_text() == older
    parts.client().create_patient()
    private_file(sealed_place.file, newest)
    wait_for_all_are(parts, "ready")
    parts.stop()
    private_file(sealed_place.file, older)
    kept = contents(parts.data)
    for part in PARTS:
        answer = sealed_place.start_refused(part, parts.data)
        refused(answer, r"secrets.sealed is an older file: its last change is number \d+, and number \d+ was seen")
    assert {file for file, text in contents(parts.data).items() if kept.get(file) != text} == set()
    private_file(sealed_place.file, newest)
    parts.start_again()


def test_the_number_of_the_newest_file_is_damaged(sealed_place: SealedPlace):
    number = private_file(sealed_place.directory / "refused" / "gateway.newest-secrets", "12 no key\n")
    number.parent.chmod(0o700)
    refused(sealed_place.start_refused("gateway"), "gateway.newest-secrets is damaged: if .* is surely the newest one")
    assert number.read_text() == "12 no key\n"


@pytest.mark.parametrize("name", ["secrets.sealed", "operator.key"])
def test_a_file_that_others_may_read(sealed_place: SealedPlace, name: str):
    file = sealed_place.folder / name
    file.chmod(0o640)
    sentence = f"{file} can be read by others than its owner: chmod 600 {file}"
    refused(sealed_place.command("rotate", "cursor-key"), sentence)
    if name == "secrets.sealed":
        refused_by_all(sealed_place, sentence)


def test_a_key_that_others_may_read_or_that_is_none(sealed_place: SealedPlace):
    for part in PARTS:
        file = sealed_place.keys_of(part) / f"{part}.identity"
        good = file.read_text()
        file.chmod(0o644)
        refused(sealed_place.start_refused(part), f"{file} can be read by others than its owner: chmod 600 {file}")
        file.chmod(0o600)
        for bad in ("", good[: len(good) // 2], good.replace("identity-1", "identity-2"), "no key\n"):
            file.write_text(bad)
            refused(sealed_place.start_refused(part), f"{file} holds no identity's key; put a copy of it back")
            assert file.read_text() == bad
        file.unlink()
        refused(sealed_place.start_refused(part), f"there is no {file}, the key that opens the secrets")


def test_an_operators_key_that_is_none(sealed_place: SealedPlace):
    key = sealed_place.folder / "operator.key"
    good = key.read_text()
    before = sealed_place.file.read_bytes()
    for bad in ("", good[:30], "assay-operator-2 plain AAAA\n"):
        key.write_text(bad)
        refused(
            sealed_place.command("rotate", "cursor-key"), "operator.key holds no operator's key; put a copy of it back"
        )
        assert key.read_text() == bad
    shutil.copy2(another(sealed_place) / "operator.key", key)
    refused(sealed_place.command("rotate", "cursor-key"), "secrets.sealed is another operator's")
    assert sealed_place.file.read_bytes() == before


def test_a_wrong_passphrase(tmp_path: Path):
    place = SealedPlace(tmp_path)
    right = private_file(tmp_path / "passphrase", "correct horse battery staple\n")
    made = place.command("init", "--passphrase-file", right)
    assert made.returncode == 0, made.stderr
    before = contents(place.folder)
    wrong = private_file(tmp_path / "wrong", "correct horse battery stable\n")
    sentence = "operator.key is not opened by that passphrase: it is the wrong one, or the file was altered"
    refused(place.command("rotate", "cursor-key", "--passphrase-file", wrong), sentence)
    refused(place.command("rotate", "cursor-key"), "the operator's key needs its passphrase: --passphrase-file FILE")
    private_file(wrong, "\n")
    refused(place.command("rotate", "cursor-key", "--passphrase-file", wrong), "wrong is empty")
    right.chmod(0o644)
    refused(place.command("rotate", "cursor-key", "--passphrase-file", right), "can be read by everybody: chmod 600")
    assert contents(place.folder) == before
    right.chmod(0o600)
    assert place.command("rotate", "cursor-key", "--passphrase-file", right).returncode == 0
    assert contents(place.folder) != before


def test_plain_files_where_a_sealed_file_is_expected(tmp_path: Path):
    plain = tmp_path / "plain"
    assert run("secrets", "init", "--provider", "folder", "--dir", plain).returncode == 0
    before = contents(plain)
    sentence = "holds secrets as plain files: set secrets.provider to folder to use them"
    refused(run("secrets", "rotate", "cursor-key", "--dir", plain), sentence)
    refused(run("secrets", "init", "--dir", plain), "exists and is not empty, and nothing is overwritten")
    for part in PARTS:
        for folder in (plain, plain / part):
            refused(run(part, "--secrets", folder, "--data-dir", tmp_path / "data"), sentence)
    refused(run("serve", "--secrets", plain, "--data-dir", tmp_path / "data"), sentence)
    assert contents(plain) == before


def test_no_sealed_file(tmp_path: Path):
    (tmp_path / "empty").mkdir(mode=0o700)
    for part in PARTS:
        started = run(part, "--secrets", tmp_path / "empty", "--data-dir", tmp_path / "data")
        refused(started, "there is no secrets.sealed in .*/empty: say with secrets.dir")
    (tmp_path / "empty" / "secrets.sealed").mkdir()
    shutil.copy2(another_identity(tmp_path), tmp_path / "empty" / "gateway.identity")
    started = run("gateway", "--secrets", tmp_path / "empty", "--data-dir", tmp_path / "data")
    refused(started, "secrets.sealed is no file; put the right one in its place")


def another_identity(directory: Path) -> Path:
    assert run("secrets", "init", "--dir", directory / "made").returncode == 0
    return directory / "made" / "gateway.identity"


def test_unknown_secrets_and_identities(sealed_place: SealedPlace):
    before = contents(sealed_place.folder)
    for command in (("rotate",), ("versions",), ("get",), ("set",)):
        refused(
            sealed_place.command(*command, "no-key"), "there is no secret no-key; assay secrets list prints the names"
        )
    for command in ("grant", "revoke"):
        refused(sealed_place.command(command, "no-key", "gateway"), "there is no secret no-key")
    refused(sealed_place.command("grant", "cursor-key", "nobody"), "there is no identity nobody, only audit, gateway, ")
    refused(sealed_place.command("revoke", "cursor-key", "gateway"), "cursor-key is not granted to gateway")
    assert contents(sealed_place.folder) == before
