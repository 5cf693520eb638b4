"""Attention: which memories were shown, noted in passing and written together, so that no search waits for a write."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from app.domain.errors import AppError
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Usage
from app.domain.principal import Principal
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.results import Labelled

_log = structlog.get_logger(__name__)
EVERY = 5.0
"""Seconds between two writes."""
_MOST = 10_000
"""How often memories may be shown to somebody between two writes; more is not counted."""


@dataclass(slots=True)
class _Noted:
    """How often each memory was shown, and when the last of them was."""

    at: datetime
    times: Counter[MemoryId] = field(default_factory=Counter)
    room: int = _MOST


class Attention:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._shown: dict[Principal, _Noted] = {}
        self._leaving: dict[Principal, _Noted] = {}

    def note(self, principal: Principal, memories: Iterable[MemoryId]) -> None:
        """Remembers that these were shown, until the next write."""
        now = self._clock.now()
        noted = self._shown.setdefault(principal, _Noted(at=now))
        counted = list(memories)[: noted.room]
        noted.at, noted.room = now, noted.room - len(counted)
        noted.times.update(counted)

    def told(self, tenant: OrganizationId, memories: Sequence[Labelled]) -> list[Labelled]:
        """With what this process has noted and not written yet, so that who reads sees that it was read."""
        pending = [
            noted
            for waiting in (self._leaving, self._shown)
            for principal, noted in waiting.items()
            if principal.tenant == tenant
        ]
        return [replace(each, usage=_with(pending, each)) for each in memories] if pending else list(memories)

    async def write(self) -> None:
        """Writes what was noted since the last time. Loses it where the store does not answer: it is no record."""
        leaving = self._leaving = self._shown
        self._shown = {}
        for principal, noted in list(leaving.items()):
            try:
                async with self._store.write(principal) as uow:
                    await uow.memories.note_access(list(noted.times.elements()), at=noted.at)
            except AppError as problem:
                _log.warning("attention.not_written", memories=len(noted.times), reason=problem.message)
            finally:
                del leaving[principal]

    async def run(self) -> None:
        """Writes every five seconds until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await self.write()


def _with(pending: Iterable[_Noted], told: Labelled) -> Usage:
    usage = told.usage
    for noted in pending:
        if times := noted.times.get(told.memory.id, 0):
            last = max(usage.last_accessed_at or noted.at, noted.at)
            usage = replace(usage, access_count=usage.access_count + times, last_accessed_at=last)
    return usage
