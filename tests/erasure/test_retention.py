"""Retention: what is older than the setting says loses its content, by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from client import gateway_client
from register import Program, run, wait_for
from trail import Trail

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def serve(directory: Path, *flags: object, wrapper: tuple[str, ...] = ()) -> Program:
    return Program(
        "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", directory / "data", *flags,
        directory=directory, wrapper=wrapper,
    )  # fmt: skip


@pytest.mark.release_only  # The sanitizers' runtime must be the first library of a process.
def test_records_older_than_the_setting_lose_their_content(tmp_path: Path) -> None:
    assert FAKETIME, "the Debian package libfaketime is needed"
    program = serve(tmp_path, wrapper=("env", f"LD_PRELOAD={FAKETIME}", "FAKETIME=-100d"))
    key = (tmp_path / "data" / "gateway" / "first-key").read_text().strip()
    patient = gateway_client(program.url, key).create_patient()
    program.stop()
    trail = Trail(tmp_path / "data" / "audit" / "audit.db")
    old = len(trail.all())
    settings = tmp_path / "assay.toml"
    settings.write_text("[audit]\nretention = 30\n")
    program = serve(tmp_path, "--config", settings)
    try:
        (erasure,) = wait_for(
            lambda: [record for record in trail.all() if record["resource"]["operation"] == "erase"], "the erasure"
        )
        assert erasure["resource"]["id"] == f'{{"indexes":{list(range(old))},"reason":"retention of 30 days"}}'.replace(
            ", ", ","
        )
        assert erasure["actor"]["kind"] == "service"
        client = gateway_client(program.url, key)
        assert client.get(f"/patient/{patient['id']}").json() == patient
    finally:
        program.stop()
    assert trail.of_patient(patient["id"])[-1]["patientSequence"] == 2
    verified = run("audit", "verify", "--data-dir", tmp_path / "data")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert f"of which {old} erased" in verified.stdout
