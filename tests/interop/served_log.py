"""A log of any size, as outsiders see it: over HTTP, with its public key."""

from __future__ import annotations

from pathlib import Path

import requests
from client import Client, new_id
from register import Parts, run, wait_for

LARGEST_BATCH = 2000


def a_record() -> dict[str, object]:
    return {"id": new_id(), "sourceSystemName": "Interop", "resource": {"type": "x", "operation": "grow"}}


class ServedLog:
    def __init__(self, parts: Parts, directory: Path):
        self.client: Client = parts.client()
        self.audit_client = parts.audit_client()
        self.url = f"{parts.gateway.url}/log"
        self.directory = directory
        self.key_file = directory / "log.key"
        key = run("audit", "key", "--data-dir", parts.data)
        assert key.returncode == 0, key.stderr
        self.key_file.write_text(key.stdout)

    def get(self, path: str) -> requests.Response:
        answer = requests.get(f"{self.url}/{path}", timeout=30)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer

    def checkpoint(self) -> str:
        return self.get("checkpoint").text

    def size(self) -> int:
        return int(self.checkpoint().split("\n")[1])

    def append(self, count: int) -> int:
        """The size of the log behind the last of so many records."""
        answer = self.audit_client.post("/auditrecords", [a_record() for _ in range(count)])
        assert answer.status_code == 201, answer.text
        return answer.json()[-1]["index"] + 1

    def grow_to(self, size: int) -> None:
        """Waits until the signed checkpoint has exactly that size; the gateway's own first record is the first."""
        reached = wait_for(self.size, "the first record to be signed")
        assert reached <= size, "the log is larger already"
        while reached < size:
            reached = self.append(min(size - reached, LARGEST_BATCH))
        wait_for(lambda: self.size() == size, f"a checkpoint of size {size}")

    def receipt_of_an_access(self, name: str) -> Path:
        """Creates a patient and fetches the receipt of that."""
        answer = self.client.post("/patient", {"firstName": "Ada", "gender": "female", "dateOfBirth": "1980-01-02",
                                               "postCode": "1234"})  # fmt: skip
        assert answer.status_code == 201, answer.text
        identifier = answer.headers["Audit-Record"].split(";")[0]
        proof = self.client.get(f"/audit/{identifier}/proof")
        assert proof.status_code == 200, proof.text
        file = self.directory / name
        file.write_bytes(proof.content)
        return file
