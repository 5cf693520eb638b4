"""The outbox: marks of memories that a search index has to look at again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from app.adapters.neo4j.search import embedding_of
from app.adapters.neo4j.server import Found, Server
from app.adapters.neo4j.statements import statements
from app.adapters.records.memories import memory_of
from app.adapters.records.values import micros, micros_or_none, moment, moment_or_none
from app.domain.ids import MemoryId, OrganizationId
from app.ports.indexing import Backlog, Document, Entry, Mark
from app.ports.runtime import Clock

CYPHER: Final = statements("marks")


class Marks:
    def __init__(self, server: Server, *, clock: Clock) -> None:
        self._server, self._clock = server, clock

    async def claim_marks(self, *, now: datetime, until: datetime, limit: int) -> list[Mark]:
        asked = {"now": micros(now), "until": micros(until), "limit": limit}
        return [_mark(row) for row in await self._server.change(CYPHER["marks_claim"], asked)]

    async def settle_marks(self, marks: Sequence[Mark]) -> int:
        settled = 0
        for tenant, of_tenant in groupby(_sorted(marks), key=lambda mark: mark.tenant):
            asked = {"tenant": tenant, "marks": list(map(_claim, of_tenant)), "now": self._now()}
            (row,) = await self._server.change(CYPHER["marks_settle"], asked)
            settled += row["settled"]
        return settled

    async def postpone_marks(self, marks: Sequence[Mark], *, due: datetime | None, reason: str) -> None:
        claims = list(map(_claim, _sorted(marks)))
        asked = {"marks": claims, "due": micros_or_none(due), "reason": reason, "now": self._now()}
        await self._server.change(CYPHER["marks_postpone"], asked)

    async def revive_marks(self) -> int:
        (row,) = await self._server.change(CYPHER["marks_revive"], {"now": self._now()})
        revived: int = row["revived"]
        return revived

    async def backlog(self) -> Backlog:
        (row,) = await self._server.rows(CYPHER["backlog"])
        return Backlog(waiting=row["waiting"], oldest=moment_or_none(row["oldest"]), dead=row["dead"])

    async def documents(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[Document | None]:
        rows = await self._server.rows(CYPHER["documents"], {"tenant": tenant, "ids": sorted(set(memories))})
        found = {row["id"]: _document(row) for row in rows}
        return [found.get(memory) for memory in memories]

    async def stamps(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> list[int | None]:
        rows = await self._server.rows(CYPHER["stamps"], {"tenant": tenant, "ids": sorted(set(memories))})
        found = {row["id"]: row["stamp"] for row in rows}
        return [found.get(memory) for memory in memories]

    async def stamps_after(self, tenant: OrganizationId, after: MemoryId | None, *, limit: int) -> list[Entry]:
        asked = {"tenant": tenant, "after": after or "", "limit": limit}
        return [Entry(row["id"], row["stamp"]) for row in await self._server.rows(CYPHER["stamps_after"], asked)]

    async def mark(self, tenant: OrganizationId, memories: Sequence[MemoryId]) -> int:
        asked = {"tenant": tenant, "memories": sorted(set(memories)), "now": self._now()}
        (row,) = await self._server.change(CYPHER["mark"], asked)
        marked: int = row["marked"]
        return marked

    async def tombstones(self, tenant: OrganizationId, *, since: datetime) -> list[MemoryId]:
        asked = {"tenant": tenant, "since": micros(since)}
        return [row["memory"] for row in await self._server.rows(CYPHER["tombstones"], asked)]

    def _now(self) -> int:
        return micros(self._clock.now())


def _sorted(marks: Iterable[Mark]) -> list[Mark]:
    """In the order in which everybody takes marks."""
    return sorted(marks, key=lambda mark: (mark.tenant, mark.memory))


def _claim(mark: Mark) -> dict[str, Any]:
    """By which a mark is known to be held by who claimed it."""
    return {"tenant": mark.tenant, "memory": mark.memory, "stamp": mark.stamp, "attempts": mark.attempts}


def _mark(row: Found) -> Mark:
    return Mark(row["tenant"], row["memory"], row["stamp"], row["attempts"], moment(row["since"]))


def _document(row: Found) -> Document:
    return Document(
        memory=memory_of(row["memory"]),
        entities=tuple(row["entities"]),
        embedding=embedding_of(row),
        stamp=row["stamp"],
    )
