"""HashiCorp Vault 1.13 as a peer for tests: built once, into the cache folder, and started on loopback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from go_peer import GoPeer
from peer_process import wait_for_peer
from ports import kept_ports

VAULT = GoPeer("Vault", "github.com/hashicorp/vault", "v1.13.0", "ASSAY_VAULT")

CONFIGURATION = """
storage "file" {{ path = "{folder}/vault" }}
listener "tcp" {{
  address     = "127.0.0.1:{port}"
  tls_disable = true
}}
api_addr          = "http://127.0.0.1:{port}"
disable_mlock     = true
"""


class VaultServer:
    """A vault with an engine KV version 2 at `secret`, unsealed. What it holds outlives its process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        port, _ = kept_ports(2)  # Vault takes the one after its own too
        self.url = f"http://127.0.0.1:{port}"
        self.log = directory / "vault.log"
        self.configuration = directory / "vault.hcl"
        self.configuration.write_text(CONFIGURATION.format(folder=directory, port=port))
        self.root_token = ""
        self.launch()
        try:
            self.initialise()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [VAULT.binary(), "server", f"-config={self.configuration}"],
                # A certificate of its own has a negative serial number, which newer Go refuses.
                env=os.environ | {"GODEBUG": "x509negativeserial=1", "HOME": str(self.directory)},
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        """Again, after `stop`."""
        self.launch()
        self.unseal()

    def initialise(self) -> None:
        self.wait_for("the vault to answer", lambda: self.is_answered("sys/seal-status"))
        made = self.call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        self.root_token, self.unseal_key = made["root_token"], made["keys"][0]
        self.unseal()
        self.call("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}})
        # A new engine is being prepared for a moment.
        self.wait_for("the engine", lambda: self.is_answered("secret/config"))

    def unseal(self) -> None:
        self.wait_for("the vault to answer", lambda: self.is_answered("sys/seal-status"))
        self.call("PUT", "sys/unseal", {"key": self.unseal_key})
        self.wait_for("the vault to be unsealed", lambda: self.is_answered("sys/health"))

    def wait_for(self, what: str, is_done: Callable[[], bool]) -> None:
        wait_for_peer(self.process, self.log, what, is_done)

    def is_answered(self, path: str) -> bool:
        try:
            self.call("GET", path)
        except requests.RequestException:
            return False
        return True

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

    def add_token(self, *policies: str, **settings: Any) -> str:
        body = {"policies": policies, "no_parent": True} | settings
        return self.call("POST", "auth/token/create", body)["auth"]["client_token"]

    def end_all_tokens(self) -> None:
        """Of app roles."""
        self.call("POST", "sys/leases/revoke-prefix/auth/approle")

    def seal(self) -> None:
        self.call("PUT", "sys/seal")

    def stop(self) -> None:
        """At once, as a crash does."""
        self.process.kill()
        self.process.wait()


if __name__ == "__main__":
    VAULT.binary()
