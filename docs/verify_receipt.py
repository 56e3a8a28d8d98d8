"""Verifies the receipt of an audit record, offline: python3 verify_receipt.py RECEIPT KEY-FILE

Needs the package `cryptography`. Ends with 0 and prints the record, or with 1 and says what is wrong.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(data):
    return hashlib.sha256(data).digest()


def decoded(text):
    return base64.b64decode(text, validate=True)


def read_checkpoint(note, name, key):
    """Size and root of the tree, from a signed note (C2SP signed-note, tlog-checkpoint)."""
    text, signatures = note.split("\n\n")
    for line in signatures.splitlines():
        signature = decoded(line.rpartition(" ")[2])
        if line.startswith(f"— {name} ") and signature[:4] == sha256(f"{name}\n".encode() + key)[:4]:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], f"{text}\n".encode())
            origin, size, root = text.split("\n")[:3]
            if origin == name:
                return int(size), decoded(root)
    raise ValueError("the checkpoint is not signed with this key")


def root_from_proof(index, size, leaf, proof):
    """The root that the tree has if the proof is right (RFC 9162 section 2.1.3.2)."""
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node % 2 == 1 or node == last:
            root = sha256(b"\x01" + sibling + root)
            while node % 2 == 0 and node > 0:
                node, last = node // 2, last // 2
        else:
            root = sha256(b"\x01" + root + sibling)
        node, last = node // 2, last // 2
    return root if last == 0 else None


def verify(receipt, verifier_key):
    """Index and record, when the log has committed to them."""
    name, _, key = verifier_key.strip().split("+", 2)
    head, _, checkpoint = receipt.partition("\n\n")
    version, extra, index, *proof = head.split("\n")
    if version != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        raise ValueError("this is no receipt")
    size, root = read_checkpoint(checkpoint, name, decoded(key))
    extra, index, proof = json.loads(decoded(extra[6:])), int(index[6:]), [decoded(line) for line in proof]
    record = json.dumps(extra["record"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))  # RFC 8785
    leaf = sha256(b"\x00" + sha256(decoded(extra["salt"]) + record.encode()))
    if not 0 <= index < size or root_from_proof(index, size, leaf, proof) != root:
        raise ValueError("the record is not in the tree of the checkpoint")
    return index, record


if __name__ == "__main__":
    try:
        index, record = verify(*(Path(file).read_text(encoding="utf-8") for file in sys.argv[1:3]))
    except InvalidSignature:
        sys.exit("NOT VERIFIED: the signature of the checkpoint is wrong")
    except (OSError, ValueError, KeyError, TypeError) as fault:
        sys.exit(f"NOT VERIFIED: {fault}")
    print(f"VERIFIED: record {index} of the log\n{record}")
