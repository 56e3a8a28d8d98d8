"""The operators' commands that erase, as the tests call them."""

from __future__ import annotations

import json
import subprocess

from client import unique
from register import Register, run

REASON = "asked by letter of 2026-11-20"


def admin_key(register: Register) -> str:
    """The file of a key with the scope admin, made when first asked for."""
    file = register.directory / "admin.key"
    if not file.exists():
        made = register.command("subscription", "create", "eraser", "--scope", "admin")
        assert made.returncode == 0, made.stderr
        (primary,) = [line.split()[1] for line in made.stdout.splitlines() if line.startswith("Primary")]
        file.write_text(primary)
    return str(file)


def erase_patient(register: Register, patient: str, reason: str = REASON) -> subprocess.CompletedProcess[str]:
    key = admin_key(register)
    return run(
        "patient", "erase", "--id", patient, "--reason", reason, "--url", register.program.url, "--key-file", key
    )


def auditor_key(register: Register) -> str:
    """The key of a new subscription with the scope audit:read."""
    made = register.command("subscription", "create", unique("auditor-"), "--scope", "audit:read", "--output", "json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["primaryKey"]


def erase_record(register: Register, record: str) -> subprocess.CompletedProcess[str]:
    return register.command("audit", "erase", "--record", record, "--reason", REASON, "--yes")


def erase_records(register: Register, patient: str, *flags: object) -> subprocess.CompletedProcess[str]:
    return register.command("audit", "erase", "--patient", patient, "--reason", REASON, "--yes", *flags)
