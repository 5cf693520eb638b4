"""Memories, as a reader sees them."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from app.adapters.records.filters import LIVING
from app.adapters.records.glimpses import glimpses_of, token_table
from app.adapters.records.graph import entity_of, link_sort
from app.adapters.records.memories import (
    attached_of,
    digest_of,
    feedback_of,
    label_count,
    link_of,
    memory_of,
    mention_of,
    tally_of,
    usage_of,
    version_of,
)
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.filters import filtered
from app.adapters.sqlite.lookups import by_ids, grouped
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain.graph import Mention, Mentioned
from app.domain.ids import MemoryId, ProjectId, SessionId, SourceId, UserId
from app.domain.memory import Attached, Feedback, Glimpse, Label, LabelCount, Memory, MemoryLink, MemoryVersion, Usage
from app.domain.query import Facet, Life, MemoryFilter, MemoryOrder, Page, Tally, Window
from app.ports.models import Embedding, TokenTable

SQL = statements("memories")
TOKENS_OF: Final = statements("vectors")["tokens_of"]

_VERSIONS: Final = Listing(SQL["versions_page"], version_of, "v.version", "v.memory", descending=True)
_FEEDBACK: Final = Listing(SQL["feedback_page"], feedback_of, "f.number", "f.memory", descending=True)
_SORTS: Final[Mapping[MemoryOrder, str]] = {
    MemoryOrder.CREATED_AT: "m.created_at",
    MemoryOrder.UPDATED_AT: "m.updated_at",
    MemoryOrder.OCCURRED_AT: "coalesce(m.occurred_at, m.created_at)",
    MemoryOrder.IMPORTANCE: "m.importance",
}


class Memories:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[MemoryId]) -> list[Memory | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["memories_by_ids"], ids, memory_of))

    async def by_numbers(self, numbers: Sequence[int]) -> list[MemoryId | None]:
        asked: Parameters = {"numbers": listed(numbers)}
        rows = await self._block.run(lambda on: on.rows(SQL["memories_by_numbers"], asked))
        found = {row["number"]: MemoryId(row["id"]) for row in rows}
        return [found.get(number) for number in numbers]

    async def link_numbers(self, links: Sequence[MemoryLink]) -> list[int | None]:
        asked: Parameters = {
            "sources": listed({link.source for link in links}),
            "targets": listed({link.target for link in links}),
        }
        rows = await self._block.run(lambda on: on.rows(SQL["link_numbers"], asked))
        found = {tuple(row[:3]): row["number"] for row in rows}
        return [found.get((link.source, link.target, link_sort(link.type, link.label))) for link in links]

    async def page(self, window: Window, *, where: MemoryFilter, order: MemoryOrder, descending: bool) -> Page[Memory]:
        conditions, parameters = filtered(where)
        sort = _SORTS[order]
        statement = SQL["memories_page"].replace("{where}", conditions).replace("{sort}", sort)
        listing = Listing(statement, memory_of, sort, "m.id", descending)
        return await self._block.run(lambda on: paged(on, listing, window, parameters))

    async def count(self, where: MemoryFilter) -> int:
        conditions, parameters = filtered(where)
        statement = SQL["memories_count"].replace("{where}", conditions)
        return await self._block.run(lambda on: _number(on, statement, parameters))

    async def labels(self, where: MemoryFilter, *, by: Label) -> list[LabelCount]:
        conditions, parameters = filtered(where)
        statement = SQL[f"labels_{by.value}"].replace("{where}", conditions)
        return await self._block.run(lambda on: [label_count(by, row) for row in on.rows(statement, parameters)])

    async def tally(self, where: MemoryFilter, *, by: Facet) -> list[Tally]:
        conditions, parameters = filtered(where)
        statement = SQL[f"tally_{by.value}"].replace("{where}", conditions)
        return await self._block.run(lambda on: [tally_of(row) for row in on.rows(statement, parameters)])

    async def versions(self, memory: MemoryId, window: Window) -> Page[MemoryVersion]:
        asked: Parameters = {"memory": memory}
        return await self._block.run(lambda on: paged(on, _VERSIONS, window, asked))

    async def usage(self, ids: Sequence[MemoryId]) -> list[Usage]:
        found = await self._block.run(lambda on: by_ids(on, SQL["usage_by_ids"], ids, usage_of))
        return [usage or Usage() for usage in found]

    async def attached(self, ids: Sequence[MemoryId]) -> list[Attached | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["attached"], ids, attached_of))

    async def feedback(self, memory: MemoryId, window: Window) -> Page[Feedback]:
        asked: Parameters = {"memory": memory}
        return await self._block.run(lambda on: paged(on, _FEEDBACK, window, asked))

    async def same_text(
        self, *, project: ProjectId, user: UserId | None, texts: Sequence[str]
    ) -> list[MemoryId | None]:
        def same(on: Scoped) -> list[MemoryId | None]:
            asked: list[Parameters] = [{"project": project, "user": user, "digest": digest_of(text)} for text in texts]
            return [_id(on.row(SQL["same_text"], one)) for one in asked]

        return await self._block.run(same)

    async def same_words(self, *, project: ProjectId, texts: Sequence[str]) -> list[list[MemoryId]]:
        def same(on: Scoped) -> list[list[MemoryId]]:
            asked: list[Parameters] = [{"project": project, "digest": digest_of(text)} for text in texts]
            return [[row["id"] for row in on.rows(SQL["same_words"], one)] for one in asked]

        return await self._block.run(same)

    async def derived_only(self, ids: Sequence[MemoryId], *, life: Life = Life.ANY) -> list[MemoryId]:
        asked: Parameters = {"ids": listed(ids), "living": LIVING[life]}
        return await self._block.run(lambda on: [row["id"] for row in on.rows(SQL["derived_only"], asked)])

    async def at_positions(self, source: SourceId, positions: Sequence[int]) -> list[MemoryId | None]:
        asked: Parameters = {"source": source, "positions": listed(positions)}
        found = dict(await self._block.run(lambda on: [tuple(row) for row in on.rows(SQL["at_positions"], asked)]))
        return [found.get(position) for position in positions]

    async def last_position(self, session: SessionId) -> int | None:
        row = await self._block.run(lambda on: on.row(SQL["last_position"], {"session": session}))
        return row["position"] if row else None

    async def links(self, ids: Sequence[MemoryId]) -> list[list[MemoryLink]]:
        return await self._block.run(lambda on: grouped(on, SQL["links_of"], ids, link_of))

    async def mentions(self, ids: Sequence[MemoryId]) -> list[list[Mention]]:
        return await self._block.run(lambda on: grouped(on, SQL["mentioned_by"], ids, mention_of))

    async def mentioned(self, ids: Sequence[MemoryId]) -> list[list[Mentioned]]:
        return await self._block.run(lambda on: grouped(on, SQL["mentioned_by"], ids, _mentioned))

    async def expired(self, *, limit: int) -> list[Memory]:
        return await self._block.run(lambda on: [memory_of(row) for row in on.rows(SQL["expired"], {"limit": limit})])

    async def session_turns(self, session: SessionId, *, start: int, stop: int) -> list[Memory]:
        asked: Parameters = {"session": session, "start": start, "stop": stop}
        return await self._block.run(lambda on: [memory_of(row) for row in on.rows(SQL["session_turns"], asked)])

    async def glimpses(
        self, ids: Sequence[MemoryId], *, reach: int, where: MemoryFilter, near: Embedding | None = None
    ) -> list[Glimpse]:
        conditions, parameters = filtered(where)
        statement = SQL["glimpses"].replace("{where}", conditions)
        steps = [step for step in range(-reach, reach + 1) if step]
        model, dimension = (near.model, near.vector.size) if near else (None, None)
        asked = {**parameters, "ids": listed(ids), "steps": listed(steps), "model": model, "dimension": dimension}

        def seen(on: Scoped) -> list[Glimpse]:
            rows = on.rows(statement, asked)
            sources: dict[MemoryId, tuple[MemoryId, ...]] = {}
            for source, target in on.rows(SQL["sources_of"], {"ids": listed(row["id"] for row in rows)}):
                sources[source] = (*sources.get(source, ()), target)
            return glimpses_of(rows, sources, near)

        return await self._block.run(seen)

    async def speakers(self, names: Sequence[str]) -> list[str]:
        asked: Parameters = {"names": listed(names)}
        return await self._block.run(lambda on: [row["speaker"] for row in on.rows(SQL["speakers"], asked)])

    async def token_vectors(self, ids: Sequence[MemoryId], *, model: str) -> TokenTable:
        asked: Parameters = {"ids": listed(ids), "model": model}
        return await self._block.run(lambda on: token_table([tuple(row) for row in on.rows(TOKENS_OF, asked)]))


def _number(on: Scoped, statement: str, parameters: Parameters) -> int:
    row = on.row(statement, parameters)
    return row["number"] if row else 0


def _mentioned(row: sqlite3.Row) -> Mentioned:
    return Mentioned(mention_of(row), entity_of(row))


def _id(row: sqlite3.Row | None) -> MemoryId | None:
    return row["id"] if row else None
