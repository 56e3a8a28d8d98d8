"""The results as a table for people; what the figures mean stands in docs/performance.md."""

from __future__ import annotations

from typing import Any

COLUMNS = (
    "workload",
    "conn",
    "req/s",
    "p50 ms",
    "p99 ms",
    "CPU µs/req",
    "audit op/fsync",
    "patients op/fsync",
    "nginx req/s",
    "ratio",
)


def table(results: dict[str, Any]) -> str:
    machine, disk = results["machine"], results["disk"]
    lines = [
        f"Assay {results['commit']} on {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['kernel']}, {disk['file_system']}; {results['seconds']} s a run, {results['date']}",
        f"Disk: {disk['fsyncs_per_second']:.0f} fsyncs/s (4 KiB appended each), p50 {disk['p50_microseconds']:.0f} µs, "
        f"p99 {disk['p99_microseconds']:.0f} µs",
        "",
        *aligned([COLUMNS, *(row(run) for run in results["runs"])]),
    ]
    if "proof" in results:
        proof = results["proof"]
        lines += [
            "",
            f"Under strace: {proof['creates']} creates, {proof['batches']:.0f} batches, {proof['fsyncs']} fsyncs",
            f"Start to first answer: {results['start_milliseconds']} ms",
            f"Resident with 1,000 idle connections: {results['idle_memory_mib']} MiB",
        ]
    return "\n".join([*lines, "", *verdicts(results)])


def row(run: dict[str, Any]) -> tuple[str, ...]:
    assay, nginx = run["assay"], run["nginx"]
    return (
        run["workload"],
        str(run["connections"]),
        f"{assay['requests_per_second']:,.0f}",
        f"{assay['p50_microseconds'] / 1000:.2f}",
        f"{assay['p99_microseconds'] / 1000:.2f}",
        f"{assay['cpu_microseconds_per_request']:.1f}",
        *(f"{run['operations_per_fsync'].get(store, 0):.1f}" for store in ("audit", "patients")),
        f"{nginx['requests_per_second']:,.0f}",
        f"{run['ratio']:.3f}",
    )


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)) for cells in rows]


def verdicts(results: dict[str, Any]) -> list[str]:
    """The figures that the register is to reach, beside what was measured."""
    runs = {(run["workload"], run["connections"]): run for run in results["runs"]}
    lines = []
    for workload, least in (("create", 0.12), ("load", 0.35)):
        if run := runs.get((workload, 64)):
            lines.append(verdict(run["ratio"] >= least, f"{workload} at 64: {run['ratio']:.3f} of nginx", f"≥ {least}"))
    if run := runs.get(("create", 1)):
        most = (3 * results["disk"]["p50_microseconds"] + 400) / 1000
        p50 = run["assay"]["p50_microseconds"] / 1000
        lines.append(
            verdict(p50 < most, f"a single client's create: {p50:.2f} ms", f"< 3 fsyncs + 0.4 ms = {most:.2f} ms")
        )
    if "start_milliseconds" in results:
        start, memory = results["start_milliseconds"], results["idle_memory_mib"]
        lines.append(verdict(start < 100, f"start: {start} ms", "< 100 ms"))
        lines.append(verdict(memory < 64, f"idle memory: {memory} MiB", "< 64 MiB"))
    return lines


def verdict(is_reached: bool, measured: str, wanted: str) -> str:
    return f"{'reached' if is_reached else 'MISSED '}  {measured} (wanted: {wanted})"
