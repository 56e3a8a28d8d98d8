"""Starts and stops the real program: the whole register, or its three parts wired together."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from client import MARK, Client, gateway_client, service_client
from ports import kept_address
from trail import Trail

REPOSITORY = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("ASSAY_BINARY", REPOSITORY / "build" / "release" / "assay")).resolve()
DEADLINE = float(os.environ.get("ASSAY_TEST_DEADLINE", "30"))
SANITIZER_REPORT = re.compile(r"(Address|Leak|Thread|Memory)Sanitizer|runtime error:")
Answer = TypeVar("Answer")


def wait_for(condition: Callable[[], Answer], what: str = "a condition", seconds: float = DEADLINE) -> Answer:
    """Answers the first true value of `condition`; fails with `what` when the deadline passes."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.005)  # between two looks: what is waited for is seen from outside and wakes nobody


def run(*arguments: object, timeout: float = 60, **options) -> subprocess.CompletedProcess[str]:
    """Runs one command of the program to its end."""
    return subprocess.run(
        [str(BINARY), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **{"stdin": subprocess.DEVNULL} | options,
    )


def damage(database: Path) -> None:
    """Overwrites all pages of a database but the first."""
    pages = bytearray(database.read_bytes())
    pages[4096:] = b"\xa5" * (len(pages) - 4096)
    database.write_bytes(pages)


def mark_as_restored(data: Path) -> None:
    """Lets the next start of the audit part take its database for one that `assay restore` put there."""
    (data / "audit" / "restored").write_text("restored\n")


@contextmanager
def held(part_folder: Path) -> Iterator[None]:
    """Holds a part's folder as a process does that runs the part."""
    with (part_folder / "lock").open("r+b") as lock:
        fcntl.fcntl(lock, fcntl.F_OFD_SETLK, struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
        yield


class Program:
    """One running process of the program. Its addresses are known once `Ready` was printed."""

    def __init__(
        self,
        part: str,
        *flags: object,
        directory: Path,
        ignore_file_size_signal: bool = False,
        wrapper: Sequence[str] = (),
    ):
        self.part = part
        self.log_file = directory / f"{part}-{time.monotonic_ns()}.stderr"
        self.printed: dict[str, str] = {}
        self.ready = threading.Event()
        self.ended = False
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [*wrapper, str(BINARY), part, *map(str, flags)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=directory,
                text=True,
                # Python ignores SIGXFSZ and SIGPIPE; a child that keeps that meets EFBIG as an error of the disk.
                restore_signals=not ignore_file_size_signal,
            )
        threading.Thread(target=self._read_output, daemon=True).start()
        wait_for(lambda: self.ready.is_set() or self.process.poll() is not None, f"{part} to be ready")
        if not self.ready.is_set():
            raise AssertionError(f"{part} ended with {self.process.returncode}: {self.log()}")

    def _read_output(self) -> None:
        for line in self.process.stdout:
            label, *value = re.split(r"\s{2,}", line.rstrip("\n"), maxsplit=1)
            if label == "Ready":
                self.ready.set()
            elif value:
                self.printed[label] = value[0]
            elif " " in label:
                first, rest = label.split(" ", 1)
                self.printed.setdefault(first, rest)

    @property
    def url(self) -> str:
        return self.printed["API"]

    @property
    def metrics_url(self) -> str:
        return self.printed["Metrics"]

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").rsplit(":", 1)
        return host, int(port)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.ended = True
        self.process.kill()
        self.process.wait(DEADLINE)

    def stop(self) -> None:
        """Ends the program as an operator would; it must drain, exit 0 and have logged nothing it must not."""
        if not self.ended:
            self.ended = True
            assert self.is_running(), f"{self.part} ended by itself with {self.process.returncode}: {self.log()}"
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(DEADLINE)
            assert self.process.returncode == 0, f"{self.part} ended with {self.process.returncode}: {self.log()}"
        self.check_log()

    def check_log(self) -> None:
        log = self.log()
        assert not SANITIZER_REPORT.search(log), log
        assert MARK not in log, f"{self.part} logged patient data"


class Register:
    """`assay serve`: all parts in one process."""

    def __init__(self, directory: Path, *flags: object, wrapper: Sequence[str] = ()):
        self.directory = directory
        self.data = directory / "data"
        self.flags = flags
        self.wrapper = wrapper
        self.start()
        # Written at the first start alone; a restored register has the subscription, not the file.
        self.key = (self.data / "gateway" / "first-key").read_text().strip()

    def start(self) -> None:
        listen = ("--listen", "127.0.0.1:0") if "--listen" not in self.flags else ()
        self.program = Program(
            "serve", *listen, "--metrics-listen", "127.0.0.1:0", "--data-dir", self.data, *self.flags,
            directory=self.directory, ignore_file_size_signal=True, wrapper=self.wrapper,
        )  # fmt: skip
        self.trail = Trail(self.data / "audit" / "audit.db")

    @property
    def metrics_url(self) -> str:
        return self.program.metrics_url

    @property
    def address(self) -> tuple[str, int]:
        return self.program.address

    def client(self, key: str | None = None) -> Client:
        return gateway_client(self.program.url, key or self.key)

    def lose_newest_of_audit(self) -> None:
        """Stops the register, with an audit database that lacks what the patients' knows of."""
        database = self.data / "audit" / "audit.db"
        self.stop()
        older = database.read_bytes()
        self.start()
        for _ in range(3):
            self.client().create_patient()
        self.stop()
        database.write_bytes(older)

    def mark_audit_as_restored(self) -> None:
        mark_as_restored(self.data)

    def command(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return run(*arguments, "--data-dir", self.data)

    def stop(self) -> None:
        self.program.stop()

    def kill(self) -> None:
        self.program.kill()


class Parts:
    """The three parts alone, each its own process, wired over loopback.

    Their secrets are files that tests can read, unless another provider is named.
    """

    def __init__(self, directory: Path, provider: str = "folder", are_apart: bool = False):
        """With `are_apart` each part has a data directory of its own, as on three hosts."""
        self.directory = directory
        self.provider = provider
        self.are_apart = are_apart
        self.data = directory / "data"
        self.secrets = directory / "secrets"
        self.make_secrets()
        self.audit = self.start_audit(kept_address())
        self.patients = self.start_patients(kept_address())
        self.gateway = self.start_gateway(kept_address())
        self.key = (self.data_of("gateway") / "gateway" / "first-key").read_text().strip()
        self.trail = Trail(self.data_of("audit") / "audit" / "audit.db")

    def data_of(self, part: str) -> Path:
        return self.directory / f"{part}-data" if self.are_apart else self.data

    def _start(self, part: str, listen: str, *flags: str) -> Program:
        return Program(
            part, "--listen", listen, "--metrics-listen", "127.0.0.1:0", "--data-dir", self.data_of(part),
            *self.secrets_flags(part), *flags, directory=self.directory, ignore_file_size_signal=True,
            wrapper=self.wrapper(part),
        )  # fmt: skip

    def make_secrets(self) -> None:
        made = run("secrets", "init", "--provider", self.provider, "--dir", self.secrets)
        assert made.returncode == 0, made.stderr

    def wrapper(self, _part: str) -> Sequence[str]:
        """What starts the program with that part's environment."""
        return ()

    def secrets_flags(self, part: str) -> tuple[object, ...]:
        if self.provider == "sealed":
            return "--secrets", self.secrets
        return "--secrets-provider", "folder", "--secrets", self.secrets / part

    def start_audit(self, listen: str) -> Program:
        return self._start("audit", listen)

    def start_patients(self, listen: str) -> Program:
        return self._start("patients", listen, "--audit-url", self.audit.url)

    def start_gateway(self, listen: str) -> Program:
        return self._start("gateway", listen, "--patients-url", self.patients.url, "--audit-url", self.audit.url)

    def restart_audit(self) -> None:
        self.audit = self.start_audit(self.audit.url.removeprefix("http://"))

    def restart_patients(self) -> None:
        self.patients = self.start_patients(self.patients.url.removeprefix("http://"))

    def restart_gateway(self) -> None:
        self.gateway = self.start_gateway(self.gateway.url.removeprefix("http://"))

    @property
    def address(self) -> tuple[str, int]:
        return self.gateway.address

    @property
    def patients_key(self) -> str:
        return (self.secrets / "gateway" / "patients-host-key").read_text().strip()

    @property
    def audit_key(self) -> str:
        return (self.secrets / "patients" / "audit-host-key").read_text().strip()

    def client(self) -> Client:
        return gateway_client(self.gateway.url, self.key)

    def patients_client(self) -> Client:
        return service_client(self.patients.url, self.patients_key)

    def audit_client(self) -> Client:
        return service_client(self.audit.url, self.audit_key)

    def stop(self) -> None:
        for program in (self.gateway, self.patients, self.audit):
            program.stop()
