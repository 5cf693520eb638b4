"""Filters, orders and windows, against a model in memory."""

import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.ids import AgentId, ClusterId, EntityId, MemoryId, ProjectId, SessionId, SourceId, UserId
from app.domain.memory import Kind, Layer, Memory, Status
from app.domain.query import Life, MemoryFilter, MemoryOrder, TimeRange, Window
from app.ports.store import Reader
from tests.builders import NOON, a_centre, a_memory, a_mention, a_principal, an_embedding, an_entity
from tests.contracts.conftest import BACKENDS, WholeStore
from tests.fakes import FixedClock

US = a_principal()
NOW = NOON + timedelta(days=1)
ENTITIES = (EntityId("ent_1"), EntityId("ent_2"))
CLUSTERS = (ClusterId("cls_1"), ClusterId("cls_2"))
T = TypeVar("T")

moments = st.integers(0, 4).map(lambda hours: NOW + timedelta(hours=hours - 2))
labels = st.sampled_from(["a", "b", "c"])
keypaths = st.sampled_from(["a", "a.b", "a.b.c", "ab", "a/b"])
importances = st.sampled_from([0.0, 0.25, 0.5, 1.0])
marks = st.sampled_from([1, True, None, "x", [1]])
mentioned = st.sets(st.sampled_from(ENTITIES))


def some(values: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | values


def ids(prefix: str) -> st.SearchStrategy[str]:
    return st.integers(1, 2).map(lambda number: f"{prefix}_{number}")


texts = st.sampled_from(["Tea", "green TEA", "Tea, Ärger", "100% tea, wool", "o'clock tea"])
values = st.sampled_from(["a", "ä", 1, 2.5, True, None, ["a"], {"b": 1}])
metadatas = st.dictionaries(st.sampled_from(["a", "b.c", "d e"]), values, max_size=2)
memories = st.builds(
    a_memory,
    project=ids("prj").map(ProjectId),
    user=some(ids("usr").map(UserId)),
    agent=some(ids("agt").map(AgentId)),
    session=some(ids("ses").map(SessionId)),
    source=some(ids("src").map(SourceId)),
    kind=some(st.sampled_from(Kind)),
    type=some(labels),
    categories=st.lists(labels, unique=True).map(tuple),
    tags=st.lists(labels, unique=True).map(tuple),
    files=st.lists(labels, unique=True).map(tuple),
    metadata=metadatas,
    text=texts,
    title=some(texts),
    keypath=some(keypaths),
    importance=importances,
    layer=st.sampled_from(Layer),
    status=st.sampled_from(Status),
    expires_at=some(moments),
    occurred_at=some(moments),
    valid_from=some(moments),
    valid_to=some(moments),
    created_at=moments,
    updated_at=moments,
    deleted_at=some(moments),
)
stocks = st.lists(memories, max_size=10).map(
    lambda many: [replace(memory, id=MemoryId(f"mem_{number}")) for number, memory in enumerate(many)]
)


def few(values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(values, min_size=1, max_size=2).map(tuple)


ranges = st.builds(TimeRange, after=some(moments), before=some(moments))
CONDITIONS: dict[str, st.SearchStrategy[Any]] = {
    "ids": st.lists(st.integers(0, 9).map(lambda number: MemoryId(f"mem_{number}")), max_size=9).map(tuple),
    "project": ids("prj").map(ProjectId),
    "users": few(some(ids("usr").map(UserId))),
    "agents": few(ids("agt").map(AgentId)),
    "sessions": few(ids("ses").map(SessionId)),
    "sources": few(ids("src").map(SourceId)),
    "kinds": few(st.sampled_from(Kind)),
    "types": few(labels),
    "categories": few(labels),
    "tags": few(labels),
    "entities": few(st.sampled_from(ENTITIES)),
    "clusters": few(st.sampled_from(CLUSTERS)),
    "files": few(labels),
    "metadata": st.lists(
        st.tuples(st.sampled_from(["a", "b.c", "d e"]), st.lists(values, min_size=1, max_size=2).map(tuple)),
        min_size=1,
        max_size=2,
        unique_by=lambda pair: pair[0],
    ).map(tuple),
    "contains": st.sampled_from(["tea", "ä", "%", "'", "wool"]),
    "layers": few(st.sampled_from(Layer)),
    "statuses": few(st.sampled_from(Status)),
    "keypath": keypaths,
    "importance_min": importances,
    "importance_max": importances,
    "importances": few(st.tuples(importances, importances)),
    "occurred": ranges,
    "valid": ranges,
    "recorded": ranges,
    "life": st.sampled_from(Life),
}
"""Each as it may be asked for; a filter has three at most, so that examples with hits are not rare."""
conditions = st.one_of(*(st.tuples(st.just(field), values) for field, values in CONDITIONS.items()))
filters = st.lists(conditions, max_size=3).map(lambda chosen: MemoryFilter(**{"life": Life.ANY, **dict(chosen)}))


def test_every_condition_is_tried() -> None:
    assert set(CONDITIONS) == {field.name for field in fields(MemoryFilter)}


def within(moment: datetime | None, span: TimeRange) -> bool:
    if span == TimeRange():
        return True
    return moment is not None and (span.after or moment) <= moment and (span.before is None or moment < span.before)


def overlaps(memory: Memory, span: TimeRange) -> bool:
    begins_in_time = memory.valid_from is None or span.before is None or memory.valid_from < span.before
    ends_in_time = memory.valid_to is None or span.after is None or memory.valid_to > span.after
    return begins_in_time and ends_in_time


def lives(memory: Memory) -> bool:
    return memory.deleted_at is None and (memory.expires_at is None or memory.expires_at > NOW)


def below(path: str | None, keypath: str | None) -> bool:
    return keypath is None or (path is not None and (path == keypath or path.startswith(keypath + ".")))


def holds(metadata: Mapping[str, Any], name: str, any_: tuple[Any, ...]) -> bool:
    """JSON tells 1 from true."""
    return name in metadata and json.dumps(metadata[name]) in [json.dumps(value) for value in any_]


def cluster_of(memory: Memory) -> ClusterId:
    """Where the test puts it."""
    return CLUSTERS[len(memory.tags) % 2]


def matches(memory: Memory, mentions: set[EntityId], where: MemoryFilter) -> bool:
    """What the docstring of MemoryFilter says, said once more."""
    among: list[tuple[set[Any], tuple[Any, ...]]] = [
        ({memory.id}, where.ids),
        ({memory.user}, where.users),
        ({memory.agent}, where.agents),
        ({memory.session}, where.sessions),
        ({memory.source}, where.sources),
        ({memory.kind}, where.kinds),
        ({memory.type}, where.types),
        (set(memory.categories), where.categories),
        (set(memory.tags), where.tags),
        (mentions, where.entities),
        ({cluster_of(memory)}, where.clusters),
        ({memory.layer}, where.layers),
        ({memory.status}, where.statuses),
    ]
    return all(
        (
            all(not wanted or not has.isdisjoint(wanted) for has, wanted in among),
            where.project in (None, memory.project),
            set(where.files) <= set(memory.files),
            all(holds(memory.metadata, name, any_) for name, any_ in where.metadata),
            where.contains is None or where.contains in f"{memory.text}\n{memory.title or ''}".lower(),
            below(memory.keypath, where.keypath),
            where.importance_min is None or memory.importance >= where.importance_min,
            where.importance_max is None or memory.importance <= where.importance_max,
            not where.importances or any(least <= memory.importance <= most for least, most in where.importances),
            within(memory.occurred_at, where.occurred),
            overlaps(memory, where.valid),
            within(memory.created_at, where.recorded),
            {Life.LIVE: lives(memory), Life.FORGOTTEN: not lives(memory), Life.ANY: True}[where.life],
        )
    )


def with_store(backend: str, check: Callable[[WholeStore], Awaitable[None]]) -> None:
    """Hypothesis calls a plain function, so each example opens a store and a loop of its own."""

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with BACKENDS[backend](Path(folder), FixedClock(NOW)) as store:
                await check(store)

    asyncio.run(run())


quick = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@quick
@given(
    stock=stocks,
    mentions=st.lists(mentioned, min_size=10, max_size=10),
    wheres=st.lists(filters, min_size=8, max_size=8),
)
def test_every_door_keeps_to_the_filter(
    backend: str, stock: list[Memory], mentions: list[set[EntityId]], wheres: list[MemoryFilter]
) -> None:
    async def check(store: WholeStore) -> None:
        async with store.write(US) as uow:
            await uow.memories.put_many(stock)
            await uow.memories.embed_many({memory.id: an_embedding(1, number) for number, memory in enumerate(stock)})
            await uow.entities.put_many([an_entity(id=entity, name=entity) for entity in ENTITIES])
            await uow.clusters.put_many([a_centre(id=cluster) for cluster in CLUSTERS])
            await uow.clusters.place_many({memory.id: cluster_of(memory) for memory in stock})
            for memory, entities in zip(stock, mentions, strict=False):
                marks = [a_mention(memory=memory.id, entity=entity) for entity in entities]
                await uow.memories.mention_many({memory.id: marks})
        for where in wheres:
            wanted = [memory for memory, named in zip(stock, mentions, strict=False) if matches(memory, named, where)]
            expected = {memory.id for memory in wanted}
            async with store.read(US) as reader:
                order = MemoryOrder.CREATED_AT
                page = await reader.memories.page(Window(limit=99), where=where, order=order, descending=False)
                assert {row.item.id for row in page.rows} == expected
                assert await reader.memories.count(where) == len(expected)
            words = await store.words(US, terms=["tea"], where=where, limit=99)
            nearest = await store.nearest(US, embedding=an_embedding(1, 0), where=where, limit=99)
            assert {hit.memory for hit in words} == expected
            assert {hit.memory for hit in nearest} == expected
            best = await store.nearest(US, embedding=an_embedding(1, 0), where=where, limit=2)
            assert best == nearest[:2]

    with_store(backend, check)


def value_of(memory: Memory, order: MemoryOrder) -> datetime | float:
    match order:
        case MemoryOrder.CREATED_AT:
            return memory.created_at
        case MemoryOrder.UPDATED_AT:
            return memory.updated_at
        case MemoryOrder.OCCURRED_AT:
            return memory.occurred_at or memory.created_at
        case MemoryOrder.IMPORTANCE:
            return memory.importance


async def walk(reader: Reader, *, order: MemoryOrder, descending: bool, limit: int, backward: bool) -> list[Memory]:
    """All memories, page by page from either end, in the list's order."""
    found: list[Memory] = []
    window = Window(limit=limit, backward=backward)
    everything = MemoryFilter(life=Life.ANY)
    while True:
        page = await reader.memories.page(window, where=everything, order=order, descending=descending)
        items = [row.item for row in page.rows]
        found = items + found if backward else found + items
        if not page.more:
            return found
        edge = page.rows[0] if backward else page.rows[-1]
        window = Window(limit=limit, backward=backward, position=edge.position)


@quick
@given(
    stock=stocks,
    order=st.sampled_from(MemoryOrder),
    descending=st.booleans(),
    limit=st.integers(1, 4),
    backward=st.booleans(),
)
def test_pages_from_either_end_make_the_whole_list(
    backend: str,
    stock: list[Memory],
    order: MemoryOrder,
    descending: bool,  # noqa: FBT001 - hypothesis passes it by name
    limit: int,
    backward: bool,  # noqa: FBT001 - likewise
) -> None:
    expected = sorted(stock, key=lambda memory: (value_of(memory, order), memory.id), reverse=descending)

    async def check(store: WholeStore) -> None:
        async with store.write(US) as uow:
            await uow.memories.put_many(stock)
        async with store.read(US) as reader:
            found = await walk(reader, order=order, descending=descending, limit=limit, backward=backward)
        assert found == expected

    with_store(backend, check)


async def test_an_expired_memory_leaves_when_its_time_has_come(store: WholeStore, clock: FixedClock) -> None:
    brief = a_memory(expires_at=clock.now() + timedelta(minutes=1))
    async with store.write(US) as uow:
        await uow.memories.put_many([brief])
    for life, before, after in ((Life.LIVE, 1, 0), (Life.FORGOTTEN, 0, 1), (Life.ANY, 1, 1)):
        async with store.read(US) as reader:
            assert await reader.memories.count(MemoryFilter(life=life)) == before
        clock.advance(timedelta(minutes=1))
        async with store.read(US) as reader:
            assert await reader.memories.count(MemoryFilter(life=life)) == after
        clock.advance(-timedelta(minutes=1))


@pytest.mark.parametrize("hostile", ["'; DROP TABLE memory; --", '"', "%", "_", "[]", "\\", "{where}", ":tenant"])
async def test_values_are_only_ever_values(store: WholeStore, hostile: str) -> None:
    kept = a_memory(type=hostile, tags=(hostile,), keypath=hostile, text=f"{hostile} tea")
    async with store.write(US) as uow:
        await uow.memories.put_many([kept, a_memory(id=MemoryId("mem_2"))])
    where = MemoryFilter(types=(hostile,), tags=(hostile,), keypath=hostile)
    async with store.read(US) as reader:
        assert await reader.memories.count(where) == 1
        assert await reader.memories.get_many([MemoryId(hostile)]) == [None]
    assert [hit.memory for hit in await store.words(US, terms=[hostile, "tea"], where=where, limit=9)] == [kept.id]
