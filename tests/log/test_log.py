"""The log under /log: its checkpoint, tiles and entries."""

from __future__ import annotations

import http.client
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from client import Client, gateway_text
from notes import leaf_hash, open_checkpoint, root_of
from register import Register, run, wait_for


def entries_of(register: Register) -> list[bytes]:
    with sqlite3.connect(f"file:{register.data / 'audit' / 'audit.db'}?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("SELECT entry FROM record ORDER BY idx")]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """A log of 600 entries and some, all signed."""
    register = Register(tmp_path_factory.mktemp("log"))
    client = register.client()
    for _ in range(600):
        client.create_patient()
    yield register
    register.stop()


def get(register: Register, path: str) -> requests.Response:
    return requests.get(f"{register.program.url}/log/{path}", timeout=30)


def get_as_written(register: Register, target: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer to a target that client libraries would tidy up."""
    connection = http.client.HTTPConnection(*register.address, timeout=30)
    with closing(connection):
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()


def signed_size(register: Register) -> int:
    return int(get(register, "checkpoint").text.splitlines()[1])


def all_signed(register: Register) -> int:
    return wait_for(
        lambda: (size := signed_size(register)) >= 600 and size == len(entries_of(register)) and size,
        "the whole tree to be signed",
    )


def test_the_checkpoint_is_signed_over_the_tree_of_the_entries(log: Register) -> None:
    size = all_signed(log)
    key = run("audit", "key", "--data-dir", log.data).stdout.strip()
    answer = get(log, "checkpoint")
    checkpoint = open_checkpoint(answer.text, key)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert checkpoint.size == size
    assert checkpoint.root == root_of([leaf_hash(entry) for entry in entries_of(log)])


def test_tiles_and_bundles_hold_the_hashes_and_entries(log: Register) -> None:
    size = all_signed(log)
    entries = entries_of(log)
    leaves = [leaf_hash(entry) for entry in entries]
    rest = size % 256
    assert get(log, "tile/0/001").content == b"".join(leaves[256:512])
    assert get(log, f"tile/0/002.p/{rest}").content == b"".join(leaves[512:])
    assert get(log, "tile/0/000.p/7").content == b"".join(leaves[:7])
    assert get(log, "tile/1/000.p/2").content == root_of(leaves[:256]) + root_of(leaves[256:512])
    framed = b"".join(b"\x00\x20" + entry for entry in entries[512:])
    assert get(log, f"tile/entries/002.p/{rest}").content == framed
    assert get(log, "tile/entries/000").content == b"".join(b"\x00\x20" + entry for entry in entries[:256])


def test_tiles_are_kept_by_caches_for_ever(log: Register) -> None:
    all_signed(log)
    for path in ("tile/0/000", "tile/entries/001", "tile/0/002.p/1"):
        answer = get(log, path)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "application/octet-stream"
    assert requests.head(f"{log.program.url}/log/tile/0/000", timeout=30).headers["Content-Length"] == "8192"


@pytest.mark.parametrize(
    "path",
    ["tile/0/003", "tile/0/002", "tile/0/002.p/255", "tile/1/000", "tile/1/000.p/3", "tile/2/000.p/1",
     "tile/entries/009", "tile/entries/002", "tile/0/0", "tile/0/000.p/0", "tile/0/000.p/256", "tile/64/000",
     "tile/0/x000/000", "nonsense", "checkpoint/x", "tile/0/%30%30%30.p/x", "tile/18446744073709551616/000",
     "tile/0/x999/x999/x999/x999/x999/x999/999"],
)  # fmt: skip
def test_what_the_log_has_not_is_not_there_and_not_kept(log: Register, path: str) -> None:
    answer = get(log, path)
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert gateway_text(answer) == "The log has no such tile."


@pytest.mark.parametrize(
    "target",
    ["/log/checkpoint?", "/log/checkpoint?x=1", "/log/checkpoint/", "/log/checkpoin%74", "/log/tile/0/000?x",
     "/log/tile/0/000/", "/log/tile/0/%30%30%30", "/log/tile%2F0/000", "/log/tile/entries/000?subscription-key=x",
     "/log/tile/entries/000/", "/log/tile/entries/%3000", "/log//checkpoint", "/log/", "/log"],
)  # fmt: skip
def test_a_part_of_the_log_has_one_name_alone(log: Register, target: str) -> None:
    answer, body = get_as_written(log, target)
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(body)["statusCode"] == 404


def test_what_the_log_has_not_comes_as_problem_details_to_who_asks(log: Register) -> None:
    answer, body = get_as_written(log, "/log/tile/9/000", Accept="application/problem+json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["detail"] == "The log has no such tile."


def test_the_log_is_read_only(log: Register) -> None:
    answer = requests.put(f"{log.program.url}/log/checkpoint", data="x", timeout=30)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"


def test_every_checkpoint_is_kept(log: Register) -> None:
    size = all_signed(log)
    with sqlite3.connect(f"file:{log.data / 'audit' / 'audit.db'}?mode=ro", uri=True) as database:
        query = "SELECT size, note FROM checkpoint ORDER BY row"
        kept = wait_for(
            lambda: (rows := list(database.execute(query)))[-1][0] == size and rows, "the newest to be kept"
        )
    key = run("audit", "key", "--data-dir", log.data).stdout.strip()
    leaves = [leaf_hash(entry) for entry in entries_of(log)]
    sizes = [size for size, _ in kept]
    assert sizes == sorted(set(sizes))
    for kept_size, note in kept:
        checkpoint = open_checkpoint(note, key)
        assert (checkpoint.size, checkpoint.root) == (kept_size, root_of(leaves[:kept_size]))


def test_a_log_that_is_not_public_needs_the_scope(new_register: Callable[..., Register], tmp_path: Path) -> None:
    settings = tmp_path / "assay.toml"
    settings.write_text("[gateway]\npublic_log = false\n")
    private = new_register("--config", settings)
    client: Client = private.client()
    for refusal, status in ((client.without_key().get("/log/checkpoint"), 401), (client.get("/log/checkpoint"), 403)):
        assert refusal.status_code == status
        assert refusal.headers["Cache-Control"] == "no-store"
    made = private.command("subscription", "create", "auditor", "--scope", "audit:read", "--output", "json")
    key = made.stdout.split('"primaryKey":"')[1].split('"')[0]
    answer = private.client(key).get("/log/checkpoint")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    absent = private.client(key).get("/log/tile/9/000")
    assert absent.status_code == 404
    assert absent.headers["Cache-Control"] == "no-store"
    answer, _ = get_as_written(private, f"/log/checkpoint?subscription-key={key}")
    assert answer.status == 200
    answer, _ = get_as_written(private, f"/log/checkpoint?subscription-key={key}&x")
    assert answer.status == 404
