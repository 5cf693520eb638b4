"""The network of entities: one with its ties, entities by a question, walks along relations, answers from them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain import errors
from app.domain.graph import Entity, EntityType, Relation
from app.domain.ids import EntityId, MemoryId, ProjectId
from app.domain.principal import Permission, Principal, require
from app.domain.query import Window
from app.domain.text import folded
from app.ports.store import Reader, Store
from app.retrieval.terms import possible_names
from app.services.inputs import Question, Where
from app.services.recall import Recall
from app.services.references import find_users

MAX_TIES = 100
MAX_STEPS = 3
MAX_REACHED = 100
_NEAR, _PART = 20, 50
_EXACT, _NAMED, _PARTLY, _HEARD = 1.0, 0.9, 0.6, 0.5
_FAR = 0.6
"""Of the best memory's score: what is below says nothing about the text."""
_SURE, _LIKELY, _UNSURE = 0.9, 0.7, 0.4
_FITTING, _FAINT = 0.35, 0.1
_TOLD = 3


class Direction(StrEnum):
    OUTGOING = "outgoing"
    INCOMING = "incoming"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A relation with both its ends."""

    relation: Relation
    source: Entity
    target: Entity

    @property
    def sentence(self) -> str:
        return f"{self.source.name} {self.relation.type.replace('_', ' ')} {self.target.name}."


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityView:
    """An entity, its ties (the heaviest first, at most 100) and how many living memories mention it."""

    entity: Entity
    ties: tuple[Tie, ...]
    memories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityQuery:
    """Entities by name or by what memories say. `types` empty is all; `limit` 1..50."""

    text: str
    project: ProjectId
    user: str | None = None
    types: tuple[EntityType, ...] = ()
    limit: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """`score` is 0..1."""

    entity: Entity
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trek:
    """A walk along relations: `steps` 1..3, at most `limit` (1..100) entities; `type` is a relation's."""

    start: EntityId
    project: ProjectId
    steps: int = 2
    direction: Direction = Direction.BOTH
    type: str | None = None
    types: tuple[EntityType, ...] = ()
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """An entity, and the ties that lead to it from the start, in order."""

    entity: Entity
    way: tuple[Tie, ...]

    @property
    def distance(self) -> int:
        return len(self.way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What a walk reached, the nearest first, and the ties it went along; `truncated` when its limit cut it."""

    start: Entity
    reached: tuple[Reached, ...]
    ties: tuple[Tie, ...]
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer made of relations. Below a confidence of 0.5 too little is known."""

    text: str
    confidence: float
    entities: tuple[Scored, ...]
    ties: tuple[Tie, ...]


class Network:
    def __init__(self, *, store: Store, recall: Recall) -> None:
        self._store, self._recall = store, recall

    async def entity(self, principal: Principal, *, project: ProjectId, entity: EntityId) -> EntityView:
        """Raises NotFound where it is out of sight, or no living memory speaks of it."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            found = await _entity(reader, project, entity)
            (memories,) = await reader.entities.mention_counts([found.id])
            ties = await _ties(reader, [found])
        if not memories and not ties:
            raise errors.NotFound("there is no such entity")
        return EntityView(entity=found, ties=tuple(ties), memories=memories)

    async def search(self, principal: Principal, *, query: EntityQuery) -> list[Scored]:
        """Best first: those that are called so, then those that the memories found by the text speak of."""
        require(principal, Permission.MEMORY_READ)
        where = Where(project=query.project, users=(query.user,) if query.user else ())
        hits = await self._recall.counted(principal, question=Question(query=query.text, where=where), limit=_NEAR)
        best = max((hit.score for hit in hits.items), default=0.0)
        heard = {hit.memory.id: hit.score for hit in hits.items if hit.score >= _FAR * best}
        async with self._store.read(principal) as reader:
            users = await find_users(reader, query.project, [query.user]) if query.user else []
            if users == [None]:
                return []
            scores = await _by_name(reader, query)
            for id_, score in (await _by_memories(reader, heard)).items():
                scores[id_] = max(scores.get(id_, 0.0), score)
            ids = list(scores)
            known = {id_: e for id_, e in zip(ids, await reader.entities.get_many(ids), strict=True) if e}
            living = dict(zip(ids, await reader.entities.mention_counts(ids), strict=True))
        mine = {user.id for user in users if user}
        found = [
            Scored(entity=entity, score=round(min(1.0, scores[id_]), 4))
            for id_, entity in known.items()
            if living[id_]
            and entity.project == query.project
            and (not mine or entity.user is None or entity.user in mine)
            and (not query.types or entity.type in query.types)
        ]
        return sorted(found, key=lambda each: (-each.score, each.entity.name, each.entity.id))[: query.limit]

    async def trek(self, principal: Principal, *, trek: Trek) -> Trail:
        """Breadth first. Raises NotFound where the start is out of sight."""
        require(principal, Permission.MEMORY_READ)
        if not 1 <= trek.steps <= MAX_STEPS:
            raise errors.invalid("steps", f"must be between 1 and {MAX_STEPS}", "out_of_range")
        if not 1 <= trek.limit <= MAX_REACHED:
            raise errors.invalid("limit", f"must be between 1 and {MAX_REACHED}", "out_of_range")
        async with self._store.read(principal) as reader:
            start = await _entity(reader, trek.project, trek.start)
            walk = _Walk(trek, start)
            for _ in range(trek.steps):
                if not walk.edge:
                    break
                walk.step(await _ties(reader, walk.edge))
        return walk.trail()

    async def answer(self, principal: Principal, *, query: EntityQuery) -> Told:
        """The relations that fit the question best, in sentences; without any, the memory that does."""
        entities = await self.search(principal, query=query)
        named = [each for each in entities if each.score > _HEARD]
        async with self._store.read(principal) as reader:
            ties = await _ties(reader, [each.entity for each in named or entities])
        words = _words(query.text)
        ranked = sorted(ties, key=lambda tie: -_fit(tie, words, {each.entity.id for each in named}))
        best = [tie for tie in ranked if _fit(tie, words, {each.entity.id for each in named}) >= 1][: query.limit]
        if best:
            confidence = _SURE if _fit(best[0], words, {each.entity.id for each in named}) >= 2 else _LIKELY
            text = " ".join(tie.sentence for tie in best[:_TOLD])
            return Told(text=text, confidence=confidence, entities=tuple(entities), ties=tuple(best))
        where = Where(project=query.project, users=(query.user,) if query.user else ())
        hits = await self._recall.counted(principal, question=Question(query=query.text, where=where), limit=1)
        near = [hit.memory.text for hit in hits.items if hit.score >= _FITTING]
        text = near[0] if near else "There is not enough information to answer."
        return Told(text=text, confidence=_UNSURE if near else 0.0, entities=tuple(entities), ties=())


@dataclass(slots=True)
class _Walk:
    """A walk on its way: what was reached, and where it goes on from."""

    trek: Trek
    start: Entity
    edge: list[Entity] = field(default_factory=list)
    ways: dict[EntityId, Reached] = field(default_factory=dict)
    ties: dict[str, Tie] = field(default_factory=dict)
    truncated: bool = False

    def __post_init__(self) -> None:
        self.edge = [self.start]
        self.ways[self.start.id] = Reached(entity=self.start, way=())

    def step(self, ties: Sequence[Tie]) -> None:
        fresh: list[Entity] = []
        here = {entity.id for entity in self.edge}
        for tie in ties:
            for near, far in _ways(tie, self.trek):
                if near.id not in here:
                    continue
                if far.id not in self.ways and self._full:
                    self.truncated = True
                    continue
                self.ties[tie.relation.id] = tie
                if far.id not in self.ways:
                    self.ways[far.id] = Reached(entity=far, way=(*self.ways[near.id].way, tie))
                    fresh.append(far)
        self.edge = fresh

    @property
    def _full(self) -> bool:
        return len(self._wanted) >= self.trek.limit

    @property
    def _wanted(self) -> list[Reached]:
        rest = [each for id_, each in self.ways.items() if id_ != self.start.id]
        return [each for each in rest if not self.trek.types or each.entity.type in self.trek.types]

    def trail(self) -> Trail:
        return Trail(
            start=self.start, reached=tuple(self._wanted), ties=tuple(self.ties.values()), truncated=self.truncated
        )


def _ways(tie: Tie, trek: Trek) -> Iterator[tuple[Entity, Entity]]:
    """From where to where the tie may be gone along."""
    if trek.type is not None and tie.relation.type != trek.type.lower():
        return
    if trek.direction is not Direction.INCOMING:
        yield tie.source, tie.target
    if trek.direction is not Direction.OUTGOING:
        yield tie.target, tie.source


async def _entity(reader: Reader, project: ProjectId, id_: EntityId) -> Entity:
    (found,) = await reader.entities.get_many([id_])
    if found is None or found.project != project:
        raise errors.NotFound("there is no such entity")
    return found


async def _ties(reader: Reader, entities: Sequence[Entity]) -> list[Tie]:
    """Each current relation of these once, the heaviest first."""
    if not entities:
        return []
    found = await reader.entities.relations([entity.id for entity in entities], limit=MAX_TIES)
    relations = {relation.id: relation for some in found for relation in some}
    ends = {end for relation in relations.values() for end in (relation.source, relation.target)}
    wanted = sorted(ends)
    known = {e.id: e for e in await reader.entities.get_many(wanted) if e} if wanted else {}
    ties = [
        Tie(relation=each, source=known[each.source], target=known[each.target])
        for each in relations.values()
        if each.source in known and each.target in known
    ]
    return sorted(ties, key=lambda tie: (-tie.relation.weight, tie.relation.id))


async def _by_name(reader: Reader, query: EntityQuery) -> dict[EntityId, float]:
    """Those that are called like the text, like a part of it, or have it in their name."""
    wanted = folded(query.text)
    called = await reader.entities.called(project=query.project, names=[query.text, *possible_names(query.text)])
    scores = {
        entity.id: _EXACT if wanted in {folded(name) for name in (entity.name, *entity.aliases)} else _NAMED
        for entity in called
    }
    parts = await reader.entities.page(
        Window(limit=_PART), project=query.project, user=None, types=query.types, name=query.text
    )
    for row in parts.rows:
        scores.setdefault(row.item.id, _PARTLY + 0.2 * len(wanted) / max(len(row.item.name), 1))
    return scores


async def _by_memories(reader: Reader, heard: Mapping[MemoryId, float]) -> dict[EntityId, float]:
    """What the found memories mention, by how well they fit."""
    scores: dict[EntityId, float] = {}
    if heard:
        for mentions in await reader.memories.mentions(list(heard)):
            for mention in mentions:
                score = _HEARD * heard[mention.memory] * (0.5 + 0.5 * mention.salience)
                scores[mention.entity] = max(scores.get(mention.entity, 0.0), score)
    return {id_: score for id_, score in scores.items() if score >= _FAINT}


def _words(text: str) -> frozenset[str]:
    return frozenset(_stem(word.strip("?!.,;:'\"")) for word in folded(text).split())


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _fit(tie: Tie, words: Iterable[str], named: set[EntityId]) -> int:
    """How many parts of a relation a question speaks of: its ends, and what it says."""
    said = {_stem(word) for word in tie.relation.type.split("_") if len(word) > 2}
    return len({tie.source.id, tie.target.id} & named) + bool(said & set(words))
