"""Requests that are no proper HTTP, byte by byte on a socket."""

from __future__ import annotations

import json

import pytest
from client import a_patient, new_id
from register import Parts, Register
from wire import RawAnswer, Wire, exchange

BODY = json.dumps(a_patient())


class Door:
    """Where raw requests go: address, key header, and the path of the patients."""

    def __init__(self, address: tuple[str, int], key_header: str, path: str):
        self.address, self.path = address, path
        self.head = f"Host: {address[0]}\r\n{key_header}\r\n"

    def post(self, headers: str, body: str | bytes = "", path: str | None = None) -> bytes:
        head = f"POST {path or self.path} HTTP/1.1\r\n{self.head}{headers}\r\n"
        return head.encode() + (body if isinstance(body, bytes) else body.encode())

    def get(self, path: str | bytes, headers: str = "") -> bytes:
        target = path if isinstance(path, bytes) else path.encode()
        return b"GET " + target + f" HTTP/1.1\r\n{self.head}{headers}\r\n".encode()

    def ask(self, data: bytes) -> RawAnswer | None:
        return exchange(self.address, data)


@pytest.fixture(params=["gateway", "service"])
def raw(request: pytest.FixtureRequest) -> Door:
    if request.param == "gateway":
        register: Register = request.getfixturevalue("register")
        return Door(register.address, f"Ocp-Apim-Subscription-Key: {register.key}", "/patient")
    parts: Parts = request.getfixturevalue("parts")
    return Door(parts.patients.address, f"x-functions-key: {parts.patients_key}", "/api/patient")


def refused(answer: RawAnswer | None, *statuses: int) -> None:
    """A 4xx with a sentence."""
    assert answer is not None, "the connection was closed without an answer"
    assert answer.status in statuses if statuses else 400 <= answer.status < 500, answer
    body = answer.json()
    assert body["message"] if isinstance(body, dict) else body
    assert answer.headers["content-type"].startswith("application/json")


def is_well(door: Door) -> None:
    """The program goes on serving others."""
    answer = door.ask(door.post(f"Content-Length: {len(BODY)}\r\n", BODY))
    assert answer is not None and answer.status == 201


START_LINES = ["GET\r\n", "GET /\r\n", "GET  / HTTP/1.1\r\n", "/ GET HTTP/1.1\r\n", "GET / HTTP/1.1 x\r\n",
               "GET / HTTP/9.9\r\n", "GET / HTTX/1.1\r\n", "G\x00T / HTTP/1.1\r\n", "GET /\x00 HTTP/1.1\r\n",
               "GET /a b HTTP/1.1\r\n", "\x16\x03\x01\x02\x00\x01\x00\r\n", "garbage\r\n", "GET / HTTP/1.1\n",
               "G" * 100 + " / HTTP/1.1\r\n", "GET patient HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n"]  # fmt: skip


@pytest.mark.parametrize("line", START_LINES, ids=lambda line: repr(line)[:30])
def test_a_request_line_that_is_none_is_refused(raw: Door, line: str) -> None:
    answer = raw.ask(line.encode("latin-1") + raw.head.encode() + b"\r\n")
    refused(answer, 400, 404, 405, 501, 505)
    is_well(raw)


HEADERS = ["Content-Length: x", "Content-Length: -1", "Content-Length: +5", "Content-Length: 0x10",
           "Content-Length: 1.5", "Content-Length: ", "Content-Length: 5 5", "Content-Length: 5, 6",
           "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 99999999999999999999999",
           "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
           "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: xchunked",
           "Transfer-Encoding : chunked", "Content-Length : 5", " Content-Length: 5", "no colon here", ": no name",
           "A\x00B: c", "A: b\x00c", "A: b\rc", "A B: c", "X: y\r\n folded", "(comment): x",
           "Host: second.example"]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: repr(header)[:40])
def test_a_header_that_is_none_is_refused(raw: Door, header: str) -> None:
    answer = raw.ask(raw.post(header + "\r\n", "5\r\nhello\r\n0\r\n\r\n"))
    refused(answer, 400, 411, 413, 415, 501)
    is_well(raw)


def test_a_request_without_a_host_is_refused(raw: Door) -> None:
    refused(raw.ask(f"GET {raw.path}/x HTTP/1.1\r\n\r\n".encode()), 400)


def test_http_1_0_is_answered_and_closed(raw: Door) -> None:
    with Wire(raw.address) as wire:
        wire.send(f"GET {raw.path}/{new_id()} HTTP/1.0\r\n{raw.head}\r\n")
        assert wire.answer().status == 404
        assert wire.is_closed_by_peer()


@pytest.mark.parametrize(
    "path",
    ["%", "%z", "%zz", "%1", "%00", "x%00y", "%ff", "%c0%af", "%ed%a0%80", "%2", "a%2fb", "..%2f..", "%2e%2e",
     "../x", "./x", "%0d%0aX:y", "%E2%80%A8", "x;y=z", "x?y#z", "%25", "'", '"', "<>", "^`{|}"],
)  # fmt: skip
def test_percent_encoded_garbage_in_a_path_is_refused(raw: Door, path: str) -> None:
    refused(raw.ask(raw.get(f"{raw.path}/{path}")), 400, 404)


@pytest.mark.parametrize("byte", [0x00, 0x01, 0x7F, 0x80, 0xE9, 0xFF])
def test_a_raw_byte_that_no_target_may_have_is_refused(raw: Door, byte: int) -> None:
    refused(raw.ask(raw.get(raw.path.encode() + b"/x" + bytes([byte]) + b"y")), 400, 404)
    is_well(raw)


def test_an_absolute_target_is_answered_as_its_path_or_refused(raw: Door) -> None:
    answer = raw.ask(raw.get(f"http://somewhere.example{raw.path}/{new_id()}"))
    refused(answer, 400, 404)


@pytest.mark.parametrize("target", ["*", "", "//", "///", "/?", "/#", "http://", "somewhere.example:443"])
def test_a_strange_target_is_refused(raw: Door, target: str) -> None:
    refused(raw.ask(raw.get(target)), 400, 404, 405)


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "OPTIONS", "BREW", "get", "QUERY"])
def test_a_method_that_no_route_takes_is_refused(raw: Door, method: str) -> None:
    answer = raw.ask(f"{method} {raw.path} HTTP/1.1\r\n{raw.head}\r\n".encode())
    refused(answer, 400, 405, 501)


class TestChunkedBodies:
    def chunked(self, raw: Door, chunks: str) -> RawAnswer | None:
        return raw.ask(raw.post("Transfer-Encoding: chunked\r\n", chunks))

    @pytest.mark.parametrize("size", [1, 7, 1000])
    def test_a_body_in_chunks_is_read(self, raw: Door, size: int) -> None:
        pieces = [BODY[start : start + size] for start in range(0, len(BODY), size)]
        chunks = "".join(f"{len(piece):x}\r\n{piece}\r\n" for piece in pieces)
        assert self.chunked(raw, chunks + "0\r\n\r\n").status == 201

    def test_extensions_and_trailers_are_ignored(self, raw: Door) -> None:
        chunks = f'{len(BODY):X};name="value"\r\n{BODY}\r\n0\r\nTrailer: x\r\n\r\n'
        assert self.chunked(raw, chunks).status == 201

    @pytest.mark.parametrize(
        "chunks",
        ["x\r\n", "-1\r\nx\r\n0\r\n\r\n", "5\r\nhello", "5\r\nhelloworld\r\n0\r\n\r\n", "fffffffffffffffff\r\nx\r\n",
         "0x5\r\nhello\r\n0\r\n\r\n", "\r\n\r\n", "5 \x00\r\nhello\r\n0\r\n\r\n"],
        ids=lambda chunks: repr(chunks)[:24],
    )  # fmt: skip
    def test_broken_chunks_are_refused(self, raw: Door, chunks: str) -> None:
        answer = self.chunked(raw, chunks)
        assert answer is None or 400 <= answer.status < 500
        is_well(raw)


def test_a_truncated_body_is_no_request(raw: Door) -> None:
    answer = raw.ask(raw.post(f"Content-Length: {len(BODY) + 10}\r\n", BODY))
    assert answer is None or answer.status == 400
    is_well(raw)


def test_truncated_headers_are_no_request(raw: Door) -> None:
    whole = raw.post(f"Content-Length: {len(BODY)}\r\n", BODY)
    for length in range(1, whole.index(b"\r\n\r\n") + 3, 11):
        answer = raw.ask(whole[:length])
        assert answer is None or 400 <= answer.status < 500
    is_well(raw)


def test_a_request_may_come_byte_by_byte(raw: Door) -> None:
    with Wire(raw.address) as wire:
        for byte in raw.post(f"Content-Length: {len(BODY)}\r\n", BODY):
            wire.send(bytes([byte]))
        assert wire.answer().status == 201


def test_pipelined_requests_are_answered_in_order(raw: Door) -> None:
    one = raw.post(f"Content-Length: {len(BODY)}\r\n", BODY)
    missing = raw.get(f"{raw.path}/{new_id()}")
    faulty = raw.post("Content-Length: 2\r\n", "{}")
    with Wire(raw.address) as wire:
        wire.send((one + missing + faulty) * 5)
        assert [wire.answer().status for _ in range(15)] == [201, 404, 400] * 5


def test_nothing_is_read_as_a_request_after_a_malformed_one(raw: Door) -> None:
    smuggled = raw.post(f"Content-Length: {len(BODY)}\r\n", BODY)
    with Wire(raw.address) as wire:
        wire.send(raw.post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n") + smuggled)
        assert wire.answer().status == 400
        assert wire.is_closed_by_peer()
