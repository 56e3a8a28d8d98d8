"""Assay under measurement: its processes, its key, its metrics, and the patients that the scripts ask for."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from processes import LOOPBACK, BenchError, Server, children, free_port

BATCHES = re.compile(
    r'^assay_group_commit_batch_operations_(count|sum)\{[^}]*store="(\w+)"[^}]*\} ([\d.e+]+)$', re.MULTILINE
)


class Assay(Server):
    """`assay serve` on a data directory of the benchmark's own; `settings` by the names of their variables."""

    name = "assay"

    def __init__(
        self, binary: Path, folder: Path, under: tuple[str, ...] = (), settings: Mapping[str, str] | None = None
    ):
        self.folder = folder
        self.under = under
        self.metrics_port = free_port()
        port = free_port()
        command = [*under, str(binary), "serve", "--listen", f"{LOOPBACK}:{port}"]
        command += ["--metrics-listen", f"{LOOPBACK}:{self.metrics_port}", "--data-dir", str(folder)]
        started = time.monotonic()
        super().__init__(command, folder.with_suffix(".log"), port, settings)
        self.wait_until_open()
        self.answer("GET", "/status")
        self.seconds_to_first_answer = time.monotonic() - started

    def main_pid(self) -> int:
        return children(self.process.pid)[0] if self.under else self.process.pid

    def key(self) -> str:
        return (self.folder / "gateway" / "first-key").read_text(encoding="ascii").strip()

    def answer(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """One request by a connection of its own."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=10)
        try:
            return ask(connection, self.key() if path != "/status" else "", method, path, body)
        finally:
            connection.close()

    def group_commits(self) -> dict[str, dict[str, float]]:
        """Batches and operations so far, by store."""
        connection = http.client.HTTPConnection(LOOPBACK, self.metrics_port, timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        commits: dict[str, dict[str, float]] = {}
        for kind, store, value in BATCHES.findall(text):
            commits.setdefault(store, {})["batches" if kind == "count" else "operations"] = float(value)
        if not commits:
            raise BenchError("the metrics tell nothing of group commits")
        return commits


def ask(connection: http.client.HTTPConnection, key: str, method: str, path: str, body: object) -> tuple[int, bytes]:
    headers = {"Ocp-Apim-Subscription-Key": key, "Content-Type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    return response.status, response.read()


def patient(number: int) -> dict[str, str]:
    return {
        "firstName": f"First{number % 97}",
        "lastName": f"Last{number % 997}",
        "fullName": f"First{number % 97} Last{number % 997}",
        "gender": ("female", "male", "other", "unknown")[number % 4],
        "dateOfBirth": f"{1930 + number % 90}-{1 + number % 12:02}-{1 + number % 28:02}",
        "postCode": f"{1000 + number % 9000}",
        "insuranceNumber": f"B{number:09}",
        "preferredContactNumber": f"06{number % 100000000:08}",
    }


TEST = {
    "performer": "Laboratory North",
    "orderReference": "order-1",
    "observations": [
        {
            "id": "1",
            "code": "718-7",
            "measurement": "8.9 mmol/L",
            "interpretation": "normal",
            "issued": "2026-01-31T09:30:00Z",
            "status": "final",
        }
    ],
}


def prepare(assay: Assay, folder: Path, patients: int) -> str:
    """Fills the register, writes what the scripts read into the folder, and returns a patient as it is answered."""
    key = assay.key()
    workers = 32

    def fill(worker: int) -> list[tuple[str, str, str]]:
        connection = http.client.HTTPConnection(LOOPBACK, assay.port, timeout=30)
        rows = []
        for number in range(worker, patients, workers):
            document = created(connection, key, "/patient", patient(number))
            test = created(connection, key, f"/patient/{document['id']}/tests", TEST)
            rows.append((document["id"], document["insuranceNumber"], test["id"]))
        connection.close()
        return rows

    with ThreadPoolExecutor(workers) as pool:
        rows = [row for part in pool.map(fill, range(workers)) for row in part]
    (folder / "patients.txt").write_text("".join(f"{patient} {number}\n" for patient, number, _ in rows))
    (folder / "tests.txt").write_text("".join(f"{patient} {test}\n" for patient, _, test in rows))
    verify_answers(assay, rows[0])
    return assay.answer("GET", f"/patient/{rows[0][0]}")[1].decode()


def created(connection: http.client.HTTPConnection, key: str, path: str, body: object) -> dict[str, str]:
    status, answer = ask(connection, key, "POST", path, body)
    if status != 201:
        raise BenchError(f"preparing: POST answered {status}: {answer[:200].decode(errors='replace')}")
    return json.loads(answer)


def verify_answers(assay: Assay, row: tuple[str, str, str]) -> None:
    """Each kind of request of the scripts, once, read to the end: what is measured must be the work, not a mistake."""
    patient_id, number, test_id = row
    for method, path, body, expected in (
        ("GET", f"/patient/{patient_id}", None, patient_id),
        ("POST", "/patient/search", {"insuranceNumber": number}, patient_id),
        ("GET", f"/patient/{patient_id}/tests/{test_id}", None, test_id),
        ("GET", "/echo/resource?param1=sample", None, ""),
    ):
        status, answer = assay.answer(method, path, body)
        if status != 200 or expected not in answer.decode():
            raise BenchError(f"{method} of a known document answered {status}: {answer[:200].decode(errors='replace')}")


def new_folder(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path
