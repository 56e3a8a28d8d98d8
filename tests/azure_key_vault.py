"""An Azure Key Vault for tests, with the two services that give tokens for it.

Azure can't be run on a test machine. This server is written from the published descriptions of the REST interface
(secrets, 7.4; OAuth 2.0 client credentials; the instance metadata service; App Service's managed identity), for what
Assay calls of them and the faults that a test wants. It shows that Assay keeps to these descriptions as read here, not
that Azure does.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API_VERSION = "7.4"
RESOURCE = "https://vault.azure.net"
PAGE = 2
NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")


@dataclass
class Identity:
    """Who may log in, and what it may do: get, list, set."""

    client_id: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    permissions: set[str] = field(default_factory=lambda: {"get", "list"})
    #: The names that it may get and list the versions of; None: all.
    readable: set[str] | None = None
    #: Whether it may list the versions of all, as the role Key Vault Reader lets it.
    is_reader: bool = False


@dataclass
class Version:
    id: str
    value: str
    created: int
    tags: dict[str, str]
    enabled: bool = True


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


def error(status: int, code: str) -> Answer:
    return Answer(status, {"error": {"code": code, "message": code}})


class AzureKeyVault:
    """`url` is the vault's, and the authority's and the metadata service's too. Start with `with`."""

    def __init__(self, token_seconds: int = 3600) -> None:
        self.tenant = "11111111-2222-3333-4444-555555555555"
        self.identity_header = secrets.token_hex(16)
        self.token_seconds = token_seconds
        self.identities: dict[str, Identity] = {}
        #: Whose tokens the metadata service and the endpoint of managed identities give to who names no client id.
        self.host_identity: Identity | None = None
        self.tokens: dict[str, tuple[Identity, float]] = {}
        self.secrets: dict[str, list[Version]] = {}
        #: Set for a fault: answered to every request of the vault, with Retry-After.
        self.fault: int | None = None
        self.requests: list[str] = []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> AzureKeyVault:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def add_identity(self, identity: Identity) -> Identity:
        self.identities[identity.client_id] = identity
        return identity

    def end_all_tokens(self) -> None:
        with self.lock:
            self.tokens.clear()

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> Answer:
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        with self.lock:
            self.requests.append(f"{method} {url.path}")
            if url.path == f"/{self.tenant}/oauth2/v2.0/token" and method == "POST":
                return self.client_token(dict(urllib.parse.parse_qsl(body.decode())))
            if url.path == "/metadata/identity/oauth2/token":
                return self.host_token(query, "2018-02-01", headers.get("Metadata") == "true")
            if url.path == "/msi/token":
                return self.host_token(query, "2019-08-01", headers.get("X-IDENTITY-HEADER") == self.identity_header)
            return self.vault(method, url.path, query, headers, body)

    # --- Tokens -----------------------------------------------------------------------------------

    def token_of(self, identity: Identity) -> str:
        token = secrets.token_urlsafe(40)
        self.tokens[token] = (identity, time.time() + self.token_seconds)
        return token

    def client_token(self, form: dict[str, str]) -> Answer:
        identity = self.identities.get(form.get("client_id", ""))
        if form.get("grant_type") != "client_credentials" or form.get("scope") != f"{RESOURCE}/.default":
            return Answer(400, {"error": "invalid_request"})
        if identity is None or form.get("client_secret") != identity.secret:
            return Answer(401, {"error": "invalid_client"})
        return Answer(
            200,
            {"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": self.token_of(identity)},
        )

    def host_token(self, query: dict[str, str], version: str, proved: bool) -> Answer:
        identity = self.identities.get(query["client_id"]) if "client_id" in query else self.host_identity
        if not proved or query.get("api-version") != version or query.get("resource") != RESOURCE:
            return Answer(400, {"error": "invalid_request"})
        if identity is None:
            return Answer(400, {"error": "invalid_request", "error_description": "Identity not found"})
        end = str(int(time.time()) + self.token_seconds)
        answer = {"access_token": self.token_of(identity), "expires_on": end, "resource": RESOURCE}
        return Answer(200, answer | {"token_type": "Bearer"})

    # --- Secrets ----------------------------------------------------------------------------------

    def vault(self, method: str, path: str, query: dict[str, str], headers: Any, body: bytes) -> Answer:
        if self.fault is not None:
            return Answer(self.fault, {}, {"Retry-After": "1"})
        identity, end = self.tokens.get(headers.get("Authorization", "").removeprefix("Bearer "), (None, 0.0))
        if identity is None or time.time() >= end:
            return Answer(401, {"error": {"code": "Unauthorized"}}, {"WWW-Authenticate": "Bearer"})
        if query.get("api-version") != API_VERSION:
            return error(400, "BadParameter")
        return self.operation(identity, method, path.strip("/").split("/"), query, body)

    def operation(self, who: Identity, method: str, path: list[str], query: dict[str, str], body: bytes) -> Answer:
        match [method, *path]:
            case ["GET", "secrets"]:
                answer = self.list_names(who, query)
            case ["PUT", "secrets", name]:
                answer = self.set(who, name, body)
            case ["GET", "secrets", name, "versions"]:
                answer = self.list_versions(who, name, query)
            case ["GET", "secrets", name]:
                answer = self.get(who, name, None)
            case ["GET", "secrets", name, version]:
                answer = self.get(who, name, version)
            case _:
                answer = error(404, "NotFound")
        return answer

    def may(self, identity: Identity, permission: str, name: str | None = None) -> bool:
        is_readable = name is None or identity.readable is None or name in identity.readable
        return permission in identity.permissions and (is_readable or (permission == "list" and identity.is_reader))

    def get(self, identity: Identity, name: str, version: str | None) -> Answer:
        if not self.may(identity, "get", name):
            return error(403, "Forbidden")
        kept = self.secrets.get(name, [])
        found = kept[-1:] if version is None else [one for one in kept if one.id == version]
        if not found:
            return error(404, "SecretNotFound")
        if not found[0].enabled:
            return error(403, "Forbidden")
        return Answer(200, self.item(name, found[0]) | {"value": found[0].value})

    def set(self, identity: Identity, name: str, body: bytes) -> Answer:
        if not self.may(identity, "set"):
            return error(403, "Forbidden")
        wanted = json.loads(body)
        if NAME.fullmatch(name) is None or not isinstance(wanted.get("value"), str):
            return error(400, "BadParameter")
        made = Version(secrets.token_hex(16), wanted["value"], int(time.time()), wanted.get("tags", {}))
        self.secrets.setdefault(name, []).append(made)
        return Answer(200, self.item(name, made) | {"value": made.value})

    def list_names(self, identity: Identity, query: dict[str, str]) -> Answer:
        if not self.may(identity, "list"):
            return error(403, "Forbidden")
        items = [self.item(name, kept[-1], named=False) for name, kept in sorted(self.secrets.items())]
        return self.page("/secrets", items, query)

    def list_versions(self, identity: Identity, name: str, query: dict[str, str]) -> Answer:
        if not self.may(identity, "list", name):
            return error(403, "Forbidden")
        if name not in self.secrets:
            return error(404, "SecretNotFound")
        # The order of the list isn't promised: here it is that of the random ids.
        items = [self.item(name, version) for version in sorted(self.secrets[name], key=lambda one: one.id)]
        return self.page(f"/secrets/{name}/versions", items, query)

    def page(self, path: str, items: list[dict[str, Any]], query: dict[str, str]) -> Answer:
        first = int(query.get("$skiptoken", "0"))
        following = f"{self.url}{path}?api-version={API_VERSION}&$skiptoken={first + PAGE}"
        more = first + PAGE < len(items)
        return Answer(200, {"value": items[first : first + PAGE], "nextLink": following if more else None})

    def item(self, name: str, version: Version, named: bool = True) -> dict[str, Any]:
        return {
            "id": f"{self.url}/secrets/{name}" + (f"/{version.id}" if named else ""),
            "attributes": {"enabled": version.enabled, "created": version.created, "updated": version.created},
            "tags": version.tags,
        }

    def handler(self) -> type[BaseHTTPRequestHandler]:
        vault = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                answer = vault.answer(self.command, self.path, self.headers, body)
                content = json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in (answer.headers | {"Content-Type": "application/json"}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = answer  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        return Handler
