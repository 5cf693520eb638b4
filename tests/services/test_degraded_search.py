"""With an index beside the record that is away, search answers from the record and says so."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest

from app.domain import errors
from app.domain.ids import EntityId, MemoryId
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.ports.indexing import Pending
from app.ports.models import Embedding, Passage
from app.ports.search import Candidate
from app.services.attention import Attention
from app.services.inputs import Question, SearchMode
from app.services.recall import Recall
from app.services.vectors import Vectors
from tests.builders import a_memory, an_embedding
from tests.services.conftest import Bench

GREEN, BLACK = MemoryId("mem_green"), MemoryId("mem_black")


class Away:
    """An index whose named methods do not answer."""

    def __init__(self, bench: Bench, *methods: str) -> None:
        self._bench, self._methods = bench, methods

    def for_one_question(self) -> "Away":
        return self

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        self._fail("words")
        return await self._bench.store.words(principal, terms=terms, where=where, limit=limit)

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        self._fail("missing" if where.ids else "nearest")
        return await self._bench.store.nearest(principal, embedding=embedding, where=where, limit=limit)

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        return await self._bench.store.mentioning(principal, entities=entities, where=where, limit=limit)

    def _fail(self, method: str) -> None:
        if method in self._methods:
            raise errors.Unavailable("The search index does not answer")


class Standby:
    """The record's own search, here the embedded store's."""

    def __init__(self, bench: Bench) -> None:
        self.words = bench.store.words
        self.mentioning = bench.store.mentioning

    async def pending(self, principal: Principal, *, where: MemoryFilter, limit: int) -> list[Pending]:
        return []


class OneDirection:
    """An embedder to which all texts mean the same."""

    model, dimension = "small", 2

    async def embed(self, texts: Sequence[str]) -> list[Embedding]:
        return [an_embedding(1, 0) for _ in texts]

    async def read(self, passages: Sequence[Passage]) -> list[Embedding]:
        return [an_embedding(1, 0) for _ in passages]

    async def ask(self, question: str, *, without: Collection[str] = ()) -> Embedding:
        return an_embedding(1, 0)


@pytest.fixture
async def stocked(bench: Bench) -> Bench:
    async with bench.store.read(bench.operator) as reader:
        project = await reader.projects.by_slug("default")
    assert project is not None
    async with bench.store.write(bench.operator) as uow:
        await uow.memories.put_many(
            [
                a_memory(id=GREEN, project=project.id, text="green tea"),
                a_memory(id=BLACK, project=project.id, text="black coffee"),
            ]
        )
        await uow.memories.embed_many({BLACK: an_embedding(1, 0), GREEN: an_embedding(0, 1)})
    return bench


def a_recall(bench: Bench, *away: str) -> Recall:
    return Recall(
        store=bench.store,
        index=Away(bench, *away),
        vectors=Vectors(OneDirection()),
        attention=Attention(store=bench.store, clock=bench.clock),
        clock=bench.clock,
        standby=Standby(bench),
    )


@pytest.mark.parametrize(
    ("away", "found", "degraded"),
    [
        ((), [BLACK, GREEN], ()),
        (("words",), [BLACK, GREEN], ("words",)),
        (("nearest",), [GREEN], ("meaning",)),
        (("words", "nearest"), [GREEN], ("words", "meaning")),
    ],
)
async def test_what_is_away_is_named_and_the_rest_answers(
    stocked: Bench, away: tuple[str, ...], found: list[MemoryId], degraded: tuple[str, ...]
) -> None:
    answer = await a_recall(stocked, *away).search(stocked.operator, question=Question(query="tea"))
    assert [item.node.memory.id for item in answer.hits.items] == found
    assert answer.degraded == degraded


async def test_where_nothing_answers_there_is_no_empty_answer(stocked: Bench) -> None:
    question = Question(query="tea", mode=SearchMode.SEMANTIC)
    with pytest.raises(errors.Unavailable, match="no source"):
        await a_recall(stocked, "nearest").search(stocked.operator, question=question)


async def test_while_the_index_is_away_the_record_tells_how_near_the_found_ones_are(stocked: Bench) -> None:
    async with stocked.store.write(stocked.operator) as uow:
        (black,) = await uow.memories.get_many([BLACK])
        assert black is not None
        await uow.memories.put_many([replace(black, text="black tea", version=2)])
        await uow.memories.embed_many({BLACK: an_embedding(1, 0)})
    answer = await a_recall(stocked, "nearest").search(stocked.operator, question=Question(query="tea"))
    assert [item.node.memory.id for item in answer.hits.items] == [BLACK, GREEN]
    assert answer.degraded == ("meaning",)


async def test_the_trace_tells_where_the_words_came_from(stocked: Bench) -> None:
    question = Question(query="tea", mode=SearchMode.KEYWORD)
    answer = await a_recall(stocked, "words").search(stocked.operator, question=question)
    assert [(step.name, step.detail) for step in answer.trace if step.name == "words"] == [
        ("words", "source"),
        ("words", "the record's full text"),
    ]
