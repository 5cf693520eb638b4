"""A small graph, written past extraction: three people, a city, what relates them and what speaks of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.graph import Entity, EntityType, Mention, Relation, Span
from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId
from tests.api.schema.world import World

THEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@dataclass
class SmallGraph:
    project: str
    memories: list[str]
    entities: dict[str, str]
    relations: list[str]


async def small_graph(world: World) -> SmallGraph:
    """Ada and Grace live in Paris, Alan knows Ada; memory i speaks of the i-th of them and of Paris."""
    people = ["Ada", "Grace", "Alan"]
    stored = [await world.add(f"{name} spoke of Paris", user=name.lower(), session=f"s-{name}") for name in people]
    project = stored[0]["project"]["id"]
    ids = {name: world.ids.new("entity") for name in [*people, "Paris"]}
    relations = [
        _relation(world, ids["Ada"], ids["Paris"], "lives_in", 0.9, stored[0]["id"]),
        _relation(world, ids["Grace"], ids["Paris"], "lives_in", 0.8, stored[1]["id"]),
        _relation(world, ids["Alan"], ids["Ada"], "knows", 0.7, stored[2]["id"]),
    ]
    async with world.store.write(world.principal()) as uow:
        await uow.entities.put_many([_entity(id_, project, name) for name, id_ in ids.items()])
        await uow.entities.relate_many(relations)
        for name, memory in zip(people, stored, strict=True):
            spoken = MemoryId(memory["id"])
            end = len(name)
            mentions = [
                Mention(memory=spoken, entity=EntityId(ids[name]), salience=0.9, spans=(Span(0, end),)),
                Mention(memory=spoken, entity=EntityId(ids["Paris"]), salience=0.5, spans=(Span(end + 10, end + 15),)),
            ]
            await uow.memories.mention_many({spoken: mentions})
    world.store.reads = 0
    return SmallGraph(project, [each["id"] for each in stored], ids, [relation.id for relation in relations])


def _entity(id_: str, project: str, name: str) -> Entity:
    type_ = EntityType.PLACE if name == "Paris" else EntityType.PERSON
    return Entity(
        id=EntityId(id_), project=ProjectId(project), user=None, name=name, type=type_, created_at=THEN, updated_at=THEN
    )


def _relation(world: World, source: str, target: str, type_: str, weight: float, evidence: str) -> Relation:
    return Relation(
        id=RelationId(world.ids.new("relation")),
        source=EntityId(source),
        target=EntityId(target),
        type=type_,
        weight=weight,
        valid_from=THEN,
        valid_to=None,
        evidence=(MemoryId(evidence),),
    )
