"""The definitions of RFC 9162 section 2.1, word for word: recursive, slow, and nothing shared with the program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

TILE_WIDTH = 256


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two that is smaller than the count."""
    return 1 << ((count - 1).bit_length() - 1)


class Tree:
    def __init__(self, entries: list[bytes]):
        self.entries = entries
        self.root = lru_cache(maxsize=None)(self._root)

    def _root(self, begin: int, end: int) -> bytes:
        """MTH(D[begin:end])."""
        if begin == end:
            return hashlib.sha256(b"").digest()
        if begin + 1 == end:
            return leaf_hash(self.entries[begin])
        middle = begin + split(end - begin)
        return node_hash(self.root(begin, middle), self.root(middle, end))

    def inclusion(self, index: int, begin: int, end: int) -> list[bytes]:
        """PATH(index - begin, D[begin:end])."""
        if begin + 1 == end:
            return []
        middle = begin + split(end - begin)
        if index < middle:
            return [*self.inclusion(index, begin, middle), self.root(middle, end)]
        return [*self.inclusion(index, middle, end), self.root(begin, middle)]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """PROOF(old, D[0:new])."""
        return self._subproof(old, 0, new, is_old_tree=True)

    def _subproof(self, old_end: int, begin: int, end: int, is_old_tree: bool) -> list[bytes]:
        if old_end == end:
            return [] if is_old_tree else [self.root(begin, end)]
        middle = begin + split(end - begin)
        if old_end <= middle:
            return [*self._subproof(old_end, begin, middle, is_old_tree), self.root(middle, end)]
        return [*self._subproof(old_end, middle, end, is_old_tree=False), self.root(begin, middle)]

    def tiles(self, size: int) -> Iterator[tuple[int, int, bytes]]:
        """All tiles of the tree of that size, as C2SP tlog-tiles has them: level, index, content."""
        level, span = 0, 1
        while count := size // span:
            for first in range(0, count, TILE_WIDTH):
                nodes = range(first, min(first + TILE_WIDTH, count))
                yield level, first // TILE_WIDTH, b"".join(self.root(n * span, (n + 1) * span) for n in nodes)
            level, span = level + 1, span * TILE_WIDTH
