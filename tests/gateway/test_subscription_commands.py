"""`assay subscription …` on a running and on a stopped register."""

from __future__ import annotations

import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from client import Client, Trace, gateway_text, new_id, unique
from register import Parts, Register, held, run, wait_for

AT_ONCE = 1.0
DEFAULT_SCOPES = {"patients:read", "patients:write", "tests:read", "tests:write"}


def create(register: Register, name: str, *flags: str) -> dict[str, Any]:
    answer = register.command("subscription", "create", name, *flags, "--output", "json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def listed(register: Register) -> dict[str, dict[str, Any]]:
    answer = register.command("subscription", "list", "--output", "json")
    assert answer.returncode == 0, answer.stderr
    return {entry["name"]: entry for entry in json.loads(answer.stdout)}


def change(register: Register, *arguments: str) -> str:
    answer = register.command("subscription", *arguments)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def status(client: Client) -> int:
    return client.get("/echo/resource").status_code


def becomes(client: Client, expected: int) -> None:
    wait_for(lambda: status(client) == expected, f"the key to be answered {expected}", AT_ONCE)


@pytest.fixture
def name() -> str:
    return unique("subscription-")


def test_a_new_subscription_opens_with_both_keys(register: Register, name: str) -> None:
    made = create(register, name)
    assert made["name"] == name
    assert made["primaryKey"] != made["secondaryKey"]
    for key in (made["primaryKey"], made["secondaryKey"]):
        becomes(register.client(key), 200)


def test_a_key_carries_256_bits(register: Register, name: str) -> None:
    made = create(register, name)
    for key in (made["primaryKey"], made["secondaryKey"]):
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", key)
        assert len(key) >= 43


def test_the_list_shows_state_scopes_and_prefixes_and_no_key(register: Register, name: str) -> None:
    made = create(register, name)
    entry = listed(register)[name]
    assert set(entry) >= {"name", "state", "scopes", "primaryKeyPrefix", "secondaryKeyPrefix", "createdDate"}
    assert entry["state"] == "active"
    assert set(entry["scopes"]) == DEFAULT_SCOPES
    assert made["primaryKey"].startswith(entry["primaryKeyPrefix"])
    assert 0 < len(entry["primaryKeyPrefix"]) <= 16
    assert made["primaryKey"] not in register.command("subscription", "list").stdout


def test_the_list_names_the_scopes_that_were_given(register: Register, name: str) -> None:
    create(register, name, "--scope", "audit:read", "--scope", "admin")
    assert set(listed(register)[name]["scopes"]) == {"audit:read", "admin"}


def test_a_suspended_subscription_is_refused_within_a_second_until_activated(register: Register, name: str) -> None:
    client = register.client(create(register, name)["primaryKey"])
    becomes(client, 200)
    change(register, "suspend", name)
    becomes(client, 401)
    answer = client.get(f"/patient/{new_id()}")
    assert gateway_text(answer).startswith("Access denied due to invalid subscription key.")
    assert answer.headers["WWW-Authenticate"]
    assert listed(register)[name]["state"] == "suspended"
    change(register, "activate", name)
    becomes(client, 200)


@pytest.mark.parametrize("which", ["primary", "secondary"])
def test_a_regenerated_key_replaces_the_old_one_and_leaves_the_other(register: Register, name: str, which: str) -> None:
    made = create(register, name)
    other = "secondary" if which == "primary" else "primary"
    answer = json.loads(change(register, "regenerate", name, "--key", which, "--output", "json"))
    assert answer["name"] == name
    becomes(register.client(answer["key"]), 200)
    becomes(register.client(made[f"{which}Key"]), 401)
    assert status(register.client(made[f"{other}Key"])) == 200


def test_each_change_is_printed_as_json_for_scripts(register: Register, name: str) -> None:
    create(register, name)
    for verb, expected in (
        ("suspend", {"name": name, "state": "suspended"}),
        ("activate", {"name": name, "state": "active"}),
        ("delete", {"name": name, "deleted": True}),
    ):
        assert json.loads(change(register, verb, name, "--output", "json")) == expected


def test_a_deleted_subscription_is_gone(register: Register, name: str) -> None:
    client = register.client(create(register, name)["primaryKey"])
    becomes(client, 200)
    change(register, "delete", name)
    becomes(client, 401)
    assert name not in listed(register)


def test_a_name_can_be_taken_once(register: Register, name: str) -> None:
    create(register, name)
    again = register.command("subscription", "create", name)
    assert again.returncode == 1
    assert again.stderr.startswith("assay: ")


@pytest.mark.parametrize("arguments", [["suspend"], ["activate"], ["delete"], ["regenerate", "--key", "primary"]])
def test_an_unknown_name_is_refused(register: Register, arguments: list[str]) -> None:
    answer = register.command("subscription", arguments[0], unique("nobody-"), *arguments[1:])
    assert answer.returncode == 1
    assert answer.stderr.startswith("assay: ")


@pytest.mark.parametrize("arguments", [[], ["create"], ["create", "x", "--scope", "everything"], ["nonsense", "x"],
                                       ["regenerate", "x"], ["regenerate", "x", "--key", "third"]])  # fmt: skip
def test_a_faulty_command_is_refused_with_a_sentence(register: Register, arguments: list[str]) -> None:
    answer = register.command("subscription", *arguments)
    assert answer.returncode in {1, 2}
    assert answer.stderr.strip() or answer.stdout.strip()


@pytest.mark.parametrize("bad", ["", " ", "a\nb", "x" * 300])
def test_a_name_that_nobody_could_read_is_refused(register: Register, bad: str) -> None:
    assert register.command("subscription", "create", bad).returncode in {1, 2}


def test_the_commands_work_on_a_stopped_register(fresh_register: Register) -> None:
    fresh_register.stop()
    kept = create(fresh_register, "kept")
    suspended = create(fresh_register, "suspended")
    change(fresh_register, "suspend", "suspended")
    create(fresh_register, "deleted")
    change(fresh_register, "delete", "deleted")
    new_key = json.loads(change(fresh_register, "regenerate", "kept", "--key", "secondary", "--output", "json"))["key"]
    assert {"kept", "suspended"} <= set(listed(fresh_register))
    fresh_register.start()
    assert status(fresh_register.client(kept["primaryKey"])) == 200
    assert status(fresh_register.client(kept["secondaryKey"])) == 401
    assert status(fresh_register.client(new_key)) == 200
    assert status(fresh_register.client(suspended["primaryKey"])) == 401


def test_commands_on_a_stopped_register_wait_for_each_other(fresh_register: Register) -> None:
    fresh_register.stop()
    names = [f"parallel-{number}" for number in range(6)]
    with ThreadPoolExecutor(len(names)) as pool:
        assert len({made["primaryKey"] for made in pool.map(lambda name: create(fresh_register, name), names)}) == 6
    assert set(names) <= set(listed(fresh_register))


@pytest.mark.parametrize("end", ["stop", "kill"], ids=["no socket", "stale socket"])
def test_a_command_waits_for_a_register_that_is_starting_and_then_gives_up(fresh_register: Register, end: str) -> None:
    getattr(fresh_register, end)()
    assert (fresh_register.data / "gateway" / "operator.sock").exists() == (end == "kill")
    with held(fresh_register.data / "gateway"):
        answer = fresh_register.command("subscription", "list")
    assert answer.returncode == 1
    assert answer.stderr.startswith("assay: ")
    assert answer.stderr.endswith("is starting or another command runs; try again\n")


def test_subscriptions_survive_a_restart(fresh_register: Register) -> None:
    made = create(fresh_register, "lasting")
    fresh_register.stop()
    fresh_register.start()
    assert status(fresh_register.client(made["primaryKey"])) == 200
    assert status(fresh_register.client()) == 200


def test_no_key_lies_readable_in_the_store(fresh_register: Register) -> None:
    made = create(fresh_register, "hidden")
    fresh_register.stop()
    files = [
        file for file in (fresh_register.data / "gateway").iterdir() if file.is_file() and file.name != "first-key"
    ]
    stored = b"".join(file.read_bytes() for file in files)
    for key in (made["primaryKey"], made["secondaryKey"], fresh_register.key):
        assert key.encode() not in stored
        assert key[-32:].encode() not in stored
    with sqlite3.connect(f"file:{fresh_register.data / 'gateway' / 'gateway.db'}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_key_change_is_audited_under_the_operators_name(register: Register, name: str) -> None:
    create(register, name)
    change(register, "suspend", name)
    records = wait_for(
        lambda: [r for r in register.trail.containing(name) if r["resource"]["operation"] == "suspend"],
        "the record of the suspension",
    )
    assert records[0]["sourceSystemName"] == "AssayGateway"
    assert records[0]["resource"]["type"] == "subscription"
    assert records[0]["actor"]["kind"] == "operator"
    operations = [record["resource"]["operation"] for record in register.trail.containing(name)]
    assert operations[0] == "create"


def test_a_request_beyond_the_scopes_leaves_a_record_of_the_refusal(register: Register, name: str) -> None:
    client = register.client(create(register, name, "--scope", "tests:read")["primaryKey"])
    trace = Trace()
    assert client.get(f"/patient/{new_id()}", headers=trace.headers).status_code == 403
    (record,) = register.trail.of_operation(trace.id, at_least=1)
    assert record["sourceSystemName"] == "AssayGateway"
    assert (record["actor"]["kind"], record["actor"]["name"]) == ("subscription", name)
    assert not record.get("patientId")


def test_nothing_is_done_on_a_half_restored_folder(fresh_register: Register) -> None:
    fresh_register.stop()
    mark = fresh_register.data / "restoring"
    mark.write_text("backup\n")
    for arguments in (("list",), ("create", "lab"), ("suspend", "first")):
        answer = fresh_register.command("subscription", *arguments)
        assert (answer.returncode, answer.stdout) == (1, "")
        assert "was broken off" in answer.stderr
    mark.unlink()
    assert set(listed(fresh_register)) == {"first"}


def test_a_change_made_while_the_audit_service_is_away_is_recorded_once_it_is_back(fresh_parts: Parts) -> None:
    fresh_parts.audit.kill()
    name = unique("subscription-")
    made = run("subscription", "create", name, "--data-dir", fresh_parts.data)
    assert made.returncode == 0, made.stderr
    fresh_parts.restart_audit()
    (record,) = wait_for(lambda: fresh_parts.trail.containing(name), "the change to be recorded")
    assert record["resource"] == {"type": "subscription", "id": name, "operation": "create"}
