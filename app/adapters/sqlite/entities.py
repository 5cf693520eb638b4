"""Entities and relations, as a reader sees them and as a unit of work changes them."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from app.adapters.records.graph import entity_of, entity_values, handles_of, names_of, relation_of, relation_values
from app.adapters.records.memories import mention_of
from app.adapters.records.values import dumped
from app.adapters.sqlite.block import Block
from app.adapters.sqlite.lookups import by_ids, grouped
from app.adapters.sqlite.paging import Listing, paged
from app.adapters.sqlite.scope import Parameters, Scoped, listed
from app.adapters.sqlite.statements import statements
from app.domain.graph import Entity, EntityType, Mention, Relation
from app.domain.ids import EntityId, ProjectId, RelationId, UserId
from app.domain.query import Page, Window
from app.domain.text import folded, handles

SQL = statements("entities")


class Entities:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[EntityId]) -> list[Entity | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["entities_by_ids"], ids, entity_of))

    async def page(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        user: UserId | None,
        types: Sequence[EntityType],
        name: str | None,
    ) -> Page[Entity]:
        asked = _asked(project, user, types, name)
        return await self._block.run(lambda on: paged(on, _ENTITIES, window, asked))

    async def count(
        self, *, project: ProjectId | None, user: UserId | None, types: Sequence[EntityType], name: str | None
    ) -> int:
        row = await self._block.run(lambda on: on.row(SQL["entities_count"], _asked(project, user, types, name)))
        return _number(row) if row else 0

    async def alike(
        self, *, project: ProjectId, user: UserId | None, names: Sequence[str], limit: int
    ) -> list[list[Entity]]:
        asked: Parameters = {
            "project": project,
            "owners": listed(["", user] if user else [""]),
            "asked": dumped([[number, handle] for number, name in enumerate(names) for handle in handles(name)]),
            "limit": limit,
        }
        return await self._block.run(lambda on: _alike(on, asked, len(names)))

    async def called(
        self, *, project: ProjectId | None, names: Sequence[str], users: Sequence[UserId] = ()
    ) -> list[Entity]:
        asked: Parameters = {"project": project, "names": _folded(names), "users": listed(users) if users else None}
        return await self._block.run(lambda on: [entity_of(row) for row in on.rows(SQL["entities_called"], asked)])

    async def mentioned_by(self, ids: Sequence[EntityId], *, limit: int) -> list[list[Mention]]:
        asked: Parameters = {"limit": limit}
        return await self._block.run(lambda on: grouped(on, SQL["mentions_by"], ids, mention_of, asked))

    async def mention_counts(self, ids: Sequence[EntityId]) -> list[int]:
        found = await self._block.run(lambda on: by_ids(on, SQL["mention_counts"], ids, _number))
        return [number or 0 for number in found]

    async def relations(self, ids: Sequence[EntityId], *, limit: int) -> list[list[Relation]]:
        asked: Parameters = {"limit": limit}
        return await self._block.run(lambda on: grouped(on, SQL["relations_of"], ids, relation_of, asked))

    async def relations_by_id(self, ids: Sequence[RelationId]) -> list[Relation | None]:
        return await self._block.run(lambda on: by_ids(on, SQL["relations_by_ids"], ids, relation_of))


class EntityWrites(Entities):
    async def put_many(self, entities: Sequence[Entity]) -> None:
        await self._block.run(lambda on: put_entities(on, entities))

    async def relate_many(self, relations: Sequence[Relation]) -> None:
        await self._block.run(lambda on: relate(on, relations))


def _asked(project: ProjectId | None, user: UserId | None, types: Sequence[EntityType], name: str | None) -> Parameters:
    return {"project": project, "user": user, "types": listed(types), "name": folded(name) if name else None}


def _folded(names: Iterable[str]) -> str:
    return listed(sorted({folded(name) for name in names}))


def _alike(on: Scoped, asked: Parameters, number: int) -> list[list[Entity]]:
    found: list[list[Entity]] = [[] for _ in range(number)]
    for row in on.rows(SQL["entities_alike"], asked):
        found[row["asked"]].append(entity_of(row))
    return found


def _number(row: sqlite3.Row) -> int:
    number: int = row["number"]
    return number


def put_entities(on: Scoped, entities: Sequence[Entity]) -> None:
    for row in on.rows(SQL["entities_present"], {"ids": listed({entity.id for entity in entities})}):
        on.demand(project=row["project"], user=row["user"])
    for entity in entities:
        on.demand(project=entity.project, user=entity.user)
        on.change(SQL["entity_put"], entity_values(entity))
        on.change(SQL["names_drop"], {"id": entity.id})
        on.change(SQL["names_add"], {"id": entity.id, "names": listed(names_of(entity))})
        on.change(SQL["handles_drop"], {"id": entity.id})
        on.change(SQL["handles_add"], {**entity_values(entity), "handles": listed(handles_of(entity))})


def relate(on: Scoped, relations: Sequence[Relation]) -> None:
    replaced = on.rows(SQL["relations_present"], {"ids": listed({relation.id for relation in relations})})
    ends = [end for relation in relations for end in (relation.source, relation.target)]
    on.demand_all(SQL["entities_visible"], [*ends, *(end for row in replaced for end in row)])
    for relation in relations:
        on.change(SQL["relation_retire"], {"relation": relation.id})
        edge = on.insert(SQL["relation_add"], relation_values(relation))
        on.change(SQL["evidence_add"], {"edge": edge, "memories": listed(relation.evidence)})


_ENTITIES: Final = Listing(SQL["entities_page"], entity_of, "n.folded", "n.id")
