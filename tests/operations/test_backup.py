"""`assay check`, `assay backup` and `assay restore`."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from client import a_patient
from register import Program, Register, damage, run


def test_check_finds_a_good_register_good(fresh_register: Register) -> None:
    client = fresh_register.client()
    for _ in range(20):
        patient = client.create_patient()["id"]
        client.create_test(patient)
        client.put(f"/patient/{patient}", a_patient(id=patient))
    fresh_register.stop()
    answer = fresh_register.command("check")
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("part", ["patients", "audit", "gateway"])
def test_check_finds_a_damaged_database(fresh_register: Register, part: str) -> None:
    client = fresh_register.client()
    for _ in range(200):
        client.create_patient()
    fresh_register.stop()
    damage(fresh_register.data / part / f"{part}.db")
    answer = fresh_register.command("check")
    assert answer.returncode == 1
    assert answer.stderr.strip() or answer.stdout.strip()


def test_a_backup_of_a_running_register_holds_what_was_there_and_can_be_restored(
    fresh_register: Register, tmp_path: Path
) -> None:
    client = fresh_register.client()
    before = [client.create_patient() for _ in range(30)]
    backup = tmp_path / "backup"
    going_on = threading.Event()
    writer = threading.Thread(
        target=lambda: [fresh_register.client().create_patient() for _ in range(200)] and going_on.set()
    )
    writer.start()
    answer = fresh_register.command("backup", backup)
    writer.join()
    assert answer.returncode == 0, answer.stderr
    later = client.create_patient()
    fresh_register.stop()
    restored = fresh_register.command("restore", backup)
    assert restored.returncode == 0, restored.stderr
    fresh_register.start()
    client = fresh_register.client()
    for patient in before:
        assert client.get(f"/patient/{patient['id']}").json() == patient
    assert client.get(f"/patient/{later['id']}").status_code == 404
    documents = client.post("/patient/search?limit=1000", {}).json()
    for patient in documents:
        assert fresh_register.trail.of_patient(patient["id"])
    fresh_register.stop()
    assert fresh_register.command("check").returncode == 0
    replaced = {file.name for file in fresh_register.data.glob("*/*/*.db")}
    assert replaced == {"gateway.db", "patients.db", "audit.db"}, "what a restore replaces is kept"


def test_there_is_a_way_back_from_a_restore(fresh_register: Register, tmp_path: Path) -> None:
    data = fresh_register.data
    head = data / "audit" / "log.head"
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    patient = fresh_register.client().create_patient()
    fresh_register.stop()
    before, verifier = head.read_bytes(), fresh_register.command("audit", "key").stdout
    assert fresh_register.command("restore", tmp_path / "backup").returncode == 0
    fresh_register.start()
    fresh_register.stop()
    assert fresh_register.command("audit", "key").stdout != verifier
    (replaced,) = (data / "audit").glob("replaced-*")
    kept = replaced / "log.head"
    assert kept.read_bytes() == before
    assert kept.stat().st_mode & 0o777 == 0o600
    # The way that docs/operate.md tells.
    for part in ("gateway", "patients", "audit"):
        for file in (data / part).glob(f"{part}.db*"):
            file.unlink()
        for file in (data / part / replaced.name).glob(f"{part}.db*"):
            file.rename(data / part / file.name)
    kept.rename(head)
    fresh_register.start()
    assert fresh_register.client().get(f"/patient/{patient['id']}").json() == patient
    fresh_register.stop()
    assert fresh_register.command("audit", "key").stdout == verifier
    assert fresh_register.command("audit", "verify").returncode == 0


def test_a_backup_overwrites_nothing(fresh_register: Register, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("mine")
    assert fresh_register.command("backup", tmp_path / "taken").returncode == 1
    assert (tmp_path / "taken" / "file").read_text() == "mine"


def test_a_backup_of_a_stopped_register_works_too(fresh_register: Register, tmp_path: Path) -> None:
    patient = fresh_register.client().create_patient()
    fresh_register.stop()
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    elsewhere = tmp_path / "elsewhere"
    assert run("restore", tmp_path / "backup", "--data-dir", elsewhere).returncode == 0
    assert (elsewhere / "patients" / "patients.db").exists()
    fresh_register.start()
    assert fresh_register.client().get(f"/patient/{patient['id']}").json() == patient


def test_a_running_register_is_not_restored_over(fresh_register: Register, tmp_path: Path) -> None:
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    answer = fresh_register.command("restore", tmp_path / "backup")
    assert answer.returncode == 1
    assert answer.stderr.startswith("assay: ")
    assert fresh_register.client().post("/patient", a_patient()).status_code == 201


@pytest.mark.parametrize(
    "manifest",
    ["{}", "[]", '{"parts": []}', '{"parts": 5}', '{"parts": [5]}', '{"parts": [{"name": "patients"}]}',
     '{"parts": [{"name": "patients", "file": "../patients.db", "sha256": ""}]}',
     '{"parts": [{"name": "../patients", "file": "../patients.db", "sha256": ""}]}',
     '{"parts": [{"name": "other", "file": "other.db", "sha256": ""}]}'],
)  # fmt: skip
def test_a_manifest_that_no_backup_has_is_refused_with_a_sentence(tmp_path: Path, manifest: str) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    (backup / "backup.json").write_text(manifest)
    (tmp_path / "patients.db").write_text("not of the backup")
    answer = run("restore", backup, "--data-dir", tmp_path / "data")
    assert answer.returncode == 1
    assert answer.stderr.startswith("assay: " + str(backup)), answer.stderr
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_half_restored_is_not_backed_up(fresh_register: Register, tmp_path: Path) -> None:
    fresh_register.stop()
    (fresh_register.data / "restoring").write_text("")
    answer = fresh_register.command("backup", tmp_path / "backup")
    assert answer.returncode == 1
    assert "run assay restore again" in answer.stderr
    assert not (tmp_path / "backup").exists()


def test_what_is_no_backup_is_not_restored(fresh_register: Register, tmp_path: Path) -> None:
    patient = fresh_register.client().create_patient()
    fresh_register.stop()
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        assert fresh_register.command("restore", folder).returncode == 1
    fresh_register.start()
    assert fresh_register.client().get(f"/patient/{patient['id']}").json() == patient


def test_a_restored_register_makes_no_first_key(fresh_register: Register, tmp_path: Path) -> None:
    assert fresh_register.command("subscription", "delete", "first").returncode == 0
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    elsewhere = tmp_path / "elsewhere"
    assert run("restore", tmp_path / "backup", "--data-dir", elsewhere).returncode == 0
    program = Program("serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
                      "--data-dir", elsewhere, directory=tmp_path)  # fmt: skip
    program.stop()
    assert not (elsewhere / "gateway" / "first-key").exists()
