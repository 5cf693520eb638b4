"""Understand: what the graph says of one entity, and what stands out among memories."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain import errors
from app.domain.graph import Entity
from app.domain.ids import EntityId, UserId
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryFilter, MemoryOrder, Window
from app.ports.runtime import Clock
from app.ports.store import Reader, Store
from app.services.clusters import part_of
from app.understanding.insights import Insight, InsightKind, Scene, insights_in
from app.understanding.pages import KnowledgePage, Known, page_of

__all__ = ["InsightKind", "Intelligence", "KnowledgePage", "Understand"]

READ = 1_000
"""Memories that are looked at: the newest."""
_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Intelligence:
    """What stands out among the newest `read` memories, as of `at`."""

    insights: tuple[Insight, ...]
    read: int
    at: datetime


class Understand:
    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def page(self, principal: Principal, *, entity: EntityId) -> KnowledgePage:
        """Made of at most 100 relations and the newest 100 memories that name it. Raises NotFound."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            known = await _known(reader, entity)
        return page_of(known)

    async def intelligence(self, principal: Principal, *, project: str | None, user: str | None) -> Intelligence:
        """Of a project, or of one of its end users; one who is not known has nothing."""
        require(principal, Permission.MEMORY_READ)
        now = self._clock.now()
        async with self._store.read(principal) as reader:
            part = await part_of(reader, principal, project=project, user=user)
            if part is None:
                return Intelligence(insights=(), read=0, at=now)
            where = MemoryFilter(project=part[0], users=_those(part[1]))
            scene = await _scene(reader, where, now)
        return Intelligence(insights=tuple(insights_in(scene)), read=len(scene.memories), at=now)


def _those(user: UserId | None) -> tuple[UserId, ...]:
    return (user,) if user else ()


async def _known(reader: Reader, id_: EntityId) -> Known:
    (entity,) = await reader.entities.get_many([id_])
    if entity is None:
        raise errors.NotFound("there is no such entity")
    (relations,) = await reader.entities.relations([id_], limit=_NAMED)
    (mentions,) = await reader.entities.mentioned_by([id_], limit=_NAMED)
    (count,) = await reader.entities.mention_counts([id_])
    found = await reader.memories.get_many([mention.memory for mention in mentions])
    memories = [memory for memory in found if memory is not None and memory.deleted_at is None]
    named = await reader.memories.mentions([memory.id for memory in memories])
    beside = {memory.id: [one.entity for one in those] for memory, those in zip(memories, named, strict=True)}
    ends = (end for relation in relations for end in (relation.source, relation.target))
    others = await _entities(reader, [*ends, *(other for those in beside.values() for other in those)])
    return Known(entity=entity, mentions=count, relations=relations, memories=memories, beside=beside, others=others)


async def _scene(reader: Reader, where: MemoryFilter, now: datetime) -> Scene:
    page = await reader.memories.page(Window(limit=READ), where=where, order=MemoryOrder.CREATED_AT, descending=True)
    memories = [row.item for row in page.rows if row.item.skip_reason is None]
    ids = [memory.id for memory in memories]
    places = dict(zip(ids, await reader.clusters.of_memories(ids), strict=True))
    clusters = await reader.clusters.get_many(sorted({place for place in places.values() if place}))
    named = await reader.memories.mentions(ids)
    mentions = {id_: [one.entity for one in those] for id_, those in zip(ids, named, strict=True)}
    links = await reader.memories.links(ids)
    return Scene(
        memories=memories,
        clusters={cluster.id: cluster for cluster in clusters if cluster is not None},
        places=places,
        mentions=mentions,
        entities=await _entities(reader, (id_ for those in mentions.values() for id_ in those)),
        links=[link for those in links for link in those],
        now=now,
    )


async def _entities(reader: Reader, ids: Iterable[EntityId]) -> dict[EntityId, Entity]:
    found = await reader.entities.get_many(sorted(set(ids)))
    return {entity.id: entity for entity in found if entity is not None}
