"""What the commands do when a server answers what no register answers, or nobody takes what they print."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from client import new_id
from register import BINARY, Register, run
from strange_server import Answer, server_of

UNREADABLE = "assay: the register's answer can't be read; is it of another version?\n"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("key\n")
    return file


@pytest.fixture
def call(key_file: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    (tmp_path / "patients.ndjson").write_text(
        '{"patient":{"firstName":"a","gender":"other","dateOfBirth":"1980","postCode":"1234"}}\n'
    )

    def call(url: str, *command: object) -> subprocess.CompletedProcess[str]:
        return run(*command, "--url", url, "--key-file", key_file, cwd=tmp_path)

    return call


COMMANDS = {
    "audit export": ("audit", "export", "out.csv"),
    "audit report": ("audit", "report", "--patient", new_id()),
    "patient erase": ("patient", "erase", "--id", new_id(), "--reason", "x"),
    "export": ("export", "out.ndjson"),
    "import": ("import", "patients.ndjson"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("body", [{"message": "\x1b[31mred\u009b\u202e"}, "\x1b[31mred\u009b\u202e"])
@pytest.mark.parametrize("status", [403, 422])
def test_what_a_server_says_cannot_steer_the_terminal(call, command, body, status: int) -> None:
    with server_of(lambda _: (status, {}, json.dumps(body).encode())) as url:
        answer = call(url, *command)
    assert answer.returncode == 1
    assert "\\x1b[31mred\\u{9b}\\u{202e}" in answer.stderr
    assert (answer.stderr + answer.stdout).replace("\n", "").isprintable()


SHAPES = [b"", b"<html>", b"5", b"null", b'"text"', b"[]", b"[5]", b"{}",
          b'{"records": 5}', b'{"records": [5]}', b'{"records": [{"record": 5, "index": 1}]}',
          b'{"patientId": 5}', b'{"patientId": "x", "count": -1, "checkpoint": "", "accesses": []}',
          b'{"patientId": "x", "count": 1, "checkpoint": "", "accesses": [{"sequence": "1", "index": 1}]}',
          b'{"patientId": "x", "count": 1, "checkpoint": "", "accesses": 1}', b'{"tests": "1"}']  # fmt: skip


@pytest.mark.parametrize("body", SHAPES)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_an_answer_of_another_shape_is_told_in_one_sentence(call, command, body: bytes, tmp_path: Path) -> None:
    is_creating = command[0] == "import"
    with server_of(lambda _: (201 if is_creating else 200, {}, body)) as url:
        answer = call(url, *command)
    if answer.returncode == 0:
        assert (command[0], body) == ("export", b"[]")
        return
    assert (answer.returncode, answer.stderr, answer.stdout) == (1, UNREADABLE, "")
    assert not list(tmp_path.glob("out.*"))


@pytest.mark.parametrize("body", [b"[5]", b"[{}]", b'[{"status": 5}]', b'[{"status": "refused", "reason": 5}]'])
def test_an_import_takes_no_results_of_another_shape(call, body: bytes) -> None:
    with server_of(lambda _: (200, {}, body)) as url:
        answer = call(url, "import", "patients.ndjson", "--keep-ids")
    assert (answer.returncode, answer.stderr, answer.stdout) == (1, UNREADABLE, "")


@pytest.mark.parametrize(
    ("command", "first", "page"),
    [
        ("audit export", "/audit?limit=1000", {"records": []}),
        ("audit report", "/patient/", {"patientId": "x", "count": 0, "checkpoint": "", "accesses": []}),
        ("export", "/patient/search?limit=1000", []),
    ],
)
def test_a_page_that_follows_itself_is_refused(call, command: str, first: str, page: object, tmp_path: Path) -> None:
    asked = []

    def answer(target: str) -> Answer:
        asked.append(target)
        return 200, {"Link": f'<{target}>; rel="next"'}, json.dumps(page).encode()

    with server_of(answer) as url:
        done = call(url, *COMMANDS[command])
    assert done.returncode == 1
    assert done.stderr.startswith("assay: the register names a page as the one that follows it")
    assert len(asked) == 1
    assert asked[0].startswith(first)
    assert not list(tmp_path.glob("out.*"))


@pytest.mark.parametrize("file", ["none", "/", "empty"])
def test_a_key_file_that_is_none_is_told_in_one_sentence(file: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    answer = run("audit", "export", "-", "--url", "http://127.0.0.1:1", "--key-file", file, cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith("assay: ")
    assert f"{file} " in line


@pytest.mark.parametrize("file", ["none", "/"])
def test_a_document_of_a_person_that_is_none_is_told_in_one_sentence(register: Register, file: str) -> None:
    answer = register.command("audit", "erase", "--patient", new_id(), "--person", file, "--reason", "x", "--yes")
    assert (answer.returncode, answer.stdout) == (1, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith(f"assay: {file} can't be read")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("audit", "key"), 1),
        (("audit", "verify"), 3),
        (("subscription", "list"), 1),
        (("config", "show"), 1),
        (("status",), 1),
        (("--version",), 1),
        (("audit", "verify", "--help"), 1),
    ],
)
def test_what_could_not_be_printed_is_no_success(register: Register, command: tuple[str, ...], code: int) -> None:
    flags = () if "--version" in command else ("--data-dir", register.data)
    with Path("/dev/full").open("w") as full:
        answer = subprocess.run([BINARY, *command, *flags], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert answer.returncode == code
    (line,) = answer.stderr.splitlines()
    assert line.startswith("assay: ")
    assert "can't be written" in line


@pytest.mark.parametrize("proof", ["/subscriptions", "/audit/../patient/proof", "//127.0.0.1/audit/{id}/proof"])
def test_a_report_asks_for_proofs_of_its_records_alone(call, proof: str, tmp_path: Path) -> None:
    patient = new_id()
    record = new_id()
    access = {"sequence": 1, "index": 0, "record": {"id": record}, "proof": proof.format(id=record)}
    page = {"patientId": patient, "count": 1, "checkpoint": "", "accesses": [access]}
    asked = []

    def answer(target: str) -> Answer:
        asked.append(target)
        return 200, {}, json.dumps(page).encode()

    with server_of(answer) as url:
        done = call(url, "audit", "report", "--patient", patient, "--proofs", "proofs")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("assay: the register names something else for a proof")
    assert len(asked) == 1
    assert not (tmp_path / "proofs").exists()
