"""What `assay audit verify` may be given: large receipts, checkpoints of receipts and reports, a subscription's key."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import requests
from client import Client, a_patient, unique
from register import BINARY, Parts, Register, run

VERIFIED, FAULTY, _, NOT_EXAMINED = range(4)


def key_of(register: Register) -> str:
    return register.command("audit", "key").stdout.strip()


def proof_of(client: Client, answer: requests.Response) -> str:
    return client.get(f"/audit/{answer.headers['Audit-Record'][:36]}/proof").text


def key_file_of(data: Path, folder: Path) -> Path:
    """A file with the key of a subscription that may read the trail."""
    name = unique("auditor-")
    made = run("subscription", "create", name, "--scope", "audit:read", "--output", "json", "--data-dir", data)
    file = folder / name
    file.write_text(json.loads(made.stdout)["primaryKey"] + "\n")
    return file


def verify_log(register: Register, *flags: object) -> tuple[int, str]:
    answer = run("audit", "verify", "--url", register.program.url, "--key", key_of(register), *flags)
    return answer.returncode, answer.stdout + answer.stderr


def test_the_largest_receipt_is_verified(parts: Parts, tmp_path: Path) -> None:
    largest = {"type": "x", "id": "x" * 1_048_000, "operation": "x"}
    made = parts.audit_client().post("/auditrecord", {"sourceSystemName": "other", "resource": largest})
    assert made.status_code == 201, made.text
    auditor = parts.client().another(key_file_of(parts.data, tmp_path).read_text().strip())
    (tmp_path / "receipt").write_text(auditor.get(f"/audit/{made.json()['id']}/proof").text)
    key = run("audit", "key", "--data-dir", parts.data).stdout.strip()
    answer = run("audit", "verify", tmp_path / "receipt", "--key", key)
    assert answer.returncode == VERIFIED, answer.stderr
    assert largest["id"] in answer.stdout


def test_a_receipt_and_a_report_hold_a_checkpoint_that_was_kept(
    new_register: Callable[..., Register], tmp_path: Path
) -> None:
    register, other = new_register(), new_register()
    patient = register.client().create_patient()["id"]
    key_file = key_file_of(register.data, tmp_path)
    (tmp_path / "receipt").write_text(proof_of(register.client(), register.client().get(f"/patient/{patient}")))
    report = run("audit", "report", "--patient", patient, "--proofs", tmp_path / "proofs",
                 "--url", register.program.url, "--key-file", key_file)  # fmt: skip
    assert report.returncode == 0, report.stderr
    for file in (tmp_path / "receipt", tmp_path / "proofs" / "checkpoint"):
        code, shown = verify_log(register, "--checkpoint", file)
        assert code == VERIFIED, shown
        assert f"records, {file}\n" in shown
        assert register.command("audit", "verify", "--checkpoint", file).returncode == VERIFIED
        assert other.command("audit", "verify", "--checkpoint", file).returncode == FAULTY


def test_a_log_that_is_not_public_is_verified_with_a_subscription(
    new_register: Callable[..., Register], tmp_path: Path
) -> None:
    settings = tmp_path / "assay.toml"
    settings.write_text("[gateway]\npublic_log = false\n")
    register = new_register("--config", settings)
    key_file = key_file_of(register.data, tmp_path)
    code, shown = verify_log(register, "--key-file", key_file, "--save", tmp_path / "kept")
    assert code == VERIFIED, shown
    proof_of(register.client(), register.client().post("/patient", a_patient()))
    code, shown = verify_log(register, "--key-file", key_file, "--checkpoint", tmp_path / "kept")
    assert code == VERIFIED, shown
    code, shown = verify_log(register)
    assert code == NOT_EXAMINED
    assert "was answered with 401" in shown
    key_file.write_text("wrong\n")
    assert verify_log(register, "--key-file", key_file)[0] == NOT_EXAMINED


def test_a_fault_is_one_even_where_it_cannot_be_printed(fresh_register: Register) -> None:
    client = fresh_register.client()
    for _ in range(30):
        client.create_patient()
    fresh_register.stop()
    with sqlite3.connect(fresh_register.data / "audit" / "audit.db") as database:
        database.execute("UPDATE record SET salt = zeroblob(32)")
    command = [BINARY, "audit", "verify", "--data-dir", fresh_register.data]
    with Path("/dev/full").open("w") as full:
        assert subprocess.run(command, stdout=full, stderr=subprocess.DEVNULL, check=False).returncode == FAULTY
