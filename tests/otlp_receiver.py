"""A collector in this process: takes what is sent to it over HTTP, and reads it with the protocol's own types."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenSpan:
    name: str
    id: bytes
    parent: bytes
    attributes: dict[str, Any]


@dataclass
class Receiver:
    """`status` is what it answers; `raw` is everything that it was sent, byte for byte."""

    url: str = ""
    status: int = 200
    raw: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def spans(self) -> list[TakenSpan]:
        requests = [ExportTraceServiceRequest.FromString(body) for path, body in self.raw if path == "/v1/traces"]
        return [
            TakenSpan(name=span.name, id=span.span_id, parent=span.parent_span_id, attributes=_values(span.attributes))
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def points(self) -> dict[tuple[str, str], float]:
        """The last value of each gauge and the count of each histogram, by name and by what it is of."""
        requests = [ExportMetricsServiceRequest.FromString(body) for path, body in self.raw if path == "/v1/metrics"]
        found: dict[tuple[str, str], float] = {}
        for request in requests:
            for resource in request.resource_metrics:
                for scope in resource.scope_metrics:
                    for metric in scope.metrics:
                        for gauge in metric.gauge.data_points:
                            found[metric.name, _values(gauge.attributes).get("server", "")] = gauge.as_double
                        for histogram in metric.histogram.data_points:
                            found[metric.name, _values(histogram.attributes)["what"]] = histogram.count
        return found

    def path_to(self, span: TakenSpan) -> list[str]:
        """The names from the root to this span."""
        by_id = {each.id: each for each in self.spans}
        line = [span.name]
        while span.parent and span.parent in by_id:
            span = by_id[span.parent]
            line.insert(0, span.name)
        return line


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.raw.append((self.path, body))
            self.send_response(receiver.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield receiver
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
