"""`assay audit export` and `assay audit report`."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from client import new_id, unique
from register import Register, run, wait_for

HOSTILE = '<img src=x onerror=alert(1)>, "it\'s" & more'
FORMULA = '=HYPERLINK("http://evil.test","x")'


@pytest.fixture(scope="module")
def auditor_key(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = register.command("subscription", "create", unique("auditor-"), "--scope", "audit:read", "--output", "json")
    assert made.returncode == 0, made.stderr
    file = tmp_path_factory.mktemp("auditor") / "key"
    file.write_text(json.loads(made.stdout)["primaryKey"] + "\n")
    return file


@pytest.fixture
def patient(register: Register) -> str:
    made = register.client().create_patient()["id"]
    register.client().get(f"/patient/{made}", headers={"Assay-Purpose-Of-Use": HOSTILE})
    register.client().get(f"/patient/{made}", headers={"Assay-On-Behalf-Of": FORMULA})
    return made


@pytest.fixture
def audit(register: Register, auditor_key: Path):
    return lambda *arguments: run("audit", *arguments, "--url", register.program.url, "--key-file", auditor_key)


def test_an_export_has_what_the_filters_take(audit, patient: str, tmp_path: Path) -> None:
    file = tmp_path / "trail.ndjson"
    done = audit("export", file, "--patient", patient, "--operation", "find")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{file}: 2 records\n"
    lines = [json.loads(line) for line in file.read_text().rstrip("\n").split("\n")]
    assert [line["record"]["patientSequence"] for line in lines] == [2, 3]
    assert lines[0]["record"]["asserted"]["purposeOfUse"] == HOSTILE
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_export_goes_to_standard_output(audit, patient: str) -> None:
    done = audit("export", "-", "--patient", patient, "--from", "2020-01-01", "--to", "2999-01-01")
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["record"]["patientId"] for line in done.stdout.rstrip("\n").split("\n")] == [patient] * 4


def test_an_export_as_csv_is_safe_to_open(audit, patient: str, tmp_path: Path) -> None:
    file = tmp_path / "trail.csv"
    assert audit("export", file, "--patient", patient, "--operation", "find").returncode == 0
    text = file.read_bytes().decode()
    assert text.count("\r\n") == 3
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert [row["purposeOfUse"] for row in rows] == [HOSTILE, ""]
    assert [row["onBehalfOf"] for row in rows] == ["", "'" + FORMULA]
    assert {row["operation"] for row in rows} == {"find"}
    assert {row["patientId"] for row in rows} == {patient}


def test_an_export_of_many_pages_is_whole_and_ends(register: Register, audit) -> None:
    known = register.trail.count()
    done = audit("export", "-")
    assert done.returncode == 0, done.stderr
    indexes = [json.loads(line)["index"] for line in done.stdout.rstrip("\n").split("\n")]
    assert indexes == list(range(len(indexes)))
    assert len(indexes) > known


def test_an_export_that_fails_leaves_no_file(audit, tmp_path: Path) -> None:
    file = tmp_path / "trail.ndjson"
    done = audit("export", file, "--from", "yesterday")
    assert done.returncode == 1
    assert done.stderr == 'assay: "from" must be a valid date\n'
    assert list(tmp_path.iterdir()) == []


def test_an_export_overwrites_nothing(audit, tmp_path: Path) -> None:
    file = tmp_path / "trail.ndjson"
    file.write_text("mine")
    done = audit("export", file)
    assert done.returncode == 1
    assert "exists; an export makes a new file" in done.stderr
    assert file.read_text() == "mine"


def test_a_report_tells_the_patient_everything_in_words(register: Register, audit, patient: str) -> None:
    done = audit("report", "--patient", patient)
    assert done.returncode == 0, done.stderr
    assert f"Who accessed the data of patient {patient}\n4 accesses in 4 records" in done.stdout
    assert re.findall(r"^(\d) of 4, index \d+ in the log$", done.stdout, re.MULTILINE) == ["1", "2", "3", "4"]
    assert f"for what      {HOSTILE}\n" in done.stdout
    assert f"on behalf of  {FORMULA}\n" in done.stdout
    assert done.stdout.count("read your registration\n") == 2
    assert done.stdout.count(f"proof         {register.program.url}/audit/") == 4
    assert "What could be missing is the end." in done.stdout
    assert re.search(r"^— assay\.internal/[0-9a-f]{16} ", done.stdout, re.MULTILINE)


class Page(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_a_report_as_html_needs_nothing_and_runs_nothing(audit, patient: str) -> None:
    done = audit("report", "--patient", patient, "--output", "html")
    assert done.returncode == 0, done.stderr
    page = Page(done.stdout)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "img", "link", "iframe", "object", "form", "base"}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert HOSTILE in page.texts
    assert FORMULA in page.texts
    assert ("html", {"lang": "en"}) in page.tags
    assert {"title", "main", "h1", "caption", "thead"} <= names
    assert [attributes.get("scope") for tag, attributes in page.tags if tag == "th"] == ["col"] * 8 + ["row"] * 4
    assert len([attributes for tag, attributes in page.tags if tag == "a"]) == 4


def test_a_report_brings_the_proofs(audit, patient: str, tmp_path: Path) -> None:
    folder = tmp_path / "proofs"
    done = audit("report", "--patient", patient, "--output", "json", "--proofs", folder)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["count"] == len(told["accesses"]) == 4
    assert (folder / "checkpoint").read_text() == told["checkpoint"]
    for access in told["accesses"]:
        proof = (folder / f"{access['sequence']:06}-{access['record']['id']}.tlog-proof").read_text()
        assert f"index {access['index']}\n" in proof
    again = audit("report", "--patient", patient, "--proofs", folder)
    assert again.returncode == 1
    assert "the proofs go into a new folder" in again.stderr


def test_a_report_with_proofs_links_to_the_folder_beside_it(audit, patient: str, tmp_path: Path) -> None:
    folder = tmp_path / "the proofs: 50%"
    done = audit("report", "--patient", patient, "--output", "html", "--proofs", f"{folder}/")
    assert done.returncode == 0, done.stderr
    links = [str(attributes["href"]) for tag, attributes in Page(done.stdout).tags if tag == "a"]
    assert len(links) == 4
    assert all(link.startswith("the%20proofs%3A%2050%25/") for link in links)
    assert all((tmp_path / unquote(link)).read_text().startswith("c2sp.org/tlog-proof@v1\n") for link in links)


def test_a_report_tells_an_attempt_and_its_end_as_one_access(register: Register, audit, patient: str) -> None:
    register.client().get(f"/patient/{patient}", headers={"If-Match": '"1"'})
    wait_for(lambda: len(register.trail.of_patient(patient)) == 5, "the record of the end")
    done = audit("report", "--patient", patient, "--output", "html")
    assert done.returncode == 0, done.stderr
    page = Page(done.stdout)
    assert any("5 accesses in 6 records" in text for text in page.texts)
    assert {"4, 5", "not done: the data were not as the caller expected"} < set(page.texts)
    assert len([tag for tag, _ in page.tags if tag == "a"]) == 6
    told = json.loads(audit("report", "--patient", patient, "--output", "json").stdout)
    assert [access["sequence"] for access in told["accesses"]] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("output", ["text", "html"])
def test_a_report_on_nobody_says_so(audit, output: str) -> None:
    done = audit("report", "--patient", new_id(), "--output", output)
    assert done.returncode == 0, done.stderr
    assert "1 access in 1 record, oldest first" in done.stdout
    assert "This register knows of no patient with this id" in done.stdout


def test_a_report_needs_the_scope_and_an_id(register: Register, audit) -> None:
    key = register.data / "gateway" / "first-key"
    refused = run("audit", "report", "--patient", new_id(), "--url", register.program.url, "--key-file", key)
    assert refused.returncode == 1
    assert "audit:read" in refused.stderr
    wrong = audit("report", "--patient", "1")
    assert wrong.returncode == 1
    assert wrong.stderr == 'assay: "patientId" must be a valid GUID\n'
    upper = new_id().upper()
    of_nobody = audit("report", "--patient", upper)
    assert of_nobody.returncode == 1
    assert of_nobody.stderr == f"assay: {upper} is no patient's id: ids are in lower case\n"


def test_a_report_notices_a_missing_access(fresh_register: Register, tmp_path: Path) -> None:
    made = fresh_register.command("subscription", "create", "auditor", "--scope", "audit:read", "--output", "json")
    key = tmp_path / "key"
    key.write_text(json.loads(made.stdout)["primaryKey"] + "\n")
    patient = fresh_register.client().create_patient()["id"]
    fresh_register.client().get(f"/patient/{patient}")
    fresh_register.client().get(f"/patient/{patient}")
    with sqlite3.connect(fresh_register.trail.database, timeout=10) as connection:
        connection.execute("DELETE FROM record WHERE json_extract(document, '$.patientSequence') = 2")
    connection.close()
    done = run("audit", "report", "--patient", patient, "--url", fresh_register.program.url, "--key-file", key)
    assert done.returncode == 1
    assert "counts 4 records of accesses to the patient and did not tell number 2" in done.stderr
    assert done.stdout == ""
