"""What is counted, under which names. One registry for each application, so that two never mix.

| name | labels | what |
|---|---|---|
| mnemograph_http_requests_total | route, method, status (2xx…) | answered requests |
| mnemograph_http_request_seconds | route | time to the end of the answer; streams excepted |
| mnemograph_graphql_operations_total | type, outcome | ok, partial, refused, failed, timeout |
| mnemograph_graphql_operation_seconds | type | queries and mutations |
| mnemograph_open_sockets | | WebSockets that are open |
| mnemograph_open_subscriptions | | subscriptions that live, over whatever transport |
| mnemograph_job_attempts_total | name, outcome | how attempts of jobs ended |
| mnemograph_event_lag_seconds | | from commit to the bus |

What is read rather than counted (the backlog of the index, waiting jobs, breakers, connections) stands in `app.gauges`.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from app.domain.work import Job
from app.gauges import MEANING
from app.ports.telemetry import SILENCE, Reading, Source, Telemetry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_BELIEVED_FOR = 5.0
_PATIENCE = 2.0
_log = structlog.get_logger(__name__)

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)


class Metrics:
    """Labels are few and ours: routes, types and outcomes, never what a client sends.

    `telemetry` hears of requests and operations as they go; nobody does until an entry point says who.
    """

    def __init__(self) -> None:
        self.telemetry: Telemetry = SILENCE
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "mnemograph_http_requests_total", "Answered requests", ("route", "method", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "mnemograph_http_request_seconds", "Time to answer", ("route",), registry=registry, buckets=_QUICK
        )
        self._operations = Counter(
            "mnemograph_graphql_operations_total", "GraphQL operations", ("type", "outcome"), registry=registry
        )
        self._operation_seconds = Histogram(
            "mnemograph_graphql_operation_seconds", "Time to run", ("type",), registry=registry, buckets=_QUICK
        )
        self.open_sockets = Gauge("mnemograph_open_sockets", "Open WebSockets", registry=registry)
        self.open_subscriptions = Gauge("mnemograph_open_subscriptions", "Live subscriptions", registry=registry)
        self._attempts = Counter(
            "mnemograph_job_attempts_total", "Attempts of jobs", ("name", "outcome"), registry=registry
        )
        self._lag = Histogram(
            "mnemograph_event_lag_seconds", "From commit to the bus", registry=registry, buckets=_QUICK
        )
        self.readings = Readings()
        registry.register(self.readings)

    def request(self, *, route: str, method: str, status: int, seconds: float | None) -> None:
        """`seconds` None for answers that stream."""
        self._requests.labels(route, method, f"{status // 100}xx").inc()
        if seconds is not None:
            self._request_seconds.labels(route).observe(seconds)

    def operation(self, *, type: str, outcome: str, seconds: float | None = None) -> None:
        self._operations.labels(type, outcome).inc()
        if seconds is not None:
            self._operation_seconds.labels(type).observe(seconds)

    def job(self, job: Job, outcome: str) -> None:
        """How an attempt ended; fits the runner's `told`."""
        self._attempts.labels(job.kind, outcome).inc()

    def event(self, *, recorded_at: datetime, told_at: datetime) -> None:
        self._lag.observe(max((told_at - recorded_at).total_seconds(), 0.0))

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)


class Readings(Collector):
    """The gauges as they were read last. Asks the sources at most once in five seconds, however many ask here."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._known: Sequence[Reading] = ()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    def watch(self, sources: Iterable[Source]) -> None:
        self._sources += sources

    @property
    def known(self) -> Sequence[Reading]:
        """Safe from any thread."""
        return self._known

    async def refresh(self) -> None:
        """Never raises: what cannot be read is unknown until it can."""
        async with self._reading:
            if time.monotonic() - self._read_at < _BELIEVED_FOR:
                return
            found = await asyncio.gather(*map(_read, self._sources))
            self._known = tuple(reading for readings in found for reading in readings)
            self._read_at = time.monotonic()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """For the registry."""
        for gauge, meaning in MEANING.items():
            values = [(reading.of, reading.value) for reading in self._known if reading.gauge is gauge]
            family = GaugeMetricFamily(
                f"mnemograph_{gauge}", meaning, labels=("server",) if any(of for of, _ in values) else ()
            )
            for of, value in values:
                family.add_metric((of,) if of else (), value)
            if values:
                yield family


async def _read(source: Source) -> Iterable[Reading]:
    try:
        async with asyncio.timeout(_PATIENCE):
            return tuple(await source())
    except Exception as problem:  # noqa: BLE001 - an edge: a gauge that cannot be read must not take the others along
        _log.debug("gauge.unknown", reason=type(problem).__name__)
        return ()
