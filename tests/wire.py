"""Bytes on a socket, for requests that no client library would send."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes
    #: Statuses of interim answers (1xx) that came before.
    interim: list[int] = field(default_factory=list)

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection. Answers are read one by one, so that pipelining can be seen."""

    def __init__(self, address: tuple[str, int], timeout: float = 60):
        self.socket = socket.create_connection(address, timeout)
        self.buffer = b""

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes | str) -> None:
        """Sends as much as the peer takes; one that has answered and closed needs no more."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def end_of_sending(self) -> None:
        with contextlib.suppress(OSError):  # the peer may have answered and closed already
            self.socket.shutdown(socket.SHUT_WR)

    def _more(self) -> bool:
        try:
            received = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.buffer += received
        return bool(received)

    def answer(self) -> RawAnswer | None:
        """The next final answer, or nothing when the peer closed the connection without one."""
        interim: list[int] = []
        while True:
            head = self._head()
            if head is None:
                return None
            status, headers = head
            if status < 200:
                interim.append(status)
                continue
            length = 0 if status in {204, 304} else int(headers.get("content-length", "0"))
            while len(self.buffer) < length and self._more():
                pass
            body, self.buffer = self.buffer[:length], self.buffer[length:]
            return RawAnswer(status, headers, body, interim)

    def interim_status(self) -> int:
        """The status of the next head, interim or not."""
        head = self._head()
        assert head is not None, "the connection was closed"
        return head[0]

    def _head(self) -> tuple[int, dict[str, str]] | None:
        while b"\r\n\r\n" not in self.buffer:
            if not self._more():
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        return int(first.split(" ")[1]), headers

    def is_closed_by_peer(self) -> bool:
        """Waits for the peer to close; false when it rather goes on sending."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True


def exchange(address: tuple[str, int], data: bytes | str) -> RawAnswer | None:
    """Sends all, says that there is no more, and reads the first answer."""
    with Wire(address) as wire:
        wire.send(data)
        wire.end_of_sending()
        return wire.answer()
