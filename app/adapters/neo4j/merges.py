"""Merges of entities, and the edges that they move."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.adapters.neo4j.block import Block, WriteBlock
from app.adapters.neo4j.entities import EntityWrites
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.memories import lists_by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.statements import statements
from app.adapters.records.graph import relation_of
from app.adapters.records.memories import mention_of
from app.adapters.records.merges import mention_values, merge_of, merge_values
from app.domain import errors
from app.domain.ids import EntityId, ProjectId
from app.domain.merges import Holdings, Merge, Rewiring
from app.domain.query import Page, Window

CYPHER: Final = statements("merges")

_MERGES: Final = Listing(CYPHER["merges_page"], merge_of, "g.at", "g.id", descending=True)


class Merges:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[EntityId]) -> list[Merge | None]:
        return await by_ids(self._block, CYPHER["merges_by_ids"], ids, merge_of)

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Merge]:
        return await paged(self._block, _MERGES, window, {"project": project})

    async def into(self, ids: Sequence[EntityId]) -> list[list[Merge]]:
        return await lists_by_ids(self._block, CYPHER["merges_into"], ids, merge_of, {})

    async def holdings(self, entity: EntityId) -> Holdings:
        row = await self._block.row(CYPHER["held"], {"entity": entity})
        if row is None:
            return Holdings()
        return Holdings(
            mentions=tuple(map(mention_of, row["mentions"])), relations=tuple(map(relation_of, row["relations"]))
        )


class MergeWrites(Merges):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._unit, self._entities = block, EntityWrites(block)

    async def rewire(self, rewiring: Rewiring) -> None:
        lost, gained = rewiring.mentions_lost, rewiring.mentions_gained
        await self._write("mentions_retire", {"mentions": list(map(mention_values, lost))}, wanted=len(lost))
        await self._write("mentions_add", {"mentions": list(map(mention_values, gained))}, wanted=len(gained))
        self._unit.marked.update(one.memory for one in (*lost, *gained))
        ended = sorted({one.id for one in rewiring.relations_lost})
        await self._write("relations_retire", {"ids": ended}, wanted=len(ended))
        await self._entities.relate_many(rewiring.relations_gained)

    async def put(self, merge: Merge) -> None:
        self._unit.demand(project=merge.entity.project, user=merge.entity.user)
        await self._write("merge_put", {"records": [merge_values(merge)]}, wanted=1)

    async def remove(self, entity: EntityId) -> None:
        await self._write("merge_drop", {"id": entity}, wanted=1)

    async def _write(self, statement: str, asked: Mapping[str, Any], *, wanted: int) -> None:
        """Raises NotFound unless the statement has written all that was wanted."""
        if wanted and (await self._unit.change(CYPHER[statement], asked)).get("written") != wanted:
            raise errors.NotFound
