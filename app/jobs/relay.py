"""The relay: committed events go to the bus, in commit order, each once.

It reads the record after the last position it has told, so that events of another process on the
same file, and those of a commit whose wake-up was lost, are told as well.
"""

import asyncio
from datetime import datetime
from typing import Protocol

import structlog

from app.domain import errors
from app.ports.directory import Directory
from app.ports.messaging import EventBus, Signal
from app.ports.runtime import Clock

_log = structlog.get_logger(__name__)
_BATCH = 500
_POLL = 0.25
_GATHER = 0.005
"""Seconds that a wake-up waits for others: commits come in flocks."""


class Told(Protocol):
    def __call__(self, *, recorded_at: datetime, told_at: datetime) -> None:
        """Hears of each event that was told."""
        ...


class Relay:
    def __init__(self, *, directory: Directory, bus: EventBus, signal: Signal, clock: Clock, told: Told) -> None:
        self._directory, self._bus, self._signal, self._clock, self._told = directory, bus, signal, clock, told

    async def run(self, *, position: int) -> None:
        """Tells every event after `position`, until cancelled."""
        while True:
            try:
                events = await self._directory.events_after(position, limit=_BATCH)
            except errors.Unavailable as problem:
                _log.warning("relay.store_unavailable", reason=problem.message)
                await asyncio.sleep(_POLL)
                continue
            if events:
                position = events[-1][0]
                await self._bus.publish([event for _, event in events])
                now = self._clock.now()
                for _, event in events:
                    self._told(recorded_at=event.at, told_at=now)
            else:
                await self._signal.wait(_POLL)
                await asyncio.sleep(_GATHER)
