"""Memories, as a reader sees them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from app.adapters.neo4j.block import Block
from app.adapters.neo4j.filters import entrance, filtered
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.server import NOTHING, Found, Parameters
from app.adapters.neo4j.statements import statements
from app.adapters.neo4j.surroundings import Surroundings
from app.adapters.records.filters import LIVING
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
from app.domain.graph import Mention, Mentioned
from app.domain.ids import MemoryId, ProjectId, SessionId, SourceId, UserId
from app.domain.memory import Attached, Feedback, Label, LabelCount, Memory, MemoryLink, MemoryVersion, Usage
from app.domain.query import Facet, Life, MemoryFilter, MemoryOrder, Page, Tally, Window

CYPHER: Final = statements("memories")

T = TypeVar("T")

_VERSIONS: Final = Listing(CYPHER["versions_page"], version_of, "v.version", "v.memory", descending=True)
_FEEDBACK: Final = Listing(CYPHER["feedback_page"], feedback_of, "f.number", "f.memory", descending=True)
_SORTS: Final[Mapping[MemoryOrder, str]] = {
    MemoryOrder.CREATED_AT: "m.created_at",
    MemoryOrder.UPDATED_AT: "m.updated_at",
    MemoryOrder.OCCURRED_AT: "coalesce(m.occurred_at, m.created_at)",
    MemoryOrder.IMPORTANCE: "m.importance",
}


class Memories(Surroundings):
    async def get_many(self, ids: Sequence[MemoryId]) -> list[Memory | None]:
        return await by_ids(self._block, CYPHER["memories_by_ids"], ids, _memory)

    async def by_numbers(self, numbers: Sequence[int]) -> list[MemoryId | None]:
        rows = await self._block.rows(CYPHER["memories_by_numbers"], {"numbers": sorted(set(numbers))})
        found = {row["number"]: MemoryId(row["id"]) for row in rows}
        return [found.get(number) for number in numbers]

    async def link_numbers(self, links: Sequence[MemoryLink]) -> list[int | None]:
        asked = {
            "sources": sorted({link.source for link in links}),
            "targets": sorted({link.target for link in links}),
        }
        rows = await self._block.rows(CYPHER["link_numbers"], asked) if links else []
        found = {(row["source"], row["target"], row["type"]): row["number"] for row in rows}
        return [found.get((link.source, link.target, link_sort(link.type, link.label))) for link in links]

    async def page(self, window: Window, *, where: MemoryFilter, order: MemoryOrder, descending: bool) -> Page[Memory]:
        conditions, parameters = filtered(where)
        way, sort = entrance(where), _SORTS[order]
        lead = way.lead if order is MemoryOrder.CREATED_AT else None
        start = way.match if lead else way.match + way.needs
        statement = CYPHER["memories_page"].replace("{from}", start).replace("{where}", conditions)
        listing = Listing(statement.replace("{sort}", sort), _memory, sort, "m.id", descending, lead or "m.tenant")
        return await paged(self._block, listing, window, parameters)

    async def count(self, where: MemoryFilter) -> int:
        conditions, parameters = filtered(where)
        way = entrance(where)
        statement = CYPHER["memories_count"].replace("{from}", way.match + way.needs).replace("{where}", conditions)
        row = await self._block.row(statement, parameters)
        return row["number"] if row else 0

    async def labels(self, where: MemoryFilter, *, by: Label) -> list[LabelCount]:
        conditions, parameters = filtered(where)
        way = entrance(where)
        statement = CYPHER[f"labels_{by.value}"].replace("{from}", way.match + way.needs).replace("{where}", conditions)
        return [label_count(by, row) for row in await self._block.rows(statement, parameters)]

    async def tally(self, where: MemoryFilter, *, by: Facet) -> list[Tally]:
        conditions, parameters = filtered(where)
        way = entrance(where)
        statement = CYPHER[f"tally_{by.value}"].replace("{from}", way.match + way.needs).replace("{where}", conditions)
        return [tally_of(row) for row in await self._block.rows(statement, parameters)]

    async def versions(self, memory: MemoryId, window: Window) -> Page[MemoryVersion]:
        return await paged(self._block, _VERSIONS, window, {"memory": memory})

    async def usage(self, ids: Sequence[MemoryId]) -> list[Usage]:
        found = await by_ids(self._block, CYPHER["usage_by_ids"], ids, usage_of)
        return [usage or Usage() for usage in found]

    async def attached(self, ids: Sequence[MemoryId]) -> list[Attached | None]:
        return await by_ids(self._block, CYPHER["attached"], ids, attached_of)

    async def feedback(self, memory: MemoryId, window: Window) -> Page[Feedback]:
        return await paged(self._block, _FEEDBACK, window, {"memory": memory})

    async def same_text(
        self, *, project: ProjectId, user: UserId | None, texts: Sequence[str]
    ) -> list[MemoryId | None]:
        if not texts:
            return []
        digests = [digest_of(text).hex() for text in texts]
        asked = {"project": project, "user": user, "digests": sorted(set(digests))}
        found = {row["digest"]: row["id"] for row in await self._block.rows(CYPHER["same_text"], asked)}
        return [found.get(digest) for digest in digests]

    async def same_words(self, *, project: ProjectId, texts: Sequence[str]) -> list[list[MemoryId]]:
        digests = [digest_of(text).hex() for text in texts]
        asked = {"project": project, "digests": sorted(set(digests))}
        found = {row["digest"]: row["ids"] for row in await self._block.rows(CYPHER["same_words"], asked)}
        return [found.get(digest, []) for digest in digests]

    async def derived_only(self, ids: Sequence[MemoryId], *, life: Life = Life.ANY) -> list[MemoryId]:
        asked = {"ids": sorted(set(ids)), "living": LIVING[life]}
        return [row["id"] for row in await self._block.rows(CYPHER["derived_only"], asked)]

    async def at_positions(self, source: SourceId, positions: Sequence[int]) -> list[MemoryId | None]:
        asked = {"source": source, "positions": sorted(set(positions))}
        rows = await self._block.rows(CYPHER["at_positions"], asked)
        found = {row["position"]: row["id"] for row in rows}
        return [found.get(position) for position in positions]

    async def last_position(self, session: SessionId) -> int | None:
        row = await self._block.row(CYPHER["last_position"], {"session": session})
        return row["position"] if row else None

    async def links(self, ids: Sequence[MemoryId]) -> list[list[MemoryLink]]:
        return await lists_by_ids(self._block, CYPHER["links_of"], ids, link_of)

    async def mentions(self, ids: Sequence[MemoryId]) -> list[list[Mention]]:
        return [[each.mention for each in told] for told in await self.mentioned(ids)]

    async def mentioned(self, ids: Sequence[MemoryId]) -> list[list[Mentioned]]:
        return await lists_by_ids(self._block, CYPHER["mentioned_by"], ids, _mentioned)

    async def expired(self, *, limit: int) -> list[Memory]:
        return [_memory(row) for row in await self._block.rows(CYPHER["expired"], {"limit": limit})]

    async def session_turns(self, session: SessionId, *, start: int, stop: int) -> list[Memory]:
        asked = {"session": session, "start": start, "stop": stop}
        return [_memory(row) for row in await self._block.rows(CYPHER["session_turns"], asked)]


async def lists_by_ids(
    block: Block, statement: str, ids: Sequence[str], take: Callable[[Found], T], parameters: Parameters = NOTHING
) -> list[list[T]]:
    """For each id what the statement has `found` for it."""
    rows = await block.rows(statement, {**parameters, "ids": sorted(set(ids))}) if ids else []
    lists = {row["of"]: [take(one) for one in row["found"]] for row in rows}
    return [lists.get(key, []) for key in ids]


def _mentioned(row: Found) -> Mentioned:
    return Mentioned(mention_of(row["mention"]), entity_of(row["entity"]))


def _memory(row: Found) -> Memory:
    return memory_of(row["memory"])
