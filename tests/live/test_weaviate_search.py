"""Searching in a real Weaviate: the same answers as the embedded store gives, within the same filters."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.weaviate.index import WeaviateIndex
from app.domain import errors
from app.domain.ids import EntityId, MemoryId, OrganizationId, ProjectId, UserId
from app.domain.memory import Memory
from app.domain.principal import Only, Principal
from app.domain.query import Life, MemoryFilter, TimeRange
from app.ports.indexing import Document
from app.ports.models import Embedding
from tests.builders import NOON, PROJECT, a_memory, a_principal, an_embedding
from tests.contracts.test_filters import NOW, filters, matches, mentioned, stocks
from tests.fakes import FixedClock
from tests.live.weaviate_server import live_weaviate, open_live, own_prefix

pytestmark = live_weaviate
ANY = MemoryFilter()
ADA, BEN = UserId("usr_1"), UserId("usr_2")


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


def a_tenant() -> OrganizationId:
    return OrganizationId(f"org_{uuid4().hex}")


def a_document(memory: Memory, embedding: Embedding | None = None, entities: Sequence[EntityId] = ()) -> Document:
    return Document(memory=memory, entities=tuple(entities), embedding=embedding, stamp=1)


@pytest.fixture(scope="module")
def prefix() -> Iterator[str]:
    with own_prefix() as prefix:
        yield prefix


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def index(prefix: str, clock: FixedClock) -> AsyncIterator[WeaviateIndex]:
    async with open_live(prefix, clock=clock) as opened:
        yield opened


@pytest.fixture
def us() -> Principal:
    return a_principal(tenant=a_tenant())


async def texts(index: WeaviateIndex, who: Principal, *words: str) -> None:
    documents = [a_document(a_memory(id=mem(n), text=text)) for n, text in enumerate(words, start=1)]
    assert await index.writer.put(who.tenant, documents) == {}


async def by_words(
    index: WeaviateIndex, who: Principal, *terms: str, where: MemoryFilter = ANY, limit: int = 9
) -> list[str]:
    return [hit.memory for hit in await index.search.words(who, terms=terms, where=where, limit=limit)]


async def by_meaning(
    index: WeaviateIndex, who: Principal, towards: Embedding, *, where: MemoryFilter = ANY, limit: int = 9
) -> list[str]:
    return [hit.memory for hit in await index.search.nearest(who, embedding=towards, where=where, limit=limit)]


async def test_words_are_found_in_any_form_and_without_their_accents(index: WeaviateIndex, us: Principal) -> None:
    await texts(index, us, "She was walking to the CAFÉ", "Nothing of the kind", "He walks")
    assert await by_words(index, us, "walked") == ["mem_3", "mem_1"]
    assert await by_words(index, us, "cafe") == ["mem_1"]
    assert await by_words(index, us, "the") == ["mem_2", "mem_1"]
    assert await by_words(index, us, "absent") == []


async def test_rarer_words_and_more_of_them_rank_higher(index: WeaviateIndex, us: Principal) -> None:
    await texts(index, us, "green tea", "green leaves", "green tea and honey cake", "green grass")
    found = await index.search.words(us, terms=["tea", "honey"], where=ANY, limit=9)
    assert [hit.memory for hit in found] == ["mem_3", "mem_1"]
    assert found[0].score > found[1].score > 0


async def test_a_title_counts_twice_and_a_speaker_half(index: WeaviateIndex, us: Principal) -> None:
    pad = "one two three four five"
    memories = [
        a_memory(id=mem(1), text=f"{pad} orchard"),
        a_memory(id=mem(2), text=pad, title="Orchard"),
        a_memory(id=mem(3), text=pad, summary="orchard"),
        a_memory(id=mem(4), text=pad, speaker="Orchard"),
    ]
    await index.writer.put(us.tenant, [a_document(memory) for memory in memories])
    found = await index.search.words(us, terms=["orchard"], where=ANY, limit=9)
    assert [hit.memory for hit in found] == ["mem_2", "mem_1", "mem_3", "mem_4"]
    assert found[1].score == found[2].score


async def test_equal_scores_come_by_id(index: WeaviateIndex, us: Principal) -> None:
    await texts(index, us, *["the very same words"] * 80)
    assert await by_words(index, us, "words", limit=3) == ["mem_1", "mem_10", "mem_11"]
    same = [a_document(a_memory(id=mem(n)), an_embedding(1, 0, 0)) for n in range(80)]
    await index.writer.put(us.tenant, same)
    assert await by_meaning(index, us, an_embedding(1, 0, 0), limit=3) == ["mem_0", "mem_1", "mem_10"]


@pytest.mark.parametrize(
    "terms", [[], [""], ["!?"], ["*"], ['"'], ["\x00"], ["\ud800"], ["AND"], ["memory"], ["NEAR("], ["words:"]]
)
async def test_terms_are_words_and_never_syntax(index: WeaviateIndex, us: Principal, terms: list[str]) -> None:
    await texts(index, us, "plain tea")
    assert await by_words(index, us, *terms) == []
    assert await by_words(index, us, *terms, "tea") == ["mem_1"]


async def test_an_updated_text_is_found_by_its_new_words_only(index: WeaviateIndex, us: Principal) -> None:
    await texts(index, us, "green tea")
    await texts(index, us, "black coffee")
    assert await by_words(index, us, "tea") == []
    assert await by_words(index, us, "coffee") == ["mem_1"]


async def test_meaning_is_the_cosine_nearest_first_ties_by_id(index: WeaviateIndex, us: Principal) -> None:
    vectors = [(0, 1, 0), (1, 1, 0), (-1, 0, 0), (1, 0, 0), (0, -1, 0)]
    stock = [a_document(a_memory(id=mem(n)), an_embedding(*v)) for n, v in enumerate(vectors, start=1)]
    await index.writer.put(us.tenant, stock)
    found = await index.search.nearest(us, embedding=an_embedding(1, 0, 0), where=ANY, limit=9)
    assert [hit.memory for hit in found] == ["mem_4", "mem_2", "mem_1", "mem_5", "mem_3"]
    assert [hit.score for hit in found] == pytest.approx([1, 0.5**0.5, 0, 0, -1], abs=1e-6)


async def test_other_models_and_dimensions_are_not_compared(index: WeaviateIndex, us: Principal) -> None:
    ours, others = an_embedding(1, 0, 0), an_embedding(1, 0, 0, model="large")
    await index.writer.put(us.tenant, [a_document(a_memory(id=mem(1)), ours), a_document(a_memory(id=mem(2)), others)])
    assert await by_meaning(index, us, ours) == ["mem_1"]
    assert await by_meaning(index, us, others) == []
    assert await by_meaning(index, us, an_embedding(1, 0)) == []
    assert await by_words(index, us, "tea") == ["mem_1", "mem_2"]


async def test_a_model_that_the_index_was_not_made_with_is_said_to_be_missing(prefix: str, us: Principal) -> None:
    async with open_live(prefix) as before:
        await texts(before, us, "green tea")
    async with open_live(prefix, model="large") as index:
        assert await by_words(index, us, "tea") == ["mem_1"]
        with pytest.raises(errors.Unavailable, match="another embedding model"):
            await by_meaning(index, us, an_embedding(1, 0, 0, model="large"))


async def test_a_filter_never_costs_a_result(index: WeaviateIndex, us: Principal) -> None:
    random = np.random.default_rng(7)
    vectors = {mem(n): an_embedding(*random.standard_normal(3)) for n in range(500)}
    stock = [a_document(a_memory(id=id_, importance=n / 500), vectors[id_]) for n, id_ in enumerate(vectors)]
    await index.writer.put(us.tenant, stock)
    query = an_embedding(*random.standard_normal(3))
    ranked = sorted(vectors, key=lambda id_: -float(vectors[id_].vector @ query.vector))
    assert await by_meaning(index, us, query, limit=10) == ranked[:10]
    last = int(ranked[-1].removeprefix("mem_")) / 500
    alone = MemoryFilter(importance_min=last, importance_max=last)
    assert await by_meaning(index, us, query, where=alone, limit=10) == ranked[-1:]


async def test_a_caller_finds_nothing_out_of_its_sight(index: WeaviateIndex, us: Principal) -> None:
    other = ProjectId("prj_2")
    memories = [
        a_memory(id=mem(1)),
        a_memory(id=mem(2), project=other),
        a_memory(id=mem(3), user=ADA),
        a_memory(id=mem(4), user=BEN),
    ]
    towards = an_embedding(1, 0, 0)
    await index.writer.put(us.tenant, [a_document(memory, towards) for memory in memories])
    sights: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["mem_1", "mem_2", "mem_3", "mem_4"]),
        ({"visible": Only(frozenset({other}))}, ["mem_2"]),
        ({"visible": Only(frozenset())}, []),
        ({"end_user": ADA}, ["mem_1", "mem_2", "mem_3"]),
        ({"visible": Only(frozenset({PROJECT})), "end_user": BEN}, ["mem_1", "mem_4"]),
        ({"tenant": a_tenant()}, []),
    ]
    for changes, expected in sights:
        who = replace(us, **changes)
        assert await by_words(index, who, "tea") == expected
        assert await by_meaning(index, who, towards) == expected


async def test_far_times_are_compared_or_left_to_the_record(index: WeaviateIndex, us: Principal) -> None:
    far = datetime(9000, 1, 1, tzinfo=UTC)
    memories = [
        a_memory(id=mem(1), occurred_at=NOON, valid_to=far),
        a_memory(id=mem(2), occurred_at=far, expires_at=far),
        a_memory(id=mem(3), occurred_at=datetime(1, 1, 1, tzinfo=UTC)),
        a_memory(id=mem(4)),
    ]
    await index.writer.put(us.tenant, [a_document(memory) for memory in memories])
    for where, expected in (
        (MemoryFilter(occurred=TimeRange(after=NOON)), ["mem_1", "mem_2"]),
        (MemoryFilter(occurred=TimeRange(before=NOON)), ["mem_3"]),
        (MemoryFilter(occurred=TimeRange(before=far)), ["mem_1", "mem_2", "mem_3", "mem_4"]),
        (MemoryFilter(valid=TimeRange(after=far)), ["mem_1", "mem_2", "mem_3", "mem_4"]),
    ):
        assert await by_words(index, us, "tea", where=where) == expected


async def test_an_expired_memory_leaves_when_its_time_has_come(
    index: WeaviateIndex, us: Principal, clock: FixedClock
) -> None:
    await index.writer.put(us.tenant, [a_document(a_memory(expires_at=clock.now() + timedelta(minutes=1)))])
    assert await by_words(index, us, "tea") == ["mem_1"]
    clock.advance(timedelta(minutes=1))
    assert await by_words(index, us, "tea") == []
    assert await by_words(index, us, "tea", where=MemoryFilter(life=Life.FORGOTTEN)) == ["mem_1"]


@pytest.mark.parametrize("hostile", ["'; DROP TABLE memory; --", '"', "%", "_", "[]", "\\", "*", "?", "a b", "É"])
async def test_values_are_only_ever_values(index: WeaviateIndex, us: Principal, hostile: str) -> None:
    kept = a_memory(type=hostile, tags=(hostile,), keypath=hostile)
    await index.writer.put(us.tenant, [a_document(kept), a_document(a_memory(id=mem(2), type="E", tags=("e",)))])
    for where in (MemoryFilter(types=(hostile,)), MemoryFilter(tags=(hostile,)), MemoryFilter(keypath=hostile)):
        assert await by_words(index, us, "tea", where=where) == [kept.id]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    stock=stocks,
    mentions=st.lists(mentioned, min_size=10, max_size=10),
    wheres=st.lists(filters, min_size=8, max_size=8),
)
def test_both_doors_keep_to_the_filter(
    prefix: str, stock: list[Memory], mentions: list[set[EntityId]], wheres: list[MemoryFilter]
) -> None:
    """Each example in a tenant of its own, against the model of the store's contract.

    Groups, files, metadata and parts of a text are beyond what Weaviate is told: the record alone keeps to them.
    """

    async def check() -> None:
        us = a_principal(tenant=a_tenant())
        async with open_live(prefix, clock=FixedClock(NOW)) as index:
            pairs = list(zip(stock, mentions, strict=False))
            documents = [
                a_document(memory, an_embedding(1, n, 0), sorted(named)) for n, (memory, named) in enumerate(pairs)
            ]
            assert await index.writer.put(us.tenant, documents) == {}
            for asked in wheres:
                where = replace(asked, clusters=(), files=(), metadata=(), contains=None)
                expected = {memory.id for memory, named in pairs if matches(memory, named, where)}
                assert set(await by_words(index, us, "tea", where=where, limit=99)) == expected
                assert set(await by_meaning(index, us, an_embedding(1, 0, 0), where=where, limit=99)) == expected

    asyncio.run(check())
