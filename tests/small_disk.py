"""A register on a file system of its own, in a mount namespace of its own, that is nearly full."""

from __future__ import annotations

import os
from pathlib import Path

import requests
from client import Client, gateway_client
from register import Program

NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
# What the filler gives back is room for the reserves, which must leave as much again, and for the logs to grow.
SIZE_MIB, RESERVES_MIB = 240, 3 * 16


class SmallDisk:
    """A register whose data directory lies on a file system that is nearly full."""

    def __init__(self, directory: Path, free_mib: int):
        mount = directory / "disk"
        mount.mkdir()
        fill = f'fallocate -l {SIZE_MIB - free_mib}M "$0/filler"'
        script = f'mount -t tmpfs -o size={SIZE_MIB}m none "$0" && {fill} && exec "$@"'
        self.program = Program(
            "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", mount / "data",
            directory=directory, wrapper=[*NAMESPACE, "sh", "-c", script, str(mount)],
        )  # fmt: skip
        # The file system is seen through the process alone.
        self.root = Path(f"/proc/{self.program.process.pid}/root{mount}")
        self.client: Client = gateway_client(
            self.program.url, (self.root / "data" / "gateway" / "first-key").read_text().strip()
        )

    def readiness(self) -> requests.Response:
        return requests.get(self.program.metrics_url + "/readyz", timeout=30)

    def is_ready(self) -> bool:
        return self.readiness().json()["status"] == "ready"
