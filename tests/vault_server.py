"""HashiCorp Vault 1.13 as a peer for tests: built once, into the cache folder, and started in memory on loopback."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import subprocess
from pathlib import Path
from typing import Any

import requests
from interop.go_tools import cache, go

MODULE = "github.com/hashicorp/vault"
VERSION = "v1.13.0"


def build(folder: Path) -> None:
    """Five minutes and more on two cores; one package at a time, so that memory is enough."""
    environment = os.environ | {"GOTOOLCHAIN": "local", "GOBIN": str(folder)}
    folder.mkdir(exist_ok=True)
    for command in (
        ["mod", "init", "peers"],
        ["get", "-tool", f"{MODULE}@{VERSION}"],
        ["install", "-p", "1", MODULE],
    ):
        if command[:2] != ["mod", "init"] or not (folder / "go.mod").exists():
            subprocess.run([go(), *command], cwd=folder, env=environment, check=True)


def vault_binary() -> Path:
    """ASSAY_VAULT where that is set; otherwise the one of the cache."""
    if given := os.environ.get("ASSAY_VAULT"):
        return Path(given)
    folder = cache() / f"vault-{VERSION}"
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / "vault.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            print(f"Building Vault {VERSION} into {folder}: this takes minutes", flush=True)
            build(folder)
            (folder / "complete").touch()
    return folder / "vault"


def two_free_ports() -> int:
    """The first of two that follow each other: Vault takes the one after its own too."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = first.getsockname()[1]
            try:
                socket.create_server(("127.0.0.1", port + 1)).close()
            except (OSError, OverflowError):
                continue
            return port


class VaultServer:
    """A vault with an engine KV version 2 at `secret`, unsealed. It forgets everything at its end."""

    def __init__(self, directory: Path) -> None:
        self.root_token = secrets.token_urlsafe(20)
        port = two_free_ports()
        self.url = f"http://127.0.0.1:{port}"
        self.log = directory / "vault.log"
        command = [vault_binary(), "server", "-dev", f"-dev-root-token-id={self.root_token}"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, f"-dev-listen-address=127.0.0.1:{port}", "-dev-no-store-token"],
                # A certificate of its own has a negative serial number, which newer Go refuses.
                env=os.environ | {"GODEBUG": "x509negativeserial=1", "HOME": str(directory)},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(b"Root Token:"):
                return
        raise RuntimeError(f"Vault did not start: {self.log.read_text(encoding='utf-8', errors='replace')}")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """As root; the answer's JSON, or None when it has none."""
        answer = requests.request(
            method, f"{self.url}/v1/{path}", json=body, headers={"X-Vault-Token": self.root_token}, timeout=60
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def add_app_role(self, name: str, policy: str, **settings: Any) -> tuple[str, str]:
        """A role with just that policy, in HCL; its id and a secret id. `settings` are the role's."""
        if "approle/" not in self.call("GET", "sys/auth"):
            self.call("POST", "sys/auth/approle", {"type": "approle"})
        self.call("PUT", f"sys/policies/acl/{name}", {"policy": policy})
        self.call("POST", f"auth/approle/role/{name}", {"token_policies": [name]} | settings)
        role = self.call("GET", f"auth/approle/role/{name}/role-id")["data"]["role_id"]
        return role, self.call("POST", f"auth/approle/role/{name}/secret-id", {})["data"]["secret_id"]

    def end_all_tokens(self) -> None:
        """Of app roles."""
        self.call("POST", "sys/leases/revoke-prefix/auth/approle")

    def seal(self) -> None:
        self.call("PUT", "sys/seal")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


if __name__ == "__main__":
    vault_binary()
