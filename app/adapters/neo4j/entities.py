"""Entities and relations, as a reader sees them and as a unit of work changes them."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from app.adapters.neo4j.block import Block, WriteBlock
from app.adapters.neo4j.lookups import by_ids
from app.adapters.neo4j.memories import lists_by_ids
from app.adapters.neo4j.paging import Listing, paged
from app.adapters.neo4j.server import Found
from app.adapters.neo4j.statements import statements
from app.adapters.records.graph import entity_of, entity_values, handles_of, names_of, relation_of, relation_values
from app.adapters.records.memories import mention_of
from app.domain import errors
from app.domain.graph import Entity, EntityType, Mention, Relation
from app.domain.ids import EntityId, ProjectId, RelationId, UserId
from app.domain.query import Page, Window
from app.domain.text import folded, handles

CYPHER: Final = statements("entities")

_ENTITIES: Final = Listing(CYPHER["entities_page"], entity_of, "n.folded", "n.id")


class Entities:
    def __init__(self, block: Block) -> None:
        self._block = block

    async def get_many(self, ids: Sequence[EntityId]) -> list[Entity | None]:
        return await by_ids(self._block, CYPHER["entities_by_ids"], ids, entity_of)

    async def page(
        self,
        window: Window,
        *,
        project: ProjectId | None,
        user: UserId | None,
        types: Sequence[EntityType],
        name: str | None,
    ) -> Page[Entity]:
        return await paged(self._block, _ENTITIES, window, _asked(project, user, types, name))

    async def count(
        self, *, project: ProjectId | None, user: UserId | None, types: Sequence[EntityType], name: str | None
    ) -> int:
        row = await self._block.row(CYPHER["entities_count"], _asked(project, user, types, name))
        return _number(row) if row else 0

    async def alike(
        self, *, project: ProjectId, user: UserId | None, names: Sequence[str], limit: int
    ) -> list[list[Entity]]:
        owners = [None, user] if user else [None]
        asked = [
            {
                "number": number,
                "handles": [name for owner in owners for name in handle_names(project, owner, handles(told))],
            }
            for number, told in enumerate(names)
        ]
        rows = await self._block.rows(CYPHER["entities_alike"], {"asked": asked, "limit": limit})
        found = {row["of"]: [entity_of(each) for each in row["found"]] for row in rows}
        return [found.get(number, []) for number in range(len(names))]

    async def called(
        self, *, project: ProjectId | None, names: Sequence[str], users: Sequence[UserId] = ()
    ) -> list[Entity]:
        asked = {"project": project, "names": _folded(names), "users": list(users)}
        return [entity_of(row) for row in await self._block.rows(CYPHER["entities_called"], asked)]

    async def mentioned_by(self, ids: Sequence[EntityId], *, limit: int) -> list[list[Mention]]:
        return await lists_by_ids(self._block, CYPHER["mentions_by"], ids, mention_of, {"limit": limit})

    async def mention_counts(self, ids: Sequence[EntityId]) -> list[int]:
        found = await by_ids(self._block, CYPHER["mention_counts"], ids, _number)
        return [number or 0 for number in found]

    async def relations(self, ids: Sequence[EntityId], *, limit: int) -> list[list[Relation]]:
        return await lists_by_ids(self._block, CYPHER["relations_of"], ids, relation_of, {"limit": limit})

    async def relations_by_id(self, ids: Sequence[RelationId]) -> list[Relation | None]:
        return await by_ids(self._block, CYPHER["relations_by_ids"], ids, _relation)


class EntityWrites(Entities):
    def __init__(self, block: WriteBlock) -> None:
        super().__init__(block)
        self._unit = block

    async def put_many(self, entities: Sequence[Entity]) -> None:
        for entity in entities:
            self._unit.demand(project=entity.project, user=entity.user)
        asked = {"entities": list(map(_entity_values, entities))}
        if entities and (await self._unit.change(CYPHER["entities_put"], asked))["written"] != len(entities):
            raise errors.NotFound

    async def relate_many(self, relations: Sequence[Relation]) -> None:
        if not relations:
            return
        ids = sorted({relation.id for relation in relations})
        asked = {"relations": list(map(_relation_values, relations)), "ids": ids}
        found = await self._unit.rows(CYPHER["relations_look"], asked)
        if not all(row["visible"] for row in found):
            raise errors.NotFound
        joined = {(relation.source, relation.target, relation.type): relation.id for relation in relations}
        if any(row["taken"] for row in found) or len(joined) < len(ids):
            raise errors.Conflict("another relation of this type joins the two already")
        await self._unit.change(CYPHER["relations_put"], asked)


def _asked(
    project: ProjectId | None, user: UserId | None, types: Sequence[EntityType], name: str | None
) -> dict[str, Any]:
    return {
        "project": project,
        "user": user,
        "types": [each.value for each in types],
        "name": folded(name) if name else None,
    }


def _folded(names: Iterable[str]) -> list[str]:
    return sorted({folded(name) for name in names})


def _number(row: Found) -> int:
    number: int = row["number"]
    return number


def _relation(row: Found) -> Relation:
    return relation_of(row["relation"])


def _entity_values(entity: Entity) -> dict[str, Any]:
    named = {"names": names_of(entity), "handles": handle_names(entity.project, entity.user, handles_of(entity))}
    return {**entity_values(entity), "aliases": list(entity.aliases), **named}


def handle_names(project: ProjectId, owner: UserId | None, handles: Iterable[str]) -> list[str]:
    """What handles are called in one user's part of a project, or in its shared part."""
    return [f"{project} {owner or ''} {handle}" for handle in sorted(handles)]


def _relation_values(relation: Relation) -> dict[str, Any]:
    values = relation_values(relation)
    source, target = values.pop("source"), values.pop("target")
    kept = {**values, "evidence": list(dict.fromkeys(relation.evidence))}
    return {"relation": relation.id, "source": source, "target": target, "type": relation.type, "values": kept}
