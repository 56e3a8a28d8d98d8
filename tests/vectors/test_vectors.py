"""The frozen vectors are what a program of the definitions makes, byte for byte."""

from __future__ import annotations

from pathlib import Path

import make_vectors
import pytest
from register import REPOSITORY


@pytest.mark.parametrize("name", make_vectors.files())
def test_the_vectors_are_those_of_the_definitions(name: str):
    assert (make_vectors.FOLDER / name).read_text(encoding="utf-8") == make_vectors.files()[name]


def test_no_other_vector_lies_there():
    lying = {file.name for file in Path(__file__).parent.glob("*") if file.suffix in {".json", ".tlog-proof"}}
    assert lying == set(make_vectors.files())


@pytest.mark.parametrize(
    "example",
    [make_vectors.verifier_key(), make_vectors.note_vectors()["note"], make_vectors.receipt(),
     make_vectors.rotated_vector()["note"],
     make_vectors.principal_vector()["token"], make_vectors.canonical(make_vectors.FIND),
     make_vectors.sealed_vector()["file"], make_vectors.sealed_vector()["identity"]],
    ids=["verifier key", "checkpoint", "receipt", "rotated", "principal", "record", "sealed file", "identity"],
)  # fmt: skip
def test_the_page_of_the_formats_shows_them(example: str):
    indented = "\n".join("    " + line if line else "" for line in example.rstrip("\n").split("\n"))
    assert f"\n\n{indented}\n\n" in (REPOSITORY / "docs" / "formats.md").read_text(encoding="utf-8")
