"""What receives telemetry on this machine: a collector, Application Insights over TLS, and an identity."""

import gzip
import json
import ssl
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import trustme
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

TOKEN = "a-token-of-the-managed-identity"
CLIENT_ID = "6a3f0a52-0b0f-4a52-9c3e-2d1a1f0c7b11"
SECRET = "the-platform-gives-this-header"


class TelemetryReceiver:
    """Keeps what it was sent, by path."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, bytes]] = []
        self.tokens_asked: list[str] = []
        self.refused = 0

    def spans(self) -> list[Span]:
        """What came to the collector."""
        found: list[Span] = []
        for body in self._sent_to("/v1/traces"):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found

    def metrics(self) -> set[str]:
        """Names of the metrics that came to the collector."""
        return {
            metric.name
            for body in self._sent_to("/v1/metrics")
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def items(self) -> list[dict[str, Any]]:
        """What came to Application Insights."""
        return [item for body in self._sent_to("/v2.1/track") for item in json.loads(body)]

    def _sent_to(self, path: str) -> list[bytes]:
        return [body for to, body in self.bodies if to == path]

    def answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, bytes]:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if handler.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        path, _, query = handler.path.partition("?")
        if path == "/identity":
            self.tokens_asked.append(query)
            known = handler.headers.get("X-IDENTITY-HEADER") == SECRET
            expires = str(int(time.time()) + 3600)
            return (200 if known else 401), json.dumps(
                {"access_token": TOKEN, "expires_on": expires, "token_type": "Bearer"}
            ).encode()
        if path == "/v2.1/track":
            if handler.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.refused += 1
                return 401, b"{}"
            count = len(json.loads(body))
            self.bodies.append((path, body))
            answer: dict[str, object] = {"itemsReceived": count, "itemsAccepted": count, "errors": []}
            return 200, json.dumps(answer).encode()
        self.bodies.append((path, body))
        return 200, b""


@contextmanager
def receiving(folder: Path) -> Generator[tuple[TelemetryReceiver, dict[str, str]]]:
    """A receiver, and the settings with which the app finds it, as the Functions platform would set them."""
    receiver = TelemetryReceiver()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)
    with ExitStack() as running:
        plain = running.enter_context(_serving(receiver))
        secure = running.enter_context(_serving(receiver, tls))
        yield (
            receiver,
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{plain}",
                "APPLICATIONINSIGHTS_CONNECTION_STRING": f"InstrumentationKey={CLIENT_ID};"
                f"IngestionEndpoint=https://localhost:{secure}/",
                "APPLICATIONINSIGHTS_AUTHENTICATION_STRING": f"ClientId={CLIENT_ID};Authorization=AAD",
                "IDENTITY_ENDPOINT": f"http://127.0.0.1:{plain}/identity",
                "IDENTITY_HEADER": SECRET,
                "REQUESTS_CA_BUNDLE": str(folder / "authority.pem"),
            },
        )


@contextmanager
def _serving(receiver: TelemetryReceiver, tls: ssl.SSLContext | None = None) -> Generator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = receiver.answer(self)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
