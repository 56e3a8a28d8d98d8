"""What the operators' commands say when something is not as it should be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from register import BINARY, Register, held, run

# Root may look into every folder unless that is taken from it.
AS_A_USER = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


def test_the_status_of_a_part_that_starts_is_told_and_the_others_too(fresh_register: Register) -> None:
    fresh_register.stop()
    with held(fresh_register.data / "gateway"):
        answer = fresh_register.command("status")
    assert answer.returncode == 1
    assert [line.split() for line in answer.stdout.splitlines()] == [
        ["patients", "stopped"],
        ["gateway", "starting"],
        ["audit", "stopped"],
    ]


@pytest.mark.parametrize("part", ["gateway", "patients", "audit"])
@pytest.mark.parametrize("is_emptied", [False, True], ids=["deleted", "emptied"])
def test_check_finds_that_a_database_is_lost(fresh_register: Register, part: str, is_emptied: bool) -> None:
    fresh_register.stop()
    database = fresh_register.data / part / f"{part}.db"
    database.write_bytes(b"") if is_emptied else database.unlink()
    answer = fresh_register.command("check")
    assert answer.returncode == 1
    assert f"the database {database} is lost or empty" in answer.stdout


def test_a_folder_that_is_half_restored_is_not_checked(fresh_register: Register) -> None:
    fresh_register.stop()
    (fresh_register.data / "restoring").write_text("")
    answer = fresh_register.command("check")
    assert answer.returncode == 1
    assert "run assay restore again" in answer.stderr


@pytest.mark.parametrize("command", ["check", "status", "subscription list"])
def test_another_user_is_told_who_may_run_a_command(fresh_register: Register, command: str) -> None:
    fresh_register.stop()
    fresh_register.data.chmod(0o000)
    try:
        answer = subprocess.run(
            [*AS_A_USER, BINARY, *command.split(), "--data-dir", fresh_register.data],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    finally:
        fresh_register.data.chmod(0o700)
    assert answer.returncode == 1
    (sentence,) = answer.stderr.splitlines()
    assert sentence.startswith(f"assay: {fresh_register.data}/")
    assert sentence.endswith("; run it as the user that the register runs as")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("bogus", "there is no command bogus; did you mean "),
        ("exprot x --key-file y", "there is no command exprot; did you mean export?"),
        ("subscription lst --output json", "there is no command subscription lst; did you mean subscription list?"),
    ],
)
def test_a_command_that_there_is_not_is_named(words: str, sentence: str) -> None:
    answer = run(*words.split())
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"assay: {sentence}")


def test_check_and_backup_find_an_audit_database_that_is_not_the_newest(
    fresh_register: Register, tmp_path: Path
) -> None:
    fresh_register.lose_newest_of_audit()
    checked = fresh_register.command("check")
    assert checked.returncode == 1
    assert "is not the newest" in checked.stdout
    copied = fresh_register.command("backup", tmp_path / "copy")
    assert copied.returncode == 1
    assert "is not the newest" in copied.stderr


@pytest.mark.parametrize("command", [("backup", "copy"), ("subscription", "list")], ids=" ".join)
def test_commands_say_that_a_database_is_lost(fresh_register: Register, command: tuple[str, ...]) -> None:
    fresh_register.stop()
    database = fresh_register.data / "gateway" / "gateway.db"
    database.unlink()
    answer = fresh_register.command(*command)
    assert answer.returncode == 1
    assert f"the database {database} is lost or empty" in answer.stderr
