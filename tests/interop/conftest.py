from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from interop.go_tools import go_tools
from interop.served_log import ServedLog
from register import Parts


@pytest.fixture(scope="session")
def tools() -> Path:
    return go_tools()


@pytest.fixture(scope="module")
def served_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLog]:
    """A log that the module's tests let grow, in the order in which they stand."""
    directory = tmp_path_factory.mktemp("log")
    parts = Parts(directory)
    yield ServedLog(parts, directory)
    parts.stop()
