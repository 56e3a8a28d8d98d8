"""The documentation's links lead somewhere, and the commands that it marks as runnable work.

A block that begins with "```sh run" is run as a user in the repository would; the blocks of a page go on from each
other. "```sh run refused" is a block whose requests are answered with an error, as the page says.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docs.documentation import PAGES, text_of
from ports import kept_ports
from register import BINARY, REPOSITORY, Register

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
MARKED = re.compile(r"^```sh run( refused)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORTS = {"gateway": 8080, "patients": 8081, "audit": 8082}

PRELUDE = """
set -euo pipefail
umask 022
wanted=0
curl() {
  local ended=0
  command curl --silent --show-error --fail-with-body "$@" || ended=$?
  ((ended == wanted))
}
"""
HTTP_ERROR = 22  # of curl

# The program, but for the address that import and export have by default.
CALL_THE_REGISTER = """#!/bin/sh
case "$*" in
  *--dry-run*) ;;
  import*|export*) set -- "$@" --url {url} ;;
esac
exec {binary} "$@"
"""


def anchors(page: Path) -> set[str]:
    headings = HEADING.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    for link in LINK.findall(BLOCK.sub("", text_of(page))):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        file = (REPOSITORY / page).parent / target if target else REPOSITORY / page
        assert file.exists(), link
        assert not anchor or anchor in anchors(file), link


class Session:
    """A shell in a folder that looks like the repository after a build."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = dict(os.environ)
        self.addresses: dict[str, str] = {}  # by those that the page has
        self.shell: subprocess.Popen[bytes] | None = None
        binaries = folder / "build" / "release"
        binaries.mkdir(parents=True)
        self.program = binaries / "assay"
        self.program.symlink_to(BINARY)
        self.environment["PATH"] = f"{binaries}:{self.environment['PATH']}"
        (folder / "examples").mkdir()
        for file in (REPOSITORY / "examples").glob("patients.*"):
            (folder / "examples" / file.name).symlink_to(file)

    def beside(self, register: Register) -> None:
        (self.folder / "assay-data").symlink_to(register.data)
        self.addresses = {
            "127.0.0.1:8080": register.program.url.removeprefix("http://"),
            "127.0.0.1:9464": register.metrics_url.removeprefix("http://"),
        }
        self.program.unlink()
        self.program.write_text(CALL_THE_REGISTER.format(binary=BINARY, url=register.program.url))
        self.program.chmod(0o700)

    def starts_the_parts(self) -> None:
        self.environment["ASSAY_METRICS__LISTEN"] = "127.0.0.1:0"
        for (part, usual), port in zip(PORTS.items(), kept_ports(len(PORTS)), strict=True):
            self.environment[f"ASSAY_{part.upper()}__LISTEN"] = f"127.0.0.1:{port}"
            self.addresses[f"127.0.0.1:{usual}"] = f"127.0.0.1:{port}"

    def run(self, commands: str) -> None:
        for usual, own in self.addresses.items():
            commands = commands.replace(usual, own)
        output = self.folder / "output"
        with output.open("wb") as log:
            self.shell = subprocess.Popen(
                ["bash", "-c", PRELUDE + commands], cwd=self.folder, env=self.environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        assert self.shell.wait(120) == 0, output.read_text()

    def end(self) -> None:
        """Ends what the commands left running."""
        if self.shell is None:
            return
        try:
            os.killpg(self.shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    folder = tmp_path / "session"
    folder.mkdir()
    own = Session(folder)
    yield own
    own.end()


@pytest.mark.parametrize("page", [page for page in PAGES if MARKED.search(text_of(page))])
def test_the_marked_commands_work(page: str, session: Session, new_register: Callable[..., Register]):
    blocks = MARKED.findall(text_of(page))
    commands = "\n".join(f"wanted={HTTP_ERROR if refused else 0}\n{block}" for refused, block in blocks)
    if "--secrets" in commands:
        session.starts_the_parts()
    else:
        session.beside(new_register())
    session.run(commands)
    readable = [file.name for file in session.folder.glob("*.key") if file.stat().st_mode & 0o077]
    assert readable == [], "a key is for its owner alone"


def test_the_first_commands_can_be_pasted_again(session: Session, new_register: Callable[..., Register]):
    session.beside(new_register())
    blocks = "".join(block for _, block in MARKED.findall(text_of("README.md")))
    session.run(blocks)
    session.run(blocks)
