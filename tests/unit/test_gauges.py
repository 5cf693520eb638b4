"""Gauges: read when somebody looks, unknown when they cannot be read."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from app.domain.errors import Unavailable
from app.domain.troubles import ServerName
from app.gauges import backlog_of, breaker_of, connection_of, jobs_of
from app.metrics import Metrics
from app.ports.indexing import Backlog
from app.ports.telemetry import Gauge, Reading, Source
from tests.fakes import FixedClock


class Waiting:
    """An outbox of which only the backlog is asked."""

    def __init__(self, backlog: Backlog | None) -> None:
        self.found, self.asked = backlog, 0

    async def backlog(self) -> Backlog:
        self.asked += 1
        if self.found is None:
            raise Unavailable("the record is away")
        return self.found


async def five() -> int:
    return 5


def told(metrics: Metrics) -> list[str]:
    lines = metrics.page().decode().splitlines()
    return [
        line for line in lines if line.startswith(("mnemograph_i", "mnemograph_jobs", "mnemograph_b", "mnemograph_s"))
    ]


def sources(outbox: Waiting, clock: FixedClock) -> list[Source]:
    return [
        backlog_of(outbox, clock),  # type: ignore[arg-type]  # the rest of an outbox is not asked
        jobs_of(five),
        breaker_of(ServerName.WEAVIATE, lambda: "half_open"),
        connection_of(ServerName.REDIS, lambda: True),
    ]


async def test_the_page_shows_what_the_sources_say() -> None:
    clock, metrics = FixedClock(), Metrics()
    outbox = Waiting(Backlog(waiting=3, oldest=clock.now() - timedelta(seconds=7), dead=1))
    metrics.readings.watch(sources(outbox, clock))
    assert told(metrics) == []
    await metrics.readings.refresh()
    assert told(metrics) == [
        "mnemograph_index_waiting 3.0",
        "mnemograph_index_lag_seconds 7.0",
        "mnemograph_index_given_up 1.0",
        "mnemograph_jobs_waiting 5.0",
        'mnemograph_breaker_open{server="weaviate"} 0.5',
        'mnemograph_server_connected{server="redis"} 1.0',
    ]


async def test_however_many_look_the_sources_are_asked_once() -> None:
    outbox, metrics = Waiting(Backlog(waiting=0, oldest=None, dead=0)), Metrics()
    metrics.readings.watch(sources(outbox, FixedClock()))
    for _ in range(3):
        await metrics.readings.refresh()
    assert outbox.asked == 1
    assert Reading(Gauge.INDEX_LAG, 0.0) in metrics.readings.known


async def test_what_cannot_be_read_is_left_out_and_the_others_stay() -> None:
    metrics = Metrics()
    metrics.readings.watch(sources(Waiting(None), FixedClock()))
    await metrics.readings.refresh()
    assert [line.split()[0] for line in told(metrics)] == [
        "mnemograph_jobs_waiting",
        'mnemograph_breaker_open{server="weaviate"}',
        'mnemograph_server_connected{server="redis"}',
    ]


@pytest.mark.parametrize(("state", "value"), [("closed", 0.0), ("half_open", 0.5), ("open", 1.0)])
async def test_breakers_are_numbers(state: str, value: float) -> None:
    read: Iterable[Reading] = await breaker_of(ServerName.WEAVIATE, lambda: state)()
    assert list(read) == [Reading(Gauge.BREAKER_OPEN, value, "weaviate")]
