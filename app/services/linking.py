"""Linking: the names that extraction found become entities, mentions and relations of the graph.

It runs inside the unit of work, so that two jobs that meet the same new name make one entity.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial

from app.domain.graph import Entity, EntityType, Mention, Relation, Span
from app.domain.ids import EntityId, MemoryId, ProjectId, RelationId, UserId
from app.domain.memory import Memory
from app.domain.text import folded
from app.domain.ties import told_once
from app.domain.work import Event, EventKind
from app.extraction.findings import Finding, FoundEntity, FoundRelation
from app.extraction.resolve import resolve, ways_to_say
from app.ports.runtime import IdFactory
from app.ports.store import UnitOfWork

SPEAKER_SALIENCE = 0.3
CANDIDATES = 12
MAX_ALIASES = 50
_FIRST_WEIGHT, _MORE_WEIGHT = 0.5, 0.1

Scope = tuple[ProjectId, UserId | None]


@dataclass(slots=True)
class Linked:
    """The entities of each scope by folded name, and how many were new with each memory."""

    names: dict[Scope, dict[str, EntityId]] = field(default_factory=dict)
    created: Counter[MemoryId] = field(default_factory=Counter)

    def of(self, scope: Scope, name: str) -> EntityId | None:
        return self.names.get(scope, {}).get(folded(name))


@dataclass(slots=True)
class _Meeting:
    """The names of one batch and one scope, met one after the other; `current` are the entities that it changed or made."""

    scope: Scope
    resolved: dict[str, EntityId] = field(default_factory=dict)
    current: dict[EntityId, Entity] = field(default_factory=dict)
    made: set[EntityId] = field(default_factory=set)

    @property
    def new(self) -> list[Entity]:
        return [entity for entity in self.current.values() if entity.id in self.made]

    @property
    def renamed(self) -> list[Entity]:
        return [entity for entity in self.current.values() if entity.id not in self.made]

    def meet(self, found: FoundEntity, known: Mapping[EntityId, Entity], make: Callable[[], Entity]) -> None:
        (resolution,) = resolve([found], [*{**known, **self.current}.values()])
        entity = resolution.entity
        if entity is None:
            entity = make()
            self.made.add(entity.id)
        elif self._is_news(entity, found.name):
            entity = replace(entity, aliases=(*entity.aliases, found.name))
        if found.is_taught:
            entity = _as_taught(entity, found)
        if entity is not resolution.entity:
            self.current[entity.id] = entity
        self.resolved[folded(found.name)] = entity.id

    def _is_news(self, entity: Entity, name: str) -> bool:
        """Whether the name becomes one of its aliases; what one user's memories say is not told of a shared entity."""
        known = {folded(each) for each in (entity.name, *entity.aliases)}
        return folded(name) not in known and len(entity.aliases) < MAX_ALIASES and entity.user == self.scope[1]


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
        first = {folded(entity.name): memory for memory, entity in reversed(named)}
        meeting = await self._meeting(scope, _longest_first([entity for _, entity in named]))
        for entity in meeting.new:
            linked.created[first[folded(entity.name)]] += 1
        changed = [*meeting.new, *meeting.renamed]
        if changed:
            await self._uow.entities.put_many(changed)
        for entity in meeting.new:
            self._uow.emit(_event(EventKind.ENTITY_CREATED, entity.id, scope))
        for entity in meeting.renamed:
            self._uow.emit(_event(EventKind.ENTITY_UPDATED, entity.id, scope))
        return meeting.resolved

    async def _meeting(self, scope: Scope, found: Sequence[FoundEntity]) -> "_Meeting":
        """Each name is held against what is known and may be meant by it, and against what the batch made before it."""
        ways = [(one, way) for one in found for way in ways_to_say(one)]
        known = await self._uow.entities.alike(
            project=scope[0], user=scope[1], names=[way for _, way in ways], limit=CANDIDATES
        )
        candidates: dict[str, dict[EntityId, Entity]] = {}
        for (one, _), entities in zip(ways, known, strict=True):
            candidates.setdefault(folded(one.name), {}).update({entity.id: entity for entity in entities})
        meeting = _Meeting(scope)
        taught = {folded(one.name): one for one in found if one.is_taught}
        for each in found:
            one = taught.get(folded(each.name), each)
            if folded(one.name) not in meeting.resolved:
                make = partial(self._entity, scope, one.name, one.type)
                meeting.meet(one, candidates[folded(one.name)], make)
        return meeting

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
                    wanted.setdefault(told_once(source, told.type, target), []).append((memory.id, told))
        if not wanted:
            return
        sources = list(dict.fromkeys(source for source, _, _ in wanted))
        current = {
            told_once(r.source, r.type, r.target): r
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


def _longest_first(found: Sequence[FoundEntity]) -> list[FoundEntity]:
    """Full names before parts of them, so that "Anna" is Anna Keller whichever of the two was said first."""
    return sorted(found, key=lambda one: -len(one.name.split()))


def _as_taught(entity: Entity, teaching: FoundEntity) -> Entity:
    """The entity as the vocabulary has it."""
    spelt = {folded(name) for name in (entity.name, *entity.aliases)}
    names = (teaching.name, *teaching.aliases)
    aliases = (*entity.aliases, *(name for name in names if folded(name) not in spelt))
    if (aliases, teaching.type) == (entity.aliases, entity.type):
        return entity
    return replace(entity, type=teaching.type, aliases=aliases)


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
