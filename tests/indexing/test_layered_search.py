"""One's own writes in front of an index that follows."""

import asyncio
from collections.abc import Sequence

import pytest

from app.domain.errors import Unavailable
from app.domain.ids import EntityId, MemoryId
from app.domain.principal import Principal
from app.domain.query import MemoryFilter
from app.indexing.search import LayeredSearch
from app.ports.indexing import Pending
from app.ports.models import Embedding
from app.ports.search import Candidate
from tests.builders import a_principal, an_embedding

US, ANY = a_principal(), MemoryFilter()
EAST = an_embedding(1, 0)


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


class Index:
    """Answers from a table, in which the best come first."""

    def __init__(self, **scores: float) -> None:
        self._hits = [Candidate(MemoryId(id_), score) for id_, score in scores.items()]
        self.asked: list[str] = []
        self.limits: list[int] = []

    def for_one_question(self) -> "Index":
        return self

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        self.asked.append("words")
        self.limits.append(limit)
        return self._hits[:limit]

    async def nearest(
        self, principal: Principal, *, embedding: Embedding, where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        self.asked.append("nearest")
        self.limits.append(limit)
        return self._hits[:limit]

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        raise NotImplementedError


class Record:
    """What is pending, and the scores that the record's own full text gives."""

    def __init__(self, *pending: Pending, **scores: float) -> None:
        self._pending, self._scores = pending, scores
        self.pending_asked = 0

    async def words(
        self, principal: Principal, *, terms: Sequence[str], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        ranked = sorted(self._scores.items(), key=lambda hit: (-hit[1], hit[0]))
        hits = [Candidate(MemoryId(id_), score) for id_, score in ranked]
        return [hit for hit in hits if not where.ids or hit.memory in where.ids][:limit]

    async def mentioning(
        self, principal: Principal, *, entities: Sequence[EntityId], where: MemoryFilter, limit: int
    ) -> list[Candidate]:
        return [Candidate(mem(1), 0.5)]

    async def pending(self, principal: Principal, *, where: MemoryFilter, limit: int) -> list[Pending]:
        self.pending_asked += 1
        return list(self._pending[:limit])


async def words(search: LayeredSearch, limit: int = 9) -> list[tuple[str, float]]:
    found = await search.words(US, terms=["tea"], where=ANY, limit=limit)
    return [(hit.memory, hit.score) for hit in found]


async def nearest(search: LayeredSearch, limit: int = 9) -> list[tuple[str, float]]:
    found = await search.nearest(US, embedding=EAST, where=ANY, limit=limit)
    return [(hit.memory, round(hit.score, 3)) for hit in found]


async def test_with_nothing_pending_the_index_answers(  # the record is asked what is pending, and no more
) -> None:
    search = LayeredSearch(index=Index(mem_1=2.0, mem_2=1.0), record=Record(mem_9=9.0))
    assert await words(search) == [("mem_1", 2.0), ("mem_2", 1.0)]
    assert await nearest(search) == [("mem_1", 2.0), ("mem_2", 1.0)]


async def test_pending_ones_are_scored_from_the_record_and_never_from_the_index() -> None:
    """mem_1 changed its text and does not match any more, mem_3 is new, mem_2 matches better now."""
    pending = [Pending(mem(1), None), Pending(mem(2), None), Pending(mem(3), None)]
    index = Index(mem_1=2.0, mem_2=1.0, mem_4=0.7)
    search = LayeredSearch(index=index, record=Record(*pending, mem_2=1.5, mem_3=0.7, mem_4=9.0))
    assert await words(search) == [("mem_2", 1.5), ("mem_3", 0.7), ("mem_4", 0.7)]


async def test_the_limit_is_filled_though_the_best_of_the_index_are_pending() -> None:
    index = Index(mem_1=5.0, mem_2=4.0, mem_3=3.0, mem_4=2.0)
    search = LayeredSearch(index=index, record=Record(Pending(mem(1), None), Pending(mem(2), None)))
    assert await words(search, limit=2) == [("mem_3", 3.0), ("mem_4", 2.0)]


async def test_the_index_is_asked_for_few_though_much_is_pending() -> None:
    index = Index(**{f"mem_{number}": 9.0 - number for number in range(1, 9)})
    search = LayeredSearch(index=index, record=Record(*(Pending(mem(number), None) for number in range(2, 100, 7))))
    assert await words(search, limit=2) == [("mem_1", 8.0), ("mem_3", 6.0)]
    assert await nearest(search, limit=2) == [("mem_1", 8.0), ("mem_3", 6.0)]
    assert index.limits == [4, 4]


async def test_the_index_is_asked_for_more_where_most_of_its_best_are_pending() -> None:
    index = Index(**{f"mem_{number}": 9.0 - number for number in range(1, 9)})
    search = LayeredSearch(index=index, record=Record(*(Pending(mem(number), None) for number in range(1, 6))))
    assert await words(search, limit=2) == [("mem_6", 3.0), ("mem_7", 2.0)]
    assert index.limits == [4, 7]


async def test_vectors_of_pending_ones_are_compared_here() -> None:
    pending = [
        Pending(mem(1), an_embedding(1, 1)),
        Pending(mem(2), None),
        Pending(mem(3), an_embedding(1, 0, model="large")),
        Pending(mem(4), an_embedding(1, 0, 0)),
        Pending(mem(5), an_embedding(-1, 0)),
    ]
    index = Index(mem_1=1.0, mem_2=1.0, mem_3=1.0, mem_6=0.5)
    search = LayeredSearch(index=index, record=Record(*pending))
    assert await nearest(search) == [("mem_1", 0.707), ("mem_6", 0.5), ("mem_5", -1.0)]


async def test_a_question_asks_once_what_is_pending_and_each_question_anew() -> None:
    record = Record(Pending(mem(3), an_embedding(1, 0)), mem_3=0.7)
    search = LayeredSearch(index=Index(mem_1=0.5), record=record)
    for asked in (1, 2):
        question = search.for_one_question()
        found = await asyncio.gather(words(question), nearest(question))
        assert [*found] == [[("mem_3", 0.7), ("mem_1", 0.5)], [("mem_3", 1.0), ("mem_1", 0.5)]]
        assert record.pending_asked == asked
    await question.words(US, terms=["tea"], where=MemoryFilter(ids=(mem(1),)), limit=9)
    assert record.pending_asked == 3


async def test_mentions_are_the_records() -> None:
    search = LayeredSearch(index=Index(), record=Record())
    assert await search.mentioning(US, entities=[EntityId("ent_1")], where=ANY, limit=9) == [Candidate(mem(1), 0.5)]


async def test_far_behind_words_come_from_the_record_alone_and_vectors_are_compared_still() -> None:
    pending = [Pending(mem(number), an_embedding(1, number)) for number in range(1, 4)]
    index = Index(mem_9=0.9)
    search = LayeredSearch(index=index, record=Record(*pending, mem_1=1.0, mem_8=2.0), few=2, many=3)
    assert await words(search) == [("mem_8", 2.0), ("mem_1", 1.0)]
    assert await nearest(search) == [("mem_9", 0.9), ("mem_1", 0.707), ("mem_2", 0.447), ("mem_3", 0.316)]
    assert index.asked == ["nearest"]


async def test_much_too_far_behind_says_so_instead_of_answering_wrongly() -> None:
    pending = [Pending(mem(number), an_embedding(1, number)) for number in range(1, 5)]
    search = LayeredSearch(index=Index(), record=Record(*pending), few=2, many=3)
    with pytest.raises(Unavailable):
        await nearest(search)
