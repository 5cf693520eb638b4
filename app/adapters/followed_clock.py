"""A clock that follows another machine's, so that all processes on one record agree on the time.

Leases, due times and expiries are compared across processes: with the record's clock for all of them,
a machine whose own clock is an hour off harms nobody. Between two looks it runs by the monotonic clock.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from app.domain import errors

_log = structlog.get_logger(__name__)
_EVERY: Final = 60.0
_STEP: Final = timedelta(seconds=1)
"""A correction larger than this is told to the operator."""


class FollowedClock:
    """Until it has looked for the first time it shows this machine's time."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._zero = datetime.now(UTC) - timedelta(seconds=monotonic())

    def now(self) -> datetime:
        return self._zero + timedelta(seconds=self._monotonic())

    async def look(self, read: Callable[[], Awaitable[datetime]]) -> None:
        """Takes the other's time over, taken for that of the middle of the question."""
        asked = self._monotonic()
        there = await read()
        here = (asked + self._monotonic()) / 2
        self._zero = there - timedelta(seconds=here)

    @asynccontextmanager
    async def following(self, read: Callable[[], Awaitable[datetime]], *, every: float = _EVERY) -> AsyncIterator[None]:
        """Looks at once, and again and again until left. Raises Unavailable when the first look fails."""
        before = self.now()
        await self.look(read)
        if abs(self.now() - before) > _STEP:
            _log.warning("clock.differs", seconds=round((self.now() - before).total_seconds()))
        follower = asyncio.create_task(self._follow(read, every))
        try:
            yield
        finally:
            follower.cancel()
            await asyncio.wait([follower])

    async def _follow(self, read: Callable[[], Awaitable[datetime]], every: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                await self.look(read)
            except errors.Unavailable as problem:
                _log.warning("clock.not_read", reason=problem.message)
