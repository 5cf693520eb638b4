"""Expiring: working memory whose time is over is forgotten, restorably, with what was drawn from it."""

from dataclasses import replace

from app.domain.principal import Permission, Principal, require
from app.domain.work import EventKind
from app.ports.runtime import Clock
from app.ports.store import Store
from app.services.changes import memory_event
from app.services.layers import drawn_from

_BATCH = 500


class Expire:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def sweep(self, principal: Principal) -> int:
        """How many were forgotten. From their time on they were found by nothing; harmless to repeat."""
        require(principal, Permission.MEMORY_WRITE)
        total = 0
        while swept := await self._batch(principal):
            total += swept
        return total

    async def _batch(self, principal: Principal) -> int:
        now = self._clock.now()
        async with self._store.write(principal) as uow:
            over = await uow.memories.expired(limit=_BATCH)
            if not over:
                return 0
            known = {memory.id for memory in over}
            over += [memory for memory in await drawn_from(uow, over) if memory.id not in known]
            gone = [replace(m, deleted_at=now, updated_at=now, version=m.version + 1) for m in over]
            await uow.memories.put_many(gone)
            for memory in gone:
                uow.emit(memory_event(EventKind.MEMORY_FORGOTTEN, memory, expired=True))
        return len(gone)
