"""Merges of entities, and the edges that they move."""

from collections.abc import Sequence
from typing import Final

from app.adapters.records.graph import relation_of
from app.adapters.records.memories import mention_of
from app.adapters.records.merges import mention_values, merge_of, merge_values
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.entities import SQL as ENTITIES
from app.adapters.sqlite.entities import relate
from app.adapters.sqlite.lookups import by_ids, grouped
from app.adapters.sqlite.memories import SQL as MEMORIES
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped
from app.adapters.sqlite.statements import statements
from app.domain.ids import EntityId, ProjectId
from app.domain.merges import Holdings, Merge, Rewiring
from app.domain.query import Page, Window

SQL = statements("merges")

_MERGES: Final = Listing(SQL["merges_page"], merge_of, "g.at", "g.id", descending=True)


class Merges:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[EntityId]) -> list[Merge | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["merges_by_ids"], ids, merge_of))

    async def page(self, window: Window, *, project: ProjectId | None) -> Page[Merge]:
        return await self._block.run(lambda on: paged(on, _MERGES, window, {"project": project}))

    async def into(self, ids: Sequence[EntityId]) -> list[list[Merge]]:
        return await self._block.run(lambda on: grouped(on, SQL["merges_into"], ids, merge_of))

    async def holdings(self, entity: EntityId) -> Holdings:
        asked: Parameters = {"entity": entity}

        def held(on: Scoped) -> Holdings:
            relations = [relation_of(row) for row in on.rows(SQL["held_relations"], asked)]
            return Holdings(
                mentions=tuple(mention_of(row) for row in on.rows(SQL["held_mentions"], asked)),
                relations=tuple(sorted(relations, key=lambda relation: relation.id)),
            )

        return await self._block.run(held)


class MergeWrites(Merges):
    async def rewire(self, rewiring: Rewiring) -> None:
        await self._block.run(lambda on: _rewire(on, rewiring))

    async def put(self, merge: Merge) -> None:
        def put(on: Scoped) -> None:
            on.demand(project=merge.entity.project, user=merge.entity.user)
            on.change(SQL["merge_put"], merge_values(merge))

        await self._block.run(put)

    async def remove(self, entity: EntityId) -> None:
        def remove(on: Scoped) -> None:
            on.demand_all(SQL["merges_by_ids"], [entity])
            on.change(SQL["merge_drop"], {"id": entity})

        await self._block.run(remove)


def _rewire(on: Scoped, rewiring: Rewiring) -> None:
    mentions = [*rewiring.mentions_lost, *rewiring.mentions_gained]
    on.demand_all(MEMORIES["memories_visible"], [one.memory for one in mentions])
    on.demand_all(ENTITIES["entities_visible"], [one.entity for one in mentions])
    ends = [end for one in rewiring.relations_lost for end in (one.source, one.target)]
    on.demand_all(ENTITIES["entities_visible"], ends)
    on.change_each(SQL["mention_retire"], map(mention_values, rewiring.mentions_lost))
    on.change_each(MEMORIES["mention_add"], map(mention_values, rewiring.mentions_gained))
    on.change_each(ENTITIES["relation_retire"], [{"relation": one.id} for one in rewiring.relations_lost])
    relate(on, rewiring.relations_gained)
