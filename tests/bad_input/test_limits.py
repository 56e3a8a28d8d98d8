"""Limits: of headers, bodies, targets, time and connections."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from client import Client, a_patient, gateway_client, new_id, refused
from register import Parts, Program, Register, wait_for
from wire import RawAnswer, Wire, exchange

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
VALID = json.dumps(a_patient())


@pytest.fixture(params=["gateway", "service"])
def address(request: pytest.FixtureRequest, register: Register, parts: Parts) -> tuple[str, int]:
    return register.address if request.param == "gateway" else parts.patients.address


class TestBodies:
    def test_a_body_of_one_mebibyte_is_read(self, door: Client) -> None:
        assert door.post("/patient", raw=VALID + " " * (MEBIBYTE - len(VALID))).status_code == 201

    def test_a_body_beyond_one_mebibyte_is_413(self, door: Client) -> None:
        refused(door.post("/patient", raw=VALID + " " * (MEBIBYTE - len(VALID) + 1)), 413)

    @pytest.mark.parametrize("path", ["/patient/search", "/patient/22222222-2222-4222-8222-222222222222/tests"])
    def test_every_route_has_the_limit(self, door: Client, path: str) -> None:
        refused(door.post(path, raw=b" " * (2 * MEBIBYTE)), 413)

    def test_the_audit_service_has_the_limit(self, audit_service: Client) -> None:
        refused(audit_service.post("/auditrecord", raw=b" " * (MEBIBYTE + 1)), 413)

    def test_a_large_announcement_is_refused_before_the_body(self, address: tuple[str, int]) -> None:
        with Wire(address) as wire:
            wire.send(f"POST /patient HTTP/1.1\r\nHost: x\r\nContent-Length: {10**12}\r\n\r\n")
            assert wire.answer().status in {401, 413}
            assert wire.is_closed_by_peer()

    def test_chunks_that_add_up_to_too_much_are_413(self, register: Register) -> None:
        with Wire(register.address) as wire:
            wire.send(
                f"POST /patient HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {register.key}\r\n"
                "Transfer-Encoding: chunked\r\n\r\n"
            )
            for _ in range(20):
                wire.send(f"{64 * KIBIBYTE:x}\r\n{' ' * 64 * KIBIBYTE}\r\n")
            assert wire.answer().status == 413

    def test_who_expects_100_continue_is_told_to_go_on(self, register: Register) -> None:
        head = (
            f"POST /patient HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {register.key}\r\n"
            f"Content-Length: {len(VALID)}\r\nExpect: 100-continue\r\n\r\n"
        )
        with Wire(register.address) as wire:
            wire.send(head)
            assert wire.interim_status() == 100
            wire.send(VALID)
            assert wire.answer().status == 201

    def test_who_expects_to_send_too_much_is_told_at_once(self, register: Register) -> None:
        head = (
            f"POST /patient HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {register.key}\r\n"
            f"Content-Length: {2 * MEBIBYTE}\r\nExpect: 100-continue\r\n\r\n"
        )
        with Wire(register.address) as wire:
            wire.send(head)
            answer = wire.answer()
        assert (answer.status, answer.interim) == (413, [])


class TestHeaders:
    def test_headers_below_32_kibibytes_are_read(self, address: tuple[str, int]) -> None:
        answer = exchange(address, f"GET /nothing HTTP/1.1\r\nHost: x\r\nFiller: {'x' * (31 * KIBIBYTE)}\r\n\r\n")
        assert answer.status in {401, 404}

    @pytest.mark.parametrize("size", [33 * KIBIBYTE, 200 * KIBIBYTE])
    def test_one_header_beyond_32_kibibytes_is_431(self, register: Register, size: int) -> None:
        answer = exchange(register.address, f"GET /nothing HTTP/1.1\r\nHost: x\r\nFiller: {'x' * size}\r\n\r\n")
        assert answer.status == 431
        assert answer.json()["statusCode"] == 431

    def test_what_the_gateway_takes_the_services_take_with_its_headers(self, parts: Parts) -> None:
        head = f"GET /patient/{new_id()} HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {parts.key}\r\nAccept: "
        filler = "x" * (32 * KIBIBYTE - len(head) - len("\r\n\r\n"))
        assert exchange(parts.address, f"{head}{filler}\r\n\r\n").status == 404

    @pytest.mark.parametrize("size", [65 * KIBIBYTE, 200 * KIBIBYTE])
    def test_one_header_beyond_64_kibibytes_is_431_everywhere(self, address: tuple[str, int], size: int) -> None:
        answer = exchange(address, f"GET /nothing HTTP/1.1\r\nHost: x\r\nFiller: {'x' * size}\r\n\r\n")
        assert answer.status == 431
        assert answer.json()

    def test_many_headers_beyond_the_limit_are_431(self, address: tuple[str, int]) -> None:
        many = "".join(f"Filler-{number}: {'x' * 50}\r\n" for number in range(2000))
        assert exchange(address, f"GET /nothing HTTP/1.1\r\nHost: x\r\n{many}\r\n").status == 431

    def test_a_very_long_target_is_refused(self, address: tuple[str, int]) -> None:
        assert exchange(address, f"GET /{'x' * 70 * KIBIBYTE} HTTP/1.1\r\nHost: x\r\n\r\n").status in {414, 431}

    def test_a_long_target_within_the_limit_is_no_route(self, client: Client) -> None:
        refused(client.get("/" + "x" * 20 * KIBIBYTE), 404, "Resource not found")
        refused(client.get("/" + "/".join("x" * 5000)), 404, "Resource not found")

    def test_a_very_long_id_is_not_found(self, door: Client) -> None:
        assert door.get("/patient/" + "x" * 20 * KIBIBYTE).status_code in {400, 404}

    def test_a_body_without_end_on_a_get_is_bounded_too(self, door: Client) -> None:
        assert door.get("/patient/x", raw=b" " * (MEBIBYTE + 1)).status_code == 413


class TestSlowSenders:
    """With a time limit of one second from the first byte of a request to its last."""

    @pytest.fixture
    def impatient(self, new_register, tmp_path: Path) -> Register:
        settings = tmp_path / "assay.toml"
        settings.write_text("[server]\nrequest_timeout = 1\nidle_timeout = 1\n")
        return new_register("--config", settings)

    @pytest.mark.parametrize(
        "beginning",
        ["GET /patient", "GET /patient HTTP/1.1\r\nHost: x\r\n",
         "POST /patient HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
         "POST /patient HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123"],
        ids=["request line", "headers", "body", "chunk"],
    )  # fmt: skip
    def test_who_never_finishes_is_cut_off(self, impatient: Register, beginning: str) -> None:
        with Wire(impatient.address) as wire:
            wire.send(beginning)
            assert wire.answer().status == 408
            assert wire.is_closed_by_peer()

    def test_who_sends_now_and_then_is_cut_off_too(self, impatient: Register) -> None:
        with Wire(impatient.address, timeout=0.05) as wire:
            wire.send("GET /patient HTTP/1.1\r\nHost: x\r\n")
            (answer,) = wait_for(lambda: self.answer_after_one_more_header(wire), "the sender to be cut off")
            assert answer is None or answer.status == 408

    @staticmethod
    def answer_after_one_more_header(wire: Wire) -> list[RawAnswer | None]:
        wire.send("A: b\r\n")
        try:
            return [wire.answer()]
        except TimeoutError:
            return []

    def test_who_says_nothing_is_disconnected(self, impatient: Register) -> None:
        with Wire(impatient.address) as wire:
            assert wire.is_closed_by_peer()


def test_hundreds_of_idle_connections_do_not_keep_others_out(register: Register) -> None:
    idle = [Wire(register.address) for _ in range(500)]
    for wire in idle[::2]:
        wire.send("GET /pat")
    try:
        assert register.client().post("/patient", a_patient()).status_code == 201
    finally:
        for wire in idle:
            wire.socket.close()


class TestOpenFiles:
    """With little more than a hundred files that may be open."""

    @staticmethod
    def start(directory: Path, limits: str) -> Program:
        script = f'ulimit {limits} && exec "$@"'
        return Program(
            "serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data-dir", directory / "data",
            directory=directory, wrapper=["bash", "-c", script, "bash"],
        )  # fmt: skip

    def test_the_limit_is_raised_as_far_as_it_goes(self, tmp_path: Path) -> None:
        program = self.start(tmp_path, "-Sn 128")
        idle = [Wire(program.address) for _ in range(200)]
        assert requests.get(program.url + "/status", timeout=30).status_code == 200
        for wire in idle:
            wire.socket.close()
        program.stop()
        assert "limit of open files" not in program.log()

    def test_where_it_cannot_be_raised_strangers_leave_enough_for_health_and_the_databases(
        self, tmp_path: Path
    ) -> None:
        program = self.start(tmp_path, "-n 300")
        idle = [Wire(program.address) for _ in range(400)]
        assert requests.get(program.metrics_url + "/readyz", timeout=30).json() == {"status": "ready"}
        for wire in idle:
            wire.socket.close()
        wait_for(lambda: self.creates_a_patient(program, tmp_path), "the API to take connections again")
        program.stop()
        assert "can't be accepted" not in program.log()
        warnings = [line for line in program.log().splitlines() if "limit of open files" in line]
        assert [json.loads(line)["connections"] for line in warnings] == [150]

    @staticmethod
    def creates_a_patient(program: Program, directory: Path) -> bool:
        key = (directory / "data" / "gateway" / "first-key").read_text().strip()
        with suppress(requests.ConnectionError):
            return gateway_client(program.url, key).post("/patient", a_patient()).status_code == 201
        return False


def test_a_connection_serves_many_requests(register: Register) -> None:
    request = f"GET /echo/resource HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {register.key}\r\n\r\n"
    with Wire(register.address) as wire:
        for _ in range(200):
            wire.send(request)
            assert wire.answer().status == 200
        wire.send(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
        assert wire.answer().status == 200
        assert wire.is_closed_by_peer()


def test_who_hangs_up_before_the_answer_harms_nobody(register: Register) -> None:
    for _ in range(50):
        with Wire(register.address) as wire:
            wire.send(
                f"POST /patient HTTP/1.1\r\nHost: x\r\nOcp-Apim-Subscription-Key: {register.key}\r\n"
                f"Content-Length: {len(VALID)}\r\n\r\n{VALID}"
            )
    assert register.client().post("/patient", a_patient()).status_code == 201
