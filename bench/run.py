#!/usr/bin/env python3
"""Measures Assay on this machine: durable, audited requests through the gateway of `assay serve`.

Beside it, in the same run and with the same scripts: nginx answering a constant, and the disk's own rate of fsyncs.
Only ratios within one run mean anything on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay import Assay, new_folder, prepare
from disk import measure_fsync, refuse_memory
from load import run_wrk
from nginx import Nginx
from probes import measure_idle_memory, measure_start, prove_fsyncs
from processes import BenchError
from report import table
from telemetry_cost import measure_telemetry, telemetry_table, variants

ROOT = Path(__file__).resolve().parent.parent
WORKLOADS = ("create", "load", "search", "mix")
CONNECTIONS = (1, 64, 256)
PREPARED_PATIENTS = 5000


def main() -> int:
    arguments = parse_arguments()
    try:
        results = measure(arguments)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print("\n" + (telemetry_table(results["telemetry"]) if arguments.telemetry else table(results)))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "build/release/assay", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=10, help="how long each run takes (default 10)")
    parser.add_argument(
        "--only", type=workloads, default=WORKLOADS, help="of create,load,search,mix; leaves out the rest"
    )
    parser.add_argument("--connections", type=numbers, default=CONNECTIONS, help="default 1,64,256")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "build/bench", help="where data is kept meanwhile; on a disk"
    )
    parser.add_argument(
        "--telemetry", action="store_true", help="measure what telemetry costs instead, at 64 connections"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of --telemetry (default 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the results as JSON")
    return parser.parse_args()


def workloads(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(WORKLOADS):
        raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    return names


def numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    folder = new_folder(arguments.folder.resolve())
    file_system = refuse_memory(folder)
    say("the disk's fsyncs")
    results: dict[str, Any] = {
        "commit": commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "seconds": arguments.seconds,
        "disk": {"file_system": file_system} | measure_fsync(folder, 2.0),
    }
    data = folder / "data"
    if arguments.telemetry:
        return results | {"telemetry": measure_cost_of_telemetry(arguments, folder, data)}
    results["runs"] = measure_loads(arguments, folder, data)
    if arguments.only == WORKLOADS:
        say("start, memory and fsyncs under strace")
        results["start_milliseconds"] = measure_start(arguments.binary, data)
        results["idle_memory_mib"] = measure_idle_memory(arguments.binary, data)
        results["proof"] = prove_fsyncs(arguments.binary, folder / "traced", folder, 2.0)
    return results


def measure_loads(arguments: argparse.Namespace, folder: Path, data: Path) -> list[dict[str, Any]]:
    runs = []
    with Assay(arguments.binary, data) as assay:
        say(f"{PREPARED_PATIENTS} patients to ask for")
        document = prepare(assay, folder, PREPARED_PATIENTS)
        with Nginx(folder / "nginx", document) as nginx:
            for workload in arguments.only:
                for connections in arguments.connections:
                    say(f"{workload}, {connections} connections")
                    runs.append(measure_pair(assay, nginx, workload, connections, arguments.seconds, folder))
    return runs


def measure_cost_of_telemetry(arguments: argparse.Namespace, folder: Path, data: Path) -> list[dict[str, Any]]:
    chosen = tuple(name for name in ("create", "load") if name in arguments.only)
    if not chosen:
        raise BenchError("--telemetry measures create and load; --only leaves out both")
    with Assay(arguments.binary, data) as assay:
        say(f"{PREPARED_PATIENTS} patients to ask for")
        document = prepare(assay, folder, PREPARED_PATIENTS)
    variants_told = f"{arguments.rounds} rounds of {len(variants(''))} variants"
    say(f"{variants_told}, {arguments.seconds} s for each of {', '.join(chosen)}")
    return measure_telemetry(arguments.binary, folder, data, document, chosen, arguments.seconds, arguments.rounds)


def measure_pair(
    assay: Assay, nginx: Nginx, workload: str, connections: int, seconds: int, folder: Path
) -> dict[str, Any]:
    """One load on each of the two, the other one being idle."""
    assay.wait_until_idle()
    before = assay.group_commits()
    ours = run_wrk(assay, workload, connections, seconds, folder, assay.key())
    after = assay.group_commits()
    assay.wait_until_idle()
    constant = run_wrk(nginx, workload, connections, seconds, folder, "none", is_constant=True)
    return {
        "workload": workload,
        "connections": connections,
        "assay": ours.as_dict(),
        "nginx": constant.as_dict(),
        "operations_per_fsync": {
            store: operations_per_batch(before.get(store, {}), counts) for store, counts in after.items()
        },
        "ratio": round(ours.requests_per_second / constant.requests_per_second, 4),
    }


def operations_per_batch(before: dict[str, float], after: dict[str, float]) -> float:
    batches = after.get("batches", 0) - before.get("batches", 0)
    operations = after.get("operations", 0) - before.get("operations", 0)
    return round(operations / batches, 2) if batches else 0.0


def machine() -> dict[str, Any]:
    models = [line for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if "model name" in line]
    return {
        "cpu": models[0].split(":", 1)[1].strip() if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
        "kernel": f"{platform.system()} {platform.release()}",
    }


def commit() -> str:
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
