"""A connection that is kept up: sessions one after another, pauses that grow while none comes up."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.adapters.redis.failures import as_our_errors
from app.domain import errors
from app.ports.runtime import Clock

_log = structlog.get_logger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_AGAIN = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """`connected_since` is None while it is down; `problem` then says why, in words."""

    connected_since: datetime | None
    heard_at: datetime | None
    problem: str


class Link:
    def __init__(self, name: str, clock: Clock) -> None:
        self._name, self._clock = name, clock
        self._since: datetime | None = None
        self._heard: datetime | None = None
        self._problem = "not connected yet"
        self._failures = 0

    @property
    def state(self) -> LinkState:
        return LinkState(connected_since=self._since, heard_at=self._heard, problem=self._problem)

    def heard(self) -> None:
        """The session says that its connection works."""
        self._heard = self._clock.now()
        if self._since is None:
            self._since, self._problem, self._failures = self._heard, "", 0
            _log.info("redis.connected", link=self._name)

    async def keep(self, session: Callable[[], Awaitable[None]]) -> None:
        """Runs sessions until cancelled. What goes wrong in one is its state, never an exception of the task."""
        while True:
            try:
                with as_our_errors():
                    await session()
            except errors.Unavailable as problem:
                self._down(problem.message)
            except Exception:  # noqa: BLE001 - an edge: logged, and the session begins anew
                _log.exception("redis.session_failed", link=self._name)
                self._down("it went wrong; the log says how")
            _stop_if_cancelled()
            await asyncio.sleep(self._pause())

    def _down(self, problem: str) -> None:
        if self._since is not None or self._problem != problem:
            _log.warning("redis.disconnected", link=self._name, reason=problem)
        self._since, self._problem = None, problem

    def _pause(self) -> float:
        self._failures += 1
        return min(_LONGEST_PAUSE, _FIRST_PAUSE * float(2 ** min(self._failures - 1, 16))) * (0.5 + random.random())  # noqa: S311 - it only spreads reconnects


def _stop_if_cancelled() -> None:
    """Closing a broken connection may fail while the task is cancelled, and that failure hides the cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def ended(tasks: Iterable[asyncio.Task[None]], *, within: float) -> None:
    """Cancels tasks until they have ended, for so many seconds: redis-py may swallow a cancellation while it connects."""
    left = set(tasks)
    for _ in range(round(within / _AGAIN)):
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN)
        if not left:
            return
