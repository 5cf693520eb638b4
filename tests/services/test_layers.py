"""Working memory: how it ends, how it is kept, and what goes with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.ids import MemoryId
from app.domain.memory import Layer, LinkType, Memory
from app.jobs.sweeper import Sweeper
from app.services.curate import Curate
from app.services.expire import Expire
from app.services.inputs import MemoryPatch, NewMemory
from app.services.remember import Remember
from app.services.vectors import Vectors
from tests.api.schema.world import BagOfWords
from tests.builders import a_link
from tests.services.conftest import Bench

DAY = timedelta(hours=24)


def curate(bench: Bench) -> Curate:
    return Curate(store=bench.store, clock=bench.clock)


def remember(bench: Bench) -> Remember:
    vectors = Vectors(BagOfWords(), tokens=False)
    return Remember(store=bench.store, vectors=vectors, clock=bench.clock, ids=bench.ids)


def sweeper(bench: Bench) -> Sweeper:
    expire = Expire(store=bench.store, clock=bench.clock)
    return Sweeper(directory=bench.store, authenticator=bench.authenticator, expire=expire, clock=bench.clock)


async def added(bench: Bench, text: str = "The build is red", **given: object) -> Memory:
    draft = replace(NewMemory(text=text), **given)  # type: ignore[arg-type]  # fields of a draft, by name
    return (await remember(bench).add(bench.operator, memory=draft)).memories[0]


async def with_fact(bench: Bench, source: Memory) -> Memory:
    """A fact that was drawn from it alone, as extraction would leave it."""
    fact = replace(source, id=MemoryId(f"{source.id}f"), text="A fact", version=1)
    async with bench.store.write(bench.operator) as uow:
        await uow.memories.put_many([fact])
        await uow.memories.link_many([a_link(source=fact.id, target=source.id, type=LinkType.DERIVED_FROM)])
    return fact


async def stored(bench: Bench, *ids: MemoryId) -> Sequence[Memory | None]:
    async with bench.store.read(bench.operator) as reader:
        return await reader.memories.get_many(ids)


async def test_working_memory_lasts_a_day_when_nobody_says(bench: Bench) -> None:
    now = bench.clock.now()
    assert (await added(bench, layer=Layer.TASK)).expires_at == now + DAY
    assert (await added(bench, "Sooner", layer=Layer.TASK, expires_at=now + DAY / 2)).expires_at == now + DAY / 2
    assert (await added(bench, "For good")).expires_at is None


async def test_a_memory_made_a_task_by_an_edit_ends_as_well(bench: Bench) -> None:
    memory = await added(bench)
    fact = await with_fact(bench, memory)
    edit = remember(bench).update
    changed = await edit(bench.operator, memory=memory.id, patch=MemoryPatch(layer=Layer.TASK))
    assert changed.expires_at == bench.clock.now() + DAY
    (drawn,) = await stored(bench, fact.id)
    assert drawn is not None
    assert (drawn.layer, drawn.expires_at, drawn.version) == (Layer.TASK, changed.expires_at, 2)
    endless = await edit(bench.operator, memory=memory.id, patch=MemoryPatch(expires_at=None))
    assert (endless.layer, endless.expires_at) == (Layer.TASK, None)


async def test_promotion_keeps_it_with_what_was_drawn_from_it(bench: Bench) -> None:
    memory = await added(bench, layer=Layer.TASK)
    fact = await with_fact(bench, memory)
    kept = await curate(bench).promote(bench.operator, memory=memory.id)
    assert (kept.layer, kept.expires_at, kept.version) == (Layer.RAW, None, 2)
    bench.clock.advance(2 * DAY)
    assert await sweeper(bench).sweep() == 0
    assert [m and (m.layer, m.deleted_at) for m in await stored(bench, memory.id, fact.id)] == [(Layer.RAW, None)] * 2


async def test_promotion_may_set_an_end_and_demotion_does(bench: Bench) -> None:
    memory, until = await added(bench, layer=Layer.TASK), bench.clock.now() + 9 * DAY
    verbs = curate(bench)
    assert (await verbs.promote(bench.operator, memory=memory.id, expires_at=until)).expires_at == until
    back = await verbs.demote(bench.operator, memory=memory.id)
    assert (back.layer, back.expires_at) == (Layer.TASK, bench.clock.now() + DAY)


async def test_what_cannot_be_moved_is_told_by_kind(bench: Bench) -> None:
    verbs, raw = curate(bench), await added(bench)
    task = await added(bench, "Brief", layer=Layer.TASK)
    with pytest.raises(errors.Conflict, match="in the layer RAW already"):
        await verbs.promote(bench.operator, memory=raw.id)
    with pytest.raises(errors.Conflict, match="in the layer TASK already"):
        await verbs.demote(bench.operator, memory=task.id)
    with pytest.raises(errors.NotFound):
        await verbs.promote(bench.operator, memory=MemoryId("mem_9"))
    with pytest.raises(errors.Invalid, match="must be in the future"):
        await verbs.promote(bench.operator, memory=task.id, expires_at=bench.clock.now())
    bench.clock.advance(DAY)
    for _ in range(2):
        with pytest.raises(errors.Gone):
            await verbs.promote(bench.operator, memory=task.id)
        await sweeper(bench).sweep()


async def test_the_sweep_forgets_what_is_over_and_no_more(bench: Bench) -> None:
    brief = await added(bench, layer=Layer.TASK)
    fact = await with_fact(bench, brief)
    later = await added(bench, "Later", layer=Layer.TASK, expires_at=bench.clock.now() + 2 * DAY)
    raw = await added(bench, "Raw", expires_at=bench.clock.now() + DAY)
    now = bench.clock.advance(DAY)
    assert [await sweeper(bench).sweep(), await sweeper(bench).sweep()] == [2, 0]
    found = await stored(bench, brief.id, fact.id, later.id, raw.id)
    assert [memory and memory.deleted_at for memory in found] == [now, now, None, None]
    async with bench.store.read(bench.operator) as reader:
        events = await reader.events.after(0, project=None, limit=99)
    told = [one for one in events if one.event.data.get("expired")]
    assert {(one.event.subject, one.event.kind, one.actor) for one in told} == {
        (brief.id, "memory.forgotten", "sweeper"),
        (fact.id, "memory.forgotten", "sweeper"),
    }


async def test_what_is_to_stay_is_not_joined_to_what_ends(bench: Bench) -> None:
    brief = await added(bench, layer=Layer.TASK)
    lasting = await added(bench)
    assert lasting.id != brief.id
    assert (await added(bench)).id == lasting.id
