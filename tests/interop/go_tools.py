"""Builds the Go programs that these tests run: once, into the cache folder. `./dev test` calls it before the tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PROGRAMS = {"fsck": "github.com/transparency-dev/tessera/cmd/fsck", "verify_log": "."}


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay"


def go() -> str:
    """The Go of tests/requirements.txt, or else the machine's."""
    own = Path(sys.executable).parent / "go"
    found = str(own) if own.exists() else shutil.which("go")
    if found is None:
        raise RuntimeError("there is no Go here; ./dev test installs it")
    return found


def fingerprint() -> str:
    digest = hashlib.sha256()
    for file in [*sorted(FOLDER.glob("*.go")), FOLDER / "go.mod", FOLDER / "go.sum"]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def build(target: Path) -> None:
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=readonly -buildvcs=false"}
    for name, package in PROGRAMS.items():
        command = [go(), "build", "-o", str(target / name), package]
        subprocess.run(command, cwd=FOLDER, env=environment, check=True)


def go_tools() -> Path:
    """The folder of the programs."""
    folder = cache() / f"interop-{fingerprint()}"
    complete = folder / "complete"
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "interop.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            print(f"Building the Go programs of tests/interop into {folder}", flush=True)
            folder.mkdir(exist_ok=True)
            build(folder)
            complete.touch()
    return folder


if __name__ == "__main__":
    go_tools()
