"""What the record promises to whoever indexes: marks, leases, stamps, tombstones.

A record that is to pass gives a `Desk`: its outbox, and the two things that use cases do.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Any, Protocol

import pytest

from app.adapters.neo4j.store import Neo4jStore, open_store
from app.adapters.runtime import OrderedIds
from app.domain.ids import MemoryId, OrganizationId
from app.ports.indexing import Backlog, Document, Mark, Outbox
from tests.builders import a_memory, a_principal, an_embedding
from tests.fakes import FixedClock
from tests.indexing.fakes import FakeOutbox
from tests.live.neo4j_server import DATABASE, PASSWORD, URL, USER, live_neo4j

OURS, THEIRS = OrganizationId("org_1"), OrganizationId("org_2")
LEASE = timedelta(seconds=60)


class Desk(Protocol):
    outbox: Outbox

    async def write(self, tenant: OrganizationId, *ids: MemoryId, **changes: Any) -> None:
        """Creates or changes memories, each with a vector, in a unit of work."""
        ...

    async def erase(self, tenant: OrganizationId, *ids: MemoryId) -> None: ...


class FakeDesk:
    def __init__(self, clock: FixedClock) -> None:
        self._fake = FakeOutbox(clock)
        self.outbox: Outbox = self._fake

    async def write(self, tenant: OrganizationId, *ids: MemoryId, **changes: Any) -> None:
        for id_ in ids:
            memory = a_memory(id=id_, **changes)
            self._fake.write(tenant, Document(memory=memory, entities=(), embedding=an_embedding(1, 0, 0), stamp=0))

    async def erase(self, tenant: OrganizationId, *ids: MemoryId) -> None:
        for id_ in ids:
            self._fake.erase(tenant, id_)


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@asynccontextmanager
async def in_memory(clock: FixedClock) -> AsyncIterator[Desk]:
    yield FakeDesk(clock)


class StoreDesk:
    """A store that keeps an outbox, and units of work in it."""

    def __init__(self, store: Neo4jStore) -> None:
        self._store = store
        self.outbox: Outbox = store

    async def write(self, tenant: OrganizationId, *ids: MemoryId, **changes: Any) -> None:
        async with self._store.write(a_principal(tenant=tenant)) as uow:
            await uow.memories.put_many([a_memory(id=id_, **changes) for id_ in ids])
            await uow.memories.embed_many({id_: an_embedding(1, 0, 0) for id_ in ids})

    async def erase(self, tenant: OrganizationId, *ids: MemoryId) -> None:
        async with self._store.write(a_principal(tenant=tenant)) as uow:
            await uow.memories.erase(ids)


@asynccontextmanager
async def in_neo4j(clock: FixedClock) -> AsyncIterator[Desk]:
    ids = OrderedIds(clock)
    async with open_store(url=URL, user=USER, password=PASSWORD, database=DATABASE, clock=clock, ids=ids) as store:
        yield StoreDesk(store)


DESKS: dict[str, Callable[[FixedClock], AbstractAsyncContextManager[Desk]]] = {"fake": in_memory, "neo4j": in_neo4j}


@pytest.fixture(params=["fake", pytest.param("neo4j", marks=live_neo4j)])
async def desk(request: pytest.FixtureRequest, clock: FixedClock) -> AsyncIterator[Desk]:
    if request.param == "neo4j":
        request.getfixturevalue("neo4j_data").empty()
    async with DESKS[request.param](clock) as opened:
        yield opened


async def claimed(desk: Desk, clock: FixedClock, *, limit: int = 99) -> list[Mark]:
    now = clock.now()
    return await desk.outbox.claim_marks(now=now, until=now + LEASE, limit=limit)


def ids(marks: Sequence[Mark]) -> list[MemoryId]:
    return [mark.memory for mark in marks]


async def test_a_write_leaves_one_mark_however_often_it_happens(desk: Desk, clock: FixedClock) -> None:
    for text in ("one", "two", "three"):
        await desk.write(OURS, mem(1), text=text)
    (mark,) = await claimed(desk, clock)
    assert (mark.tenant, mark.memory, mark.attempts) == (OURS, mem(1), 1)
    (document,) = await desk.outbox.documents(OURS, [mem(1)])
    assert document is not None
    assert (document.memory.text, document.stamp) == ("three", mark.stamp)


async def test_marks_come_oldest_first_and_to_one_claimer_only(desk: Desk, clock: FixedClock) -> None:
    for number in (3, 1, 2):
        await desk.write(OURS, mem(number))
        clock.advance(timedelta(seconds=1))
    assert ids(await claimed(desk, clock, limit=2)) == [mem(3), mem(1)]
    assert ids(await claimed(desk, clock)) == [mem(2)]
    assert await claimed(desk, clock) == []


async def test_many_who_claim_and_settle_at_once_while_others_write_share_nothing(
    desk: Desk, clock: FixedClock
) -> None:
    """And none of them stands in another's way for good: everything is indexed in the end, nothing twice."""
    memories = [mem(number) for number in range(60)]
    await desk.write(OURS, *memories)

    async def index() -> list[tuple[MemoryId, int]]:
        done: list[tuple[MemoryId, int]] = []
        while marks := await claimed(desk, clock, limit=7):
            done += [(mark.memory, mark.stamp) for mark in marks]
            await desk.outbox.settle_marks(marks)
        return done

    async def write(number: int) -> None:
        await desk.write(OURS, *memories[number::10], text="changed")

    async with asyncio.TaskGroup() as group:
        indexers = [group.create_task(index()) for _ in range(4)]
        for number in range(5):
            group.create_task(write(number))
    indexed = [*(indexer.result() for indexer in indexers), await index()]
    seen = [each for done in indexed for each in done]
    assert len(seen) == len(set(seen))
    assert {memory for memory, _ in seen} == set(memories)
    documents = await desk.outbox.documents(OURS, memories)
    assert {(each.memory.id, each.stamp) for each in documents if each is not None} <= set(seen)
    assert (await desk.outbox.backlog()).waiting == 0


async def test_a_mark_whose_lease_has_run_out_is_claimed_again(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, mem(1))
    await claimed(desk, clock)
    clock.advance(LEASE - timedelta(seconds=1))
    assert await claimed(desk, clock) == []
    clock.advance(timedelta(seconds=1))
    (again,) = await claimed(desk, clock)
    assert again.attempts == 2


async def test_settling_removes_what_has_not_changed_and_frees_what_has(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, mem(1), mem(2))
    marks = await claimed(desk, clock)
    await desk.write(OURS, mem(2), text="changed meanwhile")
    assert await claimed(desk, clock) == []
    assert await desk.outbox.settle_marks(marks) == 1
    (again,) = await claimed(desk, clock)
    assert again.memory == mem(2)
    assert again.stamp > marks[0].stamp
    assert await desk.outbox.settle_marks([again]) == 1
    assert await desk.outbox.settle_marks([again]) == 0
    assert await desk.outbox.backlog() == Backlog(waiting=0, oldest=None, dead=0)


async def test_a_postponed_mark_waits_for_its_time(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, mem(1))
    await desk.outbox.postpone_marks(
        await claimed(desk, clock), due=clock.now() + timedelta(seconds=5), reason="the index is away"
    )
    assert await claimed(desk, clock) == []
    clock.advance(timedelta(seconds=5))
    assert ids(await claimed(desk, clock)) == [mem(1)]


async def test_a_mark_that_was_given_up_waits_for_its_revival_or_for_a_change(desk: Desk, clock: FixedClock) -> None:
    began = clock.now()
    await desk.write(OURS, mem(1), mem(2), mem(3))
    marks = {mark.memory: mark for mark in await claimed(desk, clock)}
    await desk.outbox.postpone_marks([marks[mem(1)], marks[mem(2)]], due=None, reason="too large")
    assert await desk.outbox.backlog() == Backlog(waiting=1, oldest=began, dead=2)
    clock.advance(timedelta(days=1))
    assert ids(await claimed(desk, clock)) == [mem(3)]
    await desk.write(OURS, mem(1), text="shorter")
    assert ids(await claimed(desk, clock)) == [mem(1)]
    assert await desk.outbox.revive_marks() == 1
    assert ids(await claimed(desk, clock)) == [mem(2)]


async def test_an_erased_memory_leaves_a_mark_and_a_tombstone_and_no_document(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, mem(1))
    await desk.outbox.settle_marks(await claimed(desk, clock))
    began = clock.advance(timedelta(minutes=1))
    await desk.erase(OURS, mem(1))
    assert ids(await claimed(desk, clock)) == [mem(1)]
    assert await desk.outbox.documents(OURS, [mem(1)]) == [None]
    assert await desk.outbox.stamps(OURS, [mem(1)]) == [None]
    assert await desk.outbox.tombstones(OURS, since=began) == [mem(1)]
    assert await desk.outbox.tombstones(OURS, since=began + timedelta(seconds=1)) == []
    assert await desk.outbox.tombstones(THEIRS, since=began) == []


async def test_a_forgotten_memory_is_a_document_still(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, mem(1), deleted_at=clock.now())
    (document,) = await desk.outbox.documents(OURS, [mem(1)])
    assert document is not None
    assert document.memory.deleted_at == clock.now()


async def test_marking_by_hand_is_for_what_is_there_and_for_what_is_not(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, mem(1), mem(2))
    marks = await claimed(desk, clock)
    await desk.outbox.settle_marks([mark for mark in marks if mark.memory == mem(1)])
    assert await desk.outbox.mark(OURS, [mem(1), mem(2), mem(77)]) == 2
    found = await claimed(desk, clock)
    assert sorted(ids(found)) == [mem(1), mem(77)]
    assert await desk.outbox.settle_marks(found) == 2


async def test_a_walk_over_a_tenant_sees_its_memories_once_in_order(desk: Desk, clock: FixedClock) -> None:
    await desk.write(OURS, *(mem(number) for number in range(5)))
    await desk.write(THEIRS, mem(9))
    walked: list[MemoryId] = []
    while page := await desk.outbox.stamps_after(OURS, walked[-1] if walked else None, limit=2):
        walked += [entry.memory for entry in page]
        stamps = await desk.outbox.stamps(OURS, [entry.memory for entry in page])
        assert stamps == [entry.stamp for entry in page]
    assert walked == [mem(number) for number in range(5)]
    assert await desk.outbox.stamps(OURS, [mem(9)]) == [None]


async def test_documents_come_in_the_order_asked_and_of_the_tenant_asked(desk: Desk) -> None:
    await desk.write(OURS, mem(1), mem(2))
    await desk.write(THEIRS, mem(3))
    found = await desk.outbox.documents(OURS, [mem(2), mem(3), mem(1)])
    assert [document and document.memory.id for document in found] == [mem(2), None, mem(1)]
