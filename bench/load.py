"""Runs wrk with one of the scripts against one server, and judges whether the run counts."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from processes import BenchError, Server

SCRIPTS = Path(__file__).resolve().parent / "scripts"


@dataclass
class Run:
    requests: int
    requests_per_second: float
    p50_microseconds: float
    p99_microseconds: float
    cpu_microseconds_per_request: float

    def as_dict(self) -> dict[str, float]:
        return {name: round(value, 1) for name, value in asdict(self).items()}


def run_wrk(
    server: Server, script: str, connections: int, seconds: float, folder: Path, key: str, is_constant: bool = False
) -> Run:
    """Loads a server; `is_constant` says that it answers all with 2xx whatever the script expects."""
    environment = os.environ | {"BENCH_SCRIPTS": str(SCRIPTS), "BENCH_FOLDER": str(folder), "BENCH_KEY": key}
    # One thread of the generator: a second one would compete with the server for this machine's cores.
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds:.0f}s", "--timeout", "10s"]
    command += ["-s", str(SCRIPTS / f"{script}.lua"), server.url]
    before = server.cpu_seconds()
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    used = server.cpu_seconds() - before
    if finished.returncode != 0:
        raise BenchError(f"wrk: {finished.stderr or finished.stdout}")
    result = json.loads(finished.stdout.strip().splitlines()[-1])
    judge(result, f"{server.name}, {script}, {connections} connections", 0 if is_constant else connections + 1)
    return Run(
        requests=result["requests"],
        requests_per_second=result["requests"] / (result["microseconds"] / 1e6),
        p50_microseconds=result["p50"],
        p99_microseconds=result["p99"],
        cpu_microseconds_per_request=used * 1e6 / max(1, result["requests"]),
    )


def judge(result: dict, what: str, in_flight: int) -> None:
    """Refuses a run with broken connections or with answers that were not expected.

    A script that expects refusals counts by status; the counts may differ by what was in flight at the end.
    """
    if result["requests"] == 0 or result["broken"]:
        raise BenchError(f"{what}: {result['requests']} answers, {result['broken']} broken connections or time-outs")
    counted = result["counted"]
    if not counted:
        if result["refused"]:
            raise BenchError(f"{what}: {result['refused']} of {result['requests']} requests were refused")
        return
    if in_flight == 0:
        return
    for status in {name.split()[1] for name in counted}:
        expected, answered = counted.get(f"expected {status}", 0), counted.get(f"answered {status}", 0)
        if abs(expected - answered) > in_flight:
            raise BenchError(f"{what}: {status} was expected {expected} times and answered {answered} times")
