"""One driver to the server, and a watch over every answer that it owes.

A statement may be slow; a server that is away must be known within two seconds. So a wait that has
lasted a while makes us ask the server for a sign of life on a connection of its own: without one
every statement that waits is given up at once, with one they go on to their own limit.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncResult,
    AsyncSession,
    NotificationDisabledClassification,
    NotificationMinimumSeverity,
    Query,
)
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable, SessionExpired, TransientError

from app.adapters.neo4j.failures import DEADLOCK, LATE, TooLate, as_our_errors
from app.domain import errors

T = TypeVar("T")
Parameters = Mapping[str, Any]
Found = dict[str, Any]
"""A row that a statement returns, by name."""

NOTHING: Final[Parameters] = {}
STALE: Final = (ServiceUnavailable, SessionExpired)
_ATTEMPTS: Final = 3
_PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds: after which silence is suspicious, for a sign of life, for any one statement and for a commit."""

    suspicion: float = 0.8
    sign_of_life: float = 1.1
    statement: float = 20.0
    commit: float = 5.0


class Server:
    """Used on one event loop only."""

    def __init__(self, driver: AsyncDriver, probe: AsyncDriver, *, address: str, database: str, limits: Limits) -> None:
        self._driver, self._probe, self._database = driver, probe, database
        self.address, self.limits = address, limits
        self._sign: asyncio.Task[bool] | None = None

    @asynccontextmanager
    async def session(self, access: str = WRITE_ACCESS) -> AsyncIterator[AsyncSession]:
        async with self._driver.session(database=self._database, default_access_mode=access) as session:
            yield session

    async def rows(self, statement: str, parameters: Parameters = NOTHING) -> list[Found]:
        """What a reading statement finds, in a transaction of its own. Raises as `as_our_errors` says."""
        return await self._alone(READ_ACCESS, statement, parameters)

    async def change(self, statement: str, parameters: Parameters = NOTHING) -> list[Found]:
        """Runs a writing statement that may run twice, in a transaction of its own."""
        return await self._alone(WRITE_ACCESS, statement, parameters)

    async def _alone(self, access: str, statement: str, parameters: Parameters) -> list[Found]:
        query = Query(statement, timeout=self.limits.statement)

        async def run() -> list[Found]:
            async with self.session(access) as session:
                return await taken(await session.run(query, dict(parameters)))

        with as_our_errors():
            async with self.waiting():
                return await again(partial(once_more, run))

    @asynccontextmanager
    async def waiting(self, seconds: float | None = None, *, late: str = LATE) -> AsyncIterator[None]:
        """Ends with TimeoutError when the server is away; after the limit with TooLate, which says `late`."""
        try:
            async with asyncio.timeout(seconds or self.limits.statement) as deadline:
                watch = _Watch(deadline, period=self.limits.suspicion, ask=self._asked)
                try:
                    yield
                finally:
                    watch.stop()
        except TimeoutError as ended:
            if deadline.expired() and not watch.silent:
                raise TooLate(late) from ended
            raise

    def _asked(self) -> asyncio.Task[bool]:
        """Asks for a sign of life, once for all who wait."""
        if self._sign is None or self._sign.done():
            self._sign = asyncio.ensure_future(self._lives())
        return self._sign

    async def _lives(self) -> bool:
        """Without a statement: on a server that has just started, planning even the smallest takes seconds."""
        try:
            async with asyncio.timeout(self.limits.sign_of_life):
                await self._probe.verify_connectivity()
        except (DriverError, Neo4jError, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        if self._sign is not None:
            self._sign.cancel()
            await asyncio.wait([self._sign])


class _Watch:
    """Asks for a sign of life after each period that a wait lasts, and ends the wait when there is none."""

    def __init__(self, deadline: asyncio.Timeout, *, period: float, ask: Callable[[], asyncio.Task[bool]]) -> None:
        self._deadline, self._period, self._ask = deadline, period, ask
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_later(period, self._tick)
        self._over = self.silent = False

    def _tick(self) -> None:
        self._ask().add_done_callback(self._heard)
        self._next = self._loop.call_later(self._period, self._tick)

    def _heard(self, sign: asyncio.Task[bool]) -> None:
        lives = not sign.cancelled() and sign.result()
        if lives or self._over or self._deadline.expired():
            return
        self.silent = True
        self._deadline.reschedule(self._loop.time())

    def stop(self) -> None:
        self._over = True
        self._next.cancel()


async def again(run: Callable[[], Awaitable[T]]) -> T:
    """Runs what may run twice. A restart of the server cuts the connections of the pool, so others are tried."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return await run()
        except STALE:
            continue
    return await run()


async def once_more(run: Callable[[], Awaitable[T]]) -> T:
    """Runs what may run twice. Of two writes that stood in each other's way the server has undone one: it goes second."""
    for attempt in range(1, _ATTEMPTS):
        try:
            return await run()
        except TransientError as error:
            if error.code != DEADLOCK:
                raise
            await asyncio.sleep(attempt * _PAUSE)
    return await run()


async def taken(result: AsyncResult) -> list[Found]:
    """All rows of a result; or those that the statement has collected as `rows`, since a message for each costs more."""
    keys = list(result.keys())
    found = [dict(zip(keys, record.values(), strict=True)) async for record in result]
    return found[0]["rows"] if keys == ["rows"] else found


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
            liveness_check_timeout=15.0,
            max_transaction_retry_time=0,
            keep_alive=True,
            telemetry_disabled=True,
            notifications_min_severity=NotificationMinimumSeverity.WARNING,
            notifications_disabled_classifications=[NotificationDisabledClassification.UNRECOGNIZED],
            user_agent="mnemograph",
        )
    except (ValueError, DriverError) as error:
        raise errors.Unavailable(f"the address of the graph store cannot be used: {error}") from error
