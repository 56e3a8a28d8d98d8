"""Debian's Prometheus as a peer for tests: started on loopback, never as a service of the machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import requests
from interop.go_tools import cache
from peer_process import wait_for_peer
from ports import kept_address


def program(name: str) -> str:
    """`prometheus` or `promtool`: the machine's, or the one that ./dev has unpacked."""
    unpacked = cache() / "prometheus" / "usr" / "bin" / name
    found = shutil.which(name) or (str(unpacked) if unpacked.exists() else None)
    if found is None:
        raise RuntimeError(f"there is no {name} here; ./dev test gets it")
    return found


def promtool(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("promtool"), *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False, **options
    )


class PrometheusServer:
    """Scrapes what its configuration names."""

    def __init__(self, directory: Path, configuration: Path) -> None:
        address = kept_address()
        self.url = f"http://{address}"
        self.log = directory / "prometheus.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={configuration}",
                    f"--storage.tsdb.path={directory / 'prometheus'}",
                    f"--web.listen-address={address}",
                ],
                stdout=log,
                stderr=log,
                cwd=directory,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        wait_for_peer(self.process, self.log, "Prometheus to start", self.is_ready)

    def is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/-/ready", timeout=10).status_code == 200
        except requests.RequestException:
            return False

    def get(self, path: str, **parameters: str) -> Any:
        answer = requests.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=30)
        assert answer.status_code == 200, f"{path} {parameters}: {answer.text}"
        return answer.json()["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The result's series, each with `metric` (its labels) and `value`."""
        return self.get("query", query=expression)["result"]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
