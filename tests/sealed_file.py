"""A sealed file read and written by docs/formats.md, with libsodium's boxes and another library's signatures."""

from __future__ import annotations

import base64
import ctypes
import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sodium = ctypes.CDLL("libsodium.so.23")
SEAL_BYTES = 48


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read_identity(file: Path) -> bytes:
    """The X25519 key in an identity's file."""
    return from_base64url(file.read_text().split(" ")[2])


def read_operator(file: Path) -> Ed25519PrivateKey:
    """The key of an operator's file without a passphrase."""
    return Ed25519PrivateKey.from_private_bytes(from_base64url(file.read_text().split()[2]))


def open_box(box: bytes, secret_key: bytes) -> bytes | None:
    """What is in a sealed box; None when that key doesn't open it."""
    public_key = ctypes.create_string_buffer(32)
    sodium.crypto_scalarmult_base(public_key, secret_key)
    opened = ctypes.create_string_buffer(max(1, len(box) - SEAL_BYTES))
    if sodium.crypto_box_seal_open(opened, box, ctypes.c_ulonglong(len(box)), public_key, secret_key) != 0:
        return None
    return opened.raw[: len(box) - SEAL_BYTES]


def read_content(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text().splitlines()[0])


def opened_versions(file: Path, secret: str, secret_key: bytes) -> list[str]:
    """The values of that secret that the key opens, whoever they are sealed to."""
    values = []
    for version in read_content(file)["secrets"][secret]["versions"]:
        for box in version["sealed"].values():
            opened = open_box(base64.b64decode(box), secret_key)
            if opened is not None:
                name, number, value = opened.decode().split("\n", 2)
                assert (name, number) == (secret, version["id"])
                values.append(value)
    return values


def signed(content: dict[str, Any], key: Ed25519PrivateKey, form: str = "assay-secrets/1") -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    signature = key.sign(f"{form}\n{text}\n".encode())
    return f"{text}\n{to_base64url(signature)}\n"
