"""Spans and metrics to an OpenTelemetry collector, over HTTP. A collector that is away costs what it missed, no more.

What is told leaves in the background, from a queue that is bounded: when it is full, the oldest go.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from contextvars import Token
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, Self, get_args
from uuid import uuid4

import structlog
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.metrics import CallbackOptions, Histogram, Meter, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import Span as TheirSpan
from opentelemetry.trace import StatusCode, Tracer, get_current_span, set_span_in_context

from app.domain.errors import AppError
from app.gauges import MEANING
from app.metrics import Readings
from app.ports.telemetry import SILENCE, Gauge, Span, SpanName, Telemetry

_log = structlog.get_logger(__name__)
_PARTS: Final[frozenset[SpanName]] = frozenset({"batch", "statement", "model", "index"})
_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
_QUEUE, _BATCH = 4_096, 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between sending spans and metrics, for one request to the collector, and for the last words."""

    spans: float = 2.0
    metrics: float = 15.0
    request: float = 2.0
    leave: float = 2.0


@asynccontextmanager
async def open_collector(
    *, endpoint: str, service: str, version: str, sample: float, readings: Readings, pace: Pace | None = None
) -> AsyncIterator[Telemetry]:
    """Tells the collector at this base URL until the context is left. Never fails because the collector does."""
    pace = pace or Pace()
    # It would log each failure with what the collector said; ours says once that nothing arrives.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL + 1)
    base = endpoint.rstrip("/")
    resource = Resource(
        {"service.name": service, "service.version": version, "service.instance.id": str(uuid4())},
    )
    sender = _Sender(OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=pace.request))
    traces = TracerProvider(resource=resource, sampler=ParentBasedTraceIdRatio(sample), shutdown_on_exit=False)
    traces.add_span_processor(
        BatchSpanProcessor(
            sender, max_queue_size=_QUEUE, max_export_batch_size=_BATCH, schedule_delay_millis=pace.spans * 1_000
        )
    )
    counted = OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=pace.request)
    metrics = MeterProvider(
        resource=resource,
        shutdown_on_exit=False,
        metric_readers=[PeriodicExportingMetricReader(counted, export_interval_millis=pace.metrics * 1_000)],
    )
    meter = metrics.get_meter("mnemograph")
    _observe(meter, readings)
    reading = asyncio.create_task(_keep_reading(readings, pace.metrics))
    try:
        yield _Collector(traces.get_tracer("mnemograph"), meter)
    finally:
        reading.cancel()
        await asyncio.wait([reading])
        if not sender.arrives:  # the last words would not arrive either: no waiting for that
            sender.shutdown()
            counted.shutdown()
        await asyncio.to_thread(_leave, sender, traces, metrics, pace.leave)


async def _keep_reading(readings: Readings, pause: float) -> None:
    while True:
        await readings.refresh()
        await asyncio.sleep(pause)


def _leave(sender: "_Sender", traces: TracerProvider, metrics: MeterProvider, seconds: float) -> None:
    sender.end_by(time.monotonic() + seconds)
    traces.shutdown()
    metrics.shutdown(timeout_millis=seconds * 1_000)


def _observe(meter: Meter, readings: Readings) -> None:
    def read(gauge: Gauge, _options: CallbackOptions) -> Iterable[Observation]:
        for reading in readings.known:
            if reading.gauge is gauge:
                yield Observation(float(reading.value), {"server": reading.of} if reading.of else {})

    for gauge, meaning in MEANING.items():
        meter.create_observable_gauge(f"mnemograph.{gauge}", callbacks=[partial(read, gauge)], description=meaning)


class _Collector:
    def __init__(self, tracer: Tracer, meter: Meter) -> None:
        self._tracer = tracer
        self._seconds: dict[SpanName, Histogram] = {
            name: meter.create_histogram(
                f"mnemograph.{name}.duration", unit="s", explicit_bucket_boundaries_advisory=_BUCKETS
            )
            for name in get_args(SpanName)
        }

    def span(self, name: SpanName, what: str = "", *, size: int = 0, about: str = "") -> AbstractContextManager[Span]:
        if name in _PARTS and not get_current_span().get_span_context().is_valid:
            return SILENCE.span(name)
        told: dict[str, str | int] = {"mnemograph.what": what}
        if size:
            told["mnemograph.size"] = size
        if about:
            told["mnemograph.about"] = about
        span = self._tracer.start_span(f"{name} {what}" if what else name, attributes=told)
        return _Open(span, what, self._seconds[name].record)


class _Open:
    """A span that this task is in."""

    __slots__ = ("_began", "_outcome", "_record", "_span", "_token", "_what")

    _token: Token[Context]

    def __init__(self, span: TheirSpan, what: str, record: Callable[..., None]) -> None:
        self._span, self._what, self._record = span, what, record
        self._outcome = ""
        self._began = time.perf_counter()

    def end_as(self, outcome: str) -> None:
        self._outcome = outcome

    def __enter__(self) -> Self:
        self._token = attach(set_span_in_context(self._span))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        detach(self._token)
        outcome = self._outcome or _kind_of(error)
        self._span.set_attribute("mnemograph.outcome", outcome)
        if error is not None:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
        self._record(time.perf_counter() - self._began, {"what": self._what, "outcome": outcome})


def _kind_of(error: BaseException | None) -> str:
    """Never its message, which may quote what somebody wrote."""
    match error:
        case None:
            return "ok"
        case AppError():
            return error.code
        case asyncio.CancelledError():
            return "cancelled"
        case _:
            return type(error).__name__


class _Sender(SpanExporter):
    """Says once that nothing arrives, and once that it does again; gives up when it is time to leave."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self.arrives = True
        self._until = float("inf")

    def end_by(self, moment: float) -> None:
        """`moment` of the monotonic clock."""
        self._until = moment

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if time.monotonic() > self._until:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        arrives = result is SpanExportResult.SUCCESS
        if arrives != self.arrives:
            self.arrives = arrives
            (_log.info if arrives else _log.warning)("telemetry.arrives" if arrives else "telemetry.does_not_arrive")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()
