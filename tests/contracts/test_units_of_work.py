"""One block, one transaction: whole or not at all, in turn, whatever happens to the task."""

import asyncio
from pathlib import Path

import pytest

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.query import MemoryFilter
from app.ports.store import UnitOfWork
from tests.builders import a_job, a_memory, a_principal, an_embedding, an_event
from tests.contracts.conftest import BACKENDS, WholeStore
from tests.fakes import FixedClock

US = a_principal()
ANY = MemoryFilter()


def mem(number: int) -> MemoryId:
    return MemoryId(f"mem_{number}")


async def fill(uow: UnitOfWork, number: int) -> None:
    await uow.memories.put_many([a_memory(id=mem(number))])
    await uow.memories.embed_many({mem(number): an_embedding()})
    await uow.jobs.put_many([a_job()])
    uow.emit(an_event())


async def count(store: WholeStore) -> int:
    async with store.read(US) as reader:
        return await reader.memories.count(ANY)


async def test_a_block_that_fails_leaves_nothing(store: WholeStore) -> None:
    async def fail() -> None:
        async with store.write(US) as uow:
            await fill(uow, 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with store.read(US) as reader:
        assert await reader.memories.count(ANY) == 0
        assert await reader.jobs.get_many([a_job().id]) == [None]
        assert await reader.events.revision() == 0
    assert await store.nearest(US, embedding=an_embedding(), where=ANY, limit=9) == []


async def test_a_block_reads_its_own_writes_and_others_do_not(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await fill(uow, 1)
        assert await uow.memories.count(ANY) == 1
        assert await count(store) == 0
    assert await count(store) == 1


async def test_a_reader_has_nothing_that_writes(store: WholeStore) -> None:
    async with store.read(US) as reader, store.write(US) as uow:
        for name in ("projects", "memories", "entities", "jobs", "users"):
            extra = set(dir(getattr(uow, name))) - set(dir(getattr(reader, name)))
            assert extra
            assert all(not hasattr(getattr(reader, name), method) for method in extra)
        assert not hasattr(reader, "emit")


async def test_a_block_cannot_be_used_after_it_was_left(store: WholeStore) -> None:
    async with store.read(US) as reader:
        pass
    async with store.write(US) as uow:
        pass
    for door in (reader, uow):
        with pytest.raises(RuntimeError):
            await door.memories.count(ANY)


async def test_writers_take_turns_and_all_land(store: WholeStore) -> None:
    async def add(number: int) -> None:
        async with store.write(US) as uow:
            before = await uow.memories.count(ANY)
            await asyncio.sleep(0)
            await fill(uow, number)
            assert await uow.memories.count(ANY) == before + 1

    await asyncio.gather(*(add(number) for number in range(40)))
    assert await count(store) == 40
    assert len(await store.nearest(US, embedding=an_embedding(), where=ANY, limit=99)) == 40


async def test_one_that_fails_among_many_takes_no_other_along(store: WholeStore) -> None:
    async def add(number: int) -> None:
        async with store.write(US) as uow:
            await fill(uow, number)
            if number % 3 == 0:
                raise RuntimeError

    outcomes = await asyncio.gather(*(add(number) for number in range(30)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [RuntimeError, type(None), type(None)] * 10
    async with store.read(US) as reader:
        found = await reader.memories.get_many([mem(number) for number in range(30)])
        events = await reader.events.after(0, project=None, limit=99)
    assert [memory is not None for memory in found] == [False, True, True] * 10
    assert [one.revision for one in events] == list(range(1, 41))


async def test_a_writer_cancelled_at_any_step_leaves_no_lock_and_no_half_work(store: WholeStore) -> None:
    """Cancelled after 0, 1, 2 … turns of the loop; each time the store must take the next write at once."""
    landed = 0
    for turns in range(40):
        task = asyncio.create_task(write_one(store, turns))
        for _ in range(turns):
            await asyncio.sleep(0.0002)
        task.cancel()
        await asyncio.wait([task])
        async with asyncio.timeout(5), store.write(US) as uow:
            (memory,) = await uow.memories.get_many([mem(turns)])
            events = await uow.events.after(0, project=None, limit=999)
        landed += memory is not None
        assert len(events) == 2 * landed
    assert 0 < landed < 40


async def write_one(store: WholeStore, number: int) -> None:
    async with store.write(US) as uow:
        await fill(uow, number)


async def test_waiters_cancelled_behind_a_finished_one_do_not_hold_it_up(store: WholeStore) -> None:
    """The finished one shares its commit with those that wait; they give up, and it is acknowledged all the same."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with store.write(US) as uow:
            await fill(uow, 0)
            entered.set()
            await leave.wait()

    holder = asyncio.create_task(first())
    await entered.wait()
    waiters = [asyncio.create_task(write_one(store, number)) for number in range(1, 4)]
    await asyncio.sleep(0)
    leave.set()
    await asyncio.sleep(0)
    for waiter in waiters:
        waiter.cancel()
    async with asyncio.timeout(5):
        await holder
        await asyncio.wait(waiters)
    async with store.read(US) as reader:
        assert [memory and memory.id for memory in await reader.memories.get_many([mem(0)])] == [mem(0)]


@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
async def test_a_cancelled_reader_gives_its_connection_back(store: WholeStore) -> None:
    """A driver that is stopped while it connects leaves its socket to Python, which closes it with a warning."""

    async def look() -> None:
        async with store.read(US) as reader:
            while True:
                await reader.memories.count(ANY)

    for _ in range(12):
        task = asyncio.create_task(look())
        await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.wait([task])
    async with asyncio.timeout(5):
        assert await count(store) == 0


async def test_many_calls_at_once_in_one_block(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await asyncio.gather(*(uow.memories.put_many([a_memory(id=mem(number))]) for number in range(20)))
    async with store.read(US) as reader:
        assert await asyncio.gather(*(reader.memories.count(ANY) for _ in range(20))) == [20] * 20


async def test_what_was_acknowledged_is_there_when_opened_again(backend: str, tmp_path: Path) -> None:
    async with BACKENDS[backend](tmp_path, FixedClock()) as store:
        await asyncio.gather(*(write_one(store, number) for number in range(10)))
    async with BACKENDS[backend](tmp_path, FixedClock()) as store:
        assert await count(store) == 10
        assert len(await store.words(US, terms=["tea"], where=ANY, limit=99)) == 10


async def test_a_conflict_inside_a_block_does_not_end_it(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await fill(uow, 1)
        with pytest.raises(errors.Conflict):
            await uow.memories.put_many([a_memory(id=mem(1), version=3)], expected={mem(1): 2})
        await fill(uow, 2)
    assert await count(store) == 2
