"""What telemetry costs: the same loads with all of it, with each part of it turned off in turn, and without any."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from assay import Assay
from load import Run, run_wrk
from nginx import Nginx
from report import aligned

NO_TRACES = {"ASSAY_TRACES__ENABLED": "false"}
NO_ACCESS_LOG = {"ASSAY_LOGS__ACCESS": "false"}
WITHOUT = "without any"
CONNECTIONS = 64
LIMITS = {"all, 1 % sampled": 0.03, "all, 100 % sampled": 0.15}


def variants(receiver: str) -> dict[str, dict[str, str]]:
    """The settings of each. Metrics are always counted."""
    all_on = {"ASSAY_TRACES__ENDPOINT": receiver, "ASSAY_TRACES__SAMPLING": "0.01"}
    return {
        WITHOUT: NO_TRACES | NO_ACCESS_LOG,
        "all, 1 % sampled": all_on,
        "all, 100 % sampled": all_on | {"ASSAY_TRACES__SAMPLING": "1"},
        "1 %, no traces": NO_TRACES,
        "1 %, no access log": all_on | NO_ACCESS_LOG,
        "1 %, no export": {"ASSAY_TRACES__SAMPLING": "0.01"},
    }


def measure_telemetry(
    binary: Path, folder: Path, data: Path, document: str, workloads: tuple[str, ...], seconds: int, rounds: int
) -> list[dict[str, Any]]:
    """In rounds, so that what else the machine does meets all alike; nginx is the receiver."""
    runs: dict[tuple[str, str], list[Run]] = {}
    with Nginx(folder / "nginx", document) as receiver:
        for _ in range(rounds):
            for name, settings in variants(receiver.url).items():
                with Assay(binary, data, settings=settings) as assay:
                    for workload in workloads:
                        assay.wait_until_idle()
                        run = run_wrk(assay, workload, CONNECTIONS, seconds, folder, assay.key())
                        runs.setdefault((workload, name), []).append(run)
    return [summary(workload, name, taken, runs[workload, WITHOUT]) for (workload, name), taken in runs.items()]


def summary(workload: str, name: str, taken: list[Run], without: list[Run]) -> dict[str, Any]:
    """Medians; the share of the throughput that is lost is the median over the rounds."""
    lost = [1 - run.requests_per_second / base.requests_per_second for run, base in zip(taken, without, strict=True)]
    return {
        "workload": workload,
        "telemetry": name,
        "requests_per_second": statistics.median(run.requests_per_second for run in taken),
        "cpu_microseconds_per_request": statistics.median(run.cpu_microseconds_per_request for run in taken),
        "lost": statistics.median(lost),
    }


def telemetry_table(summaries: list[dict[str, Any]]) -> str:
    rows = [("workload", "telemetry", "req/s", "CPU µs/req", "lost", "wanted")]
    for each in sorted(summaries, key=lambda each: each["workload"]):
        limit = LIMITS.get(each["telemetry"])
        rows.append(
            (
                each["workload"],
                each["telemetry"],
                f"{each['requests_per_second']:,.0f}",
                f"{each['cpu_microseconds_per_request']:.1f}",
                f"{each['lost']:.1%}",
                f"< {limit:.0%}" if limit else "",
            )
        )
    return "\n".join(aligned(rows))
