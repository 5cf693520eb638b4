"""Exports: when they may be fetched, and what is in them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.query import TimeRange
from app.domain.work import Job
from app.services.attention import Attention
from app.services.explore import Explore
from app.services.exports import KEPT, Export, ExportRequest, Exports, ExportState
from tests.builders import a_memory
from tests.services.conftest import LEASE, Bench


@pytest.fixture
def exports(bench: Bench) -> Exports:
    attention = Attention(store=bench.store, clock=bench.clock)
    explore = Explore(store=bench.store, attention=attention)
    return Exports(store=bench.store, explore=explore, clock=bench.clock, ids=bench.ids)


async def stored(bench: Bench, number: int, **changes: object) -> MemoryId:
    async with bench.store.write(bench.operator) as uow:
        project = await uow.projects.by_slug("default")
        assert project is not None
        memory = a_memory(
            id=f"mem_{number}", project=project.id, text=f"Note {number}", created_at=bench.clock.now(), **changes
        )
        await uow.memories.put_many([memory])
    return memory.id


async def run(bench: Bench, exports: Exports) -> list[Job]:
    now = bench.clock.now()
    async with bench.store.write(bench.operator) as uow:
        claimed = await uow.jobs.claim(now=now, until=now + LEASE, limit=9)
    return await exports.run(bench.operator, jobs=claimed)


async def texts(bench: Bench, exports: Exports, export: Export) -> list[str]:
    return [each.memory.text async for batch in exports.memories(bench.operator, export=export) for each in batch]


async def test_it_is_fetched_between_ready_and_expired(bench: Bench, exports: Exports) -> None:
    await stored(bench, 1)
    export = await exports.request(bench.operator, export=ExportRequest(form="json"))
    assert export.state is ExportState.PENDING
    with pytest.raises(errors.Conflict):
        await texts(bench, exports, export)
    (job,) = await run(bench, exports)
    assert job.result == {"memories": 1}
    assert exports.of(job).state is ExportState.READY
    assert await texts(bench, exports, exports.of(job)) == ["Note 1"]
    bench.clock.advance(KEPT)
    assert exports.of(job).state is ExportState.EXPIRED
    with pytest.raises(errors.Gone):
        await texts(bench, exports, exports.of(job))


async def test_it_holds_what_was_there_and_still_is(bench: Bench, exports: Exports) -> None:
    await stored(bench, 1)
    gone = await stored(bench, 2)
    await exports.request(bench.operator, export=ExportRequest(form="csv"))
    bench.clock.advance(timedelta(seconds=1))
    await stored(bench, 3)
    (job,) = await run(bench, exports)
    async with bench.store.write(bench.operator) as uow:
        (memory,) = await uow.memories.get_many([gone])
        assert memory is not None
        await uow.memories.put_many([replace(memory, deleted_at=bench.clock.now(), version=2)])
    assert await texts(bench, exports, exports.of(job)) == ["Note 1"]


async def test_what_was_asked_for_is_remembered(bench: Bench, exports: Exports) -> None:
    now = bench.clock.now()
    await stored(bench, 1, importance=0.9, categories=("a",))
    await stored(bench, 2, importance=0.5, categories=("a",))
    asked = ExportRequest(
        form="markdown",
        categories=("a",),
        importances=((0.8, 1.0),),
        recorded=TimeRange(after=now - timedelta(days=1), before=now + timedelta(days=1)),
    )
    export = await exports.request(bench.operator, export=asked)
    assert replace(export.request, project=None) == asked
    (job,) = await run(bench, exports)
    assert await texts(bench, exports, exports.of(job)) == ["Note 1"]
