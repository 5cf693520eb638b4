"""The record as it stood, as a reader sees it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.adapters.records.graph import edge_of
from app.adapters.records.jobs import event_of
from app.adapters.records.memories import project_word, tenant_word, version_of
from app.adapters.records.values import micros, micros_or_none, moment
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_ids
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, listed
from app.adapters.sqlite.search import quoted
from app.adapters.sqlite.statements import statements
from app.domain.graph import EdgeKind
from app.domain.ids import MemoryId, ProjectId
from app.domain.memory import MemoryVersion
from app.domain.past import PastEdge, Then
from app.domain.query import Page, Window
from app.domain.work import EventKind, RecordedEvent

SQL = statements("past")

_CHANGES: Final = Listing(SQL["changes"], event_of, "e.revision", "e.id", descending=True)


class Past:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def versions(self, ids: Sequence[MemoryId], *, then: Then) -> list[MemoryVersion | None]:
        asked: Parameters = {"revision": then.revision, "recorded": micros_or_none(then.recorded)}
        return await self._block.run(lambda on: by_ids(on, SQL["versions_then"], ids, version_of, asked))

    async def exact(self, numbers: Sequence[tuple[MemoryId, int]]) -> list[MemoryVersion | None]:
        asked: Parameters = {"pairs": json.dumps(numbers)}
        rows = await self._block.run(lambda on: on.rows(SQL["versions_exact"], asked))
        found = {(row["memory"], row["version"]): version_of(row) for row in rows}
        return [found.get(number) for number in numbers]

    async def replaced(self, terms: Sequence[str], *, project: ProjectId | None, limit: int) -> list[MemoryId]:
        if not (wanted := quoted(terms)):
            return []
        tenant = self._block.principal.tenant
        place = project_word(tenant, project) if project else tenant_word(tenant)
        match = f"scope : {place} AND ({{text title summary}} : ({' OR '.join(wanted)}))"
        asked: Parameters = {"match": match, "project": project, "limit": limit}
        return await self._block.run(lambda on: [row["id"] for row in on.rows(SQL["replaced"], asked)])

    async def edges(self, ids: Sequence[str], *, kinds: Sequence[EdgeKind], at: datetime, limit: int) -> list[PastEdge]:
        walked = {kind.value: kind in kinds for kind in EdgeKind}
        asked: Parameters = {**walked, "ids": listed(dict.fromkeys(ids)), "at": micros(at), "limit": limit}
        rows = await self._block.run(lambda on: on.rows(SQL["edges_then"], asked))
        return [PastEdge(edge_of(tuple(row)[:5]), tuple(json.loads(row["evidence"]))) for row in rows]

    async def moment(self, revision: int) -> datetime | None:
        row = await self._block.run(lambda on: on.row(SQL["moment"], {"revision": revision}))
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
        asked: Parameters = {
            "project": project,
            "kinds": listed(kinds),
            "revision": after,
            "since": micros_or_none(since),
        }
        return await self._block.run(lambda on: paged(on, _CHANGES, window, asked))
