"""The repair: what differs is marked, once, and the indexer does the rest."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.ids import MemoryId, OrganizationId
from app.indexing.pace import Pace
from app.indexing.repair import Findings, Repair
from tests.indexing.test_indexer import OURS, THEIRS, World, mem

AGREED = Findings()


def a_repair(world: World, *, incarnation: str = "first") -> Repair:
    async def tenants() -> list[OrganizationId]:
        return [OURS, THEIRS]

    async def current() -> str:
        return incarnation

    return Repair(
        outbox=world.outbox,
        index=world.index,
        tenants=tenants,
        incarnation=current,
        clock=world.clock,
        told=lambda _: None,
        pace=Pace(page=2, rest=0.0),
    )


@pytest.fixture
async def world() -> World:
    world = World()
    world.write(*(mem(number) for number in range(5)))
    world.write(mem(1), tenant=THEIRS)
    await world.indexer().drain()
    return world


async def test_two_that_agree_are_left_alone(world: World) -> None:
    assert await a_repair(world).everything() == AGREED
    assert world.outbox.marks == {}


async def test_missing_stale_and_extra_are_counted_once_and_mended_by_the_indexer(world: World) -> None:
    del world.index.kept[OURS, mem(0)]
    world.index.kept[OURS, mem(2)] = world.index.kept[OURS, mem(1)]
    world.index.kept[OURS, mem(77)] = world.index.kept[OURS, mem(1)]
    world.index.kept[THEIRS, mem(78)] = world.index.kept[THEIRS, mem(1)]
    assert await a_repair(world).everything() == Findings(missing=1, stale=1, extra=2)
    assert await a_repair(world).everything() == AGREED
    await world.indexer().drain()
    assert world.index.kept == world.outbox.rows
    assert await a_repair(world).everything() == AGREED


async def test_an_entry_that_is_newer_than_the_record_is_stale_too(world: World) -> None:
    """As after the record was restored from a backup."""
    world.outbox.rows[OURS, mem(1)] = world.outbox.rows[OURS, mem(0)]
    assert (await a_repair(world).check(OURS)).stale == 1


async def test_what_only_waits_for_the_indexer_is_no_finding(world: World) -> None:
    world.write(mem(9))
    world.write(mem(1), text="changed")
    world.outbox.erase(OURS, mem(2))
    assert await a_repair(world).everything() == AGREED


async def test_deletes_that_came_back_are_replayed(world: World) -> None:
    erased = dict(world.index.kept)
    world.outbox.erase(OURS, mem(1))
    world.outbox.erase(OURS, mem(2))
    await world.indexer().drain()
    world.index.kept[OURS, mem(1)] = erased[OURS, mem(1)]
    since = world.clock.now() - timedelta(days=30)
    assert await a_repair(world).replay(since=since) == 1
    await world.indexer().drain()
    assert sorted(world.kept()) == [mem(0), mem(3), mem(4)]
    assert await a_repair(world).replay(since=since) == 0


async def test_an_id_that_was_erased_and_used_again_stays(world: World) -> None:
    world.outbox.erase(OURS, mem(1))
    await world.indexer().drain()
    world.write(mem(1), text="again")
    await world.indexer().drain()
    await a_repair(world).replay(since=world.clock.now() - timedelta(days=30))
    await world.indexer().drain()
    assert world.kept()[MemoryId("mem_1")] == "again"


async def test_a_server_that_started_again_is_walked_over_at_once(world: World) -> None:
    told: list[Findings] = []
    incarnations = iter(["first", "first", "second"])
    done = asyncio.Event()

    async def current() -> str:
        found = next(incarnations, None)
        if found is None:
            done.set()
            await asyncio.Event().wait()
        if found == "second":
            world.index.kept.clear()
        return str(found)

    repair = Repair(
        outbox=world.outbox,
        index=world.index,
        tenants=ours,
        incarnation=current,
        clock=world.clock,
        told=told.append,
        pace=Pace(look=0.0, rest=0.0),
    )
    running = asyncio.ensure_future(repair.run())
    await done.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert told == [AGREED, Findings(missing=5)]


async def ours() -> list[OrganizationId]:
    return [OURS]
