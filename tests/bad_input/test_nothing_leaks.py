"""No log line and no metric tells who a patient is, or a key; no answer tells what is inside."""

from __future__ import annotations

import json

import pytest
import requests
from client import MARK, a_full_patient, a_patient, a_test, new_id
from register import Parts, Register
from wire import exchange

SECRETS = "Zsecretnumber"


def use_everything(register: Register) -> list[str]:
    """Marked values through every route and every fault; answers what must not be seen outside."""
    client = register.client()
    patient = client.create_patient(a_full_patient(insuranceNumber=SECRETS))
    test = client.create_test(patient["id"])
    absent = new_id()
    for path in (f"/patient/{patient['id']}", f"/patient/{absent}", f"/patient/{SECRETS}", f"/nothing/{SECRETS}",
                 f"/patient/{patient['id']}/tests", f"/patient/{patient['id']}/tests/{test['id']}",
                 f"/patient/{patient['id']}?name={SECRETS}", f"/patient/%zz{SECRETS}"):  # fmt: skip
        client.get(path, headers={"Referer": f"http://x/{SECRETS}", "User-Agent": SECRETS, "Cookie": SECRETS})
    for body in (
        a_patient(postCode=SECRETS),
        a_patient(dateOfBirth=SECRETS),
        a_patient(**{SECRETS: 1}),
        [SECRETS],
        SECRETS,
    ):
        client.post("/patient", body)
    client.put(f"/patient/{patient['id']}", a_patient(id=patient["id"], lastName=SECRETS))
    client.post(f"/patient/{absent}/tests", a_test(performer=SECRETS))
    client.post("/patient", raw='{"firstName":"' + SECRETS)
    client.post("/patient", a_patient(), headers={"Idempotency-Key": SECRETS, "Assay-On-Behalf-Of": SECRETS})
    client.post("/patient", a_patient(lastName="x"), headers={"Idempotency-Key": SECRETS})
    client.post("/patient", a_patient(), headers={"Content-Type": f"text/{SECRETS}"})
    client.search({"insuranceNumber": SECRETS, "lastName": MARK})
    client.post(f"/patient/search?cursor={SECRETS}", {})
    client.get("/echo/resource?param1=" + SECRETS)
    client.get(f"/patient/{absent}", headers={client.header: SECRETS})
    client.without_key().get(f"/patient/{absent}?subscription-key={SECRETS}")
    exchange(register.address, f"BREW /{SECRETS} HTTP/1.1\r\nHost: {SECRETS}\r\n{SECRETS}\r\n\r\n")
    return [MARK, SECRETS, patient["id"], absent, test["id"], register.key]


def test_the_log_tells_neither_patients_nor_keys(fresh_register: Register) -> None:
    hidden = use_everything(fresh_register)
    fresh_register.stop()
    log = fresh_register.program.log()
    for value in hidden:
        assert value not in log


def test_every_log_line_is_one_json_object(fresh_register: Register) -> None:
    use_everything(fresh_register)
    fresh_register.stop()
    for line in fresh_register.program.log().splitlines():
        assert isinstance(json.loads(line), dict)


def test_the_metrics_tell_neither_patients_nor_keys(fresh_register: Register) -> None:
    hidden = use_everything(fresh_register)
    metrics = requests.get(fresh_register.metrics_url + "/metrics", timeout=30).text
    for value in hidden:
        assert value not in metrics


def test_what_was_printed_at_start_tells_no_key(fresh_register: Register) -> None:
    printed = json.dumps(fresh_register.program.printed)
    assert fresh_register.key not in printed


@pytest.mark.parametrize("door", ["gateway", "service"], indirect=True)
def test_no_answer_names_the_software_underneath(door, register: Register, parts: Parts) -> None:
    for answer in (door.get(f"/patient/{new_id()}"), door.post("/patient", raw="{"), door.get("/nothing")):
        seen = answer.text + json.dumps(dict(answer.headers))
        for word in ("boost", "beast", "sqlite", ".cpp", str(register.data), str(parts.data)):
            assert word not in seen.lower()
