"""Reads the audit trail as it lies on disk, beside the running program."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

Record = dict[str, Any]


class Trail:
    def __init__(self, database: Path):
        self.database = database

    def _select(self, condition: str = "1", *values: object) -> list[Record]:
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as connection:
            present = f"document IS NOT NULL AND ({condition})"
            rows = connection.execute(f"SELECT idx, document FROM record WHERE {present} ORDER BY idx", values)
            records = [json.loads(document) | {"index": index} for index, document in rows]
        connection.close()
        return records

    def all(self) -> list[Record]:
        return self._select()

    def count(self) -> int:
        return len(self.all())

    def of_operation(self, operation: str, at_least: int = 0, seconds: float = 30) -> list[Record]:
        """The records of one operation (trace id); waits for those that are queued and not yet stored."""
        deadline = time.monotonic() + seconds
        while True:
            found = [record for record in self._containing(operation) if record.get("operationId") == operation]
            if len(found) >= at_least:
                return found
            assert time.monotonic() < deadline, f"{at_least} records of the operation expected, found {found}"
            time.sleep(0.005)  # between two looks

    def of_patient(self, patient: str) -> list[Record]:
        return [record for record in self._containing(patient) if record.get("patientId") == patient]

    def by_id(self, identifier: str) -> Record:
        (record,) = [record for record in self._containing(identifier) if record["id"] == identifier]
        return record

    def containing(self, text: str) -> list[Record]:
        return self._containing(text)

    def _containing(self, text: str) -> list[Record]:
        return self._select("instr(document, ?) > 0", text)
