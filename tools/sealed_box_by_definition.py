"""The sealed boxes of libsodium by definition: X25519 (RFC 7748), XSalsa20, Poly1305 (RFC 8439), BLAKE2b (RFC 7693).

Slow, and not in constant time: for test vectors only.
"""

from __future__ import annotations

import hashlib
import struct

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

SIGMA = struct.unpack("<4I", b"expand 32-byte k")
MASK = 0xFFFFFFFF
COLUMNS = [(0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)]
ROWS = [(0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)]


def rotated(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & MASK


def salsa20_rounds(state: list[int]) -> list[int]:
    words = list(state)
    for _ in range(10):
        for a, b, c, d in COLUMNS + ROWS:
            words[b] ^= rotated((words[a] + words[d]) & MASK, 7)
            words[c] ^= rotated((words[b] + words[a]) & MASK, 9)
            words[d] ^= rotated((words[c] + words[b]) & MASK, 13)
            words[a] ^= rotated((words[d] + words[c]) & MASK, 18)
    return words


def salsa20_state(key: bytes, middle: bytes) -> list[int]:
    k = struct.unpack("<8I", key)
    m = struct.unpack("<4I", middle)
    return [SIGMA[0], *k[:4], SIGMA[1], *m, SIGMA[2], *k[4:], SIGMA[3]]


def hsalsa20(key: bytes, nonce: bytes) -> bytes:
    words = salsa20_rounds(salsa20_state(key, nonce))
    return struct.pack("<8I", *(words[i] for i in (0, 5, 10, 15, 6, 7, 8, 9)))


def xsalsa20_stream(key: bytes, nonce: bytes, size: int) -> bytes:
    subkey = hsalsa20(key, nonce[:16])
    stream = b""
    for block in range((size + 63) // 64):
        state = salsa20_state(subkey, nonce[16:] + struct.pack("<Q", block))
        words = salsa20_rounds(state)
        stream += struct.pack("<16I", *((a + b) & MASK for a, b in zip(words, state, strict=True)))
    return stream[:size]


def poly1305(key: bytes, message: bytes) -> bytes:
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def secret_box(key: bytes, nonce: bytes, message: bytes) -> bytes:
    """The tag, then the ciphertext."""
    stream = xsalsa20_stream(key, nonce, 32 + len(message))
    ciphertext = bytes(a ^ b for a, b in zip(message, stream[32:], strict=True))
    return poly1305(stream[:32], ciphertext) + ciphertext


def public_key(secret_key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret_key).public_key().public_bytes_raw()


def sealed_box(reader: bytes, ephemeral: bytes, message: bytes) -> bytes:
    """What crypto_box_seal makes for the public key `reader` when `ephemeral` is its one-time secret key."""
    sender = public_key(ephemeral)
    shared = X25519PrivateKey.from_private_bytes(ephemeral).exchange(X25519PublicKey.from_public_bytes(reader))
    nonce = hashlib.blake2b(sender + reader, digest_size=24).digest()
    return sender + secret_box(hsalsa20(shared, bytes(16)), nonce, message)
