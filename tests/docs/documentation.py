"""The pages of the documentation."""

from __future__ import annotations

from register import REPOSITORY

PAGES = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for pattern in ("*.md", "docs/*.md", "src/*/*.md", "examples/*.md")
    for path in REPOSITORY.glob(pattern)
)


def text_of(page: str) -> str:
    return (REPOSITORY / page).read_text(encoding="utf-8")
