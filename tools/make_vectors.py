#!/usr/bin/env python3
"""Makes the frozen vectors of tests/vectors; a test compares what it makes with what is there.

Shares nothing with the program: hashlib, the package `cryptography`, and the definitions of the RFCs.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from merkle_by_definition import TILE_WIDTH, Tree, leaf_hash
from sealed_box_by_definition import public_key, sealed_box

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors"
ORIGIN = "assay.internal/6f1d2c3b4a596877"
SEED = bytes(range(32))
SIZES = [0, 1, 2, 7, 8, 255, 256, 257, 300]
PLACES = [(0, 1), (0, 7), (3, 7), (6, 7), (0, 256), (255, 256), (256, 257), (0, 300), (255, 300), (299, 300)]
GROWTHS = [(1, 7), (4, 7), (6, 7), (7, 7), (1, 300), (7, 300), (255, 256), (256, 257), (256, 300), (299, 300)]

FIND = {
    "actor": {"id": "820c609c-f674-48da-a63e-54b1d884366a", "kind": "subscription", "name": "first"},
    "asserted": {"onBehalfOf": "dr.jones", "purposeOfUse": "TREAT"},
    "createdDate": "2026-11-23T23:39:56.561Z",
    "id": "1746d04a-6e42-4871-8de6-493af514b512",
    "operationId": "a204deaa4912c0ba6af4151d62065ff8",
    "patientId": "acff72a0-4ba3-48c2-9e27-2c1b18b7fc10",
    "patientSequence": 2,
    "resource": {"id": "acff72a0-4ba3-48c2-9e27-2c1b18b7fc10", "operation": "find", "type": "patient"},
    "sourceSystemName": "PatientTestApi",
}
OUTCOME = {
    "sourceSystemName": "PatientTestApi",
    "resource": {"type": "patient", "operation": "find", "id": "nope"},
    "outcomeOf": "a772ac63-d104-449f-852c-51d903fba636",
    "outcome": "not-found",
    "operationId": "558e11f1353d7f8b87c2a66e07d98ac3",
    "id": "f43d6c53-b3b4-403c-8e1a-81a4e47969eb",
    "createdDate": "2026-11-23T23:39:56.883Z",
    "actor": {"kind": "subscription", "name": "first", "id": "820c609c-f674-48da-a63e-54b1d884366a"},
}
DISCLOSURE = FIND | {
    "id": "01a21087-dbab-7f37-a0af-60d374906a5f",
    "partOf": "01a21087-dbaa-7c11-8b5e-1f0a9d3c5e77",
    "patientSequence": 9007199254740991,
    "resource": {"type": "patient", "id": "acff72a0-4ba3-48c2-9e27-2c1b18b7fc10", "operation": "disclose"},
}
CLAIM = {
    "createdDate": "2026-11-23T23:39:57.000Z",
    "id": "5d1a2f6e-8f5b-4f0e-9a55-0f6a1c7d2b3e",
    "resource": {"id": 'quote " backslash \\ tab \t line \n unit \x1f ä € 𝄞 \u2028 /', "operation": "", "type": "x"},
    "sourceSystemName": "Łódź",
}
SMALLEST = {"createdDate": "2026-11-23T23:39:56.883Z", "id": "f43d6c53-b3b4-403c-8e1a-81a4e47969eb",
            "sourceSystemName": "X"}  # fmt: skip
RECORDS = {"find": FIND, "outcome": OUTCOME, "disclosure": DISCLOSURE, "claim": CLAIM, "smallest": SMALLEST}


def base64_of(value: bytes) -> str:
    return base64.b64encode(value).decode()


def canonical(value: Any) -> str:
    """RFC 8785, for the texts, small integers and ASCII names that records have."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def entry_of(salt: bytes, record: Any) -> bytes:
    return hashlib.sha256(salt + canonical(record).encode()).digest()


def record_vectors() -> list[Any]:
    made = []
    for number, (name, record) in enumerate(RECORDS.items()):
        salt = bytes(range(number, number + 32))
        entry = entry_of(salt, record)
        made.append({"name": name, "record": record, "canonical": canonical(record), "salt": salt.hex(),
                     "entry": entry.hex(), "leaf": leaf_hash(entry).hex()})  # fmt: skip
    return made


def tree() -> Tree:
    """Entry i is the SHA-256 of the decimal digits of i."""
    return Tree([hashlib.sha256(str(i).encode()).digest() for i in range(max(SIZES))])


def hexadecimal(hashes: list[bytes]) -> list[str]:
    return [each.hex() for each in hashes]


def tile_path(level: int | str, index: int, width: int) -> str:
    return f"tile/{level}/{index:03}" + ("" if width == TILE_WIDTH else f".p/{width}")


def bundle(entries: list[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def served_files(of: Tree, size: int) -> dict[str, str]:
    """The SHA-256 of all that the log serves of the tree of that size, by path."""
    files = {tile_path(level, index, len(tile) // 32): tile for level, index, tile in of.tiles(size)}
    for first in range(0, size, TILE_WIDTH):
        entries = of.entries[first : min(first + TILE_WIDTH, size)]
        files[tile_path("entries", first // TILE_WIDTH, len(entries))] = bundle(entries)
    return {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}


def tree_vectors() -> Any:
    of = tree()
    return {
        "roots": [{"size": size, "root": of.root(0, size).hex()} for size in SIZES],
        "inclusion": [
            {"index": index, "size": size, "hashes": hexadecimal(of.inclusion(index, 0, size))}
            for index, size in PLACES
        ],
        "consistency": [
            {"old": old, "new": new, "hashes": hexadecimal(of.consistency(old, new))} for old, new in GROWTHS
        ],
        "served": [{"size": size, "files": served_files(of, size)} for size in (7, 300)],
    }


def typed_key() -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
    return b"\x01" + key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id() -> bytes:
    return hashlib.sha256(ORIGIN.encode() + b"\n" + typed_key()).digest()[:4]


def verifier_key() -> str:
    return f"{ORIGIN}+{key_id().hex()}+{base64_of(typed_key())}"


def signed_note(text: str) -> str:
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(text.encode())
    return f"{text}\n— {ORIGIN} {base64_of(key_id() + signature)}\n"


def signed_checkpoint(size: int, root: bytes) -> str:
    return signed_note(f"{ORIGIN}\n{size}\n{base64_of(root)}\n")


def note_vectors() -> Any:
    of = tree()
    note = signed_checkpoint(300, of.root(0, 300))
    return {"seed": SEED.hex(), "origin": ORIGIN, "verifierKey": verifier_key(), "size": 300,
            "root": of.root(0, 300).hex(), "note": note}  # fmt: skip


NEWER_SEED = bytes(range(64, 96))


def rotated_vector() -> Any:
    """The same checkpoint within the overlap of a rotation: the newer key's signature, then that of the key before."""
    vector = note_vectors()
    text, _, older_line = vector["note"].partition("\n\n")
    newer = Ed25519PrivateKey.from_private_bytes(NEWER_SEED)
    typed = b"\x01" + newer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    newer_id = hashlib.sha256(ORIGIN.encode() + b"\n" + typed).digest()[:4]
    signature = newer.sign(text.encode() + b"\n")
    newer_line = f"— {ORIGIN} {base64_of(newer_id + signature)}\n"
    return vector | {
        "newerSeed": NEWER_SEED.hex(),
        "newerVerifierKey": f"{ORIGIN}+{newer_id.hex()}+{base64_of(typed)}",
        "note": f"{text}\n\n{newer_line}{older_line}",
    }


def receipt() -> str:
    """Of the record `find`, as number 5 of the tree of 7."""
    salt = bytes(range(32))
    entries = [*tree().entries[:5], entry_of(salt, FIND), *tree().entries[6:7]]
    of = Tree(entries)
    extra = canonical({"record": FIND, "salt": base64_of(salt)}).encode()
    hashes = "".join(base64_of(each) + "\n" for each in of.inclusion(5, 0, 7))
    checkpoint = signed_checkpoint(7, of.root(0, 7))
    return f"c2sp.org/tlog-proof@v1\nextra {base64_of(extra)}\nindex 5\n{hashes}\n{checkpoint}"


def head_vector() -> Any:
    """The file of the log's head behind its first two checkpoints, of 257 and 300 entries."""
    of = tree()
    notes = [signed_checkpoint(size, of.root(0, size)) for size in (257, 300)]
    file = b"".join(note.encode().ljust(4096, b"\x00") for note in notes)
    return {"notes": notes, "sha256": hashlib.sha256(file).hexdigest()}


def base64url_of(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def principal_vector() -> Any:
    """A JWS in compact form (RFC 7515) with EdDSA (RFC 8037)."""
    claims = {"iss": "assay-gateway", "iat": 1795477196, "exp": 1795477496,
              "sub": "820c609c-f674-48da-a63e-54b1d884366a", "kind": "subscription", "name": "first",
              "on_behalf_of": "dr.jones", "purpose_of_use": "TREAT", "scope": "patients:read tests:read",
              "operation_id": "a204deaa4912c0ba6af4151d62065ff8"}  # fmt: skip
    parts = ['{"alg":"EdDSA","typ":"JWT"}', json.dumps(claims, separators=(",", ":"))]
    message = ".".join(base64url_of(part.encode()) for part in parts)
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(message.encode())
    return {"seed": SEED.hex(), "claims": claims, "token": f"{message}.{base64url_of(signature)}"}


IDENTITY = bytes(range(32, 64))


def sealed_content() -> str:
    """Of a sealed file: one secret, sealed to one identity under a one-time key that is no secret here."""
    at = "2026-11-25T09:00:00.000Z"
    box = sealed_box(public_key(IDENTITY), bytes(range(64, 96)), b"cursor-key\n2\na value")
    version = {"id": "2", "created": at, "changedBy": "anna", "sealed": {"patients": base64_of(box)}}
    return canonical({
        "format": "assay-secrets/1", "sequence": 2, "operator": base64url_of(typed_key()[1:]),
        "identities": {"patients": base64url_of(public_key(IDENTITY))},
        "secrets": {"cursor-key": {"readers": ["patients"], "versions": [version]}},
        "changes": [{"sequence": 1, "at": at, "by": "anna", "operation": "init"},
                    {"sequence": 2, "at": at, "by": "anna", "operation": "set", "secret": "cursor-key",
                     "version": "2"}],
    })  # fmt: skip


def sealed_vector() -> dict[str, str]:
    content = sealed_content()
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(f"assay-secrets/1\n{content}\n".encode())
    operator = base64url_of(typed_key()[1:])
    return {"operator": f"assay-operator-1 plain {base64url_of(SEED)}\n",
            "identity": f"assay-identity-1 patients {base64url_of(IDENTITY)} {operator}\n",
            "file": f"{content}\n{base64url_of(signature)}\n", "secret": "cursor-key", "value": "a value"}  # fmt: skip


def as_json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def files() -> dict[str, str]:
    return {
        "records.json": as_json(record_vectors()),
        "tree.json": as_json(tree_vectors()),
        "checkpoint.json": as_json(note_vectors()),
        "rotated.json": as_json(rotated_vector()),
        "head.json": as_json(head_vector()),
        "principal.json": as_json(principal_vector()),
        "sealed.json": as_json(sealed_vector()),
        "receipt.tlog-proof": receipt(),
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
