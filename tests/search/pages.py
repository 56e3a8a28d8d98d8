"""Walks through the pages of a search."""

from __future__ import annotations

import re
from typing import Any

from client import Client

LINK = re.compile(r"<(/[^>]+)>; *rel=\"?next\"?")


def next_page(answer) -> str | None:
    """The path of the page that follows, without the prefix of a service by itself."""
    link = answer.headers.get("Link")
    if link is None:
        return None
    match = LINK.fullmatch(link)
    assert match, link
    return match[1].removeprefix("/api")


def pages(client: Client, criteria: dict[str, Any], limit: int) -> list[list[dict[str, Any]]]:
    """All pages of a search, from the first to the one without a successor."""
    found = []
    path: str | None = f"/patient/search?limit={limit}"
    while path:
        answer = client.post(path, criteria)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        path = next_page(answer)
    return found


def ids_of(documents: list[dict[str, Any]]) -> list[str]:
    return [document["id"] for document in documents]


def all_ids(client: Client, criteria: dict[str, Any], limit: int) -> list[str]:
    return [identifier for page in pages(client, criteria, limit) for identifier in ids_of(page)]
