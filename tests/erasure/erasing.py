"""The operators' commands that erase, as the tests call them."""

from __future__ import annotations

import subprocess

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


def erase_records(register: Register, patient: str, *flags: object) -> subprocess.CompletedProcess[str]:
    return register.command("audit", "erase", "--patient", patient, "--reason", REASON, "--yes", *flags)
