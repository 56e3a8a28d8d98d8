from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from client import Client
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
