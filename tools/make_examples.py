#!/usr/bin/env python3
"""Makes the example data in examples/: invented patients and their blood tests, the same bytes at every run.

Only Random.random() is used of the random module: of it alone Python promises the same sequence for a seed.
"""

import argparse
import csv
import json
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

SEED = 20250630
NEWEST_DAY = date(2025, 6, 30)
PATIENTS_WITH_TESTS = 300
PATIENTS_IN_CSV = 40

NAMES = {
    "female": "Aaliyah Agnes Amara Anouk Beatrix Chloë Daphne Elif Emma Fatima Femke Grace Hannah Imogen "
    "Iris Isla Jasmijn Katarzyna Leila Lotte Maud Mei Niamh Noor Olga Priya Renée Rosalind Saskia Sofia "
    "Tess Wilhelmina Yara Zoë",
    "male": "Aiden Alasdair Bram Callum Daan Dmitri Emeka Finn Gareth Hamza Hendrik Ibrahim Jeroen Joost "
    "Kwame Lars Luca Mateusz Mohammed Nikhil Oisín Oliver Piet Quinten Ravi Rhys Ruben Sven Teun Thijs "
    "Tomasz Umar Willem Yusuf",
    "other": "Alex Bo Charlie Jip Noa Robin Sam",
    "unknown": "Alex Bo Charlie Jip Noa Robin Sam",
}
LAST_NAMES = (
    "Achterberg|Adeyemi|Ainsworth|Bakker|Begum|Blackwood|Brouwer|Calloway|Chaudhry|Clarke|de Boer|"
    "de Graaf|de Wit|Dekker|Demir|Ellsworth|Evans|Fairbairn|Fernandes|Goldsmith|Groen|Hargreaves|"
    "Hendriks|Hughes|Jansen|Kaya|Kowalska|Kuipers|Lindqvist|MacAllister|Meijer|Mensah|Mulder|Novak|"
    "O'Rourke|Okafor|Patel|Pemberton|Postma|Prins|Quist|Ramdin|Schouten|Sharma|Smit|Thackeray|ter Horst|"
    "Tran|van den Berg|van Dijk|van Leeuwen|Verhoeven|Visser|Vos|Whitcombe|Wójcik|Yılmaz|Zijlstra"
).split("|")
UK_POST_CODES = "BS16 CF10 CV34 EC1V EH12 GL50 HU17 IP14 LS12 NE28 NG11 NW10 OX26 SE22 SW1A TN23 WC2N YO31".split()
LABORATORIES = (
    "Kanaalstraat Medical Laboratory",
    "St Aldhelm's Pathology Service",
    "Noorderlicht Diagnostics",
    "Harbour Lane Surgery",
)


@dataclass(frozen=True)
class Analyte:
    """One thing measured: its LOINC code, its unit in UCUM, and the range that is normal in adults."""

    name: str
    loinc: str
    unit: str
    low: float
    high: float
    decimals: int
    for_men: tuple[float, float] | None = None

    def range_for(self, gender: str) -> tuple[float, float]:
        return self.for_men if self.for_men and gender == "male" else (self.low, self.high)


PANELS: dict[str, list[Analyte]] = {
    "full blood count": [
        Analyte("haemoglobin", "718-7", "g/L", 120, 155, 0, (135, 175)),
        Analyte("haematocrit", "4544-3", "%", 36, 46, 1, (40, 51)),
        Analyte("red cells", "789-8", "10*12/L", 3.9, 5.2, 2, (4.4, 5.8)),
        Analyte("mean red cell volume", "787-2", "fL", 80, 98, 0),
        Analyte("white cells", "6690-2", "10*9/L", 4.0, 10.5, 1),
        Analyte("platelets", "777-3", "10*9/L", 150, 400, 0),
    ],
    "kidneys and salts": [
        Analyte("sodium", "2951-2", "mmol/L", 135, 145, 0),
        Analyte("potassium", "2823-3", "mmol/L", 3.5, 5.1, 1),
        Analyte("urea", "22664-7", "mmol/L", 2.5, 7.5, 1),
        Analyte("creatinine", "14682-9", "umol/L", 49, 90, 0, (62, 106)),
    ],
    "liver": [
        Analyte("alanine aminotransferase", "1742-6", "U/L", 7, 35, 0, (9, 45)),
        Analyte("alkaline phosphatase", "6768-6", "U/L", 40, 125, 0),
        Analyte("gamma glutamyl transferase", "2324-2", "U/L", 5, 38, 0, (8, 60)),
        Analyte("bilirubin", "14631-6", "umol/L", 3, 20, 0),
        Analyte("albumin", "1751-7", "g/L", 35, 50, 0),
    ],
    "lipids": [
        Analyte("cholesterol", "14647-2", "mmol/L", 3.0, 5.2, 1),
        Analyte("HDL cholesterol", "14646-4", "mmol/L", 1.2, 2.4, 1, (1.0, 2.1)),
        Analyte("LDL cholesterol", "22748-8", "mmol/L", 1.4, 3.4, 1),
        Analyte("triglycerides", "14927-8", "mmol/L", 0.5, 1.7, 1),
    ],
    "diabetes": [
        Analyte("glucose", "14749-6", "mmol/L", 3.9, 6.0, 1),
        Analyte("haemoglobin A1c", "59261-8", "mmol/mol", 22, 42, 0),
    ],
    "thyroid": [
        Analyte("thyrotropin", "3016-3", "m[IU]/L", 0.4, 4.2, 2),
        Analyte("free thyroxine", "14920-3", "pmol/L", 11, 22, 1),
    ],
    "inflammation": [Analyte("C-reactive protein", "1988-5", "mg/L", 0, 5, 0)],
    "iron": [Analyte("ferritin", "2276-4", "ug/L", 15, 150, 0, (30, 300))],
    "clotting": [Analyte("INR", "6301-6", "{INR}", 0.9, 1.2, 1)],
}

# How a condition moves what is measured, in half-widths of the normal range. Who has it gets those panels.
CONDITIONS: dict[str, dict[str, float]] = {
    "diabetes": {"glucose": 2.6, "haemoglobin A1c": 2.2, "triglycerides": 0.8},
    "iron deficiency": {
        "haemoglobin": -1.9,
        "haematocrit": -1.6,
        "mean red cell volume": -1.5,
        "ferritin": -1.05,
    },
    "kidney disease": {"creatinine": 2.8, "urea": 2.4, "potassium": 0.9},
    "slow thyroid": {"thyrotropin": 2.4, "free thyroxine": -1.2},
    "high cholesterol": {"cholesterol": 1.7, "LDL cholesterol": 1.6},
    "infection": {"C-reactive protein": 9.0, "white cells": 1.6},
    "fatty liver": {"alanine aminotransferase": 2.0, "gamma glutamyl transferase": 2.2},
    "anticoagulant": {"INR": 9.5},
}


class Chance:
    """Draws from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, bound: int) -> int:
        return int(self._random.random() * bound)

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def pick(self, choices: Any) -> Any:
        return choices[self.below(len(choices))]

    def bell(self) -> float:
        """About normal, deviation 1; a sum, because a logarithm's last bit may differ between machines."""
        return sum(self._random.random() for _ in range(12)) - 6


def make_patient(chance: Chance, number: int) -> dict[str, str]:
    roll = chance.below(100)
    gender = "female" if roll < 51 else "male" if roll < 97 else "other" if roll < 99 else "unknown"
    first, last = chance.pick(NAMES[gender].split()), chance.pick(LAST_NAMES)
    # Most who have their blood tested are neither very young nor very old.
    born = NEWEST_DAY - timedelta(days=400 + chance.below(46 * 365) + chance.below(46 * 365))
    precision = 4 if chance.happens(0.02) else 7 if chance.happens(0.02) else 10
    patient = {
        "firstName": first,
        "lastName": last,
        "fullName": f"{first} {last}",
        "gender": gender,
        "dateOfBirth": born.isoformat()[:precision],
        "postCode": str(1011 + chance.below(8980)) if chance.happens(0.6) else chance.pick(UK_POST_CODES),
    }
    if chance.happens(0.92):
        patient["insuranceNumber"] = f"INS-{number:04d}-{chance.below(100000):05d}"
    if chance.happens(0.8):
        # A range of numbers kept free for films and books, so that nobody is ever called.
        patient["preferredContactNumber"] = f"07700 900{chance.below(1000):03d}"
    return patient


def make_conditions(chance: Chance, born: str) -> list[str]:
    age = NEWEST_DAY.year - int(born[:4])
    return [name for name in CONDITIONS if chance.happens(0.0014 * age)]


def measure(chance: Chance, analyte: Analyte, gender: str, conditions: list[str]) -> tuple[str, str]:
    """A plausible value with its unit, and its HL7 interpretation."""
    low, high = analyte.range_for(gender)
    shift = sum(CONDITIONS[name].get(analyte.name, 0.0) for name in conditions)
    value = (low + high) / 2 + (high - low) / 2 * (0.48 * chance.bell() + shift)
    text = f"{max(value, low * 0.2, 10**-analyte.decimals):.{analyte.decimals}f}"
    interpretation = "L" if float(text) < low else "H" if float(text) > high else "N"
    return f"{text} {analyte.unit}", interpretation


def make_test(
    chance: Chance, order: str, panel: str, gender: str, conditions: list[str], drawn: datetime
) -> dict[str, Any]:
    recent = drawn.date() > NEWEST_DAY - timedelta(days=3)
    status = "preliminary" if recent else "corrected" if chance.happens(0.02) else "final"
    observations = []
    for position, analyte in enumerate(PANELS[panel], start=1):
        measurement, interpretation = measure(chance, analyte, gender, conditions)
        observations.append(
            {
                "id": f"{order}-{position}",
                "code": analyte.loinc,
                "measurement": measurement,
                "interpretation": interpretation,
                "issued": drawn.strftime("%Y-%m-%dT%H:%M:00Z"),
                "status": status,
            }
        )
    return {"performer": chance.pick(LABORATORIES), "orderReference": order, "observations": observations}


def make_tests(chance: Chance, number: int, patient: dict[str, str]) -> list[dict[str, Any]]:
    conditions = make_conditions(chance, patient["dateOfBirth"])
    affected = {name for condition in conditions for name in CONDITIONS[condition]}
    tests = []
    for panel, analytes in PANELS.items():
        worth_ordering = any(analyte.name in affected for analyte in analytes)
        for _ in range(1 + chance.below(2) if worth_ordering else int(chance.happens(0.12))):
            day = NEWEST_DAY - timedelta(days=chance.below(360))
            drawn = datetime(day.year, day.month, day.day, 7 + chance.below(10), chance.below(60))
            order = f"LAB-{day:%y%m%d}-{number:04d}{len(tests)}"
            tests.append(make_test(chance, order, panel, patient["gender"], conditions, drawn))
    return tests


def write_ndjson(chance: Chance, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number in range(1, PATIENTS_WITH_TESTS + 1):
            patient = make_patient(chance, number)
            line = {"patient": patient, "tests": make_tests(chance, number, patient)}
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def write_csv(chance: Chance, path: Path) -> None:
    columns = [
        "firstName",
        "lastName",
        "fullName",
        "gender",
        "dateOfBirth",
        "postCode",
        "insuranceNumber",
        "preferredContactNumber",
    ]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for number in range(1, PATIENTS_IN_CSV + 1):
            writer.writerow(make_patient(chance, PATIENTS_WITH_TESTS + number))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--into",
        type=Path,
        default=Path(__file__).resolve().parent.parent / "examples",
        help="the folder to write",
    )
    folder = parser.parse_args().into
    chance = Chance(SEED)
    write_ndjson(chance, folder / "patients.ndjson")
    write_csv(chance, folder / "patients.csv")


if __name__ == "__main__":
    main()
