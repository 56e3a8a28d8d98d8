"""The frozen vectors are what a program of the definitions makes, byte for byte."""

from __future__ import annotations

from pathlib import Path

import make_vectors
import pytest


@pytest.mark.parametrize("name", make_vectors.files())
def test_the_vectors_are_those_of_the_definitions(name: str):
    assert (make_vectors.FOLDER / name).read_text(encoding="utf-8") == make_vectors.files()[name]


def test_no_other_vector_lies_there():
    lying = {file.name for file in Path(__file__).parent.glob("*") if file.suffix in {".json", ".tlog-proof"}}
    assert lying == set(make_vectors.files())
