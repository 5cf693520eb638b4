"""The repair: walks record and index beside each other and marks what differs.

It writes nothing to the index itself. A mark makes the indexer look at the record again: what is missing
or stale is written, what is there without a record is removed. So it may run twice at once and beside
writers, can stop anywhere, and what is only waiting for the indexer is marked already and not counted.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.domain.errors import Unavailable
from app.domain.ids import MemoryId, OrganizationId
from app.indexing.pace import DEFAULT, Pace
from app.ports.indexing import IndexWriter, Outbox
from app.ports.runtime import Clock

_log = structlog.get_logger(__name__)
KEPT = timedelta(days=30)
"""For so long the record keeps tombstones."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was not as in the record, and is marked now. All are 0 when the two agree."""

    missing: int = 0
    stale: int = 0
    extra: int = 0

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(self.missing + other.missing, self.stale + other.stale, self.extra + other.extra)


Tenants = Callable[[], Awaitable[Sequence[OrganizationId]]]


class Repair:
    def __init__(
        self,
        *,
        outbox: Outbox,
        index: IndexWriter,
        tenants: Tenants,
        incarnation: Callable[[], Awaitable[str]],
        clock: Clock,
        told: Callable[[Findings], None],
        pace: Pace = DEFAULT,
    ) -> None:
        """`incarnation` changes with each start of the index's server; `told` hears what each whole walk found."""
        self._outbox, self._index, self._tenants, self._incarnation = outbox, index, tenants, incarnation
        self._clock, self._told, self._pace = clock, told, pace

    async def run(self) -> None:
        """Replays deletes and walks everything after each start of the server, and once a day, until cancelled."""
        known: str | None = None
        again = self._clock.now()
        while True:
            try:
                current = await self._incarnation()
                if current != known or self._clock.now() >= again:
                    again = self._clock.now() + self._pace.whole
                    await self.replay(since=self._clock.now() - KEPT)
                    self._told(await self.everything())
                    known = current
            except Unavailable as problem:
                _log.warning("index.repair_waits", reason=problem.message)
            await asyncio.sleep(self._pace.look)

    async def everything(self) -> Findings:
        """A whole walk. Raises Unavailable."""
        found = Findings()
        for tenant in await self._tenants():
            found += await self.check(tenant)
        return found

    async def check(self, tenant: OrganizationId) -> Findings:
        """A walk over one tenant, in both directions. Raises Unavailable."""
        found = Findings()
        async for part in self.pages(tenant):
            found += part
            await asyncio.sleep(self._pace.rest)
        if found != Findings():
            _log.warning("index.repaired", tenant=tenant, missing=found.missing, stale=found.stale, extra=found.extra)
        return found

    async def replay(self, *, since: datetime) -> int:
        """Marks what was erased since then and is in the index all the same: a restarted server may bring it back."""
        marked = 0
        for tenant in await self._tenants():
            erased = await self._outbox.tombstones(tenant, since=since)
            for start in range(0, len(erased), self._pace.page):
                marked += await self._mark_present(tenant, erased[start : start + self._pace.page])
                await asyncio.sleep(self._pace.rest)
        return marked

    async def pages(self, tenant: OrganizationId) -> AsyncIterator[Findings]:
        """The walk, a page at a time."""
        after: MemoryId | None = None
        while page := await self._outbox.stamps_after(tenant, after, limit=self._pace.page):
            after = page[-1].memory
            yield await self._compared(tenant, [entry.memory for entry in page])
        place: str | None = None
        while True:
            entries, place = await self._index.entries_after(tenant, place, limit=self._pace.page)
            yield await self._without_record(tenant, [entry.memory for entry in entries])
            if place is None:
                return

    async def _compared(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> Findings:
        """The index first: what changes in between is marked already."""
        there = await self._index.entries(tenant, memories)
        wanted = await self._outbox.stamps(tenant, memories)
        pairs = list(zip(memories, wanted, there, strict=True))
        missing = [memory for memory, want, has in pairs if want is not None and has is None]
        stale = [memory for memory, want, has in pairs if want is not None and has not in (None, want)]
        return Findings(
            missing=await self._marked(tenant, missing),
            stale=await self._marked(tenant, stale),
        )

    async def _without_record(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> Findings:
        stamps = await self._outbox.stamps(tenant, memories) if memories else []
        extra = [memory for memory, stamp in zip(memories, stamps, strict=True) if stamp is None]
        return Findings(extra=await self._marked(tenant, extra))

    async def _mark_present(self, tenant: OrganizationId, erased: Sequence[MemoryId]) -> int:
        there = await self._index.entries(tenant, erased)
        back = [memory for memory, stamp in zip(erased, there, strict=True) if stamp is not None]
        return await self._marked(tenant, back)

    async def _marked(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> int:
        return await self._outbox.mark(tenant, memories) if memories else 0
