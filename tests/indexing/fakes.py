"""Both sides of indexing in memory. They pass the contract suites of their ports, and can be made to fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.ids import MemoryId, OrganizationId
from app.ports.indexing import Backlog, Document, Entry, Mark
from app.ports.runtime import Clock

Place = tuple[OrganizationId, MemoryId]


@dataclass(slots=True)
class _Marked:
    mark: Mark
    due: datetime | None
    leased_until: datetime | None = None


class FakeOutbox:
    """The record's side: memories with stamps, marks, tombstones. `write` and `erase` are what use cases do."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stamp = 0
        self.rows: dict[Place, Document] = {}
        self.marks: dict[Place, _Marked] = {}
        self.erased: dict[Place, datetime] = {}

    def write(self, tenant: OrganizationId, document: Document) -> None:
        """Keeps the memory under the next stamp, and marks it."""
        self._stamp += 1
        place = (tenant, document.memory.id)
        self.rows[place] = replace(document, stamp=self._stamp)
        self._mark(place, self._stamp)

    def erase(self, tenant: OrganizationId, memory: MemoryId) -> None:
        """Removes it, with a tombstone and a mark."""
        self._stamp += 1
        self.rows.pop((tenant, memory))
        self.erased[tenant, memory] = self._clock.now()
        self._mark((tenant, memory), self._stamp)

    def _mark(self, place: Place, stamp: int) -> None:
        now = self._clock.now()
        old = self.marks.get(place)
        self.marks[place] = _Marked(
            Mark(*place, stamp, 0, old.mark.since if old else now), now, old.leased_until if old else None
        )

    async def claim_marks(self, *, now: datetime, until: datetime, limit: int) -> list[Mark]:
        free = [
            marked
            for marked in self.marks.values()
            if marked.due is not None
            and marked.due <= now
            and (marked.leased_until is None or marked.leased_until <= now)
        ]
        taken = sorted(free, key=lambda marked: (marked.due, marked.mark.memory))[:limit]
        for marked in taken:
            marked.leased_until = until
            marked.mark = replace(marked.mark, attempts=marked.mark.attempts + 1)
        return [marked.mark for marked in taken]

    async def settle_marks(self, marks: Sequence[Mark]) -> int:
        settled = [m for m in marks if (known := self._known(m)) is not None and known.mark.stamp == m.stamp]
        for mark in marks:
            if (known := self._known(mark)) is not None and mark not in settled:
                known.leased_until = None
        for mark in settled:
            del self.marks[mark.tenant, mark.memory]
        return len(settled)

    async def postpone_marks(self, marks: Sequence[Mark], *, due: datetime | None, reason: str) -> None:
        for mark in marks:
            known = self._known(mark)
            if known is not None and known.mark.stamp == mark.stamp:
                known.due, known.leased_until = due, None

    async def revive_marks(self) -> int:
        given_up = [marked for marked in self.marks.values() if marked.due is None]
        for marked in given_up:
            marked.due = self._clock.now()
        return len(given_up)

    async def backlog(self) -> Backlog:
        waiting = [marked for marked in self.marks.values() if marked.due is not None]
        oldest = min((marked.mark.since for marked in waiting), default=None)
        return Backlog(waiting=len(waiting), oldest=oldest, dead=len(self.marks) - len(waiting))

    async def documents(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[Document | None]:
        return [self.rows.get((tenant, memory)) for memory in memories]

    async def stamps(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        return [row.stamp if (row := self.rows.get((tenant, memory))) else None for memory in memories]

    async def stamps_after(self, tenant: OrganizationId, after: MemoryId | None, *, limit: int) -> list[Entry]:
        ours = sorted((id_, row.stamp) for (owner, id_), row in self.rows.items() if owner == tenant)
        return [Entry(id_, stamp) for id_, stamp in ours if after is None or id_ > after][:limit]

    async def mark(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> int:
        new = [memory for memory in memories if (tenant, memory) not in self.marks]
        for memory in new:
            row = self.rows.get((tenant, memory))
            self._mark((tenant, memory), row.stamp if row else 0)
        return len(new)

    async def tombstones(self, tenant: OrganizationId, *, since: datetime) -> list[MemoryId]:
        return [memory for (owner, memory), at in self.erased.items() if owner == tenant and at >= since]

    def _known(self, mark: Mark) -> _Marked | None:
        return self.marks.get((mark.tenant, mark.memory))


def _pass(_what: str, _memories: Sequence[MemoryId]) -> None:
    """Nothing goes wrong."""


class FakeIndex:
    """The index's side: one entry a memory. `before` hears of every write and may raise, or change what is there."""

    def __init__(self) -> None:
        self.kept: dict[Place, Document] = {}
        self.before: Callable[[str, Sequence[MemoryId]], None] = _pass
        self.poison: dict[MemoryId, str] = {}

    async def put(self, tenant: OrganizationId, documents: Sequence[Document]) -> dict[MemoryId, str]:
        self.before("put", [document.memory.id for document in documents])
        for document in documents:
            if document.memory.id not in self.poison:
                self.kept[tenant, document.memory.id] = document
        return {d.memory.id: self.poison[d.memory.id] for d in documents if d.memory.id in self.poison}

    async def remove(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> None:
        self.before("remove", memories)
        for memory in memories:
            self.kept.pop((tenant, memory), None)

    async def entries(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        return [kept.stamp if (kept := self.kept.get((tenant, memory))) else None for memory in memories]

    async def entries_after(
        self, tenant: OrganizationId, after: str | None, *, limit: int
    ) -> tuple[list[Entry], str | None]:
        ours = sorted((memory, kept.stamp) for (owner, memory), kept in self.kept.items() if owner == tenant)
        page = [Entry(memory, stamp) for memory, stamp in ours if after is None or memory > after][:limit]
        return page, page[-1].memory if len(page) == limit else None

    async def drop(self, tenant: OrganizationId) -> None:
        for place in [place for place in self.kept if place[0] == tenant]:
            del self.kept[place]
