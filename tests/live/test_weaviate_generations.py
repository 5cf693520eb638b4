"""Generations in a real Weaviate: filled beside each other, switched, dropped; and servers that come and go."""

import asyncio
from collections.abc import Iterator, Sequence
from uuid import uuid4

import pytest

from app.adapters.weaviate.generations import BELIEVED_FOR
from app.adapters.weaviate.index import WeaviateIndex
from app.domain.ids import MemoryId, OrganizationId
from app.domain.memory import Memory
from app.domain.query import MemoryFilter
from app.indexing.indexer import Indexer
from app.indexing.pace import Pace
from app.indexing.rebuild import Embeddings, Rebuild
from app.ports.indexing import Document
from app.ports.models import Embedding
from tests.builders import a_memory, a_principal, an_embedding
from tests.fakes import FixedClock
from tests.indexing.fakes import FakeOutbox
from tests.live.weaviate_server import live_weaviate, open_live, own_prefix

pytestmark = live_weaviate
ANY = MemoryFilter()


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


def a_document(id_: MemoryId, *, stamp: int = 1, model: str = "small", text: str = "green tea") -> Document:
    memory = a_memory(id=id_, text=text)
    return Document(memory=memory, entities=(), embedding=an_embedding(1, 0, 0, model=model), stamp=stamp)


@pytest.fixture
def prefix() -> Iterator[str]:
    with own_prefix() as prefix:
        yield prefix


@pytest.fixture
def tenant() -> OrganizationId:
    return OrganizationId(f"org_{uuid4().hex}")


async def found(index: WeaviateIndex, tenant: OrganizationId, *, model: str = "small") -> list[str]:
    towards = an_embedding(1, 0, 0, model=model)
    hits = await index.search.nearest(a_principal(tenant=tenant), embedding=towards, where=ANY, limit=9)
    return [hit.memory for hit in hits]


async def test_before_anything_was_written_nothing_is_found(prefix: str, tenant: OrganizationId) -> None:
    us = a_principal(tenant=tenant)
    async with open_live(prefix) as index:
        assert await index.search.words(us, terms=["tea"], where=ANY, limit=9) == []
        assert await found(index, tenant) == []
        assert await index.writer.entries(tenant, [mem(1)]) == [None]


async def test_processes_that_start_at_once_share_the_first_generation(prefix: str, tenant: OrganizationId) -> None:
    async with open_live(prefix) as one, open_live(prefix) as two:
        await asyncio.gather(one.writer.put(tenant, [a_document(mem(1))]), two.writer.put(tenant, [a_document(mem(2))]))
        assert await found(one, tenant) == await found(two, tenant) == ["mem_1", "mem_2"]
        assert (await one.aliases.standing()) == (await two.aliases.standing())


async def test_other_processes_write_to_both_while_one_is_filled(prefix: str, tenant: OrganizationId) -> None:
    async with open_live(prefix) as ours, open_live(prefix) as theirs:
        await theirs.writer.put(tenant, [a_document(mem(1))])
        filling = await ours.begin()
        assert await ours.begin() == filling
        await asyncio.sleep(BELIEVED_FOR)
        await theirs.writer.put(tenant, [a_document(mem(2))])
        await theirs.writer.remove(tenant, [mem(1)])
        await theirs.writer.put(tenant, [a_document(mem(3))])
        assert await ours.writing(filling).entries(tenant, [mem(1), mem(2), mem(3)]) == [None, 1, 1]
        assert await found(theirs, tenant) == ["mem_2", "mem_3"]
        await ours.writing(filling).remove(tenant, [mem(3)])
        await ours.switch(filling)
        assert await found(theirs, tenant) == ["mem_2"]
        await theirs.writer.put(tenant, [a_document(mem(4))])
        assert await found(ours, tenant) == ["mem_2", "mem_4"]
        (old,) = await ours.retire()
        assert old != filling
        await asyncio.sleep(BELIEVED_FOR)
        await theirs.writer.put(tenant, [a_document(mem(5))])
        assert await found(ours, tenant) == ["mem_2", "mem_4", "mem_5"]


async def test_another_model_is_another_generation(prefix: str, tenant: OrganizationId) -> None:
    outbox = FakeOutbox(FixedClock())
    for number in range(5):
        outbox.write(tenant, a_document(mem(number), text=f"tea number {number}"))

    async def tenants() -> list[OrganizationId]:
        return [tenant]

    async def make(_tenant: OrganizationId, memories: Sequence[Memory]) -> list[Embedding]:
        return [an_embedding(1, 0, 0, model="large") for _ in memories]

    async def keep(_tenant: OrganizationId, _vectors: object) -> None:
        """The fake's rows stay as they are."""

    async with open_live(prefix) as before:
        await Indexer(
            outbox=outbox, index=before.writer, signal=Never(), clock=FixedClock(), jitter=lambda: 1.0
        ).drain()
        assert len(await found(before, tenant)) == 5
    async with open_live(prefix, model="large") as index:
        rebuild = Rebuild(
            outbox=outbox,
            generations=index,
            tenants=tenants,
            principal=lambda tenant: a_principal(tenant=tenant),
            embeddings=Embeddings(model="large", make=make, keep=keep),
            pace=Pace(page=2, rest=0.0),
        )
        done = await rebuild.run(told=lambda _: None)
        assert (done.memories, done.embedded) == (5, 5)
        assert await found(index, tenant, model="large") == [mem(number) for number in range(5)]
        assert len(await rebuild.retire()) == 1


class Never:
    def notify(self) -> None:
        """Nobody waits."""

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
