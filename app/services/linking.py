"""Linking: the names that extraction found become entities, mentions and relations of the graph.

It runs inside the unit of work, so that two jobs that meet the same new name make one entity.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from app.domain.graph import Entity, EntityType, Mention, Relation, Span
from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId, UserId
from app.domain.memory import Memory
from app.domain.text import folded
from app.domain.work import Event, EventKind
from app.extraction.findings import Finding, FoundEntity, FoundRelation
from app.extraction.resolve import resolve
from app.ports.runtime import IdFactory
from app.ports.store import UnitOfWork

SPEAKER_SALIENCE = 0.3
_FIRST_WEIGHT, _MORE_WEIGHT = 0.5, 0.1

Scope = tuple[ProjectId, UserId | None]


@dataclass(slots=True)
class Linked:
    """The entities of each scope by folded name, and how many were new with each memory."""

    names: dict[Scope, dict[str, EntityId]] = field(default_factory=dict)
    created: Counter[MemoryId] = field(default_factory=Counter)

    def of(self, scope: Scope, name: str) -> EntityId | None:
        return self.names.get(scope, {}).get(folded(name))


class Linking:
    def __init__(self, uow: UnitOfWork, ids: IdFactory, now: datetime) -> None:
        self._uow, self._ids, self._now = uow, ids, now

    async def link(self, findings: Sequence[tuple[Memory, Finding]]) -> Counter[MemoryId]:
        """Resolves or creates every entity, then writes mentions and relations; how many are new with each memory."""
        linked = Linked()
        scopes: dict[Scope, list[tuple[Memory, Finding]]] = {}
        for memory, finding in findings:
            scopes.setdefault((memory.project, memory.user), []).append((memory, finding))
        for scope, members in scopes.items():
            linked.names[scope] = await self._resolve(scope, members, linked)
            await self._relate(scope, members, linked)
        mentions = {memory.id: told for memory, finding in findings if (told := _mentions(memory, finding, linked))}
        if mentions:
            await self._uow.memories.mention_many(mentions)
        return linked.created

    async def _resolve(
        self, scope: Scope, members: Sequence[tuple[Memory, Finding]], linked: Linked
    ) -> dict[str, EntityId]:
        named = [(memory.id, entity) for memory, finding in members for entity in _named(memory, finding)]
        if not named:
            return {}
        found = [entity for _, entity in named]
        first = {folded(entity.name): memory for memory, entity in reversed(named)}
        names = list(dict.fromkeys(part for entity in found for part in (entity.name, *entity.name.split())))
        known = await self._uow.entities.named(project=scope[0], user=scope[1], names=names)
        taught = {folded(entity.name): entity for entity in found if entity.is_taught}
        resolved: dict[str, EntityId] = {}
        fresh: list[Entity] = []
        told: dict[EntityId, Entity] = {}
        for resolution in resolve(found, known):
            teaching = taught.get(folded(resolution.name))
            if resolution.entity is not None:
                resolved[folded(resolution.name)] = resolution.entity.id
                if teaching is not None and (known_now := self._retaught(resolution.entity, teaching)):
                    told[known_now.id] = known_now
            elif folded(resolution.name) not in resolved:
                entity = self._entity(scope, resolution.name, resolution.type)
                if teaching is not None:
                    entity = replace(entity, type=teaching.type, aliases=teaching.aliases)
                fresh.append(entity)
                resolved[folded(resolution.name)] = entity.id
                linked.created[first[folded(resolution.name)]] += 1
        if fresh:
            await self._uow.entities.put_many(fresh)
            for entity in fresh:
                self._uow.emit(_event(EventKind.ENTITY_CREATED, entity.id, scope))
        if told:
            await self._uow.entities.put_many(list(told.values()))
            for entity in told.values():
                self._uow.emit(_event(EventKind.ENTITY_UPDATED, entity.id, (entity.project, entity.user)))
        return resolved

    def _retaught(self, entity: Entity, teaching: FoundEntity) -> Entity | None:
        """The entity as the vocabulary has it; None where it is so already."""
        spelt = {folded(name) for name in (entity.name, *entity.aliases)}
        names = (teaching.name, *teaching.aliases)
        aliases = (*entity.aliases, *(name for name in names if folded(name) not in spelt))
        if (aliases, teaching.type) == (entity.aliases, entity.type):
            return None
        return replace(entity, type=teaching.type, aliases=aliases, updated_at=self._now)

    def _entity(self, scope: Scope, name: str, type_: EntityType) -> Entity:
        return Entity(
            id=EntityId(self._ids.new("entity")),
            project=scope[0],
            user=scope[1],
            name=name,
            type=type_,
            created_at=self._now,
            updated_at=self._now,
        )

    async def _relate(self, scope: Scope, members: Sequence[tuple[Memory, Finding]], linked: Linked) -> None:
        wanted: dict[tuple[EntityId, EntityId, str], list[tuple[MemoryId, FoundRelation]]] = {}
        for memory, finding in members:
            for told in finding.relations:
                source, target = linked.of(scope, told.source), linked.of(scope, told.target)
                if source and target and source != target:
                    wanted.setdefault((source, target, told.type), []).append((memory.id, told))
        if not wanted:
            return
        sources = list(dict.fromkeys(source for source, _, _ in wanted))
        current = {
            (r.source, r.target, r.type): r
            for relations in await self._uow.entities.relations(sources, limit=100)
            for r in relations
        }
        changed = [self._relation(key, sayings, current.get(key)) for key, sayings in wanted.items()]
        await self._uow.entities.relate_many(changed)
        for relation in changed:
            known = (relation.source, relation.target, relation.type) in current
            kind = EventKind.RELATION_UPDATED if known else EventKind.RELATION_CREATED
            self._uow.emit(_event(kind, relation.id, scope))

    def _relation(
        self,
        key: tuple[EntityId, EntityId, str],
        told: Sequence[tuple[MemoryId, FoundRelation]],
        known: Relation | None,
    ) -> Relation:
        """Each memory that says it again adds to the weight."""
        evidence = tuple(dict.fromkeys((*(known.evidence if known else ()), *(memory for memory, _ in told))))
        since = known.valid_from if known else None
        return Relation(
            id=known.id if known else RelationId(self._ids.new("relation")),
            source=key[0],
            target=key[1],
            type=key[2],
            weight=min(1.0, _FIRST_WEIGHT + _MORE_WEIGHT * (len(evidence) - 1)),
            valid_from=since or next((midnight(r.since) for _, r in told if r.since), None),
            valid_to=known.valid_to if known else None,
            evidence=evidence[-100:],
        )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _named(memory: Memory, finding: Finding) -> list[FoundEntity]:
    """The found entities, and the speaker of a text worth keeping."""
    if memory.speaker is None or finding.skip_reason is not None:
        return list(finding.entities)
    speaker = FoundEntity(name=memory.speaker, type=EntityType.PERSON, start=0, end=0, salience=SPEAKER_SALIENCE)
    return [*finding.entities, speaker]


def _mentions(memory: Memory, finding: Finding, linked: Linked) -> list[Mention]:
    """One per entity, with all its spans; a speaker who is not named has none."""
    spans: dict[EntityId, list[Span]] = {}
    salience: dict[EntityId, float] = {}
    for found in _named(memory, finding):
        entity = linked.of((memory.project, memory.user), found.name)
        if entity is None:
            continue
        spans.setdefault(entity, []).extend([Span(found.start, found.end)] if found.end > found.start else [])
        salience[entity] = max(found.salience, salience.get(entity, 0.0))
    return [
        Mention(memory=memory.id, entity=entity, salience=salience[entity], spans=tuple(places))
        for entity, places in spans.items()
    ]


def _event(kind: EventKind, subject: str, scope: Scope) -> Event:
    return Event(kind=kind, subject=subject, project=scope[0], user=scope[1])
