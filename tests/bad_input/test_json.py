"""Bodies that are no JSON, or JSON that nobody should trust."""

from __future__ import annotations

import json

import pytest
from client import MARK, Client, a_patient, error_text, refused

NOT_AN_OBJECT = '"value" must be of type object'
VALID = json.dumps(a_patient())
FIELDS = VALID[1:-1]

MALFORMED: dict[str, bytes | str] = {
    "truncated": '{"firstName":',
    "truncated in a string": '{"firstName":"' + MARK,
    "truncated in an escape": '{"firstName":"\\u00',
    "trailing comma": "{" + FIELDS + ",}",
    "leading comma": "{," + FIELDS + "}",
    "two values": VALID + VALID,
    "trailing garbage": VALID + "x",
    "trailing NUL": VALID.encode() + b"\x00",
    "leading NUL": b"\x00" + VALID.encode(),
    "single quotes": "{'firstName':'A'}",
    "bare names": "{firstName:1}",
    "comment": VALID + " // comment",
    "comment inside": "{/* */" + FIELDS + "}",
    "form data": "firstName=Ada&gender=female",
    "XML": "<patient/>",
    "NaN": "{" + FIELDS + ',"insuranceNumber":NaN}',
    "Infinity": "{" + FIELDS + ',"insuranceNumber":Infinity}',
    "-Infinity": "{" + FIELDS + ',"insuranceNumber":-Infinity}',
    "leading zero": "{" + FIELDS + ',"insuranceNumber":01}',
    "plus sign": "{" + FIELDS + ',"insuranceNumber":+1}',
    "hexadecimal": "{" + FIELDS + ',"insuranceNumber":0x10}',
    "bare exponent": "{" + FIELDS + ',"insuranceNumber":1e}',
    "raw control character": b'{"firstName":"a\x01b"}',
    "raw line feed in a string": '{"firstName":"a\nb"}',
    "raw NUL in a string": b'{"firstName":"a\x00b"}',
    "unknown escape": '{"firstName":"\\x41"}',
    "lone high surrogate": "{" + FIELDS + ',"lastName":"\\ud83d"}',
    "lone low surrogate": "{" + FIELDS + ',"lastName":"\\ude00"}',
    "surrogates the wrong way round": "{" + FIELDS + ',"lastName":"\\ude00\\ud83d"}',
    "high surrogate before text": "{" + FIELDS + ',"lastName":"\\ud83dx"}',
    "lone surrogate in a name": "{" + FIELDS + ',"\\ud83d":1}',
    "raw surrogate": b'{"firstName":"\xed\xa0\x80"}',
    "invalid UTF-8": b'{"firstName":"\xff\xfe"}',
    "overlong UTF-8": b'{"firstName":"\xc0\xaf"}',
    "overlong NUL": b'{"firstName":"\xc0\x80"}',
    "truncated UTF-8": b'{"firstName":"\xe4\xb8"}',
    "beyond Unicode": b'{"firstName":"\xf4\x90\x80\x80"}',
    "Latin-1": '{"firstName":"é"}'.encode("latin-1"),
    "UTF-16": VALID.encode("utf-16"),
    "UTF-32": VALID.encode("utf-32-le"),
    "only a brace": "{",
    "only a bracket": "[",
    "nothing but a minus": "-",
    "a word": "nulll",
}

# Well-formed JSON that two readers would understand differently.
UNTRUSTED: dict[str, str] = {
    "escaped NUL": "{" + FIELDS + ',"lastName":"a\\u0000b"}',
    "escaped NUL in a name": "{" + FIELDS + ',"a\\u0000b":1}',
    "duplicate key": "{" + FIELDS + ',"firstName":"B"}',
    "duplicate key, same value": '{"gender":"male",' + FIELDS + "}",
    "duplicate key by an escape": "{" + FIELDS + ',"\\u0066irstName":"B"}',
    "duplicate unknown key": "{" + FIELDS + ',"a":1,"a":1}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_json_is_refused_as_no_object(door: Client, body: bytes | str) -> None:
    answer = door.post("/patient", raw=body)
    refused(answer, 400, NOT_AN_OBJECT)


@pytest.mark.parametrize("body", UNTRUSTED.values(), ids=UNTRUSTED.keys())
def test_json_that_is_not_to_be_trusted_is_refused_with_a_sentence(door: Client, body: str) -> None:
    answer = door.post("/patient", raw=body)
    assert answer.status_code == 400, answer.text
    assert "twice" in error_text(answer) or "U+0000" in error_text(answer)
    assert MARK not in answer.text


@pytest.mark.parametrize("path", ["/patient/search", "/patient/22222222-2222-4222-8222-222222222222/tests"])
@pytest.mark.parametrize("name", ["truncated", "invalid UTF-8", "trailing garbage", "UTF-16", "NaN", "form data"])
def test_it_is_refused_alike_on_every_route(door: Client, path: str, name: str) -> None:
    refused(door.post(path, raw=MALFORMED[name]), 400, NOT_AN_OBJECT)


@pytest.mark.parametrize("name", ["truncated", "invalid UTF-8", "escaped NUL", "duplicate key", "UTF-16"])
def test_the_audit_service_refuses_it_too(audit_service: Client, name: str) -> None:
    body = (MALFORMED | UNTRUSTED)[name]
    assert audit_service.post("/auditrecord", raw=body).status_code == 400
    assert audit_service.post("/auditrecords", raw=body).status_code == 400


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    ["[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP,
     '{"observations":' + "[" * DEEP + "]" * DEEP + "}", '{"a":[' * 1000 + "1" + "]}" * 1000],
    ids=["open arrays", "arrays", "open objects", "objects", "arrays inside", "a thousand"],
)  # fmt: skip
def test_what_is_too_deep_is_400(door: Client, body: str) -> None:
    refused(door.post("/patient", raw=body), 400)
    refused(door.post("/patient/search", raw=body), 400)


def test_nested_duplicates_are_refused(door: Client) -> None:
    patient = door.create_patient()["id"]
    body = '{"performer":"a","orderReference":"b","observations":[{"id":"1","id":"2"}]}'
    refused(door.post(f"/patient/{patient}/tests", raw=body), 400)


@pytest.mark.parametrize(
    ("text", "value"),
    [("\\ud83d\\ude00", "\N{GRINNING FACE}"), ("\\u00e9", "é"), ("\\/", "/"), ("\\b\\f\\n\\r\\t", "\b\f\n\r\t"),
     ("\\\\\\\"", '\\"'), ("\\uFFFF", "\uffff"), ("\\u0001", "\u0001"), ("\\u2028", "\u2028")],
    ids=["surrogate pair", "letter", "slash", "short escapes", "quote", "noncharacter", "control", "separator"],
)  # fmt: skip
def test_every_valid_escape_is_read(door: Client, text: str, value: str) -> None:
    body = '{"firstName":"' + text + '","gender":"male","dateOfBirth":"1980","postCode":"1234"}'
    answer = door.post("/patient", raw=body)
    assert (answer.status_code, answer.json()["firstName"]) == (201, value)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" * 400, "0.1e-400", "123456789012345678901234567890"])
def test_a_number_beyond_all_bounds_is_no_string_either(door: Client, number: str) -> None:
    refused(door.post("/patient", raw='{"firstName":' + number + "}"), 400, '"firstName" must be a string')


def test_blanks_around_the_document_are_no_fault(door: Client) -> None:
    assert door.post("/patient", raw=" \r\n\t" + VALID + " \n").status_code == 201


def test_a_byte_order_mark_is_refused_or_ignored(door: Client) -> None:
    assert door.post("/patient", raw=b"\xef\xbb\xbf" + VALID.encode()).status_code in {201, 400}


def test_a_very_wide_document_is_refused_in_time(door: Client) -> None:
    wide = "{" + ",".join(f'"k{number}":1' for number in range(60_000)) + "}"
    refused(door.post("/patient", raw=wide), 400, '"firstName" is required')
    many = '{"performer":"a","orderReference":"b","observations":[' + ",".join(["5"] * 200_000) + "]}"
    patient = door.create_patient()["id"]
    refused(door.post(f"/patient/{patient}/tests", raw=many), 400, '"observations[0]" must be of type object')
