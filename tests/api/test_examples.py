"""The example data: what the script makes, valid by the description of the API, and plausible."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from api.description import REPOSITORY, faults, schema

EXAMPLES = REPOSITORY / "examples"
LINES: list[dict[str, Any]] = [json.loads(line) for line in (EXAMPLES / "patients.ndjson").read_text().splitlines()]
OBSERVATIONS = [observation for line in LINES for test in line["tests"] for observation in test["observations"]]


def csv_rows() -> list[dict[str, str]]:
    with (EXAMPLES / "patients.csv").open(newline="") as file:
        return [{name: value for name, value in row.items() if value} for row in csv.DictReader(file)]


def test_script_makes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, REPOSITORY / "tools" / "make_examples.py", "--into", tmp_path], check=True, timeout=60
    )
    for name in ("patients.ndjson", "patients.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLES / name).read_bytes(), name


def test_every_line_is_a_patient_with_tests() -> None:
    assert len(LINES) == 300
    for number, line in enumerate(LINES, start=1):
        assert set(line) == {"patient", "tests"}, number
        assert faults(line["patient"], schema("NewPatient")) == [], number
        for test in line["tests"]:
            assert faults(test, schema("NewTest")) == [], number


def test_every_row_of_the_csv_is_a_patient() -> None:
    rows = csv_rows()
    assert len(rows) == 40
    for row in rows:
        assert faults(row, schema("NewPatient")) == [], row["insuranceNumber"]


def test_no_patient_is_in_both_files() -> None:
    in_csv = {row["insuranceNumber"] for row in csv_rows() if "insuranceNumber" in row}
    in_lines = {line["patient"]["insuranceNumber"] for line in LINES if "insuranceNumber" in line["patient"]}
    assert in_csv and in_lines
    assert in_csv.isdisjoint(in_lines)


def has_loinc_check_digit(code: str) -> bool:
    """Whether the digit after the hyphen fits those before it (modulus 10, as LOINC's users' guide has it)."""
    digits, _, check = code.partition("-")
    doubled = str(int(digits[::-1][::2]) * 2) + digits[::-1][1::2]
    return check == str(-sum(map(int, doubled)) % 10)


def test_codes_are_loinc_codes() -> None:
    assert not has_loinc_check_digit("718-8")
    codes = {observation["code"] for observation in OBSERVATIONS}
    assert len(codes) > 20
    assert [code for code in codes if not has_loinc_check_digit(code)] == []


def test_observations_read_as_a_laboratory_writes_them() -> None:
    for observation in OBSERVATIONS:
        value, unit = observation["measurement"].split(" ")
        assert float(value) > 0 and unit
        assert observation["interpretation"] in {"N", "H", "L"}
        assert observation["status"] in {"preliminary", "final", "corrected"}
    ids = [observation["id"] for observation in OBSERVATIONS]
    assert len(set(ids)) == len(ids)


def test_most_results_are_normal_and_some_are_not() -> None:
    interpretations = [observation["interpretation"] for observation in OBSERVATIONS]
    assert len(interpretations) > 1000
    for interpretation, least, most in (("N", 0.6, 0.9), ("H", 0.05, 0.3), ("L", 0.02, 0.2)):
        assert least < interpretations.count(interpretation) / len(interpretations) < most
