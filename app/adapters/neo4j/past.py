"""The record as it stood, as a reader sees it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.search import stem_words
from app.adapters.neo4j.server import Found
from app.adapters.neo4j.statements import statements
from app.adapters.records.graph import edge_of
from app.adapters.records.jobs import event_of
from app.adapters.records.memories import project_word, tenant_word, version_of
from app.adapters.records.values import micros, micros_or_none, moment
from app.domain.graph import EdgeKind
from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import MemoryVersion
from app.domain.past import PastEdge, Then
from app.domain.query import Page, Window
from app.domain.work import EventKind, RecordedEvent

CYPHER: Final = statements("past")

_CHANGES: Final = Listing(CYPHER["changes"], event_of, "e.revision", "e.subject", descending=True)
_EDGES: Final = {
    EdgeKind.MENTIONS: ("MENTIONS", "MENTIONED"),
    EdgeKind.LINKS: ("LINKS", "LINKED"),
    EdgeKind.RELATES: ("RELATES", "RELATED"),
}
"""Current and retired ones."""
FRONT: Final = 4
"""How many times more of the index is read than is wanted, since some of it is not the caller's."""


class Past:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def versions(self, ids: Sequence[MemoryId], *, then: Then) -> list[MemoryVersion | None]:
        asked = {"revision": then.revision, "recorded": micros_or_none(then.recorded)}
        return await by_ids(self._block, CYPHER["versions_then"], ids, version_of, asked)

    async def exact(self, numbers: Sequence[tuple[MemoryId, int]]) -> list[MemoryVersion | None]:
        if not numbers:
            return []
        asked = {"pairs": [[memory, number] for memory, number in dict.fromkeys(numbers)]}
        rows = await self._block.rows(CYPHER["versions_exact"], asked)
        found = {(row["memory"], row["version"]): version_of(row) for row in rows}
        return [found.get(number) for number in numbers]

    async def replaced(self, terms: Sequence[str], *, project: ProjectId | None, limit: int) -> list[MemoryId]:
        stems = await asyncio.to_thread(stem_words, terms)
        if not stems:
            return []
        tenant = self._block.principal.tenant
        place = project_word(tenant, project) if project else tenant_word(tenant)
        match = f"+scope:({place})^0 +words:({stems})"
        asked = {"match": match, "project": project, "limit": limit, "front": FRONT * limit}
        return [row["id"] for row in await self._block.rows(CYPHER["replaced"], asked)]

    async def edges(self, ids: Sequence[str], *, kinds: Sequence[EdgeKind], at: datetime, limit: int) -> list[PastEdge]:
        walked = {name: kind.value for kind in kinds for name in _EDGES.get(kind, ())}
        asked = {"ids": sorted(set(ids)), "walked": walked, "about": EdgeKind.ABOUT in kinds}
        rows = await self._block.rows(CYPHER["edges_then"], {**asked, "at": micros(at), "limit": limit})
        return [_edge(row) for row in rows]

    async def moment(self, revision: int) -> datetime | None:
        row = await self._block.row(CYPHER["moment"], {"revision": revision})
        return None if row is None else moment(row["at"])

    async def changes(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        kinds: Sequence[EventKind],
        after: int,
        since: datetime | None,
    ) -> Page[RecordedEvent]:
        asked = {"project": project, "kinds": [*kinds], "revision": after, "since": micros_or_none(since)}
        return await paged(self._block, _CHANGES, window, asked)


def _edge(row: Found) -> PastEdge:
    return PastEdge(edge_of(row["edge"]), tuple(row["evidence"]))
