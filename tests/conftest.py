from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from client import Client, new_id
from metric_names import exposed
from register import Parts, Register


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """The whole register in one process, shared by all tests of a worker: tests tell their data apart."""
    shared = Register(tmp_path_factory.mktemp("register"))
    yield shared
    shared.stop()


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """The three parts alone, shared by all tests of a worker."""
    shared = Parts(tmp_path_factory.mktemp("parts"))
    yield shared
    shared.stop()


@pytest.fixture(scope="session")
def families(register: Register, parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What both wirings expose once requests were served, refused, and passed on from part to part; and, where spans
    are sent elsewhere, a register that does.
    """
    for wiring in (register, parts):
        assert wiring.client().get(f"/patient/{new_id()}").status_code == 404
        url = "http://{}:{}/status".format(*wiring.address)
        requests.get(url, headers={"Long": "x" * 40_000}, timeout=10)
    directory = tmp_path_factory.mktemp("exporting")
    settings = directory / "assay.toml"
    settings.write_text('[traces]\nendpoint = "http://127.0.0.1:1"\n')
    exporting = Register(directory, "--config", settings)
    found = exposed(*listeners(register, parts), exporting.metrics_url)
    exporting.stop()
    return found


def listeners(register: Register, parts: Parts) -> list[str]:
    return [each.metrics_url for each in (register, parts.gateway, parts.patients, parts.audit)]


@pytest.fixture(scope="session")
def metrics_urls(register: Register, parts: Parts) -> list[str]:
    """The metrics listeners: of serve, and of the three parts alone."""
    return listeners(register, parts)


@pytest.fixture
def new_register(tmp_path: Path) -> Iterator[Callable[..., Register]]:
    """Makes registers of the test's own."""
    made: list[Register] = []

    def make(*flags: object, name: str = "own") -> Register:
        directory = tmp_path / f"{name}-{len(made)}"
        directory.mkdir()
        made.append(Register(directory, *flags))
        return made[-1]

    yield make
    for own in made:
        own.stop()


@pytest.fixture
def fresh_register(new_register: Callable[..., Register]) -> Register:
    """A register of the test's own: empty, and free to be stopped, killed or broken."""
    return new_register()


@pytest.fixture
def fresh_parts(tmp_path: Path) -> Iterator[Parts]:
    own = Parts(tmp_path)
    yield own
    own.stop()


@pytest.fixture
def client(register: Register) -> Client:
    return register.client()


@pytest.fixture(params=["gateway", "service"])
def door(request: pytest.FixtureRequest) -> Client:
    """Both ways to the patients' routes: through the gateway of `serve`, and the service by itself."""
    if request.param == "gateway":
        return request.getfixturevalue("register").client()
    return request.getfixturevalue("parts").patients_client()


@pytest.fixture
def audit_service(parts: Parts) -> Client:
    return parts.audit_client()
