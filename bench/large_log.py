#!/usr/bin/env python3
"""Measures proofs and the verification of a large audit log: `python3 bench/large_log.py --records 5000000`.

The log is filled through the audit service's batch route, then `assay serve` answers on it: a proof of a record of the
caller's own, one of somebody else's (whose reading is recorded first), and, as the measure of the machine, the load of
a patient, which is recorded too. At the end `assay audit verify` examines the whole, beside plain reading and hashing.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from assay import Assay, ask, new_folder, patient
from processes import LOOPBACK, BenchError, Server, free_port, resident_bytes

ROOT = Path(__file__).resolve().parent.parent
BATCH = 2000
FILLERS = 2
SAMPLES = 2000


class AuditService(Server):
    """`assay audit` alone on the data directory."""

    name = "audit"

    def __init__(self, binary: Path, folder: Path):
        port = free_port()
        command = [str(binary), "audit", "--data-dir", str(folder), "--secrets", str(folder / "secrets" / "audit")]
        command += ["--listen", f"{LOOPBACK}:{port}", "--metrics-listen", f"{LOOPBACK}:{free_port()}"]
        super().__init__(command, folder.with_suffix(".log"), port)
        self.wait_until_open()


def main() -> int:
    arguments = parse_arguments()
    try:
        results = measure(arguments)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(json.dumps(results, indent=2))
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "build/release/assay", help=argparse.SUPPRESS)
    parser.add_argument("--records", type=int, default=1_000_000, help="how many (default 1,000,000)")
    parser.add_argument("--patients", type=int, default=200_000, help="whom they are about (default 200,000)")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/large-log", help="where data is kept meanwhile")
    return parser.parse_args()


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    data = new_folder(arguments.folder.resolve()) / "data"
    data.mkdir(mode=0o700)
    os.environ["ASSAY_SECRETS__PROVIDER"] = "folder"  # so that the key can be read here
    command(arguments.binary, "secrets", "init", "--dir", data / "secrets")
    results: dict[str, object] = {"records": arguments.records}
    with AuditService(arguments.binary, data) as service:
        results["records filled in per second"] = fill(service, data, arguments)
        results["MiB of memory after filling"] = round(resident_bytes(service.main_pid()) / 2**20)
    with Assay(arguments.binary, data) as assay:
        results |= measure_answers(assay, arguments.binary, data)
    return results | measure_verification(arguments.binary, data)


def command(binary: Path, *words: object) -> str:
    finished = subprocess.run([str(binary), *map(str, words)], capture_output=True, text=True, check=False)
    if finished.returncode != 0:
        raise BenchError(f"assay {words[0]}: {finished.stderr or finished.stdout}")
    return finished.stdout


def fill(service: AuditService, data: Path, arguments: argparse.Namespace) -> float:
    key = (data / "secrets" / "patients" / "audit-host-key").read_text().strip()
    patients = [str(uuid.uuid4()) for _ in range(arguments.patients)]

    def send(batches: int) -> None:
        connection = http.client.HTTPConnection(LOOPBACK, service.port, timeout=60)
        for _ in range(batches):
            body = json.dumps([record(random.choice(patients)) for _ in range(BATCH)])
            connection.request(
                "POST", "/api/auditrecords", body, {"x-functions-key": key, "Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            if answer.status != 201:
                raise BenchError(f"filling: {answer.status} {answer.read(200)!r}")
            answer.read()
        connection.close()

    started = time.monotonic()
    fillers = [threading.Thread(target=send, args=(arguments.records // BATCH // FILLERS,)) for _ in range(FILLERS)]
    for filler in fillers:
        filler.start()
    for filler in fillers:
        filler.join()
    return round(arguments.records / (time.monotonic() - started))


def record(of: str) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "sourceSystemName": "PatientTestApi",
        "resource": {"type": "patient", "id": of, "operation": "find"},
        "patientId": of,
        "operationId": f"{random.getrandbits(128):032x}",
    }


def measure_answers(assay: Assay, binary: Path, data: Path) -> dict[str, object]:
    connection = http.client.HTTPConnection(LOOPBACK, assay.port, timeout=60)
    made = command(binary, "subscription", "create", "auditor", "--scope", "audit:read", "--output", "json",
                   "--data-dir", data)  # fmt: skip
    auditor = json.loads(made)["primaryKey"]
    document = json.loads(ask(connection, assay.key(), "POST", "/patient", patient(1))[1])

    def load() -> str:
        connection.request("GET", f"/patient/{document['id']}", headers={"Ocp-Apim-Subscription-Key": assay.key()})
        answer = connection.getresponse()
        answer.read()
        return answer.headers["Audit-Record"].split(";")[0]

    own = [load() for _ in range(SAMPLES)]
    time.sleep(1.5)  # so that a checkpoint covers them: the signature is measured below, by itself
    others = random.sample(ids_of(data), SAMPLES)
    key = assay.key()
    return {
        "µs a load of a patient, recorded": microseconds(lambda _: load()),
        "µs a proof of one's own record": microseconds(lambda i: proof(connection, key, own[i])),
        "µs a proof of somebody else's, recorded": microseconds(lambda i: proof(connection, auditor, others[i])),
        "µs a load and its proof at once, signed for it": microseconds(lambda _: proof(connection, key, load())),
        "MiB of memory then": round(resident_bytes(assay.main_pid()) / 2**20),
    }


def ids_of(data: Path) -> list[str]:

    with sqlite3.connect(f"file:{data / 'audit' / 'audit.db'}?mode=ro", uri=True) as database:
        count = database.execute("SELECT max(idx) FROM record").fetchone()[0]
        chosen = sorted(random.sample(range(count), min(count, 3 * SAMPLES)))
        return [
            str(uuid.UUID(bytes=database.execute("SELECT id FROM record WHERE idx = ?", (index,)).fetchone()[0]))
            for index in chosen
        ]


def proof(connection: http.client.HTTPConnection, key: str, record_id: str) -> None:
    status, body = ask(connection, key, "GET", f"/audit/{record_id}/proof", None)
    if status != 200 or not body.startswith(b"c2sp.org/tlog-proof@v1"):
        raise BenchError(f"proof: {status} {body[:200]!r}")


def microseconds(call: Callable[[int], object]) -> float:
    """The median of single calls, one after the other."""
    durations = []
    for i in range(SAMPLES):
        started = time.perf_counter()
        call(i)
        durations.append(time.perf_counter() - started)
    return round(statistics.median(durations) * 1e6)


def measure_verification(binary: Path, data: Path) -> dict[str, object]:
    database = data / "audit" / "audit.db"
    started = time.monotonic()
    verdict = command(binary, "audit", "verify", "--data-dir", data)
    seconds = time.monotonic() - started
    started = time.monotonic()
    with database.open("rb") as file:
        hashlib.file_digest(file, "sha256")
    return {
        "s to verify it all": round(seconds, 2),
        "s to read and hash the file once, one core": round(time.monotonic() - started, 2),
        "GiB of the database": round(database.stat().st_size / 2**30, 2),
        "verdict": verdict.strip().splitlines(),
    }


if __name__ == "__main__":
    sys.exit(main())
