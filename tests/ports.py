"""Ports for servers that must come back at their address after a restart."""

from __future__ import annotations

import fcntl
import random
import socket
import tempfile
from pathlib import Path
from typing import IO

_OURS: dict[int, IO[str]] = {}  # an open file each: its lock ends with this process


def _first_that_the_kernel_gives_away() -> int:
    return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def _take(port: int) -> bool:
    lock = (Path(tempfile.gettempdir()) / f"assay-test-port-{port}").open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return False
    if not _is_free(port):
        lock.close()
        return False
    _OURS[port] = lock
    return True


def kept_ports(count: int) -> list[int]:
    """Ports that follow each other. Until this process ends, no other test takes them, also while nobody listens.

    They lie below those that the kernel gives to whoever asks for any port: one of these may be taken, by a connection
    too, between the end of a server and its next start.
    """
    while True:
        first = random.randrange(10_000, _first_that_the_kernel_gives_away() - count)
        ports = list(range(first, first + count))
        if not any(port in _OURS for port in ports) and all(_take(port) for port in ports):
            return ports


def kept_address() -> str:
    """An address on loopback with one such port."""
    return f"127.0.0.1:{kept_ports(1)[0]}"
