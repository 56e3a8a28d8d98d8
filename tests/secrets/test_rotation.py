"""Keys that change while requests run."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import termios
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import requests
from client import service_client
from register import BINARY, Parts, Register, run, wait_for
from rotation_load import storm


def provider_of(folder: Path) -> str:
    return "sealed" if (folder / "secrets.sealed").exists() else "folder"


def rotate(folder: Path, name: str, *flags: str) -> None:
    rotated = run("secrets", "rotate", name, "--provider", provider_of(folder), "--dir", folder, *flags)
    assert rotated.returncode == 0, rotated.stderr


def secret(folder: Path, part: str, name: str) -> str:
    return (folder / part / name).read_text().strip()


@pytest.fixture
def quick_parts(short_refresh: None, tmp_path: Path) -> Iterator[Parts]:
    parts = Parts(tmp_path)
    yield parts
    parts.stop()


@pytest.mark.parametrize(
    ("provider", "seconds"),
    [
        ("sealed", 15),
        pytest.param("sealed", 60, marks=pytest.mark.thorough),
        pytest.param("folder", 60, marks=pytest.mark.thorough),
    ],
)
def test_a_key_a_second_under_load_and_no_request_fails(
    short_refresh: None, tmp_path: Path, provider: str, seconds: int
):
    parts = Parts(tmp_path, provider)
    load = storm(parts, partial(rotate, parts.secrets), seconds)
    parts.stop()
    assert not load.faults, load.faults[:5]


@pytest.mark.thorough
def test_a_key_a_second_for_a_minute_in_one_process(short_refresh: None, tmp_path: Path):
    register = Register(tmp_path)
    load = storm(register, partial(rotate, register.data / "secrets"), 60)
    register.stop()
    assert not load.faults, load.faults[:5]


def test_reader_and_owner_move_to_the_new_key(quick_parts: Parts):
    old_key = quick_parts.patients_key
    rotate(quick_parts.secrets, "patients-host-key")
    new_key = quick_parts.patients_key
    assert new_key != old_key
    # The owner looks at once for a key that it doesn't know, and still takes the one before.
    for key in (new_key, old_key):
        answer = service_client(quick_parts.patients.url, key).get("/patient/x")
        assert answer.status_code == 404
    quick_parts.client().create_patient()


def test_a_compromised_key_is_refused_once_the_parts_have_looked(quick_parts: Parts):
    old = service_client(quick_parts.patients.url, quick_parts.patients_key)
    assert old.get("/patient/x").status_code == 404
    rotate(quick_parts.secrets, "patients-host-key", "--compromised")
    wait_for(lambda: old.get("/patient/x").status_code == 401)
    quick_parts.client().create_patient()


def test_a_superseded_key_is_refused_once_it_was_not_used_for_the_overlap(
    monkeypatch: pytest.MonkeyPatch, short_refresh: None, tmp_path: Path
):
    monkeypatch.setenv("ASSAY_SECRETS__OVERLAP", "1")
    parts = Parts(tmp_path)
    try:
        old = service_client(parts.patients.url, parts.patients_key)
        rotate(parts.secrets, "patients-host-key")
        # An owner that is shown the new key has looked.
        assert service_client(parts.patients.url, parts.patients_key).get("/patient/x").status_code == 404
        assert metric(parts.patients.metrics_url, "patients-host-key") == 1
        wait_for(lambda: metric(parts.patients.metrics_url, "patients-host-key") == 0)
        assert old.get("/patient/x").status_code == 401
        parts.client().create_patient()
    finally:
        parts.stop()


def metric(url: str, name: str) -> float:
    text = requests.get(url + "/metrics", timeout=10).text
    return float(text.split(f'assay_superseded_keys_accepted{{name="{name}"}} ')[1].split("\n")[0])


def test_a_secret_that_can_not_be_read_leaves_the_one_before_in_use_and_shows_in_health(quick_parts: Parts):
    verifier = quick_parts.secrets / "patients" / "patients-host-key.verifier"
    good = verifier.read_text()
    verifier.write_text("no verifier")
    ready = quick_parts.patients.metrics_url + "/readyz"
    wait_for(lambda: requests.get(ready, timeout=10).json()["status"] == "degraded")
    assert "patients-host-key.verifier" in requests.get(ready, timeout=10).json()["reason"]
    quick_parts.client().create_patient()
    verifier.write_text(good)
    wait_for(lambda: requests.get(ready, timeout=10).json()["status"] == "ready")


def changes_of_secrets(register: Register) -> list[str]:
    return [
        json.loads(record["resource"]["id"])["name"]
        for record in register.trail.all()
        if record.get("resource", {}).get("type") == "secret"
    ]


def test_a_change_is_recorded_once_while_the_register_runs_and_before_the_first_request_of_the_next_start(
    short_refresh: None, tmp_path: Path
):
    register = Register(tmp_path)
    folder = register.data / "secrets"
    try:
        assert changes_of_secrets(register) == []
        rotate(folder, "cursor-key")
        wait_for(lambda: changes_of_secrets(register) == ["cursor-key"])
        register.kill()
        rotate(folder, "patients-host-key")
        register.start()
        assert changes_of_secrets(register) == ["cursor-key", "patients-host-key"]
        register.kill()
        register.start()
        assert changes_of_secrets(register) == ["cursor-key", "patients-host-key"]
        assert register.command("audit", "verify").returncode == 0
    finally:
        register.stop()


def test_keys_are_rotated_by_schedule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ASSAY_SECRETS__PROVIDER", "folder")
    monkeypatch.setenv("ASSAY_SECRETS__ROTATE_EVERY", "30")
    monkeypatch.setenv("ASSAY_SECRETS__REFRESH", "1")
    register = Register(tmp_path)
    folder = register.data / "secrets"
    register.stop()
    assert "No key is 30 days old" in run("secrets", "rotate-due", "--dir", folder).stdout
    for file in folder.glob("*/*"):
        os.utime(file, (file.stat().st_mtime - 31 * 86_400,) * 2)
    before = contents(folder)

    def changed() -> set[str]:
        after = contents(folder)
        return {file.name for file in before if after[file] != before[file]}

    register.start()
    try:
        rotated = {"audit-gateway-key", "audit-host-key", "cursor-key", "patients-host-key", "principal-key"}
        wait_for(lambda: rotated <= changed())
        assert "audit-log-key" not in changed()
        register.client().create_patient()
    finally:
        register.stop()


def contents(folder: Path) -> dict[Path, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.endswith("lock")]
    return {file: file.read_bytes() for file in files}


def test_bad_requests_change_nothing(tmp_path: Path):
    folder = tmp_path / "secrets"
    assert run("secrets", "init", "--dir", folder).returncode == 0
    before = contents(folder)
    for arguments, sentence in [
        (("rotate", "nothing"), "there is no secret nothing"),
        (("rotate", "patients-store"), "comes from outside"),
        (("rotate", "audit-host-key.verifier"), "goes with another secret: rotate audit-host-key"),
        (("set", "cursor-key"), "is made by assay itself"),
        (("set", "patients-store"), "the value is empty"),
        (("get", "cursor-key"), "on a terminal only"),
    ]:
        refused = run("secrets", *arguments, "--dir", folder)
        assert refused.returncode == 1
        assert sentence in refused.stderr, refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert contents(folder) == before
    for provider, sentence in (("sealed", "there is no secrets.sealed in"), ("folder", "there are no secrets in")):
        refused = run("secrets", "list", "--provider", provider, "--dir", tmp_path / "none")
        assert sentence in refused.stderr


def test_an_interrupted_question_leaves_the_terminal_as_it_was(tmp_path: Path):
    folder = tmp_path / "secrets"
    run("secrets", "init", "--dir", folder)
    ours, theirs = pty.openpty()
    command = [str(BINARY), "secrets", "set", "patients-store", "--dir", str(folder)]
    asked = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    wait_for(lambda: not is_shown(theirs))
    asked.send_signal(signal.SIGINT)
    assert asked.wait(timeout=60) == -signal.SIGINT
    assert is_shown(theirs)
    os.close(ours)
    os.close(theirs)


def is_shown(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_no_command_prints_a_value(tmp_path: Path):
    folder = tmp_path / "secrets"
    run("secrets", "init", "--provider", "folder", "--dir", folder)
    run("secrets", "rotate", "cursor-key", "--provider", "folder", "--dir", folder)
    values = [value.decode().strip() for value in contents(folder).values()]
    for arguments in (
        ("list",),
        ("list", "--output", "json"),
        ("versions", "cursor-key"),
        ("rotate", "cursor-key"),
        ("doctor",),
    ):
        said = run("secrets", *arguments, "--provider", "folder", "--dir", folder)
        assert said.returncode == 0, said.stderr
        assert not [value for value in values if value in said.stdout + said.stderr]
