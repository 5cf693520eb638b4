"""Attention: which memories were shown, noted in passing and written together, so that no search waits for a write."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import structlog

from app.domain.errors import AppError
from app.domain.ids import MemoryId
from app.domain.principal import Principal
from app.ports.runtime import Clock
from app.ports.store import Store

_log = structlog.get_logger(__name__)
EVERY = 5.0
"""Seconds between two writes; a memory shown several times in between counts once."""
_MOST = 10_000


class Attention:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._shown: dict[Principal, dict[MemoryId, datetime]] = {}

    def note(self, principal: Principal, memories: Iterable[MemoryId]) -> None:
        """Remembers that these were shown, until the next write."""
        now = self._clock.now()
        shown = self._shown.setdefault(principal, {})
        if len(shown) < _MOST:
            shown.update(dict.fromkeys(memories, now))

    async def write(self) -> None:
        """Writes what was noted since the last time. Loses it where the store does not answer: it is no record."""
        shown, self._shown = self._shown, {}
        for principal, memories in shown.items():
            if not memories:
                continue
            try:
                async with self._store.write(principal) as uow:
                    await uow.memories.note_access(list(memories), at=max(memories.values()))
            except AppError as problem:
                _log.warning("attention.not_written", memories=len(memories), reason=problem.message)

    async def run(self) -> None:
        """Writes every five seconds until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.write()
