"""The log's name, key and head: made once, guarded against older databases, made anew after a restore."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from notes import leaf_hash, open_checkpoint, root_of
from register import Register


def key_of(register: Register) -> str:
    answer = register.command("audit", "key")
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def head_of(register: Register) -> Path:
    return register.data / "audit" / "log.head"


def database_of(register: Register) -> Path:
    return register.data / "audit" / "audit.db"


def refusal_of(register: Register) -> str:
    answer = register.command("serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", *register.flags)
    assert answer.returncode == 1
    (sentence,) = [line for line in answer.stderr.splitlines() if line.startswith("assay: ")]
    return sentence


def checkpoint_of(register: Register):
    note = requests.get(f"{register.program.url}/log/checkpoint", timeout=30).text
    return open_checkpoint(note, key_of(register))


def kept_notes(register: Register) -> list[str]:
    with sqlite3.connect(f"file:{database_of(register)}?mode=ro", uri=True) as database:
        return [note for (note,) in database.execute("SELECT note FROM checkpoint ORDER BY row")]


def places_of(register: Register) -> list[str]:
    content = head_of(register).read_bytes()
    return [content[begin : begin + 4096].rstrip(b"\0").decode() for begin in (0, 4096)]


def older_copy(register: Register) -> bytes:
    """Stops the register and gives its audit database as it was some records before the end."""
    register.client().create_patient()
    register.stop()
    older = database_of(register).read_bytes()
    register.start()
    for _ in range(3):
        register.client().create_patient()
    register.stop()
    return older


def test_name_and_key_outlive_a_restart_and_the_newest_checkpoint_too(fresh_register: Register) -> None:
    fresh_register.client().create_patient()
    before = key_of(fresh_register)
    assert re.fullmatch(r"assay\.internal/[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", before)
    fresh_register.stop()
    newest = kept_notes(fresh_register)[-1]
    assert newest in places_of(fresh_register)
    fresh_register.start()
    assert key_of(fresh_register) == before
    assert checkpoint_of(fresh_register).text == newest


def test_the_name_begins_as_the_setting_says(new_register: Callable[..., Register], tmp_path: Path) -> None:
    settings, head = tmp_path / "assay.toml", tmp_path / "elsewhere.head"
    settings.write_text(f'[audit]\norigin = "log.example.org/audit"\nhead_path = "{head}"\n')
    register = new_register("--config", settings)
    assert key_of(register).startswith("log.example.org/audit/")
    assert checkpoint_of(register).text in head.read_text()
    assert head.stat().st_mode & 0o777 == 0o600
    assert not head_of(register).exists()


def test_a_name_that_no_note_can_have_is_refused(fresh_register: Register, tmp_path: Path) -> None:
    settings = tmp_path / "assay.toml"
    settings.write_text('[audit]\norigin = "two words"\n')
    answer = fresh_register.command("config", "check", "--config", settings)
    assert answer.returncode == 1
    assert "audit.origin" in answer.stderr


def test_an_older_database_is_refused_with_the_way_on(fresh_register: Register) -> None:
    database_of(fresh_register).write_bytes(older_copy(fresh_register))
    refusal = refusal_of(fresh_register)
    assert "is older than the log's head" in refusal
    assert "assay restore" in refusal


def test_another_database_of_the_same_size_is_refused(fresh_register: Register) -> None:
    head = head_of(fresh_register)
    fresh_register.client().create_patient()
    fresh_register.stop()
    older, older_head = database_of(fresh_register).read_bytes(), head.read_bytes()
    fresh_register.start()
    for _ in range(3):
        fresh_register.client().create_patient()
    fresh_register.stop()
    newest, kept = places_of(fresh_register), head.read_bytes()
    # An older state of both grows beyond, as if nothing had been; then the head that was comes back.
    database_of(fresh_register).write_bytes(older)
    head.write_bytes(older_head)
    shutil.rmtree(fresh_register.data / "patients")
    fresh_register.start()
    for _ in range(10):
        fresh_register.client().create_patient()
    fresh_register.stop()
    head.write_bytes(kept)
    assert newest == places_of(fresh_register)
    assert "is not the one whose" in refusal_of(fresh_register)


def test_a_head_that_is_lost_is_told(fresh_register: Register) -> None:
    fresh_register.stop()
    head_of(fresh_register).unlink()
    assert f"{head_of(fresh_register)} is lost" in refusal_of(fresh_register)


def test_a_head_of_another_log_is_refused(new_register: Callable[..., Register]) -> None:
    first, second = new_register(), new_register()
    first.stop()
    second.stop()
    shutil.copy(head_of(first), head_of(second))
    assert "is of the log" in refusal_of(second)


@pytest.mark.parametrize("place", [0, 1])
def test_a_write_to_the_head_that_was_broken_off_does_no_harm(fresh_register: Register, place: int) -> None:
    fresh_register.client().create_patient()
    fresh_register.stop()
    newest = kept_notes(fresh_register)[-1]
    content = bytearray(head_of(fresh_register).read_bytes())
    older = places_of(fresh_register).index(newest) ^ 1
    torn = older * 4096
    content[torn : torn + 4096] = (newest[: 30 + place * 100].encode()).ljust(4096, b"\xff")
    head_of(fresh_register).write_bytes(content)
    fresh_register.start()
    fresh_register.client().create_patient()
    assert checkpoint_of(fresh_register).size > 0


def test_a_key_that_is_not_the_logs_is_refused(new_register: Callable[..., Register]) -> None:
    register, other = new_register(), new_register()
    register.stop()
    shutil.rmtree(register.data / "secrets")
    shutil.copytree(other.data / "secrets", register.data / "secrets")
    assert "the secret audit-log-key is not the one of which the log" in refusal_of(register)


def test_a_restored_register_begins_a_log_that_says_what_it_goes_on_from(
    fresh_register: Register, tmp_path: Path
) -> None:
    client = fresh_register.client()
    client.create_patient()
    old_key = key_of(fresh_register)
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    for _ in range(3):
        client.create_patient()
    fresh_register.stop()
    last = kept_notes(fresh_register)[-1]
    with sqlite3.connect(tmp_path / "backup" / "audit.db") as database:
        restored_size = database.execute("SELECT count(*) FROM record").fetchone()[0]
    assert not (tmp_path / "backup" / "log.head").exists()
    assert fresh_register.command("restore", tmp_path / "backup").returncode == 0
    fresh_register.start()
    assert key_of(fresh_register) != old_key
    told = fresh_register.trail.all()[restored_size]
    assert told["sourceSystemName"] == "AssayAudit"
    assert (told["resource"]["type"], told["resource"]["operation"]) == ("log", "restore")
    assert told["actor"]["kind"] == "operator"
    what = json.loads(told["resource"]["id"])
    assert what == {"checkpoint": last, "origin": old_key.split("+")[0], "size": restored_size}
    checkpoint = checkpoint_of(fresh_register)
    assert checkpoint.origin != old_key.split("+")[0]
    with sqlite3.connect(f"file:{database_of(fresh_register)}?mode=ro", uri=True) as database:
        leaves = [leaf_hash(entry) for (entry,) in database.execute("SELECT entry FROM record ORDER BY idx")]
        origins = list(database.execute("SELECT verifier_key, first_size FROM log_origin ORDER BY row"))
    assert checkpoint.root == root_of(leaves[: checkpoint.size])
    assert origins == [(old_key, 0), (key_of(fresh_register), restored_size)]
    assert all(place.startswith(checkpoint.origin) for place in places_of(fresh_register))
    fresh_register.stop()
    fresh_register.start()
    assert len(fresh_register.trail.containing('"operation":"restore"')) == 1


def test_a_killed_register_signs_on(fresh_register: Register) -> None:
    for _ in range(5):
        receipt = fresh_register.client().post("/patient/search", {}).headers["Audit-Record"].split(";")[0]
        assert fresh_register.client().get(f"/audit/{receipt}/proof").status_code == 200
        size = checkpoint_of(fresh_register).size
        fresh_register.kill()
        fresh_register.start()
        assert checkpoint_of(fresh_register).size >= size
