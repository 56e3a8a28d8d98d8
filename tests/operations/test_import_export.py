"""`assay import` and `assay export`, and the route that keeps ids."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from client import Client, a_patient, a_test, new_id, refused, unique
from register import BINARY, REPOSITORY, Register, run, wait_for

EXAMPLES = REPOSITORY / "examples"
# With what else its patient or test has, it makes the largest document.
LARGEST_TEXT = 1_046_900
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def admin(register: Register) -> Client:
    return register.client(key_of(register, "admin", "patients:read", "tests:read"))


def key_of(register: Register, *scopes: str) -> str:
    flags = [part for scope in scopes for part in ("--scope", scope)]
    made = register.command("subscription", "create", unique("import-"), *flags, "--output", "json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["primaryKey"]


def key_file(register: Register, folder: Path, *scopes: str) -> Path:
    file = folder / unique("key-")
    file.write_text(key_of(register, *scopes) + "\n")
    file.chmod(0o600)
    return file


def write_lines(file: Path, lines: list[Any]) -> Path:
    file.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return file


def do(command: str, register: Register, *arguments: object, key: Path | None = None):
    key = key or register.data / "gateway" / "first-key"
    return run(command, *arguments, "--url", register.program.url, "--key-file", key)


def family(number: str, count: int) -> list[dict[str, Any]]:
    return [{"patient": a_patient(insuranceNumber=number), "tests": [a_test(), a_test()]} for _ in range(count)]


def found(register: Register, number: str) -> list[dict[str, Any]]:
    answer = register.client().post("/patient/search?limit=1000", {"insuranceNumber": number})
    return answer.json() if answer.status_code == 200 else []


def test_patients_and_their_tests_are_imported_and_audited(register: Register, tmp_path: Path) -> None:
    number = unique("ndjson-")
    file = write_lines(tmp_path / "patients.ndjson", family(number, 5))
    answer = do("import", register, file)
    assert answer.returncode == 0, answer.stderr
    patients = found(register, number)
    assert len(patients) == 5
    for patient in patients:
        assert len(register.client().get(f"/patient/{patient['id']}/tests").json()) == 2
        operations = [record["resource"]["operation"] for record in register.trail.of_patient(patient["id"])]
        assert operations.count("create") == 3


def test_a_dry_run_stores_nothing_and_reports_what_would_be_refused(register: Register, tmp_path: Path) -> None:
    number = unique("dry-")
    lines = [*family(number, 2), {"patient": a_patient(insuranceNumber=number, postCode="1")}]
    answer = do("import", register, write_lines(tmp_path / "patients.ndjson", lines), "--dry-run")
    assert found(register, number) == []
    assert '"postCode" length must be 4 characters long' in answer.stdout + answer.stderr


def test_refused_lines_are_reported_by_number_and_reason_and_the_others_imported(
    register: Register, tmp_path: Path
) -> None:
    number = unique("some-")
    good, other = family(number, 2)
    lines = [good, {"patient": a_patient(gender="robot")}, "{ no json", {"nothing": 1}, other]
    answer = do("import", register, write_lines(tmp_path / "patients.ndjson", lines))
    assert len(found(register, number)) == 2
    assert answer.returncode == 1
    report = answer.stdout + answer.stderr
    for line in ("2", "3", "4"):
        assert line in report
    assert '"gender" must be one of' in report


def test_a_corrected_file_imports_the_corrected_lines_alone(register: Register, tmp_path: Path) -> None:
    number = unique("corrected-")
    twins = family(number, 1) * 2
    faulty = {"patient": a_patient(insuranceNumber=number, postCode="1")}
    file = write_lines(tmp_path / "patients.ndjson", [*twins, faulty, *family(number, 2)])
    assert do("import", register, file).returncode == 1
    assert len(found(register, number)) == 4
    lines = file.read_text().splitlines()
    lines[2] = json.dumps({"patient": a_patient(insuranceNumber=number)})
    write_lines(file, lines)
    answer = do("import", register, file)
    assert answer.returncode == 1
    assert "belongs to another content of the file; remove it" in answer.stderr
    (tmp_path / "patients.ndjson.progress").unlink()
    answer = do("import", register, file)
    assert answer.returncode == 0, answer.stderr
    assert "1 created, 4 skipped, 0 refused" in answer.stdout
    patients = found(register, number)
    assert len(patients) == 5
    tests = [len(register.client().get(f"/patient/{patient['id']}/tests").json()) for patient in patients]
    assert sorted(tests) == [0, 2, 2, 2, 2]


def test_a_second_run_says_that_lines_were_refused(register: Register, tmp_path: Path) -> None:
    number = unique("refused-")
    file = write_lines(tmp_path / "patients.ndjson", [*family(number, 1), {"patient": a_patient(gender="robot")}])
    assert do("import", register, file).returncode == 1
    answer = do("import", register, file)
    assert answer.returncode == 1
    assert "nothing left to import" in answer.stdout
    assert "earlier runs refused 1" in answer.stdout


def test_the_progress_of_an_import_into_another_register_is_refused(new_register, tmp_path: Path) -> None:
    number = unique("elsewhere-")
    file = write_lines(tmp_path / "patients.ndjson", family(number, 1))
    assert do("import", new_register(), file).returncode == 0
    other = new_register()
    answer = do("import", other, file)
    assert answer.returncode == 1
    assert "belongs to an import into another register" in answer.stderr
    assert found(other, number) == []


@pytest.mark.parametrize(("name", "text"), [("a.ndjson", ""), ("a.ndjson", "\n \n"), ("a.csv", "firstName,lastName\n")])
@pytest.mark.parametrize("flags", [[], ["--dry-run"]], ids=["import", "dry run"])
def test_a_file_without_lines_is_told(
    register: Register, tmp_path: Path, name: str, text: str, flags: list[str]
) -> None:
    file = tmp_path / name
    file.write_text(text)
    answer = do("import", register, file, *flags)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"{file} has no lines\n"


def test_a_dry_run_looks_at_all_lines_of_an_imported_file(register: Register, tmp_path: Path) -> None:
    file = write_lines(tmp_path / "patients.ndjson", family(unique("looked-at-"), 2))
    assert do("import", register, file).returncode == 0
    assert "2 in order" in do("import", register, file, "--dry-run").stdout


def test_an_export_is_imported_with_its_ids_or_not_at_all(register: Register, tmp_path: Path) -> None:
    number = unique("with-ids-")
    lines = [{"patient": a_patient(id=new_id(), lastUpdated="2020-01-02", insuranceNumber=number)} for _ in range(3)]
    file = write_lines(tmp_path / "export.ndjson", lines)
    answer = do("import", register, file)
    assert answer.returncode == 1
    assert "an export is imported with --keep-ids" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    answer = do("import", register, file, "--keep-ids", key=key_file(register, tmp_path, "admin"))
    assert answer.returncode == 0, answer.stderr
    assert len(found(register, number)) == 3


def test_a_second_run_of_the_same_file_makes_no_duplicates(register: Register, tmp_path: Path) -> None:
    number = unique("again-")
    file = write_lines(tmp_path / "patients.ndjson", family(number, 3))
    assert do("import", register, file).returncode == 0
    assert (tmp_path / "patients.ndjson.progress").exists()
    assert do("import", register, file).returncode == 0
    assert len(found(register, number)) == 3


def test_an_import_that_was_killed_goes_on_without_duplicates(fresh_register: Register) -> None:
    number = unique("killed-")
    file = write_lines(fresh_register.directory / "patients.ndjson", family(number, 300))
    key = fresh_register.data / "gateway" / "first-key"
    for reached in (10, 50, 120):
        command = [BINARY, "import", file, "--url", fresh_register.program.url, "--key-file", key]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            wait_for(lambda reached=reached: len(found(fresh_register, number)) >= reached, "some lines to be imported")
            process.kill()
    assert do("import", fresh_register, file).returncode == 0
    patients = found(fresh_register, number)
    assert len(patients) == 300
    for patient in patients[::20]:
        assert len(fresh_register.client().get(f"/patient/{patient['id']}/tests").json()) == 2


def test_a_table_of_patients_is_imported(register: Register, tmp_path: Path) -> None:
    number = unique("csv-")
    file = tmp_path / "patients.csv"
    rows = [f'"Ada, ""A""",female,1980-01-02,1234,{number}', f"Bob,male,1981,2345,{number}"]
    file.write_text("firstName,gender,dateOfBirth,postCode,insuranceNumber\r\n" + "\r\n".join(rows) + "\r\n")
    answer = do("import", register, file)
    assert answer.returncode == 0, answer.stderr
    assert {patient["firstName"] for patient in found(register, number)} == {'Ada, "A"', "Bob"}


def test_export_and_import_with_ids_are_a_round_trip(new_register, tmp_path: Path) -> None:
    source, target = new_register(name="source"), new_register(name="target")
    client = source.client()
    for number in range(12):
        patient = client.create_patient(a_patient(lastName=f"Round {number}"))["id"]
        for _ in range(number % 3):
            client.create_test(patient)
    exported = tmp_path / "export.ndjson"
    answer = do("export", source, exported)
    assert answer.returncode == 0, answer.stderr
    assert len(exported.read_text().splitlines()) == 12
    key = key_file(target, tmp_path, "admin")
    answer = do("import", target, exported, "--keep-ids", key=key)
    assert answer.returncode == 0, answer.stderr
    again = tmp_path / "again.ndjson"
    assert do("export", target, again).returncode == 0
    assert sorted(again.read_text().splitlines()) == sorted(exported.read_text().splitlines())


def test_an_export_that_fails_leaves_no_file(register: Register, tmp_path: Path) -> None:
    register.client().create_patient()
    exported = tmp_path / "export.ndjson"
    wrong = tmp_path / "wrong.key"
    wrong.write_text("wrong\n")
    # The first page can be read, the tests of the patients on it can't.
    for key in (wrong, key_file(register, tmp_path, "patients:read")):
        answer = do("export", register, exported, key=key)
        assert answer.returncode == 1
        assert list(tmp_path.glob("export*")) == []
    assert do("export", register, exported).returncode == 0
    assert list(tmp_path.glob("export*")) == [exported]
    assert exported.stat().st_mode & 0o777 == 0o600


def test_an_export_overwrites_nothing(register: Register, tmp_path: Path) -> None:
    exported = tmp_path / "export.ndjson"
    for taken in (exported, tmp_path / "export.ndjson.unfinished"):
        taken.write_text("mine")
        answer = do("export", register, exported)
        assert answer.returncode == 1
        assert f"{taken} exists; " in answer.stderr
        assert taken.read_text() == "mine"
        taken.unlink()


@pytest.mark.parametrize("command", ["import", "export"])
def test_a_command_that_waits_for_a_register_says_so(tmp_path: Path, command: str) -> None:
    file = tmp_path / "patients.ndjson"
    if command == "import":
        write_lines(file, family(unique("waiting-"), 20))
    key = tmp_path / "any.key"
    key.write_text("any\n")
    arguments = [BINARY, command, file, "--url", "http://127.0.0.1:1", "--key-file", key]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr.readline().startswith("waiting for http://127.0.0.1:1: ")
        process.kill()
        assert process.stderr.read() == "", "it is said once"


def test_documents_as_large_as_they_may_be_are_exported_and_imported(new_register, tmp_path: Path) -> None:
    source, target = new_register(name="source"), new_register(name="target")
    client = source.client()
    for size in (900_000, LARGEST_TEXT):
        patient = client.create_patient(insuranceNumber="9" * size)["id"]
        client.create_test(patient)
        client.create_test(patient, performer="9" * size)
    small = client.create_patient()["id"]
    for _ in range(3):
        client.create_test(small, performer="9" * 400_000)
    exported = tmp_path / "export.ndjson"
    answer = do("export", source, exported)
    assert answer.returncode == 0, answer.stderr
    assert max(len(line) for line in exported.read_text().splitlines()) <= 1024 * 1024
    answer = do("import", target, exported, "--keep-ids", key=key_file(target, tmp_path, "admin"))
    assert answer.returncode == 0, answer.stderr
    again = tmp_path / "again.ndjson"
    assert do("export", target, again).returncode == 0
    assert sorted(again.read_text().splitlines()) == sorted(exported.read_text().splitlines())


def test_no_update_makes_a_patient_too_large_to_be_exported(register: Register) -> None:
    client = register.client()
    patient = client.create_patient(insuranceNumber="9" * 600_000)
    update = a_patient(id=patient["id"], preferredContactNumber="9" * 600_000)
    answer = client.put(f"/patient/{patient['id']}", update)
    refused(answer, 413, "The document is larger than 1023 KiB.")
    assert client.get(f"/patient/{patient['id']}").json() == patient
    (outcome,) = wait_for(
        lambda: [record for record in register.trail.of_patient(patient["id"]) if "outcome" in record],
        "the outcome to be recorded",
    )
    assert outcome["outcome"] == "failed"
    refused(client.post("/patient", a_patient(insuranceNumber="9" * (LARGEST_TEXT + 1000))), 413)


def test_tests_alone_are_imported_with_ids_only(register: Register, tmp_path: Path) -> None:
    test = a_test(id=new_id(), patientId=new_id(), lastUpdated="2020-01-02")
    file = write_lines(tmp_path / "tests.ndjson", [{"tests": [test]}])
    answer = do("import", register, file)
    assert answer.returncode == 1
    assert '"patient" is required' in answer.stderr
    file = write_lines(tmp_path / "again.ndjson", [{"tests": [test]}])
    answer = do("import", register, file, "--keep-ids", key=key_file(register, tmp_path, "admin"))
    assert answer.returncode == 1
    assert "The patient of the test does not exist." in answer.stderr


def test_a_line_as_long_as_a_request_is_imported(register: Register, tmp_path: Path) -> None:
    line = json.dumps({"patient": a_patient(id=new_id(), lastUpdated="2020-01-02"), "tests": []})
    file = write_lines(tmp_path / "patients.ndjson", [line[:-1] + " " * (1024 * 1024 - len(line)) + line[-1]])
    answer = do("import", register, file, "--keep-ids", key=key_file(register, tmp_path, "admin"))
    assert answer.returncode == 0, answer.stderr


def test_the_examples_can_be_imported(fresh_register: Register) -> None:
    (file,) = sorted(EXAMPLES.glob("*.ndjson"))[:1]
    copy = fresh_register.directory / file.name
    copy.write_bytes(file.read_bytes())
    answer = do("import", fresh_register, copy)
    assert answer.returncode == 0, answer.stderr
    count = len(fresh_register.client().post("/patient/search?limit=1000", {}).json())
    assert count == len(file.read_text().splitlines())


class TestTheRouteThatKeepsIds:
    @staticmethod
    def line(**fields: Any) -> dict[str, Any]:
        identifier = new_id()
        patient = a_patient(id=identifier, lastUpdated="2020-01-02T03:04:05.678Z") | fields
        test = a_test(id=new_id(), patientId=patient["id"], lastUpdated="2020-01-02T03:04:05.678Z")
        return {"patient": patient, "tests": [test]}

    def send(self, client: Client, *lines: Any):
        body = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        return client.post("/import", raw=body, headers=NDJSON)

    def test_documents_keep_their_id_and_time(self, admin: Client) -> None:
        line = self.line()
        answer = self.send(admin, line)
        assert answer.status_code == 200, answer.text
        assert [(entry["line"], entry["status"]) for entry in answer.json()] == [(1, "created")]
        patient = line["patient"]
        assert admin.get(f"/patient/{patient['id']}").json() == patient
        assert admin.get(f"/patient/{patient['id']}/tests").json() == line["tests"]

    def test_the_same_again_is_skipped_and_another_content_refused(self, admin: Client) -> None:
        line = self.line()
        self.send(admin, line)
        changed = line | {"patient": line["patient"] | {"firstName": "Other"}}
        answer = self.send(admin, line, changed)
        assert [entry["status"] for entry in answer.json()] == ["skipped", "refused"]
        assert answer.json()[1]["reason"]
        assert admin.get(f"/patient/{line['patient']['id']}").json() == line["patient"]

    def test_a_faulty_line_is_refused_by_itself(self, admin: Client) -> None:
        answer = self.send(admin, self.line(postCode="1"), "no json", self.line(), {"patient": a_patient()})
        assert [entry["status"] for entry in answer.json()] == ["refused", "refused", "created", "refused"]
        assert '"postCode" length must be 4 characters long' in answer.json()[0]["reason"]

    def test_each_document_has_its_record(self, admin: Client, register: Register) -> None:
        line = self.line()
        self.send(admin, line)
        records = register.trail.of_patient(line["patient"]["id"])
        assert [record["resource"]["type"] for record in records] == ["patient", "test"]
        assert {record["resource"]["id"] for record in records} == {line["patient"]["id"], line["tests"][0]["id"]}

    def test_another_content_type_is_415_and_a_body_beyond_one_mebibyte_413(self, admin: Client) -> None:
        assert admin.post("/import", self.line(), headers={"Content-Type": "text/html"}).status_code == 415
        assert admin.post("/import", raw=b" " * (1024 * 1024 + 1), headers=NDJSON).status_code == 413
