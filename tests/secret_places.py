"""The places where secrets can lie, each with the settings by which parts, `serve` and the operator find them there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from azure_key_vault import AzureKeyVault, Identity
from register import Parts, Register, run
from vault_server import VaultServer

PARTS = ("gateway", "patients", "audit")
#: Who may read what; all of it is the contract's.
READERS = {
    "patients-host-key": {"gateway"},
    "patients-host-key.verifier": {"patients"},
    "audit-host-key": {"patients"},
    "audit-host-key.verifier": {"audit"},
    "audit-gateway-key": {"gateway"},
    "audit-gateway-key.verifier": {"audit"},
    "principal-key": {"gateway"},
    "principal-key.pub": {"patients", "audit"},
    "cursor-key": {"patients"},
    "audit-log-key": {"audit"},
}
Settings = dict[str, str]


def private_file(file: Path, content: str) -> Path:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(content)
    return file


def to_toml(settings: Settings) -> str:
    lines = []
    for name, value in settings.items():
        section, key = name.split(".")
        lines.append(f'{section}.{key} = "{value}"\n')
    return "".join(lines)


class Place:
    """One of the places. `who` is a part, "serve" or "operator"."""

    provider: str

    def __init__(self, directory: Path):
        self.directory = directory

    def settings(self, who: str) -> Settings:
        raise NotImplementedError

    def environment(self, _who: str) -> dict[str, str]:
        return {}

    def configuration(self, who: str, **others: str) -> Path:
        """The file with its settings; `others` replace some: SECTION_KEY."""
        settings = {"secrets.provider": self.provider} | self.settings(who)
        settings |= {name.replace("_", ".", 1): value for name, value in others.items()}
        given = {name: value for name, value in settings.items() if value}
        return private_file(self.directory / "settings" / f"{who}.toml", to_toml(given))

    def wrapper(self, who: str) -> Sequence[str]:
        variables = [f"{name}={value}" for name, value in self.environment(who).items()]
        return ("env", *variables) if variables else ()

    def command(self, *arguments: object, **others: str) -> subprocess.CompletedProcess[str]:
        """`assay secrets …` as the operator."""
        environment = os.environ | self.environment("operator")
        return run("secrets", *arguments, "--config", self.configuration("operator", **others), env=environment)

    def start_refused(self, part: str, data: Path | None = None, **others: str) -> subprocess.CompletedProcess[str]:
        """Starts a part that must not start."""
        return run(
            part, "--config", self.configuration(part, **others), "--data-dir", data or self.directory / "refused",
            "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", timeout=30,
            env=os.environ | self.environment(part),
        )  # fmt: skip

    def make(self) -> None:
        made = self.command("init")
        assert made.returncode == 0, made.stderr

    def rotate(self, name: str) -> None:
        rotated = self.command("rotate", name)
        assert rotated.returncode == 0, rotated.stderr


class FolderPlace(Place):
    """Files, a folder for each part."""

    provider = "folder"

    @property
    def folder(self) -> Path:
        return self.directory / "folder"

    def settings(self, who: str) -> Settings:
        return {"secrets.dir": str(self.folder / who if who in PARTS else self.folder)}


class SealedPlace(Place):
    """A sealed file, and each part's key in a folder of that part alone, which secrets.identities names."""

    provider = "sealed"

    @property
    def folder(self) -> Path:
        return self.directory / "sealed"

    @property
    def file(self) -> Path:
        return self.folder / "secrets.sealed"

    def keys_of(self, who: str) -> Path:
        return self.directory / "keys" / who

    def make(self) -> None:
        super().make()
        for part in PARTS:
            name = f"{part}.identity"
            for who in (part, "serve"):
                self.keys_of(who).mkdir(mode=0o700, parents=True, exist_ok=True)
                shutil.copy2(self.folder / name, self.keys_of(who) / name)
            (self.folder / name).unlink()

    def settings(self, who: str) -> Settings:
        identities = "" if who == "operator" else str(self.keys_of(who))
        return {"secrets.dir": str(self.folder), "secrets.identities": identities}


class CredentialsPlace(SealedPlace):
    """The same, and the keys where systemd puts credentials."""

    def settings(self, _who: str) -> Settings:
        return {"secrets.dir": str(self.folder)}

    def environment(self, who: str) -> dict[str, str]:
        return {} if who == "operator" else {"CREDENTIALS_DIRECTORY": str(self.keys_of(who))}


class VaultPlace(Place):
    """A vault, with an AppRole for each part, a token for `serve` and one for the operator."""

    provider = "vault"
    operators_policy = """
path "secret/data/assay/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/assay/*" { capabilities = ["read", "list", "patch"] }
"""

    def __init__(self, directory: Path, server: VaultServer, **roles: object):
        super().__init__(directory)
        self.server = server
        self.roles: dict[str, str] = {}
        for part in PARTS:
            policy = run("secrets", "policy", part).stdout
            self.roles[part], secret_id = server.add_app_role(f"assay-{part}", policy, **roles)
            private_file(self.credential_of(part), secret_id)
        server.call("PUT", "sys/policies/acl/assay-operator", {"policy": self.operators_policy})
        self.give_token("operator", "assay-operator")
        self.give_token("serve", *(f"assay-{part}" for part in PARTS))

    def credential_of(self, who: str) -> Path:
        return self.directory / "credentials" / who

    def give_token(self, who: str, *policies: str) -> str:
        token = self.server.add_token(*policies)
        private_file(self.credential_of(who), token + "\n")
        return token

    def settings(self, who: str) -> Settings:
        settings = {"vault.address": self.server.url, "vault.credential_file": str(self.credential_of(who))}
        return settings | ({"vault.login": "approle", "vault.role": self.roles[who]} if who in self.roles else {})


class AzurePlace(Place):
    """A key vault (the test server's) with an identity for each; `login` is how they prove who they are."""

    provider = "azure"

    def __init__(self, directory: Path, server: AzureKeyVault, login: str):
        super().__init__(directory)
        self.server = server
        self.login = login
        for part in PARTS:
            readable = {name.replace(".", "--") for name, readers in READERS.items() if part in readers}
            server.add_identity(Identity(part, readable=readable, is_reader=part == "audit"))
        server.add_identity(Identity("serve"))
        server.add_identity(Identity("operator", permissions={"get", "list", "set"}))
        for identity in server.identities.values():
            private_file(self.directory / "credentials" / identity.client_id, identity.secret)

    def settings(self, who: str) -> Settings:
        settings = {"azure.vault": self.server.url, "azure.client_id": who}
        if self.login == "metadata":
            return settings | {"azure.metadata_service": self.server.url}
        if self.login == "client-credentials":
            return settings | {
                "azure.login": "client-credentials",
                "azure.tenant": self.server.tenant,
                "azure.authority": self.server.url,
                "azure.client_secret_file": str(self.directory / "credentials" / who),
            }
        return settings

    def environment(self, _who: str) -> dict[str, str]:
        if self.login != "endpoint":
            return {}
        return {"IDENTITY_ENDPOINT": f"{self.server.url}/msi/token", "IDENTITY_HEADER": self.server.identity_header}


class PlacedParts(Parts):
    """The three parts on a place that is made already."""

    def __init__(self, directory: Path, place: Place):
        self.place = place
        super().__init__(directory, place.provider)

    def make_secrets(self) -> None:
        pass

    def secrets_flags(self, part: str) -> tuple[object, ...]:
        return "--config", self.place.configuration(part)

    def wrapper(self, part: str) -> Sequence[str]:
        return self.place.wrapper(part)

    @property
    def programs(self) -> list:
        return [self.audit, self.patients, self.gateway]

    def start_again(self) -> None:
        self.stop()
        self.restart_audit()
        self.restart_patients()
        self.restart_gateway()


class PlacedRegister(Register):
    """`serve` on a place that is made already."""

    def __init__(self, directory: Path, place: Place):
        self.place = place
        super().__init__(directory, "--config", place.configuration("serve"), wrapper=place.wrapper("serve"))

    @property
    def programs(self) -> list:
        return [self.program]

    def start_again(self) -> None:
        self.stop()
        self.start()


WIRINGS: dict[str, Callable[[Path, Place], PlacedParts | PlacedRegister]] = {
    "parts": PlacedParts,
    "serve": PlacedRegister,
}
