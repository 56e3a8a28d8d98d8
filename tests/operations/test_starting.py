"""Starting: what is printed, what is made on disk, what is refused."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import sqlite3
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from client import a_patient
from register import BINARY, DEADLINE, Parts, Register, damage, mark_as_restored, run, wait_for


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_prints_what_a_newcomer_needs(fresh_register: Register) -> None:
    printed = fresh_register.program.printed
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", printed["API"])
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", printed["Metrics"])
    assert printed["Data"] == str(fresh_register.data)
    assert printed["Key file"] == str(fresh_register.data / "gateway" / "first-key")
    assert printed["Assay"].endswith("(serve)")


def test_the_command_that_was_printed_makes_an_audited_request_when_pasted(fresh_register: Register) -> None:
    command = fresh_register.program.printed["Try"]
    assert command.startswith("curl ")
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    document = json.loads(answer.stdout[answer.stdout.index("{") : answer.stdout.rindex("}") + 1])
    assert fresh_register.client().get(f"/patient/{document['id']}").json() == document
    assert fresh_register.trail.of_patient(document["id"])


def test_a_later_start_prints_no_key(fresh_register: Register) -> None:
    fresh_register.stop()
    fresh_register.start()
    assert "Key file" not in fresh_register.program.printed
    assert "Key" not in fresh_register.program.printed
    assert fresh_register.client().post("/patient", a_patient()).status_code == 201


def test_on_a_terminal_the_key_is_shown_once_and_not_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    terminal, theirs = pty.openpty()
    program = subprocess.Popen(
        [BINARY, "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", data],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while b"Ready" not in seen:
        seen += os.read(terminal, 4096)
    text = seen.decode().replace("\r\n", "\n")
    key = re.search(r"^Key +(\S+)", text, re.MULTILINE)
    address = re.search(r"^API +(\S+)$", text, re.MULTILINE)
    try:
        headers = {"Ocp-Apim-Subscription-Key": key[1]}
        assert requests.get(address[1] + "/echo/resource", headers=headers, timeout=30).status_code == 200
        assert not (data / "gateway" / "first-key").exists()
    finally:
        program.terminate()
        assert program.wait(DEADLINE) == 0
        os.close(terminal)


def test_a_first_key_is_made_at_the_first_start_alone(fresh_register: Register) -> None:
    assert fresh_register.command("subscription", "delete", "first").returncode == 0
    (fresh_register.data / "gateway" / "first-key").unlink()
    fresh_register.stop()
    fresh_register.start()
    assert "Key file" not in fresh_register.program.printed
    assert json.loads(fresh_register.command("subscription", "list", "--output", "json").stdout) == []


def test_after_a_first_start_that_was_broken_off_the_log_says_how_to_get_a_key(fresh_register: Register) -> None:
    fresh_register.stop()
    (fresh_register.data / "gateway" / "first-key-shown").unlink()
    for is_told in (True, False):
        fresh_register.start()
        assert "Key file" not in fresh_register.program.printed
        fresh_register.stop()
        assert ("assay subscription regenerate first" in fresh_register.program.log()) is is_told


def test_what_lies_on_disk_is_for_its_owner_alone(fresh_register: Register) -> None:
    data = fresh_register.data
    assert {mode(folder) for folder in (data, *data.rglob("*")) if folder.is_dir()} == {0o700}
    for part in ("gateway", "patients", "audit"):
        assert (data / part / f"{part}.db").exists()
        socket = data / part / "operator.sock"
        assert stat.S_ISSOCK(socket.stat().st_mode)
        assert mode(socket) == 0o600
    assert mode(data / "gateway" / "first-key") == 0o600
    assert {mode(file) for file in (data / "secrets").rglob("*") if file.is_file()} == {0o600}


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_it_with_0(fresh_register: Register, name: str) -> None:
    process = fresh_register.program.process
    process.send_signal(getattr(signal, name))
    assert process.wait(DEADLINE) == 0
    fresh_register.program.ended = True


def test_a_second_process_on_the_same_folder_is_refused(fresh_register: Register) -> None:
    second = run(
        "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", fresh_register.data
    )
    assert second.returncode == 1
    assert one_sentence(second.stderr)
    assert fresh_register.client().post("/patient", a_patient()).status_code == 201


def one_sentence(stderr: str) -> bool:
    lines = [line for line in stderr.splitlines() if line.startswith("assay: ")]
    return len(lines) == 1


def test_a_port_that_somebody_listens_on_is_refused(fresh_register: Register, tmp_path: Path) -> None:
    taken = fresh_register.program.url.removeprefix("http://")
    for flags in (
        ("--listen", taken, "--metrics-listen", "127.0.0.1:0"),
        ("--listen", "127.0.0.1:0", "--metrics-listen", taken),
    ):
        second = run("serve", *flags, "--data-dir", tmp_path / "other")
        assert second.returncode == 1
        assert one_sentence(second.stderr)


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "203.0.113.1:0"])
def test_an_address_that_cannot_be_listened_on_is_refused(tmp_path: Path, address: str) -> None:
    answer = run("serve", "--listen", address, "--metrics-listen", "127.0.0.1:0", "--data-dir", tmp_path / "data")
    assert answer.returncode in {1, 2}
    assert answer.stderr.strip()


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = run(
        "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", tmp_path / "file" / "x"
    )
    assert answer.returncode == 1
    assert one_sentence(answer.stderr)


@pytest.mark.parametrize("part", ["gateway", "patients", "audit"])
def test_a_corrupt_database_is_refused(fresh_register: Register, part: str) -> None:
    fresh_register.stop()
    for suffix in ("-wal", "-shm"):
        (fresh_register.data / part / f"{part}.db{suffix}").unlink(missing_ok=True)
    database = fresh_register.data / part / f"{part}.db"
    database.write_bytes(b"this is no database at all" * 1000)
    answer = run(
        "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", fresh_register.data
    )
    assert answer.returncode == 1
    assert one_sentence(answer.stderr)
    assert str(database) in answer.stderr
    assert "assay restore" in answer.stderr


def test_a_part_without_its_secrets_is_refused_with_a_sentence(parts: Parts, tmp_path: Path) -> None:
    flags = ("--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", tmp_path / "data")
    answer = run("audit", *flags, "--secrets", tmp_path / "nowhere")
    assert answer.returncode == 1
    assert one_sentence(answer.stderr)


def test_secrets_init_grants_each_part_just_its_own_and_overwrites_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    init = ("secrets", "init", "--provider", "folder", "--dir", folder)
    assert run(*init).returncode == 0
    granted = {
        "gateway": {"patients-host-key", "principal-key", "audit-gateway-key"},
        "patients": {"audit-host-key", "cursor-key", "patients-host-key.verifier", "principal-key.pub"},
        "audit": {"audit-host-key.verifier", "audit-gateway-key.verifier", "principal-key.pub", "audit-log-key"},
    }
    made = {part.name: {file.name for file in part.iterdir()} for part in folder.iterdir()}
    assert made == granted
    assert all(mode(file) == 0o600 for file in folder.rglob("*") if file.is_file())
    key = (folder / "gateway" / "patients-host-key").read_bytes()
    verifier = (folder / "patients" / "patients-host-key.verifier").read_bytes()
    assert key.strip() not in verifier
    again = run(*init)
    assert again.returncode == 1
    assert (folder / "gateway" / "patients-host-key").read_bytes() == key


def test_requests_under_way_are_finished_before_the_end(fresh_register: Register) -> None:
    created: list[dict[str, object]] = []

    def create_until_the_end() -> None:
        client = fresh_register.client()
        with suppress(requests.ConnectionError):
            while True:
                answer = client.post("/patient", a_patient())
                assert answer.status_code == 201, answer.text
                created.append(answer.json())

    with ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(create_until_the_end) for _ in range(4)]
        wait_for(lambda: len(created) > 20, "some creates")
        fresh_register.stop()
        for sender in senders:
            sender.result()
    fresh_register.start()
    client = fresh_register.client()
    for patient in created:
        assert client.get(f"/patient/{patient['id']}").json() == patient


HELP = ["--help", "serve --help", "audit --help", "import --help", "subscription --help", "subscription create --help"]


@pytest.mark.parametrize("arguments", [words.split() for words in ["version", *HELP]], ids=" ".join)
def test_help_and_version_are_answered(arguments: list[str]) -> None:
    answer = run(*arguments)
    assert answer.returncode == 0
    assert answer.stdout.strip()


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve", "--nonsense"], ["serve", "--listen"]])
def test_a_faulty_command_line_is_a_usage_error(arguments: list[str]) -> None:
    answer = run(*arguments)
    assert answer.returncode == 2
    assert (answer.stderr + answer.stdout).strip()


def test_a_killed_register_starts_again(fresh_register: Register) -> None:
    patient = fresh_register.client().create_patient()
    fresh_register.kill()
    fresh_register.start()
    wait_for(lambda: fresh_register.client().get("/status").status_code == 200, "the register to be up")
    assert fresh_register.client().get(f"/patient/{patient['id']}").json() == patient


def refusal_of(register: Register) -> str:
    """What a start says that ends by itself."""
    answer = register.command("serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0")
    assert answer.returncode == 1
    (sentence,) = [line for line in answer.stderr.splitlines() if line.startswith("assay: ")]
    return sentence


@pytest.mark.parametrize("part", ["gateway", "patients", "audit"])
@pytest.mark.parametrize("is_emptied", [False, True], ids=["deleted", "emptied"])
def test_a_register_that_lost_a_database_does_not_start_as_an_empty_one(
    fresh_register: Register, part: str, is_emptied: bool
) -> None:
    fresh_register.client().create_patient()
    fresh_register.stop()
    database = fresh_register.data / part / f"{part}.db"
    database.write_bytes(b"") if is_emptied else database.unlink()
    assert str(database) in refusal_of(fresh_register)


def test_an_audit_database_that_is_not_the_newest_is_refused(fresh_register: Register) -> None:
    fresh_register.lose_newest_of_audit()
    assert "is older than the log's head" in refusal_of(fresh_register)


def test_a_restored_audit_database_that_lacks_what_the_patients_know_of_is_refused(fresh_register: Register) -> None:
    fresh_register.lose_newest_of_audit()
    fresh_register.mark_audit_as_restored()
    assert "is not the newest" in refusal_of(fresh_register)


def test_a_running_service_ends_accesses_when_the_audit_database_is_not_the_newest(fresh_parts: Parts) -> None:
    client = fresh_parts.patients_client()
    database = fresh_parts.data / "audit" / "audit.db"
    fresh_parts.audit.stop()
    older = database.read_bytes()
    fresh_parts.restart_audit()
    wait_for(lambda: client.post("/patient", a_patient()).status_code == 201, "the patients to be open again")
    client.create_patient()
    fresh_parts.audit.stop()
    database.write_bytes(older)
    mark_as_restored(fresh_parts.data)
    fresh_parts.restart_audit()
    ready = fresh_parts.patients.metrics_url + "/readyz"
    wait_for(lambda: "lacks records" in requests.get(ready, timeout=30).text, "the patients service to notice")
    assert client.post("/patient", a_patient()).status_code == 500


@pytest.mark.parametrize("part", ["gateway", "patients", "audit"])
def test_a_database_with_code_of_others_is_refused(fresh_register: Register, part: str) -> None:
    fresh_register.stop()
    with sqlite3.connect(fresh_register.data / part / f"{part}.db") as database:
        (table,) = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' LIMIT 1").fetchone()
        database.execute(f"CREATE TRIGGER spy AFTER INSERT ON {table} BEGIN SELECT 1; END")
    database.close()
    assert "has a trigger spy, which nothing of this program made" in refusal_of(fresh_register)


@pytest.mark.parametrize("part", ["gateway", "audit"])
def test_a_damaged_database_is_refused_at_the_start(fresh_register: Register, part: str) -> None:
    client = fresh_register.client()
    for _ in range(200):
        client.create_patient()
    fresh_register.stop()
    damage(fresh_register.data / part / f"{part}.db")
    assert f"{part}.db" in refusal_of(fresh_register)
