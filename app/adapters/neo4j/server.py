"""One driver to the server, and a watch over every answer that it owes.

A statement may be slow; a server that is away must be known within two seconds. So a wait that has
lasted a while makes us ask the server for a sign of life on a connection of its own: without one
every statement that waits is given up at once, with one they go on to their own limit.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from neo4j import (
    READ_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncResult,
    AsyncSession,
    NotificationDisabledClassification,
    NotificationMinimumSeverity,
    Query,
)
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired

from app.adapters.neo4j.failures import as_our_errors
from app.domain import errors

Parameters = Mapping[str, Any]
Found = dict[str, Any]
"""A row that a statement returns, by name."""

NOTHING: Final[Parameters] = {}
STALE = (ServiceUnavailable, SessionExpired)
_ATTEMPTS: Final = 3
"""A pool may hold connections that a restart of the server has cut: nothing was done on them yet, so others are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds: after which silence is suspicious, for a sign of life, and for any one statement."""

    suspicion: float = 0.8
    sign_of_life: float = 1.1
    statement: float = 20.0


class Server:
    """Used on one event loop only."""

    def __init__(self, driver: AsyncDriver, probe: AsyncDriver, *, address: str, database: str, limits: Limits) -> None:
        self._driver, self._probe, self._database = driver, probe, database
        self.address, self.limits = address, limits
        self._sign: asyncio.Task[bool] | None = None

    @asynccontextmanager
    async def session(self, **settings: Any) -> AsyncIterator[AsyncSession]:
        async with self._driver.session(database=self._database, **settings) as session:
            yield session

    async def rows(self, statement: str, parameters: Parameters = NOTHING) -> list[Found]:
        """What a reading statement finds, in a transaction of its own. Raises as `as_our_errors` says."""
        with as_our_errors():
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    async with self.waiting(), self.session(default_access_mode=READ_ACCESS) as session:
                        return await taken(await session.run(self._limited(statement), dict(parameters)))
                except STALE:
                    if attempt == _ATTEMPTS:
                        raise
        raise AssertionError

    async def change(self, statement: str, parameters: Parameters = NOTHING) -> list[Found]:
        """Runs a writing statement that may run twice, in a transaction of its own."""
        with as_our_errors():
            async with self.waiting(), self.session() as session:
                return await taken(await session.run(self._limited(statement), dict(parameters)))

    @asynccontextmanager
    async def waiting(self, seconds: float | None = None) -> AsyncIterator[None]:
        """Ends with TimeoutError when the server is away, or after the limit."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(seconds or self.limits.statement) as deadline:
            watch = _Watch(loop, self.limits.suspicion, lambda: self._ask(deadline))
            try:
                yield
            finally:
                watch.stop()

    def _limited(self, statement: str) -> Query:
        return Query(statement, timeout=self.limits.statement)

    def _ask(self, deadline: asyncio.Timeout) -> None:
        """Asks for a sign of life, once for all who wait; without it this wait ends."""
        if self._sign is None:
            self._sign = asyncio.ensure_future(self._lives())
            self._sign.add_done_callback(self._asked)
        self._sign.add_done_callback(lambda sign: _end(deadline) if sign.cancelled() or not sign.result() else None)

    def _asked(self, _sign: "asyncio.Task[bool]") -> None:
        self._sign = None

    async def _lives(self) -> bool:
        try:
            async with (
                asyncio.timeout(self.limits.sign_of_life),
                self._probe.session(database=self._database) as session,
            ):
                await (await session.run("RETURN 1")).consume()
        except (DriverError, Neo4jError, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        if self._sign is not None:
            self._sign.cancel()
            await asyncio.wait([self._sign])


class _Watch:
    """Calls again and again after each period, until stopped."""

    def __init__(self, loop: asyncio.AbstractEventLoop, period: float, call: Callable[[], None]) -> None:
        self._loop, self._period, self._call = loop, period, call
        self._next = loop.call_later(period, self._tick)

    def _tick(self) -> None:
        self._call()
        self._next = self._loop.call_later(self._period, self._tick)

    def stop(self) -> None:
        self._next.cancel()


def _end(deadline: asyncio.Timeout) -> None:
    if not deadline.expired() and deadline.when() is not None:
        try:
            deadline.reschedule(asyncio.get_running_loop().time())
        except RuntimeError:
            return  # it was left in the meantime


async def taken(result: AsyncResult) -> list[Found]:
    """All rows of a result."""
    keys = result.keys()
    return [dict(zip(keys, record.values(), strict=True)) async for record in result]


@asynccontextmanager
async def open_server(
    *, url: str, user: str, password: str, database: str, limits: Limits | None = None
) -> AsyncIterator[Server]:
    """A driver to one server. Nothing connects before the first statement."""
    limits = limits or Limits()
    driver = _driver(url, user, password, limits, size=64)
    async with driver, _driver(url, user, password, limits, size=1) as probe:
        server = Server(driver, probe, address=url, database=database, limits=limits)
        try:
            yield server
        finally:
            await server.close()


def _driver(url: str, user: str, password: str, limits: Limits, *, size: int) -> AsyncDriver:
    try:
        return AsyncGraphDatabase.driver(
            url,
            auth=(user, password),
            max_connection_pool_size=size,
            connection_timeout=limits.sign_of_life,
            connection_acquisition_timeout=10.0,
            max_transaction_retry_time=0,
            keep_alive=True,
            telemetry_disabled=True,
            notifications_min_severity=NotificationMinimumSeverity.WARNING,
            notifications_disabled_classifications=[NotificationDisabledClassification.UNRECOGNIZED],
            user_agent="mnemograph",
        )
    except (ValueError, DriverError) as error:
        raise errors.Unavailable(f"the address of the graph store cannot be used: {error}") from error
