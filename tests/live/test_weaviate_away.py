"""A real Weaviate that is killed, frozen and started again: known at once, and forgiven by itself."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from app.adapters.weaviate.breaker import State
from app.adapters.weaviate.faults import Silent
from app.adapters.weaviate.index import WeaviateIndex
from app.domain.errors import Unavailable
from app.domain.ids import MemoryId, OrganizationId
from app.domain.query import MemoryFilter
from app.indexing.indexer import Indexer
from app.indexing.pace import Pace
from app.indexing.repair import KEPT, Findings, Repair
from app.ports.indexing import Document
from tests.builders import a_memory, a_principal, an_embedding
from tests.fakes import FixedClock
from tests.indexing.fakes import FakeOutbox
from tests.live.weaviate_server import OwnWeaviate, live_weaviate

pytestmark = live_weaviate
TENANT = OrganizationId("org_1")
US = a_principal(tenant=TENANT)


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number:03}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnWeaviate]:
    server = OwnWeaviate(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def index(server: OwnWeaviate) -> AsyncIterator[WeaviateIndex]:
    async with server.open() as opened:
        yield opened


class Stock:
    """A record in memory, with an indexer and a repair over the real index."""

    def __init__(self, index: WeaviateIndex) -> None:
        self.clock = clock = FixedClock()
        self.outbox = FakeOutbox(clock)
        self.indexer = Indexer(
            outbox=self.outbox,
            index=index.writer,
            signal=Never(),
            clock=clock,
            jitter=lambda: 1.0,
            pace=Pace(poll=0.05),
        )
        self.repair = Repair(
            outbox=self.outbox,
            index=index.writer,
            tenants=tenants,
            incarnation=index.incarnation,
            clock=clock,
            told=lambda _: None,
            pace=Pace(rest=0.0),
        )

    def write(self, *numbers: int) -> None:
        for number in numbers:
            memory = a_memory(id=mem(number), text=f"tea number {number}")
            self.outbox.write(TENANT, Document(memory=memory, entities=(), embedding=an_embedding(1, 0, 0), stamp=0))

    def erase(self, *numbers: int) -> None:
        for number in numbers:
            self.outbox.erase(TENANT, mem(number))


class Never:
    def notify(self) -> None:
        """Nobody waits."""

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def tenants() -> list[OrganizationId]:
    return [TENANT]


async def found(index: WeaviateIndex) -> list[str]:
    hits = await index.search.words(US, terms=["tea"], where=MemoryFilter(), limit=500)
    return [hit.memory for hit in hits]


async def until(answers: Callable[[], Awaitable[object]], *, seconds: float) -> None:
    """Asks again until it answers."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                await answers()
            except Unavailable:
                await asyncio.sleep(0.05)
            else:
                return


async def test_killed_and_started_again_it_has_all_that_it_had_and_none_of_what_was_deleted(
    server: OwnWeaviate, index: WeaviateIndex
) -> None:
    stock = Stock(index)
    stock.write(*range(60))
    await stock.indexer.drain()
    stock.erase(*range(20))
    await stock.indexer.drain()
    before = await index.incarnation()
    server.kill()
    for _ in range(3):
        with pytest.raises(Unavailable):
            await found(index)
    assert index.breaker is State.OPEN
    stock.write(*range(60, 80))
    stock.erase(20)
    with pytest.raises(Unavailable):
        await stock.indexer.step()
    server.start()
    await until(lambda: found(index), seconds=20)
    assert await index.incarnation() != before
    await stock.repair.replay(since=stock.clock.now() - KEPT)
    stock.clock.advance(Pace().lease)
    await stock.indexer.drain()
    assert await found(index) == [mem(number) for number in range(21, 80)]
    assert await stock.repair.everything() == Findings()


async def test_frozen_it_is_given_up_within_the_time_of_a_query_and_comes_back(
    server: OwnWeaviate, index: WeaviateIndex
) -> None:
    stock = Stock(index)
    stock.write(1)
    await stock.indexer.drain()
    server.freeze()
    async with asyncio.timeout(10):
        while index.breaker is not State.OPEN:
            with pytest.raises(Unavailable):
                await found(index)
    async with asyncio.timeout(0.5):
        with pytest.raises(Unavailable):
            await found(index)
    server.send(signal.SIGCONT)
    await until(lambda: found(index), seconds=20)
    assert await found(index) == [mem(1)]


async def test_those_whose_channel_another_closes_are_told_that_the_index_is_silent(
    server: OwnWeaviate, index: WeaviateIndex
) -> None:
    stock = Stock(index)
    stock.write(1)
    await stock.indexer.drain()
    server.freeze()
    asked = [asyncio.ensure_future(found(index)) for _ in range(8)]
    await asyncio.sleep(0.2)
    await index.connection.close()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(end) for end in ended] == [Silent] * len(asked), "nobody was cancelled"
    server.send(signal.SIGCONT)


async def test_an_app_starts_before_its_index_and_finds_it_later(tmp_path: Path) -> None:
    server = OwnWeaviate(tmp_path)
    async with server.open() as index:
        with pytest.raises(Unavailable):
            await found(index)
        await asyncio.to_thread(server.start)
        try:
            await until(lambda: found(index), seconds=20)
        finally:
            server.kill()
