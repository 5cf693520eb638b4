"""Gauges and where they are read: each function makes a source of readings out of what can be asked."""

from collections.abc import Awaitable, Callable, Iterable

from app.domain.troubles import ServerName
from app.ports.indexing import Outbox
from app.ports.runtime import Clock
from app.ports.telemetry import Gauge, Reading, Source

MEANING: dict[Gauge, str] = {
    Gauge.INDEX_WAITING: "Memories whose last change the search index does not show yet",
    Gauge.INDEX_LAG: "Seconds since the oldest of these changed; 0 when there is none",
    Gauge.INDEX_GIVEN_UP: "Memories that the search index refused for good",
    Gauge.JOBS_WAITING: "Jobs that are due and not begun",
    Gauge.BREAKER_OPEN: "Whether a server is not asked for a while: 0 asked, 0.5 tried, 1 not asked",
    Gauge.SERVER_CONNECTED: "Whether there is a connection to a server",
}
_OPENNESS = {"closed": 0.0, "half_open": 0.5, "open": 1.0}


def backlog_of(outbox: Outbox, clock: Clock) -> Source:
    async def read() -> Iterable[Reading]:
        backlog = await outbox.backlog()
        lag = (clock.now() - backlog.oldest).total_seconds() if backlog.oldest else 0.0
        return (
            Reading(Gauge.INDEX_WAITING, backlog.waiting),
            Reading(Gauge.INDEX_LAG, max(lag, 0.0)),
            Reading(Gauge.INDEX_GIVEN_UP, backlog.dead),
        )

    return read


def jobs_of(waiting: Callable[[], Awaitable[int]]) -> Source:
    async def read() -> Iterable[Reading]:
        return (Reading(Gauge.JOBS_WAITING, await waiting()),)

    return read


def breaker_of(server: ServerName, state: Callable[[], str]) -> Source:
    """`state`: closed, open or half_open."""

    async def read() -> Iterable[Reading]:
        return (Reading(Gauge.BREAKER_OPEN, _OPENNESS[state()], server.lower()),)

    return read


def connection_of(server: ServerName, connected: Callable[[], bool]) -> Source:
    async def read() -> Iterable[Reading]:
        return (Reading(Gauge.SERVER_CONNECTED, float(connected()), server.lower()),)

    return read
