"""What a search shows is counted, without a write for each search."""

from datetime import timedelta

from app.domain.ids import MemoryId, ProjectId
from app.services.attention import Attention
from tests.builders import a_memory
from tests.services.conftest import Bench


async def test_what_was_shown_is_counted_once_a_write(bench: Bench) -> None:
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
    assert [(u.access_count, u.last_accessed_at) for u in usage] == [(2, last), (0, None)]
