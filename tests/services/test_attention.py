"""What is shown is counted, without a write for each search, and seen at once."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.ids import MemoryId, OrganizationId, ProjectId
from app.services.attention import Attention
from app.services.explore import Explore
from tests.builders import a_memory
from tests.services.conftest import Bench


async def test_what_was_shown_is_counted_and_written_together(bench: Bench) -> None:
    async with bench.store.read(bench.operator) as reader:
        project = await reader.projects.by_slug("default")
    assert project is not None
    shown, hidden = MemoryId("mem_shown"), MemoryId("mem_hidden")
    async with bench.store.write(bench.operator) as uow:
        await uow.memories.put_many([a_memory(id=id_, project=ProjectId(project.id)) for id_ in (shown, hidden)])
    attention = Attention(store=bench.store, clock=bench.clock)
    for _ in range(3):
        attention.note(bench.operator, [shown])
    await attention.write()
    last = bench.clock.advance(timedelta(minutes=1))
    attention.note(bench.operator, [shown])
    await attention.write()
    await attention.write()
    async with bench.store.read(bench.operator) as reader:
        usage = await reader.memories.usage([shown, hidden])
    assert [(u.access_count, u.last_accessed_at) for u in usage] == [(4, last), (0, None)]


async def test_what_was_shown_is_told_before_it_is_written(bench: Bench) -> None:
    async with bench.store.read(bench.operator) as reader:
        project = await reader.projects.by_slug("default")
    assert project is not None
    one = a_memory(id=MemoryId("mem_one"), project=ProjectId(project.id))
    async with bench.store.write(bench.operator) as uow:
        await uow.memories.put_many([one])
    attention = Attention(store=bench.store, clock=bench.clock)
    explore = Explore(store=bench.store, attention=attention)

    async def count() -> tuple[int, datetime | None]:
        (told,) = await explore.labelled(bench.operator, memories=[one])
        return told.usage.access_count, told.usage.last_accessed_at

    assert await count() == (0, None)
    attention.note(bench.operator, [one.id])
    attention.note(bench.operator, [one.id])
    last = bench.clock.now()
    assert await count() == (2, last)
    await attention.write()
    assert await count() == (2, last)
    attention.note(replace(bench.operator, tenant=OrganizationId("org_other")), [one.id])
    assert await count() == (2, last)
