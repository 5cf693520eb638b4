"""What every index promises to whoever keeps it in step. Names of tenants are a test's own: the server is shared."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from app.domain.ids import MemoryId, OrganizationId
from app.ports.indexing import Document, Entry, IndexWriter
from app.ports.models import Embedding
from tests.builders import a_memory, an_embedding
from tests.indexing.fakes import FakeIndex
from tests.live.weaviate_server import live_weaviate, only_live, open_live, own_prefix


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


def a_document(id_: MemoryId, *, stamp: int = 1, embedding: Embedding | None = None, **changes: Any) -> Document:
    return Document(memory=a_memory(id=id_, **changes), entities=(), embedding=embedding, stamp=stamp)


@pytest.fixture
def tenant() -> OrganizationId:
    return OrganizationId(f"org_{uuid4().hex}")


@pytest.fixture(scope="session")
def prefix() -> Iterator[str]:
    with own_prefix() as prefix:
        yield prefix


@pytest.fixture(params=["fake", pytest.param("weaviate", marks=live_weaviate)])
async def index(request: pytest.FixtureRequest) -> AsyncIterator[IndexWriter]:
    if request.param == "fake":
        yield FakeIndex()
    else:
        async with open_live(request.getfixturevalue("prefix")) as opened:
            yield opened.writer


async def everything(index: IndexWriter, tenant: OrganizationId, *, limit: int = 100) -> list[Entry]:
    found: list[Entry] = []
    after: str | None = None
    while True:
        page, after = await index.entries_after(tenant, after, limit=limit)
        found += page
        if after is None:
            return found


async def test_what_is_put_is_there_with_its_stamp_and_a_second_time_replaces_it(
    index: IndexWriter, tenant: OrganizationId
) -> None:
    assert await index.put(tenant, [a_document(mem(1), stamp=1), a_document(mem(2), stamp=2)]) == {}
    assert await index.put(tenant, [a_document(mem(1), stamp=7)]) == {}
    assert await index.entries(tenant, [mem(2), mem(3), mem(1)]) == [2, None, 7]
    assert sorted((entry.memory, entry.stamp) for entry in await everything(index, tenant)) == [
        (mem(1), 7),
        (mem(2), 2),
    ]


async def test_nothing_asked_is_nothing_answered(index: IndexWriter, tenant: OrganizationId) -> None:
    assert await index.put(tenant, []) == {}
    await index.remove(tenant, [])
    assert await index.entries(tenant, []) == []


async def test_a_tenant_that_never_wrote_has_nothing(index: IndexWriter, tenant: OrganizationId) -> None:
    await index.remove(tenant, [mem(1)])
    assert await index.entries(tenant, [mem(1)]) == [None]
    assert await index.entries_after(tenant, None, limit=9) == ([], None)
    await index.drop(tenant)


async def test_tenants_have_memories_of_one_id_apart(index: IndexWriter, tenant: OrganizationId) -> None:
    other = OrganizationId(f"{tenant}2")
    await index.put(tenant, [a_document(mem(1), stamp=1)])
    await index.put(other, [a_document(mem(1), stamp=2)])
    await index.remove(tenant, [mem(1)])
    assert await index.entries(tenant, [mem(1)]) == [None]
    assert await index.entries(other, [mem(1)]) == [2]


async def test_removing_takes_what_is_there_and_passes_over_the_rest(
    index: IndexWriter, tenant: OrganizationId
) -> None:
    await index.put(tenant, [a_document(mem(n)) for n in range(5)])
    await index.remove(tenant, [mem(1), mem(3), mem(77)])
    await index.remove(tenant, [mem(1)])
    assert sorted(entry.memory for entry in await everything(index, tenant)) == [mem(0), mem(2), mem(4)]


@pytest.mark.parametrize("limit", [1, 2, 5, 6])
async def test_pages_together_are_everything_once(index: IndexWriter, tenant: OrganizationId, limit: int) -> None:
    await index.put(tenant, [a_document(mem(n), stamp=n) for n in range(5)])
    found = await everything(index, tenant, limit=limit)
    assert sorted((entry.memory, entry.stamp) for entry in found) == [(mem(n), n) for n in range(5)]


async def test_more_than_one_message_holds(index: IndexWriter, tenant: OrganizationId) -> None:
    many = [a_document(mem(n), stamp=n, embedding=an_embedding(1, n, 0)) for n in range(300)]
    assert await index.put(tenant, many) == {}
    assert await index.entries(tenant, [mem(n) for n in range(300)]) == list(range(300))


async def test_large_stamps_and_far_times_survive(index: IndexWriter, tenant: OrganizationId) -> None:
    end, start = datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)
    await index.put(tenant, [a_document(mem(1), stamp=2**53 - 1, occurred_at=end, valid_from=start, valid_to=end)])
    assert await index.entries(tenant, [mem(1)]) == [2**53 - 1]


async def test_dropping_leaves_nothing_of_the_tenant_and_all_of_others(
    index: IndexWriter, tenant: OrganizationId
) -> None:
    other = OrganizationId(f"{tenant}2")
    for owner in (tenant, other):
        await index.put(owner, [a_document(mem(1))])
    await index.drop(tenant)
    assert await everything(index, tenant) == []
    assert await index.entries(other, [mem(1)]) == [1]
    await index.put(tenant, [a_document(mem(2))])
    assert await index.entries(tenant, [mem(1), mem(2)]) == [None, 1]


async def test_text_of_any_kind_is_taken(index: IndexWriter, tenant: OrganizationId) -> None:
    odd = [
        a_document(mem(n), text=text)
        for n, text in enumerate(["", "\u202e!?", "日本語 text", "x" * 50_000, "a " * 25_000])
    ]
    assert await index.put(tenant, odd) == {}
    assert [entry.memory for entry in sorted(await everything(index, tenant), key=lambda e: e.memory)] == [
        mem(n) for n in range(5)
    ]


@only_live
async def test_what_cannot_be_taken_is_named_and_the_rest_is_in(tenant: OrganizationId, prefix: str) -> None:
    wrong = Embedding("small", np.ones(5, dtype=np.float32))
    documents = [a_document(mem(1), embedding=an_embedding(1, 0, 0)), a_document(mem(2), embedding=wrong)]
    async with open_live(prefix) as opened:
        assert await opened.writer.put(tenant, documents) == {mem(2): "its vector has 5 dimensions, not 3"}
        assert await opened.writer.entries(tenant, [mem(1), mem(2)]) == [1, None]
