"""The relay: committed events go to the bus of this process, in order within each tenant, each once.

It reads the record beyond the revisions it has told, so that events of another process, and those
of a commit whose wake-up was lost, are told as well. The record is the only source: what wakes the
relay carries nothing.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import structlog

from app.domain import errors
from app.domain.ids import OrganizationId
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
    def __init__(
        self, *, directory: Directory, bus: EventBus, signal: Signal, clock: Clock, told: Told, poll: float = _POLL
    ) -> None:
        """`poll` is how many seconds an event waits whose wake-up was lost."""
        self._directory, self._bus, self._signal, self._clock, self._told = directory, bus, signal, clock, told
        self._poll = poll

    async def run(self, *, seen: Mapping[OrganizationId, int]) -> None:
        """Tells every event beyond the revisions `seen`, those of new tenants from their first, until cancelled."""
        told = dict(seen)
        while True:
            try:
                events = await self._directory.events_since(told, limit=_BATCH)
            except errors.Unavailable as problem:
                _log.warning("relay.store_unavailable", reason=problem.message)
                await asyncio.sleep(self._poll)
                continue
            if events:
                told.update((event.tenant, event.revision) for event in events)
                await self._bus.publish(events)
                now = self._clock.now()
                for event in events:
                    self._told(recorded_at=event.at, told_at=now)
            else:
                await self._signal.wait(self._poll)
                await asyncio.sleep(_GATHER)
