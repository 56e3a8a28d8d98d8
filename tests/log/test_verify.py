"""`assay audit verify`: a receipt offline, a data directory, and the log of a running register from outside."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from client import Client
from register import REPOSITORY, Register, run, wait_for
from strange_server import Answer, server_of

VERIFIED, FAULTY, WRONG_USAGE, NOT_EXAMINED = range(4)


def key_of(register: Register) -> str:
    return register.command("audit", "key").stdout.strip()


def checkpoint_of(register: Register) -> str:
    return requests.get(f"{register.program.url}/log/checkpoint", timeout=30).text


def proof_of(client: Client, answer: requests.Response) -> str:
    return client.get(f"/audit/{answer.headers['Audit-Record'][:36]}/proof").text


@pytest.fixture
def receipt(client: Client, tmp_path: Path) -> Path:
    file = tmp_path / "receipt"
    patient = client.create_patient()["id"]
    file.write_text(proof_of(client, client.get(f"/patient/{patient}", headers={"Assay-On-Behalf-Of": "dr.jones"})))
    return file


def test_a_receipt_is_verified_with_the_key_alone(register: Register, receipt: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(key_of(register) + "\n")
    answer = run("audit", "verify", "--key", key, receipt, cwd=tmp_path)
    assert answer.returncode == VERIFIED, answer.stderr
    shown = {line.split()[0]: line.split(maxsplit=1)[1] for line in answer.stdout.splitlines() if len(line.split()) > 1}
    assert shown["Verdict"] == "verified: the log has this record"
    assert shown["Log"] == key_of(register).partition("+")[0]
    assert shown["asserted.onBehalfOf"] == "dr.jones"
    assert shown["resource.operation"] == "find"
    assert not (tmp_path / "assay-data").exists()


def test_a_receipt_comes_by_standard_input_too(register: Register, receipt: Path) -> None:
    with receipt.open() as file:
        answer = run("audit", "verify", "-", "--key", key_of(register), stdin=file)
    assert answer.returncode == VERIFIED, answer.stderr


def test_the_frozen_receipt_is_verified() -> None:
    vectors = REPOSITORY / "tests" / "vectors"
    key = json.loads((vectors / "checkpoint.json").read_text())["verifierKey"]
    answer = run("audit", "verify", vectors / "receipt.tlog-proof", "--key", key)
    assert answer.returncode == VERIFIED, answer.stdout + answer.stderr
    assert "5, in a tree of 7 records" in answer.stdout


def changed_extra(receipt: str, change: Callable[[dict], None]) -> str:
    first, extra, rest = receipt.split("\n", 2)
    opening = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    change(opening)
    return f"{first}\nextra {base64.b64encode(json.dumps(opening).encode()).decode()}\n{rest}"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: changed_extra(text, lambda o: o["record"]["actor"].update(name="x")), "is not what it was"),
        (lambda text: changed_extra(text, lambda o: o["record"].pop("patientId")), "is not what it was"),
        (lambda text: changed_extra(text, lambda o: o.update(salt="A" * 43 + "=")), "is not what it was"),
        (lambda text: changed_extra(text, lambda o: o.update(salt="AAAA")), "holds no salt of 32 bytes"),
        (lambda text: changed_extra(text, lambda o: o.pop("record")), "doesn't hold a record and its salt"),
        (lambda text: text.replace("index ", "index 1"), "is not what it was"),
        (lambda text: text.replace("\n— ", "\n— x"), "didn't sign the checkpoint"),
        (lambda text: text.replace("\nassay.internal/", "\nassay.internal/0"), "whose key is not given"),
        (lambda text: text[:-30], "doesn't have the form of a tlog-proof file"),
        (lambda _: "", "doesn't have the form of a tlog-proof file"),
        (lambda _: "\x00\xff", "doesn't have the form of a tlog-proof file"),
    ],
)
def test_a_receipt_that_was_changed_is_refused(
    register: Register, receipt: Path, change: Callable[[str], str], sentence: str
) -> None:
    receipt.write_text(change(receipt.read_text()))
    answer = run("audit", "verify", receipt, "--key", key_of(register))
    assert answer.returncode == FAULTY, answer.stdout + answer.stderr
    assert "not verified" in answer.stdout
    assert sentence in answer.stdout


def test_what_a_record_says_cannot_steer_the_terminal(register: Register, client: Client, tmp_path: Path) -> None:
    patient = client.create_patient()["id"]
    said = "\u009b31mred \u202egnirts"
    answer = client.get(f"/patient/{patient}", headers={"Assay-On-Behalf-Of": said.encode()})
    if answer.status_code != 200:
        pytest.skip("such a name is not taken")
    (tmp_path / "receipt").write_text(proof_of(client, answer))
    shown = run("audit", "verify", tmp_path / "receipt", "--key", key_of(register)).stdout
    assert shown.isascii()


@pytest.mark.parametrize(
    ("flags", "code", "sentence"),
    [
        (["receipt"], WRONG_USAGE, "--key is needed"),
        (["receipt", "--key", "x"], WRONG_USAGE, "x is neither a verifier key"),
        (["receipt", "--key", "receipt"], WRONG_USAGE, "receipt is neither a verifier key"),
        (
            ["receipt", "--url", "http://127.0.0.1:1", "--key", "KEY"],
            WRONG_USAGE,
            "either the receipt in FILE or the log",
        ),
        (["receipt", "--key", "KEY", "--checkpoint", "c"], WRONG_USAGE, "leave --checkpoint out"),
        (["--save", "x"], WRONG_USAGE, "--save keeps the checkpoint that --url shows"),
        (["--url", "http://127.0.0.1:1"], WRONG_USAGE, "--key is needed"),
        ([""], WRONG_USAGE, "FILE is empty"),
        (["", "--key", "KEY"], WRONG_USAGE, "FILE is empty"),
        (["--url", ""], WRONG_USAGE, "--url is empty"),
        (["--url", "", "--key", "KEY"], WRONG_USAGE, "--url is empty"),
        (["--url", "http://127.0.0.1:1", "--key", ""], WRONG_USAGE, "--key is empty"),
        (["--checkpoint", ""], WRONG_USAGE, "--checkpoint is empty"),
        (["--url", "http://127.0.0.1:1", "--key", "KEY", "--save", ""], WRONG_USAGE, "--save is empty"),
        (["none", "--key", "KEY"], NOT_EXAMINED, "none can't be read; is there such a file?"),
        (["/", "--key", "KEY"], NOT_EXAMINED, "/ can't be read"),
        (["--checkpoint", "/dev/null"], NOT_EXAMINED, "/dev/null holds no checkpoint in a signed note"),
        (["--key-file", "x"], WRONG_USAGE, "--key-file is for the log at --url"),
        (["--url", "http://127.0.0.1:1", "--key", "KEY", "--key-file", ""], WRONG_USAGE, "--key-file is empty"),
        (["--url", "http://127.0.0.1:1", "--key", "KEY", "--key-file", "none"], NOT_EXAMINED, "none can't be read"),
        (["--data-dir", "none"], NOT_EXAMINED, "there is no audit register in none"),
        (["--config", "none"], NOT_EXAMINED, "none"),
        (["--url", "http://127.0.0.1:1", "--key", "KEY"], NOT_EXAMINED, "the log at http://127.0.0.1:1 can't be had"),
        (["--url", "nowhere", "--key", "KEY"], NOT_EXAMINED, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    register: Register, receipt: Path, flags: list[str], code: int, sentence: str
) -> None:
    flags = [key_of(register) if flag == "KEY" else flag for flag in flags]
    answer = run("audit", "verify", *flags, cwd=receipt.parent)
    assert (answer.returncode, answer.stdout) == (code, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith("assay: ")
    assert sentence in line


def test_an_unknown_flag_is_wrong_usage() -> None:
    assert run("audit", "verify", "--nothing").returncode == WRONG_USAGE


def test_a_data_directory_is_verified_while_the_register_runs(register: Register, client: Client) -> None:
    patient = client.create_patient()["id"]
    done = threading.Event()

    def work() -> None:
        own = client.another()
        while not done.is_set():
            proof_of(own, own.get(f"/patient/{patient}"))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(10):
            answer = register.command("audit", "verify")
            assert answer.returncode == VERIFIED, answer.stdout + answer.stderr
    finally:
        done.set()
        worker.join()
    labels = [line.split()[0] for line in answer.stdout.splitlines()]
    assert labels == ["Verdict", "Records", "Patients", "Checkpoints", "Head", "Took", "Bound"]


def test_the_head_is_looked_for_where_the_setting_says(new_register: Callable[..., Register], tmp_path: Path) -> None:
    settings, head = tmp_path / "assay.toml", tmp_path / "elsewhere.head"
    settings.write_text(f'[audit]\nhead_path = "{head}"\n')
    register = new_register("--config", settings)
    register.stop()
    answer = register.command("audit", "verify", "--config", settings)
    assert answer.returncode == VERIFIED
    assert str(head) in answer.stdout
    head.write_bytes(b"x" * 8192)
    assert register.command("audit", "verify", "--config", settings).returncode == FAULTY


def test_a_register_that_was_killed_is_in_order_after_its_next_start(fresh_register: Register) -> None:
    client = fresh_register.client()
    for _ in range(5):
        proof_of(client, client.get(f"/patient/{client.create_patient()['id']}"))
    fresh_register.kill()
    fresh_register.start()
    answer = fresh_register.command("audit", "verify")
    assert answer.returncode == VERIFIED, answer.stdout


def verify_log(register: Register, *flags: object) -> tuple[int, str]:
    answer = run("audit", "verify", "--url", register.program.url, "--key", key_of(register), *flags)
    return answer.returncode, answer.stdout + answer.stderr


def test_the_log_begins_with_each_checkpoint_that_was_kept(fresh_register: Register, tmp_path: Path) -> None:
    client = fresh_register.client()
    patient = client.create_patient()["id"]
    kept = tmp_path / "kept"
    code, shown = verify_log(fresh_register, "--save", kept)
    assert code == VERIFIED, shown
    assert "it was held against no other" in shown
    first = kept.read_text()
    checkpoints = []
    for size in (1, 3, 100, 160):
        for _ in range(size):
            answer = client.get(f"/patient/{patient}")
        proof_of(client, answer)
        checkpoints += ["--checkpoint", tmp_path / f"kept-{size}"]
        checkpoints[-1].write_text(checkpoint_of(fresh_register))
        code, shown = verify_log(fresh_register, "--checkpoint", kept, "--save", kept)
        assert code == VERIFIED, shown
    assert kept.read_text() != first
    assert kept.stat().st_mode & 0o777 == 0o600
    code, shown = verify_log(fresh_register, *checkpoints)
    assert code == VERIFIED, shown
    assert shown.count("\nKept ") == 4


def test_a_rollback_is_found_by_who_kept_a_later_checkpoint(fresh_register: Register, tmp_path: Path) -> None:
    client = fresh_register.client()
    client.create_patient()
    assert fresh_register.command("backup", tmp_path / "backup").returncode == 0
    for _ in range(5):
        answer = client.get(f"/patient/{client.create_patient()['id']}")
    proof_of(client, answer)
    kept, old_key = tmp_path / "kept", key_of(fresh_register)
    kept.write_text(checkpoint_of(fresh_register))
    fresh_register.stop()
    assert fresh_register.command("restore", tmp_path / "backup").returncode == 0
    # Nothing is wrong with what is there, and the head that was is no more that of it.
    answer = fresh_register.command("audit", "verify")
    assert answer.returncode == VERIFIED, answer.stdout
    assert "a backup was restored" in answer.stdout
    fresh_register.start()
    assert fresh_register.command("audit", "verify").returncode == VERIFIED
    code, shown = verify_log(fresh_register, "--checkpoint", kept)
    assert code == FAULTY
    assert "whose key is not given" in shown
    code, shown = verify_log(fresh_register, "--checkpoint", kept, "--key", old_key)
    assert code == FAULTY
    assert "it was cut off, or put back to an older state." in shown
    for _ in range(10):
        answer = fresh_register.client().create_patient()
    wait_for(lambda: int(checkpoint_of(fresh_register).split("\n")[1]) > int(kept.read_text().split("\n")[1]), "a log")
    code, shown = verify_log(fresh_register, "--checkpoint", kept, "--key", old_key)
    assert code == FAULTY
    assert "doesn't begin with the" in shown
    assert "a restore begins one" in shown
    answer = fresh_register.command("audit", "verify", "--checkpoint", kept)
    assert answer.returncode == FAULTY
    assert "a restore ended its log at" in answer.stdout


def answer_of(paths: dict[str, bytes], target: str) -> Answer:
    """Of a server that shows a log as somebody else wants it seen."""
    return (200, {}, paths[target]) if target in paths else (404, {}, b"")


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (lambda _: None, VERIFIED, "verified"),
        (lambda log: log.update({"/log/checkpoint": b"<html>"}), FAULTY, "It is no checkpoint in a signed note."),
        (lambda log: log.update({"/log/checkpoint": b""}), FAULTY, "It is no checkpoint in a signed note."),
        (lambda log: log.pop("/log/checkpoint"), NOT_EXAMINED, "/log/checkpoint was answered with 404"),
        (
            lambda log: log.update({"/log/checkpoint": log["/log/checkpoint"].replace(b"\n\n", b"\nmore\n\n", 1)}),
            FAULTY,
            "didn't sign the checkpoint",
        ),
        (lambda log: [log.pop(path) for path in list(log) if "tile" in path], NOT_EXAMINED, "was answered with 404"),
        (lambda log: log.update({p: b"x" for p in log if "tile" in p}), NOT_EXAMINED, "is no tile"),
        (
            lambda log: log.update({p: bytes(len(log[p])) for p in log if "tile" in p}),
            FAULTY,
            "doesn't begin with the",
        ),
    ],
)
def test_what_a_server_shows_is_believed_only_with_proof(
    fresh_register: Register, tmp_path: Path, change: Callable[[dict[str, bytes]], None], code: int, sentence: str
) -> None:
    client = fresh_register.client()
    answer = client.get(f"/patient/{client.create_patient()['id']}")
    proof_of(client, answer)
    kept = tmp_path / "kept"
    kept.write_text(checkpoint_of(fresh_register))
    answer = client.get(f"/patient/{client.create_patient()['id']}")
    proof_of(client, answer)
    size = int(checkpoint_of(fresh_register).split("\n")[1])
    tile = f"/log/tile/0/000.p/{size}"
    log = {
        path: requests.get(fresh_register.program.url + path, timeout=30).content for path in ("/log/checkpoint", tile)
    }
    change(log)
    with server_of(lambda target: answer_of(log, target)) as url:
        answer = run("audit", "verify", "--url", url, "--key", key_of(fresh_register), "--checkpoint", kept)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert sentence in answer.stdout + answer.stderr


def test_the_register_that_the_benchmark_makes_by_the_documentation_alone_is_in_order(tmp_path: Path) -> None:
    """Python wrote it from docs/formats.md: two levels of tiles, a checkpoint each thousand records, one as head."""
    subprocess.run(
        [sys.executable, REPOSITORY / "bench" / "make_audit_register.py", tmp_path, "70000"], check=True, timeout=120
    )
    answer = run("audit", "verify", "--data-dir", tmp_path)
    assert answer.returncode == VERIFIED, answer.stdout + answer.stderr
    assert "70000, of which 0 erased" in answer.stdout
    assert "71 held against the tree" in answer.stdout
