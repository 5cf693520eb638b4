"""The relay: committed events go to the bus, in commit order, each once.

It reads the record after the last position it has told, so that events of another process on the
same file, and those of a commit whose wake-up was lost, are told as well.
"""

import asyncio

import structlog

from app.domain import errors
from app.ports.directory import Directory
from app.ports.messaging import EventBus, Signal

_log = structlog.get_logger(__name__)
_BATCH = 500
_POLL = 0.25


class Relay:
    def __init__(self, *, directory: Directory, bus: EventBus, signal: Signal) -> None:
        self._directory, self._bus, self._signal = directory, bus, signal

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
            else:
                await self._signal.wait(_POLL)
