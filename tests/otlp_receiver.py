"""A receiver of OTLP over HTTP that does as a test tells it, and notes all that it was sent."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from ports import kept_ports


@dataclass
class Reply:
    """How one request is answered."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    rejected: int = 0  # spans that the answer says it did not keep
    cut_off: bool = False  # closes the connection in the middle of the answer
    wait_for: threading.Event | None = None  # before the answer


@dataclass
class Taken:
    """One request."""

    moment: float
    peer: tuple[str, int]
    headers: dict[str, str]
    body: bytes

    def spans(self) -> Iterator[tuple[Any, dict[str, str], Any]]:
        """Each span with its resource's attributes and its scope. Fails for what OTLP does not allow."""
        message = ExportTraceServiceRequest.FromString(self.body)
        assert message.resource_spans
        for resource_spans in message.resource_spans:
            resource = {one.key: one.value.string_value for one in resource_spans.resource.attributes}
            assert len(resource) == len(resource_spans.resource.attributes)
            for scope_spans in resource_spans.scope_spans:
                for span in scope_spans.spans:
                    yield span, resource, scope_spans.scope


class Receiver:
    """Answers the next requests by `replies`, and those after them with 200."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.taken: list[Taken] = []
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        (self.port,) = kept_ports(1)
        self.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler_of(self))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, taken: Taken) -> Reply:
        with self._lock:
            self.taken.append(taken)
            return self.replies.pop(0) if self.replies else Reply()

    def span_ids(self) -> Counter[bytes]:
        """How often each span came."""
        return Counter(span.trace_id + span.span_id for taken in list(self.taken) for span, _, _ in taken.spans())

    def spans_of(self, trace_id: str) -> list[tuple[Any, dict[str, str], Any]]:
        wanted = bytes.fromhex(trace_id)
        return [found for taken in list(self.taken) for found in taken.spans() if found[0].trace_id == wanted]


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces", self.path
            assert self.headers["Content-Type"] == "application/x-protobuf"
            reply = receiver.take(Taken(time.monotonic(), self.client_address, dict(self.headers), body))
            if reply.wait_for:
                reply.wait_for.wait(60)
            answer = ExportTraceServiceResponse()
            if reply.rejected:
                answer.partial_success.rejected_spans = reply.rejected
                answer.partial_success.error_message = "not today"
            self._send(reply, answer.SerializeToString())

        def _send(self, reply: Reply, body: bytes) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(body) + reply.cut_off))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or reply.cut_off

        def log_message(self, *_: object) -> None:
            pass

    return Handler
