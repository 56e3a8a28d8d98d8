"""What the benchmark refuses to count, and what it reads from others' output."""

from __future__ import annotations

from pathlib import Path

import pytest
from disk import measure_fsync, refuse_memory
from load import judge
from probes import count_calls
from processes import BenchError
from report import verdicts

SOUND = {"requests": 100, "broken": 0, "refused": 0, "counted": {}}


def test_a_sound_run_counts() -> None:
    judge(SOUND, "create", in_flight=1)
    judge(SOUND | {"refused": 40, "counted": {"expected 400": 42, "answered 400": 40}}, "mix", in_flight=2)


@pytest.mark.parametrize("fault", [{"requests": 0}, {"broken": 1}, {"refused": 1}])
def test_a_run_with_faults_is_refused(fault: dict[str, int]) -> None:
    with pytest.raises(BenchError):
        judge(SOUND | fault, "create", in_flight=1)


@pytest.mark.parametrize(
    "counted", [{"expected 400": 42}, {"answered 500": 42}, {"expected 201": 90, "answered 201": 50}]
)
def test_a_run_that_answers_otherwise_than_expected_is_refused(counted: dict[str, int]) -> None:
    with pytest.raises(BenchError):
        judge(SOUND | {"counted": counted}, "mix", in_flight=2)


def test_a_file_system_in_memory_is_refused() -> None:
    with pytest.raises(BenchError, match="tmpfs"):
        refuse_memory(Path("/dev/shm"))


def test_the_fsyncs_of_a_folder_are_measured(tmp_path: Path) -> None:
    assert measure_fsync(tmp_path, 0.1)["fsyncs_per_second"] > 0
    assert list(tmp_path.iterdir()) == []


def test_the_summary_of_strace_is_read_with_and_without_errors() -> None:
    summary = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 90.00    0.900000         100      9000           fdatasync
 10.00    0.100000         100      1000         3 fsync
------ ----------- ----------- --------- --------- ----------------
100.00    1.000000         100     10000         3 total
"""
    assert count_calls(summary) == 10000


def test_verdicts_tell_what_was_reached_and_what_was_not() -> None:
    runs = [{"workload": name, "connections": 64, "ratio": 0.2} for name in ("create", "load")]
    create, load = verdicts({"runs": runs})
    assert create.startswith("reached")
    assert load.startswith("MISSED")
