"""Each rule about the rooms fires, and a sound tree passes."""

from __future__ import annotations

from pathlib import Path

import pytest
from check_layers import Layers, check_includes, check_map

LAYERS: Layers = {"base": [], "http": ["base"], "app": ["base", "http"]}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for room in LAYERS:
        (tmp_path / room).mkdir()
    (tmp_path / "base/id.hpp").write_text("#include <string>\n")
    (tmp_path / "http/server.hpp").write_text('#include "base/id.hpp"\n')
    (tmp_path / "app/main.cpp").write_text('#include "http/server.hpp"\n#include "base/id.hpp"\n')
    return tmp_path


def faults(source: Path, layers: Layers = LAYERS) -> str:
    return "\n".join(check_map(layers, source) + check_includes(layers, source))


def test_a_sound_tree_has_no_fault(source: Path) -> None:
    assert faults(source) == ""


def test_an_upward_include_is_a_fault(source: Path) -> None:
    (source / "base/id.cpp").write_text('#include "http/server.hpp"\n')
    assert "src/base/id.cpp: base may not include http/server.hpp" in faults(source)


def test_an_include_of_a_test_counts_too(source: Path) -> None:
    (source / "http/server_test.cpp").write_text('#include "app/main.hpp"\n')
    assert "http may not include app/main.hpp" in faults(source)


def test_an_include_that_names_no_room_is_a_fault(source: Path) -> None:
    (source / "http/server.cpp").write_text('#include "server.hpp"\n#include "../base/id.hpp"\n')
    assert '"server.hpp" is not of the form' in faults(source)
    assert '"../base/id.hpp" is not of the form' in faults(source)


def test_a_cycle_of_files_is_a_fault(source: Path) -> None:
    (source / "base/a.hpp").write_text('#include "base/b.hpp"\n')
    (source / "base/b.hpp").write_text('#include "base/a.hpp"\n')
    assert "a cycle of includes: base/" in faults(source)


def test_a_cycle_in_the_map_is_a_fault(source: Path) -> None:
    assert "a cycle of rooms" in faults(source, {**LAYERS, "base": ["app"]})


def test_a_folder_that_the_map_does_not_name_is_a_fault(source: Path) -> None:
    (source / "extra").mkdir()
    assert "src/extra: not in tools/layers.json" in faults(source)


def test_a_room_that_does_not_exist_is_a_fault(source: Path) -> None:
    assert "there is no room src/merkle" in faults(source, {**LAYERS, "merkle": ["base"]})


def test_a_permission_that_names_no_room_is_a_fault(source: Path) -> None:
    layers = {**LAYERS, "http": ["base", "nothing"]}
    assert "http may use nothing, which is no room and no header" in faults(source, layers)


def test_a_room_may_be_given_a_single_header_of_another(source: Path) -> None:
    layers = {**LAYERS, "app": ["base/id.hpp", "http"]}
    assert faults(source, layers) == ""
    (source / "base/hash.hpp").write_text("")
    (source / "app/run.cpp").write_text('#include "base/hash.hpp"\n')
    assert "app may not include base/hash.hpp" in faults(source, layers)


def test_a_header_in_the_map_that_does_not_exist_is_a_fault(source: Path) -> None:
    assert "http may use base/gone.hpp" in faults(source, {**LAYERS, "http": ["base", "base/gone.hpp"]})
