"""Recall: a question becomes ranked memories, each with the factors of its score.

The sources answer at once; one that fails or is late is dropped and named. The index proposes, the record shows
what stands next to each candidate, and disposes: a hit is shown after the record confirmed it within the caller's
sight and filter.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from app.domain.errors import NotFound
from app.domain.graph import EntityType
from app.domain.ids import EntityId, MemoryId, UserId
from app.domain.memory import Memory
from app.domain.principal import Permission, Principal, require
from app.domain.query import MemoryFilter, Position, Window
from app.domain.text import clean
from app.ports.indexing import RecordSearch
from app.ports.models import Embedding
from app.ports.runtime import Clock
from app.ports.search import SearchIndex
from app.ports.store import Reader, Store
from app.retrieval import ranking, recipes, signals
from app.retrieval.fusion import Ranked
from app.retrieval.late import NEIGHBOURS
from app.retrieval.ranking import Heard, Judgement
from app.retrieval.recipes import Recipe, Signal
from app.retrieval.scene import scene_of
from app.retrieval.terms import possible_names
from app.retrieval.traits import TraitBook, plain
from app.services.attention import Attention
from app.services.explore import labelled, living_of
from app.services.hindsight import Hindsight
from app.services.inputs import Question, SearchMode
from app.services.paging import Binding, size_of
from app.services.past import filter_then, then_of
from app.services.references import filter_of, project_of
from app.services.results import Counted, Factor, Found, Hit, Item, Listing, Opened
from app.services.sources import Asked, Sources, Trace
from app.services.vectors import Vectors
from app.understanding.asking import telling, wish_of

MAX_QUERY = 2_000
MAX_NAMED = 50
MAX_RANKED = 999
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
        self._store, self._clock, self._attention = store, clock, attention
        self._sources = Sources(index, vectors, standby)
        self._traits = TraitBook()

    async def search(self, principal: Principal, *, question: Question) -> Found:
        """At most 100 hits a page, best first."""
        trace = Trace(self._clock)
        sought = await self._sought(principal, question, trace)
        binding = Binding(principal, "search", sought.query, question.mode, sought.where, question.as_of)
        page = _Page.of(question, binding)
        hits, more = await self._hits(principal, sought, page, trace)
        self._attention.note(principal, [hit.memory.id for hit in hits])
        items = tuple(Item(hit, partial(binding.cursor, Position(hit.score, hit.memory.id))) for hit in hits)
        return Found(
            hits=Listing(items=items, has_next=more, has_previous=page.after is not None),
            recipe=sought.asked.recipe.name,
            degraded=tuple(trace.degraded),
            trace=tuple(trace.steps),
        )

    async def counted(
        self, principal: Principal, *, question: Question, offset: int = 0, limit: int = 20
    ) -> Counted[Hit]:
        """Hits by their place, best first, and how many there are in all: `offset` >= 0, `limit` 0..100.

        The question's slice is not heeded. What is shown counts as read.
        """
        trace = Trace(self._clock)
        sought = await self._sought(principal, question, trace)
        hits, _ = await self._hits(principal, sought, _Page(MAX_RANKED, None), trace)
        found = hits[offset : offset + limit]
        self._attention.note(principal, [hit.memory.id for hit in found])
        return Counted(items=tuple(found), total=len(hits))

    async def opened(self, principal: Principal, *, memory: MemoryId, project: str | None = None) -> Opened:
        """One living memory with what belongs to it; it counts as read. Raises NotFound for one that is not of the project."""
        require(principal, Permission.MEMORY_READ)
        async with self._store.read(principal) as reader:
            own = await project_of(reader, principal, project)
            found = (await living_of(reader, [memory], MemoryFilter(project=own.id))).get(memory)
            if found is None:
                raise NotFound("there is no such memory")
            (told,) = self._attention.told(principal.tenant, await labelled(reader, [found]))
            said = await reader.memories.feedback(memory, Window(limit=1))
        self._attention.note(principal, [memory])
        return Opened(told=told, project=own, feedback=said.rows[0].item if said.rows else None)

    async def _sought(self, principal: Principal, question: Question, trace: Trace) -> "_Sought":
        """The question made ready: its scope resolved, and who and what it names."""
        require(principal, Permission.MEMORY_READ)
        query = clean("query", question.query, limit=MAX_QUERY)
        recipe = _RECIPES[question.mode]
        async with self._store.read(principal) as reader:
            where, past = await self._scope(reader, principal, question)
            named = await _named(reader, where, possible_names(query) if Signal.WHO in recipe.weights else [])
        trace.step("scope", named.told, len(named.entities))
        wanted = ranking.wanted(query, named.speakers, recipe, at=past.then.at if past else self._clock.now())
        wish = wish_of(query, named.people) if Signal.TELLS in recipe.weights else None
        asked = Asked(wanted, wish, named.entities, past.ever if past else where, recipe)
        return _Sought(query=query, where=where, asked=asked, past=past)

    async def _scope(
        self, reader: Reader, principal: Principal, question: Question
    ) -> tuple[MemoryFilter, Hindsight | None]:
        """What is searched, and with which eyes: None for those of now."""
        if question.as_of is None:
            return await filter_of(reader, principal, question.where), None
        where = await filter_then(reader, principal, question.where, question.as_of)
        return where, Hindsight(await then_of(reader, question.as_of, self._clock.now()), where)

    async def _hits(
        self, principal: Principal, sought: "_Sought", page: "_Page", trace: Trace
    ) -> tuple[list[Hit], bool]:
        """A page of hits, and whether there are more."""
        asked, past = sought.asked, sought.past
        heard, vector = await self._sources.ask(principal, asked, trace)
        async with self._store.read(principal) as reader:
            if past is not None:
                heard = await past.heard(reader, asked.wanted.terms, heard, limit=asked.recipe.depth)
            judgement = await self._judged(reader, asked, heard, vector, trace=trace, past=past)
            shown = _Ranking(judgement, judgement.ranked, judgement.recipe.shares)
            living = past.living if past else partial(living_of, where=sought.where)
            hits, more = await _confirmed(reader, shown, page, living)
        trace.step("confirm", "checked against the record", len(hits))
        return hits, more

    async def _judged(
        self,
        reader: Reader,
        asked: Asked,
        heard: Heard,
        vector: Embedding | None,
        *,
        trace: Trace,
        past: Hindsight | None,
    ) -> Judgement:
        """The candidates with their neighbours, each signal's value, and the comparison token by token."""
        found = tuple(dict.fromkeys(id_ for told in (heard.words, heard.meaning, heard.graph) for id_ in told or ()))
        recipe = asked.recipe
        memories = reader.memories
        seen = await memories.glimpses(found, reach=recipe.reach, where=asked.where, near=vector) if found else []
        seen = seen if past is None else await past.glimpses(reader, seen)
        trace.step("surroundings", f"{len(found)} found, with their neighbours and sources", len(seen))
        by_token = vector is not None and vector.tokens is not None and Signal.TOKENS in asked.recipe.weights
        if recipe is recipes.HYBRID and not by_token:
            recipe = recipes.WITHOUT_TOKENS
        judgement = ranking.judged(scene_of(seen, self._traits), asked.wanted, heard, recipe)
        if asked.wish is not None:
            judgement.values[Signal.TELLS] = telling(asked.wish, judgement.scene, judgement.best())
        if by_token and vector is not None and seen:
            await _compare(reader, judgement, vector)
        judgement = ranking.spoken(judgement)
        trace.step("fuse", " + ".join(f"{w:g} {s}" for s, w in judgement.recipe.weights.items()), len(seen))
        return judgement


async def _compare(reader: Reader, judgement: Judgement, vector: Embedding) -> None:
    """Token by token, the best with their neighbours."""
    scene, best = judgement.scene, judgement.best()
    wanted = np.zeros(len(scene), dtype=np.bool_)
    wanted[best] = True
    for turns, hearers in (pair for step, pair in scene.steps.items() if step in NEIGHBOURS):
        wanted[turns[np.isin(hearers, best, kind="table")]] = True
    ids = [scene.glimpses[row].id for row in np.flatnonzero(wanted).tolist()]
    tokens = await reader.memories.token_vectors(ids, model=vector.model)
    if vector.tokens is not None:
        judgement.closer(vector.tokens, tokens, best)


async def _confirmed(
    reader: Reader,
    shown: "_Ranking",
    page: "_Page",
    confirm: Callable[[Reader, Sequence[MemoryId]], Awaitable[dict[MemoryId, Memory]]],
) -> tuple[list[Hit], bool]:
    """The page's hits that the record knows, and whether there may be more after them."""
    rest = [r for r in shown.ranked if page.after is None or (-r.score, r.memory) > (-page.after[0], page.after[1])]
    hits: list[Hit] = []
    for start in range(0, len(rest), page.size + 1):
        batch = rest[start : start + page.size + 1]
        living = await confirm(reader, [r.memory for r in batch])
        hits += [shown.hit(r, living[r.memory]) for r in batch if r.memory in living]
        if len(hits) > page.size:
            break
    return hits[: page.size], len(hits) > page.size


@dataclass(frozen=True, slots=True)
class _Named:
    """Whom and what a question names: what those who speak are called, all people, and the entities that do not speak."""

    speakers: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    entities: tuple[EntityId, ...] = ()

    @property
    def told(self) -> str:
        return f"{len(self.speakers)} names of speakers, {len(self.entities)} entities named"


async def _named(reader: Reader, where: MemoryFilter, names: Sequence[str]) -> _Named:
    if not names:
        return _Named()
    spelt = dict.fromkeys((*names, *(name.title() for name in names)))
    found, speakers = await asyncio.gather(
        reader.entities.called(project=where.project, names=names, users=_people(where)),
        reader.memories.speakers([*spelt]),
    )
    called = found[:MAX_NAMED]
    people = {name for entity in called if entity.type is EntityType.PERSON for name in (entity.name, *entity.aliases)}
    if others := sorted(people.difference(spelt)):
        speakers = [*speakers, *await reader.memories.speakers(others)]
    speaking = [e for e in called if any(name in (e.name, *e.aliases) for name in speakers)]
    heard = {name for entity in speaking for name in (entity.name, *entity.aliases)}
    heard |= {name for name in names for speaker in speakers if signals.called(speaker, {plain(name)})}
    others_named = tuple(entity.id for entity in called if entity not in speaking)
    return _Named(frozenset(heard), frozenset(people | heard), others_named)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """A question made ready. `where` is its scope as it is shown, `past` the eyes of then."""

    query: str
    where: MemoryFilter
    asked: Asked
    past: Hindsight | None


def _people(where: MemoryFilter) -> list[UserId]:
    """Nobody has no entities of their own."""
    return [user for user in where.users if user is not None]


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The order, with what each signal said."""

    judgement: Judgement
    ranked: Sequence[Ranked]
    shares: Mapping[Signal, float]

    def hit(self, ranked: Ranked, memory: Memory) -> Hit:
        factors = tuple(
            Factor(signal=part.signal, value=part.value, weight=part.weight)
            for part in self.judgement.parts(ranked.row, self.shares)
        )
        return Hit(memory=memory, score=ranked.score, factors=factors, stands_for=ranked.stands_for)


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
