"""Jaeger all-in-one as a receiver of traces for tests: built once, into the cache folder, and started on loopback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import requests
from go_peer import GoPeer
from peer_process import wait_for_peer
from ports import kept_ports

JAEGER = GoPeer("Jaeger", "github.com/jaegertracing/jaeger/cmd/all-in-one", "v1.62.0", "ASSAY_JAEGER")

# All that it listens on; the first takes spans by OTLP over HTTP, the second answers questions.
LISTENERS = (
    "collector.otlp.http.host-port",
    "query.http-server.host-port",
    "admin.http.host-port",
    "collector.grpc-server.host-port",
    "collector.http-server.host-port",
    "collector.otlp.grpc.host-port",
    "http-server.host-port",
    "query.grpc-server.host-port",
    "processor.jaeger-binary.server-host-port",
    "processor.jaeger-compact.server-host-port",
    "processor.zipkin-compact.server-host-port",
)


class JaegerServer:
    """Keeps traces in its memory: a restart forgets them, and listens at the same addresses."""

    def __init__(self, directory: Path) -> None:
        self.log = directory / "jaeger.log"
        self.ports = kept_ports(len(LISTENERS))
        self.endpoint, self.query, self.admin = (f"http://127.0.0.1:{port}" for port in self.ports[:3])
        self.start()

    def start(self) -> None:
        flags = [f"--{name}=127.0.0.1:{port}" for name, port in zip(LISTENERS, self.ports, strict=True)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [JAEGER.binary(), *flags], env=os.environ | {"SPAN_STORAGE_TYPE": "memory"}, stdout=log, stderr=log
            )
        try:
            wait_for_peer(self.process, self.log, "Jaeger to start", self._is_ready)
        except RuntimeError:
            self.kill()
            raise

    def _is_ready(self) -> bool:
        try:
            return requests.get(self.admin, timeout=10).ok and requests.get(self.query, timeout=10).ok
        except requests.RequestException:
            return False

    def traces(self, trace_id: str) -> list[dict[str, Any]]:
        """The spans of a trace, each with what was told of its `process`; none while there is no such trace."""
        answer = requests.get(f"{self.query}/api/traces/{trace_id}", timeout=30)
        if answer.status_code == 404:
            return []
        answer.raise_for_status()
        return [
            span | {"process": trace["processes"][span["processID"]]}
            for trace in answer.json()["data"]
            for span in trace["spans"]
        ]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    stop = kill  # it has nothing to save


if __name__ == "__main__":
    JAEGER.binary()
