"""`/v1/graph`: entities, their relationships, and questions to them."""

from collections.abc import Iterable, Sequence
from typing import Any, NotRequired

from typing_extensions import TypedDict

from app.domain import errors
from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId
from app.rest.call import Call, Reply
from app.rest.dialects.memsolus.envelope import Paged, many, one
from app.rest.dialects.memsolus.shapes import EntitiesQuery, GraphQuestion, GraphSearchQuery, TraverseQuery
from app.rest.dialects.memsolus.terms import type_of, types_asked
from app.rest.dialects.memsolus.workspace import home
from app.rest.handles import id_of, uuid_of
from app.rest.moments import millis_z
from app.rest.shapes import Nothing
from app.rest.speech import Wrong
from app.services.inputs import EntityWhere
from app.services.network import Direction, EntityQuery, EntityView, Reached, Scored, Tie, Trek


class EntityObject(TypedDict):
    id: str
    name: str
    type: str
    subtype: str
    description: str | None
    created_at: str
    score: NotRequired[float]


class EntityList(Paged):
    data: Sequence[EntityObject]


class FoundEntities(TypedDict):
    data: Sequence[EntityObject]
    total: int


class End(TypedDict):
    id: str
    name: str
    type: str


class Relationship(TypedDict):
    id: str
    type: str
    weight: float
    description: None
    direction: str
    source: End
    target: End


class EntityDetail(TypedDict):
    id: str
    name: str
    type: str
    subtype: str
    description: str | None
    metadata: None
    relationships_count: int
    related_memories_count: int
    relationships: Sequence[Relationship]
    created_at: str
    updated_at: str


class OneEntity(EntityDetail):
    data: EntityDetail


class RelationshipsObject(TypedDict):
    outgoing: Sequence[Relationship]
    incoming: Sequence[Relationship]
    relationships: Sequence[Relationship]
    total: int


class Relationships(RelationshipsObject):
    data: RelationshipsObject


class Node(End):
    distance: int


class Path(TypedDict):
    entities: Sequence[str]
    relationships: Sequence[str]
    length: int


Traversed = TypedDict(
    "Traversed",
    {
        "from": End,
        "depth": int,
        "nodes": Sequence[Node],
        "edges": Sequence[Relationship],
        "paths": Sequence[Path],
        "total": int,
        "truncated": bool,
    },
)


class Traversal(Traversed):
    data: Traversed


class AnswerObject(TypedDict):
    answer: str
    text: str
    confidence: float
    entities: Sequence[EntityObject]
    relationships: Sequence[Relationship]


class Answer(AnswerObject):
    data: AnswerObject


async def entities(call: Call[Nothing, EntitiesQuery]) -> Reply:
    asked, types = call.query, types_asked(call.query.type)
    if types is None:
        return Reply(200, many([], total=0, page=asked.page, page_size=asked.page_size))
    where = EntityWhere(project=(await home(call)).id, user=asked.user_id, types=types)
    found = await call.services.explore.counted_entities(
        call.principal, where=where, offset=asked.offset, limit=asked.page_size
    )
    rows = [entity_object(entity) for entity in found.items]
    return Reply(200, many(rows, total=found.total, page=asked.page, page_size=asked.page_size))


async def entity(call: Call[Nothing, Nothing]) -> Reply:
    view = await _view(call, call.path["id"])
    known = view.entity
    outgoing = [tie for tie in view.ties if tie.source.id == known.id]
    body: EntityDetail = {
        **entity_object(known),  # type: ignore[typeddict-unknown-key]  # it has no score
        "metadata": None,
        "relationships_count": len(view.ties),
        "related_memories_count": view.memories,
        "relationships": [relationship(tie, known) for tie in outgoing],
        "updated_at": millis_z(known.updated_at),
    }
    return Reply(200, one(body))


async def relationships(call: Call[Nothing, Nothing]) -> Reply:
    view = await _view(call, call.path["id"])
    told = [relationship(tie, view.entity) for tie in view.ties]
    body: RelationshipsObject = {
        "outgoing": [each for each in told if each["direction"] == "outgoing"],
        "incoming": [each for each in told if each["direction"] == "incoming"],
        "relationships": told,
        "total": len(told),
    }
    return Reply(200, one(body))


async def search(call: Call[Nothing, GraphSearchQuery]) -> Reply:
    asked, types = call.query, types_asked(call.query.type)
    found: Sequence[Scored] = []
    if types is not None and asked.query.strip():
        query = EntityQuery(
            text=asked.query,
            project=(await home(call)).id,
            user=asked.user_id,
            types=tuple(EntityType(name) for name in types),
            limit=asked.limit,
        )
        found = await call.services.network.search(call.principal, query=query)
    return Reply(200, {"data": _scored(found), "total": len(found)})


async def traverse(call: Call[Nothing, TraverseQuery]) -> Reply:
    asked = call.query
    start, types = asked.start or asked.entity_id, types_asked(asked.entity_type)
    if not start:
        raise errors.invalid("from", "is needed: the id of an entity", "required")
    steps = asked.depth or asked.hops
    trek = Trek(
        start=EntityId(id_of("entity", start)),
        project=(await home(call)).id,
        steps=steps,
        direction=Direction(asked.direction),
        type=asked.relationship_type,
        types=tuple(EntityType(name) for name in types or ()),
        limit=asked.limit,
    )
    try:
        trail = await call.services.network.trek(call.principal, trek=trek)
    except errors.NotFound:
        raise _no_entity() from None
    reached = trail.reached if types is not None else ()
    body: dict[str, Any] = {
        "from": _end(trail.start),
        "depth": steps,
        "nodes": [{**_end(each.entity), "distance": each.distance} for each in reached],
        "edges": [relationship(tie, trail.start) for tie in trail.ties],
        "paths": [_path(trail.start, each) for each in reached],
        "total": len(reached),
        "truncated": trail.truncated,
    }
    return Reply(200, one(body))


async def query(call: Call[GraphQuestion, Nothing]) -> Reply:
    asked = call.body
    text = asked.query or asked.question
    if not text:
        raise errors.invalid("query", "is needed", "required")
    question = EntityQuery(text=text, project=(await home(call)).id, user=asked.user_id, limit=asked.limit)
    told = await call.services.network.answer(call.principal, query=question)
    body: AnswerObject = {
        "answer": told.text,
        "text": told.text,
        "confidence": told.confidence,
        "entities": _scored(told.entities),
        "relationships": [relationship(tie, tie.source) for tie in told.ties],
    }
    return Reply(200, one(body))


async def _view(call: Call[Any, Any], id_: str) -> EntityView:
    entity_id = EntityId(id_of("entity", id_))
    try:
        return await call.services.network.entity(call.principal, project=(await home(call)).id, entity=entity_id)
    except errors.NotFound:
        raise _no_entity() from None


def entity_object(known: Entity) -> EntityObject:
    return {
        "id": uuid_of(known.id),
        "name": known.name,
        "type": type_of(known.type),
        "subtype": known.type.value,
        "description": known.description,
        "created_at": millis_z(known.created_at),
    }


def relationship(tie: Tie, seen_from: Entity) -> Relationship:
    relation = tie.relation
    return {
        "id": uuid_of(relation.id),
        "type": relation.type.upper(),
        "weight": relation.weight,
        "description": None,
        "direction": "incoming" if relation.target == seen_from.id else "outgoing",
        "source": _end(tie.source),
        "target": _end(tie.target),
    }


def _end(known: Entity) -> End:
    return {"id": uuid_of(known.id), "name": known.name, "type": type_of(known.type)}


def _path(start: Entity, reached: Reached) -> Path:
    ids = [start.id]
    for tie in reached.way:
        ids.append(tie.target.id if tie.source.id == ids[-1] else tie.source.id)
    types = [tie.relation.type.upper() for tie in reached.way]
    return {"entities": [uuid_of(id_) for id_ in ids], "relationships": types, "length": reached.distance}


def _scored(found: Iterable[Scored]) -> list[EntityObject]:
    return [{**entity_object(each.entity), "score": each.score} for each in found]


def _no_entity() -> Wrong:
    return Wrong(404, "ENTITY_NOT_FOUND", "There is no such entity")
