"""Servers written in Go that tests run against: built once, into the cache folder outside the tree."""

from __future__ import annotations

import fcntl
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from interop.go_tools import cache, go


@dataclass(frozen=True)
class GoPeer:
    """A program of a Go module. `variable` of the environment may name one that is built already."""

    name: str
    package: str  # its last part is what the program is called
    version: str
    variable: str

    @property
    def folder(self) -> Path:
        return cache() / f"{self.name.lower()}-{self.version}"

    def is_built(self) -> bool:
        return bool(os.environ.get(self.variable)) or (self.folder / "complete").exists()

    def binary(self) -> Path:
        if given := os.environ.get(self.variable):
            return Path(given)
        cache().mkdir(parents=True, exist_ok=True)
        with (cache() / f"{self.name.lower()}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (self.folder / "complete").exists():
                print(f"Building {self.name} {self.version} into {self.folder}: this takes minutes", flush=True)
                self._build()
                (self.folder / "complete").touch()
        return self.folder / self.package.rsplit("/", 1)[-1]

    def _build(self) -> None:
        """Five minutes and more on two cores; one package at a time, so that memory is enough."""
        environment = os.environ | {"GOTOOLCHAIN": "local", "GOBIN": str(self.folder)}
        self.folder.mkdir(exist_ok=True)
        for command in (
            ["mod", "init", "peers"],
            ["get", "-tool", f"{self.package}@{self.version}"],
            ["install", "-p", "1", self.package],
        ):
            if command[:2] != ["mod", "init"] or not (self.folder / "go.mod").exists():
                subprocess.run([go(), *command], cwd=self.folder, env=environment, check=True)
