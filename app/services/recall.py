"""Recall: a question becomes ranked memories, each with the factors of its score.

The sources answer at once; one that fails or is late is dropped and named. The index proposes, the
record disposes: a hit is shown after the record confirmed it within the caller's sight and filter.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from app.domain.errors import Unavailable
from app.domain.graph import Entity, EntityType
from app.domain.ids import EntityId, MemoryId
from app.domain.memory import Memory
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryFilter, MemoryOrder, Position, Window
from app.domain.text import clean
from app.ports.indexing import RecordSearch
from app.ports.models import Embedding
from app.ports.runtime import Clock
from app.ports.search import Candidate, SearchIndex
from app.ports.store import Reader, Store
from app.retrieval import fusion, recipes
from app.retrieval.fusion import Ranked
from app.retrieval.recipes import Recipe, Signal
from app.retrieval.terms import possible_names, terms_of, without_names
from app.services.attention import Attention
from app.services.inputs import Question, SearchMode
from app.services.paging import Binding, size_of
from app.services.references import filter_of
from app.services.results import Factor, Found, Hit, Item, Listing, TraceStep
from app.services.vectors import Vectors

MAX_QUERY = 2_000
SOURCE_TIMEOUT = 5.0
MAX_NAMED = 50
_RECIPES: dict[SearchMode, Recipe] = {
    SearchMode.HYBRID: recipes.HYBRID,
    SearchMode.SEMANTIC: recipes.SEMANTIC,
    SearchMode.KEYWORD: recipes.KEYWORD,
}


class Recall:
    def __init__(
        self,
        *,
        store: Store,
        index: SearchIndex,
        vectors: Vectors,
        attention: Attention,
        clock: Clock,
        standby: RecordSearch | None = None,
    ) -> None:
        """`standby` finds words where the index is away; a store that is its own index needs none."""
        self._store, self._index, self._vectors, self._clock = store, index, vectors, clock
        self._attention, self._standby = attention, standby

    async def search(self, principal: Principal, *, question: Question) -> Found:
        """At most 100 hits a page, best first."""
        require(principal, Permission.MEMORY_READ)
        query = clean("query", question.query, limit=MAX_QUERY)
        recipe = _RECIPES[question.mode]
        trace = _Trace(self._clock)
        async with self._store.read(principal) as reader:
            where = await filter_of(reader, principal, question.where)
            names = possible_names(query) if Signal.GRAPH in recipe.weights else []
            entities = await _called(reader, where, names)
        trace.step("scope", f"{len(entities)} entities named", len(entities))
        binding = Binding(principal, "search", query, question.mode, where)
        page = _Page.of(question, binding)
        telling = without_names(query, _people(entities))
        asked = _Asked(telling, terms_of(telling), tuple(entity.id for entity in entities), where, recipe)
        signals = await self._signals(principal, asked, trace)
        ranked = fusion.fuse(signals, recipe)
        trace.step("fuse", " + ".join(f"{w:g} {s}" for s, w in recipe.weights.items()), len(ranked))
        ranking = _Ranking(ranked, signals, recipe)
        hits, more = await self._confirm(principal, ranking, page, asked)
        trace.step("confirm", "checked against the record", len(hits))
        self._attention.note(principal, [hit.memory.id for hit in hits])
        items = tuple(Item(hit, partial(binding.cursor, Position(hit.score, hit.memory.id))) for hit in hits)
        return Found(
            hits=Listing(items=items, has_next=more, has_previous=page.after is not None),
            recipe=recipe.name,
            degraded=tuple(trace.degraded),
            trace=tuple(trace.steps),
        )

    async def _signals(
        self, principal: Principal, asked: "_Asked", trace: "_Trace"
    ) -> dict[Signal, dict[MemoryId, float]]:
        steps = {
            Signal.WORDS: self._words(principal, asked, trace),
            Signal.MEANING: self._meaning(principal, asked, trace),
            Signal.GRAPH: self._graph(principal, asked, trace),
        }
        wanted = [signal for signal in steps if signal in asked.recipe.weights]
        for signal in steps.keys() - set(wanted):
            steps[signal].close()
        answers = await asyncio.gather(*(steps[signal] for signal in wanted))
        signals = {signal: values for signal, (values, _) in zip(wanted, answers, strict=True)}
        embedding = next((vector for _, vector in answers if vector is not None), None)
        if embedding is not None:
            signals[Signal.MEANING] |= await self._missing(principal, asked, signals, embedding, trace)
        return signals

    async def _words(self, principal: Principal, asked: "_Asked", trace: "_Trace") -> "_Answer":
        found = await trace.source(
            Signal.WORDS,
            self._index.words(principal, terms=asked.terms, where=asked.where, limit=asked.recipe.depth),
        )
        if Signal.WORDS in trace.degraded and self._standby is not None:
            found = await trace.source(
                Signal.WORDS,
                self._standby.words(principal, terms=asked.terms, where=asked.where, limit=asked.recipe.depth),
                detail="the record's full text",
            )
        return fusion.of_best(found), None

    async def _meaning(self, principal: Principal, asked: "_Asked", trace: "_Trace") -> "_Answer":
        vectors = await self._vectors.of([asked.query])
        if vectors is None:
            trace.degraded.append(Signal.MEANING)
            return {}, None
        found = await trace.source(
            Signal.MEANING,
            self._index.nearest(principal, embedding=vectors[0], where=asked.where, limit=asked.recipe.depth),
        )
        return fusion.clipped(found), None if Signal.MEANING in trace.degraded else vectors[0]

    async def _graph(self, principal: Principal, asked: "_Asked", trace: "_Trace") -> "_Answer":
        if not asked.entities:
            return {}, None
        found = await trace.source(
            Signal.GRAPH,
            self._index.mentioning(principal, entities=asked.entities, where=asked.where, limit=asked.recipe.depth),
        )
        return fusion.of_best(found), None

    async def _missing(
        self,
        principal: Principal,
        asked: "_Asked",
        signals: dict[Signal, dict[MemoryId, float]],
        embedding: Embedding,
        trace: "_Trace",
    ) -> dict[MemoryId, float]:
        """The cosines of those that other signals found, so that no candidate is judged on half of the evidence."""
        known = signals[Signal.MEANING]
        others = dict.fromkeys(memory for values in signals.values() for memory in values if memory not in known)
        if not others:
            return {}
        where = replace(asked.where, ids=tuple(others))
        try:
            async with asyncio.timeout(SOURCE_TIMEOUT):
                found = await self._index.nearest(principal, embedding=embedding, where=where, limit=len(others))
        except (Unavailable, TimeoutError):
            trace.degraded.append(Signal.MEANING)
            return {}
        return fusion.clipped(found)

    async def _confirm(
        self, principal: Principal, ranking: "_Ranking", page: "_Page", asked: "_Asked"
    ) -> tuple[list[Hit], bool]:
        """The page's hits that the record knows, and whether there may be more after them."""
        rest = [
            r for r in ranking.ranked if page.after is None or (-r.score, r.memory) > (-page.after[0], page.after[1])
        ]
        hits: list[Hit] = []
        for start in range(0, len(rest), page.size + 1):
            batch = rest[start : start + page.size + 1]
            living = await self._living(principal, [r.memory for r in batch], asked.where)
            hits += [ranking.hit(r, living[r.memory]) for r in batch if r.memory in living]
            if len(hits) > page.size:
                break
        return hits[: page.size], len(hits) > page.size

    async def _living(
        self, principal: Principal, ids: Sequence[MemoryId], where: MemoryFilter
    ) -> dict[MemoryId, Memory]:
        wanted = tuple(id_ for id_ in ids if not where.ids or id_ in where.ids)
        if not wanted:
            return {}
        async with self._store.read(principal) as reader:
            found = await reader.memories.page(
                Window(limit=len(wanted)),
                where=replace(where, ids=wanted),
                order=MemoryOrder.CREATED_AT,
                descending=False,
            )
        return {row.item.id: row.item for row in found.rows}


async def _called(reader: Reader, where: MemoryFilter, names: Sequence[str]) -> list[Entity]:
    """The entities that a question may name, where the answer may be."""
    if not names:
        return []
    found = await reader.entities.called(project=where.project, names=names, users=where.users)
    return found[:MAX_NAMED]


def _people(entities: Sequence[Entity]) -> set[str]:
    """What the people among them are called."""
    return {name for entity in entities if entity.type is EntityType.PERSON for name in (entity.name, *entity.aliases)}


_Answer = tuple[dict[MemoryId, float], Embedding | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question made ready: its words, the entities it names, and where to look."""

    query: str
    terms: Sequence[str]
    entities: tuple[EntityId, ...]
    where: MemoryFilter
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The order, with what each signal said."""

    ranked: Sequence[Ranked]
    signals: Mapping[Signal, fusion.Values]
    recipe: Recipe

    def hit(self, ranked: Ranked, memory: Memory) -> Hit:
        factors = tuple(
            Factor(signal=signal, value=round(value, 6), weight=self.recipe.share(signal))
            for signal, value in fusion.values_of(ranked.memory, self.signals, self.recipe)
        )
        return Hit(memory=memory, score=ranked.score, factors=factors)


@dataclass(frozen=True, slots=True)
class _Page:
    size: int
    after: tuple[float, str] | None

    @classmethod
    def of(cls, question: Question, binding: Binding) -> "_Page":
        """Searches page forward only: the best come first."""
        asked = replace(question.slice, last=None, before=None)
        place = binding.position("after", asked.after) if asked.after is not None else None
        return cls(size_of(asked), (float(place.value), place.id) if place else None)


@dataclass(slots=True)
class _Trace:
    """What `explain` shows: the steps with their times, and the sources that did not answer."""

    clock: Clock
    steps: list[TraceStep] = field(default_factory=list)
    degraded: list[str] = field(default_factory=list)
    _since: datetime | None = None

    def __post_init__(self) -> None:
        self._since = self.clock.now()

    def step(self, name: str, detail: str, candidates: int) -> None:
        now = self.clock.now()
        started = self._since or now
        self._since = now
        self.steps.append(TraceStep(name=name, detail=detail, candidates=candidates, milliseconds=_ms(started, now)))

    async def source(
        self, signal: Signal, asked: Awaitable[list[Candidate]], *, detail: str = "source"
    ) -> list[Candidate]:
        """The source's answer, or nothing when it fails or is late."""
        started = self.clock.now()
        try:
            async with asyncio.timeout(SOURCE_TIMEOUT):
                found = await asked
        except (Unavailable, TimeoutError):
            if signal not in self.degraded:
                self.degraded.append(signal)
            found = []
        self._since = self.clock.now()
        self.steps.append(
            TraceStep(name=signal, detail=detail, candidates=len(found), milliseconds=_ms(started, self._since))
        )
        return found


def _ms(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() * 1_000, 3)
