"""The record as it stood: versions by moment and number, replaced texts, edges of then, the log of changes."""

from dataclasses import replace
from datetime import timedelta

from app.domain.graph import EdgeKind
from app.domain.ids import EntityId, MemoryId, UserId
from app.domain.memory import LinkType
from app.domain.past import Then
from app.domain.query import Window
from app.domain.work import EventKind
from tests.builders import (
    NOON,
    PROJECT,
    a_link,
    a_memory,
    a_mention,
    a_principal,
    a_relation,
    a_user,
    an_entity,
    an_event,
)
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ONE, TWO = MemoryId("mem_1"), MemoryId("mem_2")
FAR = NOON + timedelta(days=99)
MINUTE = timedelta(minutes=1)


async def reworded(store: WholeStore, clock: FixedClock) -> None:
    """Three versions of a memory, a minute apart, each with its event."""
    for version, text in enumerate(("Ada drinks tea", "Ada drinks coffee", "Ada drinks water"), start=1):
        async with store.write(US) as uow:
            await uow.memories.put_many([a_memory(text=text, version=version)])
            uow.emit(an_event(kind=EventKind.MEMORY_UPDATED if version > 1 else EventKind.MEMORY_CREATED))
        clock.advance(MINUTE)


async def test_a_version_is_found_by_revision_by_time_and_by_both(store: WholeStore, clock: FixedClock) -> None:
    began = clock.now()
    await reworded(store, clock)
    asked = [
        (Then(at=FAR), 3),
        (Then(revision=2, at=FAR), 2),
        (Then(revision=9, at=FAR), 3),
        (Then(revision=0, at=FAR), None),
        (Then(recorded=began, at=FAR), 1),
        (Then(recorded=began + 3 * MINUTE, revision=2, at=FAR), 2),
        (Then(recorded=began - MINUTE, at=FAR), None),
    ]
    async with store.read(US) as reader:
        for then, expected in asked:
            found = await reader.past.versions([TWO, ONE], then=then)
            assert [each and each.version for each in found] == [None, expected]
        assert [each and each.memory.text for each in await reader.past.exact([(ONE, 2), (ONE, 9), (TWO, 1)])] == [
            "Ada drinks coffee",
            None,
            None,
        ]
        assert [await reader.past.moment(revision) for revision in (0, 1, 3, 9)] == [
            None,
            began,
            began + 2 * MINUTE,
            began + 2 * MINUTE,
        ]


async def test_replaced_texts_are_found_until_they_are_erased(store: WholeStore, clock: FixedClock) -> None:
    await reworded(store, clock)
    async with store.read(US) as reader:
        for term, expected in (("tea", [ONE]), ("coffees", [ONE]), ("water", []), ("wine", [])):
            assert await reader.past.replaced([term], project=PROJECT, limit=9) == expected
            assert await reader.past.replaced([term], project=None, limit=9) == expected
        assert await reader.past.replaced([], project=None, limit=9) == []
    async with store.write(US) as uow:
        await uow.memories.erase([ONE])
    async with store.read(US) as reader:
        assert await reader.past.replaced(["tea"], project=None, limit=9) == []
        assert await reader.past.versions([ONE], then=Then(at=FAR)) == [None]


async def test_edges_hold_from_when_they_were_made_until_they_were_retired(
    store: WholeStore, clock: FixedClock
) -> None:
    ada, other = a_user(), EntityId("ent_2")
    began = clock.now()
    async with store.write(US) as uow:
        await uow.users.put(ada)
        await uow.memories.put_many([a_memory(user=ada.id), a_memory(id=TWO)])
        await uow.entities.put_many([an_entity(), an_entity(id=other, name="Charles")])
        await uow.memories.mention_many({ONE: [a_mention()]})
        await uow.memories.link_many([a_link(created_at=began)])
        await uow.entities.relate_many([a_relation(evidence=(ONE,))])
    clock.advance(MINUTE)
    async with store.write(US) as uow:
        await uow.memories.mention_many({ONE: []})
        await uow.memories.unlink(ONE, TWO, LinkType.SUPPORTS)
        await uow.entities.relate_many([replace(a_relation(evidence=(ONE,)), weight=0.1)])
    kinds = tuple(EdgeKind)

    async def held(*ids: str, minutes: float) -> list[tuple[str, str, str, float, tuple[str, ...]]]:
        async with store.read(US) as reader:
            found = await reader.past.edges(ids, kinds=kinds, at=began + minutes * MINUTE, limit=99)
        return sorted((e.kind, e.source, e.target, e.weight, told) for e, told in found)

    about = ("about", ONE, ada.id, 0.5, ())
    assert await held(ONE, "ent_1", minutes=0.5) == [
        about,
        ("links", ONE, TWO, 0.8, ()),
        ("mentions", ONE, "ent_1", 0.5, ()),
        ("relates", "ent_1", other, 0.7, (ONE,)),
    ]
    assert await held(ONE, "ent_1", minutes=2) == [about, ("relates", "ent_1", other, 0.1, (ONE,))]
    assert await held(UserId(ada.id), minutes=2) == [about]
    assert await held(ONE, "ent_1", minutes=-1) == [about]
    async with store.read(US) as reader:
        assert len(await reader.past.edges([ONE, "ent_1"], kinds=kinds, at=began, limit=2)) == 2
        only = await reader.past.edges([ONE, "ent_1"], kinds=(EdgeKind.LINKS,), at=began, limit=9)
    assert [edge.kind for edge, _ in only] == [EdgeKind.LINKS]


async def test_changes_come_newest_first_within_their_bounds(store: WholeStore, clock: FixedClock) -> None:
    began = clock.now()
    await reworded(store, clock)
    kinds = (EventKind.MEMORY_CREATED, EventKind.MEMORY_UPDATED)
    async with store.read(US) as reader:
        first = await reader.past.changes(Window(limit=2), project=None, kinds=kinds, after=0, since=None)
        window = Window(limit=2, position=first.rows[-1].position)
        rest = await reader.past.changes(window, project=PROJECT, kinds=kinds, after=0, since=None)
        late = await reader.past.changes(Window(limit=9), project=None, kinds=kinds, after=1, since=began + MINUTE)
        new = await reader.past.changes(Window(limit=9), project=None, kinds=kinds[:1], after=0, since=None)
    assert ([row.item.revision for row in first.rows], first.more) == ([3, 2], True)
    assert ([row.item.revision for row in rest.rows], rest.more) == ([1], False)
    assert [row.item.revision for row in late.rows] == [3]
    assert [row.item.revision for row in new.rows] == [1]
