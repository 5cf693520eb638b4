"""The sources of candidates, asked at once: words, meaning and graph. One that fails or is late is dropped and named."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.errors import Unavailable
from app.domain.ids import EntityId
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.ports.indexing import RecordSearch
from app.ports.models import Embedding
from app.ports.runtime import Clock
from app.ports.search import Candidate, SearchIndex
from app.retrieval import fusion
from app.retrieval.ranking import Heard, Wanted
from app.retrieval.recipes import Recipe, Signal
from app.services.results import TraceStep
from app.services.vectors import Vectors
from app.understanding.asking import Wish

SOURCE_TIMEOUT = 5.0


@dataclass(slots=True)
class Trace:
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

    def missing(self, signal: Signal) -> None:
        if signal not in self.degraded:
            self.degraded.append(signal)

    async def source(
        self, signal: Signal, asked: Awaitable[list[Candidate]], *, detail: str = "source"
    ) -> list[Candidate] | None:
        """The source's answer; None when it fails or is late."""
        started = self.clock.now()
        found: list[Candidate] | None
        try:
            async with asyncio.timeout(SOURCE_TIMEOUT):
                found = await asked
        except (Unavailable, TimeoutError):
            self.missing(signal)
            found = None
        self._since = self.clock.now()
        count = len(found) if found is not None else 0
        self.steps.append(
            TraceStep(name=signal, detail=detail, candidates=count, milliseconds=_ms(started, self._since))
        )
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made ready, what it asks of a person, the entities it names, and where to look."""

    wanted: Wanted
    wish: Wish | None
    entities: tuple[EntityId, ...]
    where: MemoryFilter
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Sources:
    """`standby` finds words where the index is away; a store that is its own index needs none."""

    index: SearchIndex
    vectors: Vectors
    standby: RecordSearch | None

    async def ask(self, principal: Principal, asked: Asked, trace: Trace) -> tuple[Heard, Embedding | None]:
        """What each source says, and the question's vector. Raises Unavailable when none answers."""
        index = self.index.for_one_question()
        steps = {
            Signal.WORDS: self._words(index, principal, asked, trace),
            Signal.MEANING: self._meaning(index, principal, asked, trace),
            Signal.GRAPH: self._graph(index, principal, asked, trace),
        }
        wanted = [signal for signal in steps if signal in asked.recipe.weights]
        for signal in steps.keys() - set(wanted):
            steps[signal].close()
        answers = dict(zip(wanted, await asyncio.gather(*(steps[signal] for signal in wanted)), strict=True))
        words, _ = answers.get(Signal.WORDS, _NOTHING)
        meaning, embedding = answers.get(Signal.MEANING, _NOTHING)
        graph, _ = answers.get(Signal.GRAPH, _NOTHING)
        if words is None and meaning is None and graph is None:
            raise Unavailable("no source of the search answers")
        heard = Heard(
            words=None if words is None else fusion.of_best(words),
            meaning=None if meaning is None else [candidate.memory for candidate in meaning],
            graph=None if graph is None else fusion.of_best(graph),
        )
        return heard, embedding

    async def _words(self, index: SearchIndex, principal: Principal, asked: Asked, trace: Trace) -> "_Answer":
        terms, where, limit = asked.wanted.terms, asked.where, asked.recipe.depth
        found = await trace.source(Signal.WORDS, index.words(principal, terms=terms, where=where, limit=limit))
        if found is None and self.standby is not None:
            detail = "the record's full text"
            asking = self.standby.words(principal, terms=terms, where=where, limit=limit)
            found = await trace.source(Signal.WORDS, asking, detail=detail)
        return found, None

    async def _meaning(self, index: SearchIndex, principal: Principal, asked: Asked, trace: Trace) -> "_Answer":
        vector = await self.vectors.question(asked.wanted.text)
        if vector is None:
            trace.missing(Signal.MEANING)
            return _NOTHING
        asking = index.nearest(principal, embedding=vector, where=asked.where, limit=asked.recipe.depth)
        return await trace.source(Signal.MEANING, asking), vector

    async def _graph(self, index: SearchIndex, principal: Principal, asked: Asked, trace: Trace) -> "_Answer":
        if not asked.entities:
            return _NOTHING
        asking = index.mentioning(principal, entities=asked.entities, where=asked.where, limit=asked.recipe.depth)
        return await trace.source(Signal.GRAPH, asking), None


_Answer = tuple[list[Candidate] | None, Embedding | None]
_NOTHING: _Answer = None, None


def _ms(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() * 1_000, 3)
