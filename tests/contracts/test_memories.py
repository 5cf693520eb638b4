"""Memories: kept whole, versioned, linked, noted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import errors
from app.domain.graph import Edge, EdgeKind, Mentioned, Span
from app.domain.ids import AgentId, EntityId, MemoryId, ProjectId, SessionId, SourceId, UserId
from app.domain.memory import Kind, Layer, LinkType, Status, Usage
from app.domain.query import Facet, Life, MemoryFilter, Tally, Window
from tests.builders import (
    NOON,
    PROJECT,
    a_link,
    a_memory,
    a_mention,
    a_principal,
    an_entity,
    an_event,
)
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
ONE, TWO, THREE = MemoryId("mem_1"), MemoryId("mem_2"), MemoryId("mem_3")
FULL = a_memory(
    user=UserId("usr_1"),
    agent=AgentId("agt_1"),
    session=SessionId("ses_1"),
    source=SourceId("src_1"),
    position=3,
    role="user",
    speaker="Ada",
    title="Tea",
    summary="She drinks tea",
    kind=Kind.EPISODIC,
    type="preference",
    categories=("food", "drink"),
    tags=("tea",),
    files=("notes.md",),
    keypath="person.ada.tea",
    importance=0.9,
    layer=Layer.TASK,
    expires_at=NOON + timedelta(days=9),
    status=Status.PENDING,
    skip_reason="greeting",
    metadata={"a": {"b": [1, 2.5, None, True, "ü"]}},
    occurred_at=NOON - timedelta(microseconds=1),
    valid_from=NOON - timedelta(days=1),
    valid_to=NOON + timedelta(days=1),
    updated_at=NOON + timedelta(seconds=1),
    version=4,
    deleted_at=NOON + timedelta(seconds=2),
)


async def test_a_memory_comes_back_as_it_was_put(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([FULL, a_memory(id=TWO)])
        assert await uow.memories.get_many([TWO, MemoryId("mem_9"), ONE]) == [a_memory(id=TWO), None, FULL]
    async with store.read(US) as reader:
        assert await reader.memories.get_many([ONE, ONE]) == [FULL, FULL]
        assert await reader.memories.get_many([]) == []


async def test_each_write_is_kept_as_a_version(store: WholeStore, clock: FixedClock) -> None:
    first, recorded = a_memory(), clock.now()
    second = replace(first, text="Ada drinks black tea.", version=2)
    async with store.write(US) as uow:
        await uow.memories.put_many([first])
        uow.emit(an_event())
        uow.emit(an_event())
    later = clock.advance(timedelta(minutes=5))
    async with store.write(replace(US, actor="editor")) as uow:
        await uow.memories.put_many([second], expected={ONE: 1})
        uow.emit(an_event())
    async with store.read(US) as reader:
        page = await reader.memories.versions(ONE, Window(limit=9))
    assert [(row.item.memory, row.item.version, row.item.revision) for row in page.rows] == [
        (second, 2, 3),
        (first, 1, 1),
    ]
    assert [(row.item.recorded_at, row.item.actor) for row in page.rows] == [(later, "editor"), (recorded, "tester")]


async def test_versions_of_a_block_without_events_carry_the_next_events_number(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=TWO)])
        uow.emit(an_event(subject=TWO))
    async with store.read(US) as reader:
        revisions = [
            (await reader.memories.versions(each, Window(limit=1))).rows[0].item.revision for each in (ONE, TWO)
        ]
        assert revisions == [1, 1]
        assert await reader.events.revision() == 1


async def test_versions_are_paged_newest_first(store: WholeStore) -> None:
    async with store.write(US) as uow:
        for version in range(1, 6):
            await uow.memories.put_many([a_memory(version=version)])
    async with store.read(US) as reader:
        first = await reader.memories.versions(ONE, Window(limit=2))
        second = await reader.memories.versions(ONE, Window(limit=9, position=first.rows[-1].position))
    assert ([row.item.version for row in first.rows], first.more) == ([5, 4], True)
    assert ([row.item.version for row in second.rows], second.more) == ([3, 2, 1], False)


async def test_a_stale_write_is_refused_and_changes_nothing(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(version=2)])
    with pytest.raises(errors.Conflict):
        async with store.write(US) as uow:
            await uow.memories.put_many([a_memory(id=TWO), a_memory(text="Stale", version=2)], expected={ONE: 1})
    async with store.read(US) as reader:
        assert await reader.memories.get_many([ONE, TWO]) == [a_memory(version=2), None]


async def test_an_update_of_something_absent_is_not_found(store: WholeStore) -> None:
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.memories.put_many([a_memory()], expected={ONE: 1})


async def test_equal_texts_are_found_whatever_their_case_and_spaces(store: WholeStore) -> None:
    ada = UserId("usr_1")
    async with store.write(US) as uow:
        await uow.memories.put_many(
            [
                a_memory(id=TWO, text="ADA  drinks green tea", created_at=NOON + timedelta(seconds=1)),
                a_memory(id=THREE, created_at=NOON - timedelta(days=1), deleted_at=NOON),
                a_memory(),
                a_memory(id=MemoryId("mem_4"), user=ada),
                a_memory(id=MemoryId("mem_5"), project=ProjectId("prj_2"), created_at=NOON - timedelta(days=2)),
            ]
        )
        wanted = ["ada drinks green tea!", "Ada drinks coffee"]
        assert await uow.memories.same_text(project=PROJECT, user=None, texts=wanted) == [ONE, None]
        assert await uow.memories.same_text(project=PROJECT, user=ada, texts=wanted[:1]) == ["mem_4"]


async def test_links_show_from_both_ends_strongest_first(store: WholeStore) -> None:
    weak = a_link(type=LinkType.SIMILAR, confidence=0.2)
    strong = a_link(source=THREE, target=ONE, confidence=0.9)
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO), a_memory(id=THREE)])
        await uow.memories.link_many([weak, strong])
        await uow.memories.link_many([weak])
    async with store.read(US) as reader:
        assert await reader.memories.links([TWO, ONE, MemoryId("mem_9")]) == [[weak], [strong, weak], []]


async def test_a_link_takes_its_new_confidence_and_can_be_undone(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.link_many([a_link()])
        await uow.memories.link_many([a_link(confidence=0.1)])
        assert await uow.memories.links([ONE]) == [[a_link(confidence=0.1)]]
        assert await uow.memories.unlink(ONE, TWO, LinkType.SUPPORTS)
        assert not await uow.memories.unlink(ONE, TWO, LinkType.SUPPORTS)
        assert await uow.memories.links([ONE]) == [[]]
        await uow.memories.link_many([a_link()])
        assert await uow.memories.links([TWO]) == [[a_link()]]


async def test_a_label_tells_links_apart(store: WholeStore) -> None:
    plain = a_link(type=LinkType.REFERENCES, confidence=0.3)
    cooked, served = (replace(plain, label=label, confidence=0.2) for label in ("cooked: with", "served"))
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.link_many([plain, cooked, served])
        await uow.memories.link_many([replace(served, confidence=0.1)])
        assert await uow.memories.links([TWO]) == [[plain, cooked, replace(served, confidence=0.1)]]
        numbers = await uow.memories.link_numbers([plain, cooked, served, replace(plain, label="other")])
        assert (len(set(numbers)), numbers[3]) == (4, None)
        assert not await uow.memories.unlink(ONE, TWO, LinkType.REFERENCES, "other")
        assert await uow.memories.unlink(ONE, TWO, LinkType.REFERENCES, "served")
        assert await uow.memories.links([TWO]) == [[plain, cooked]]
        assert await uow.graph.edges_between([ONE, TWO]) == [
            Edge(source=ONE, target=TWO, kind=EdgeKind.LINKS, type="references", weight=0.3),
            Edge(source=ONE, target=TWO, kind=EdgeKind.LINKS, type="references", weight=0.2, label="cooked: with"),
        ]


async def test_a_link_to_a_forgotten_memory_is_not_shown(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.link_many([a_link()])
        await uow.memories.put_many([a_memory(id=TWO, version=2, deleted_at=NOON)])
        assert await uow.memories.links([ONE, TWO]) == [[], []]


async def test_a_link_needs_both_its_ends(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.memories.link_many([a_link()])


async def test_mentions_are_replaced_as_a_whole(store: WholeStore) -> None:
    tea = EntityId("ent_2")
    first = [a_mention(salience=0.4, spans=(Span(0, 3), Span(9, 12))), a_mention(entity=tea, salience=0.9, spans=())]
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
        about = an_entity(id=tea, name="Tea")
        await uow.entities.put_many([an_entity(), about])
        await uow.memories.mention_many({ONE: first})
        assert await uow.memories.mentioned([ONE]) == [[Mentioned(first[1], about), Mentioned(first[0], an_entity())]]
        assert await uow.memories.mentions([ONE]) == [first[::-1]]
        await uow.memories.mention_many({ONE: [a_mention(entity=tea)]})
        assert await uow.memories.mentions([TWO, ONE]) == [[], [a_mention(entity=tea)]]
        assert await uow.memories.mentioned([TWO, ONE]) == [[], [Mentioned(a_mention(entity=tea), about)]]
    with pytest.raises(errors.NotFound):
        async with store.write(US) as uow:
            await uow.memories.mention_many({ONE: [a_mention(entity=EntityId("ent_9"))]})


async def test_turns_of_a_session_come_by_position(store: WholeStore) -> None:
    session = SessionId("ses_1")
    turns = [a_memory(id=MemoryId(f"mem_{n}"), session=session, position=n) for n in range(5)]
    gone = a_memory(id=MemoryId("mem_x"), session=session, position=5, deleted_at=NOON)
    async with store.write(US) as uow:
        await uow.memories.put_many([*reversed(turns), gone])
    async with store.read(US) as reader:
        assert await reader.memories.session_turns(session, start=1, stop=4) == turns[1:4]
        assert await reader.memories.session_turns(session, start=4, stop=99) == turns[4:]
        assert await reader.memories.last_position(session) == 5
        assert await reader.memories.last_position(SessionId("ses_9")) is None


async def test_memories_of_a_source_are_found_by_position(store: WholeStore) -> None:
    source = SourceId("src_1")
    async with store.write(US) as uow:
        await uow.memories.put_many(
            [a_memory(source=source, position=0), a_memory(id=TWO, source=source, position=7, deleted_at=NOON)]
        )
        assert await uow.memories.at_positions(source, [7, 1, 0, 7]) == [TWO, None, ONE, TWO]


async def test_what_derives_from_several_memories_does_not_go_with_one(store: WholeStore) -> None:
    facts = [a_memory(id=MemoryId(f"mem_f{n}")) for n in range(4)]
    link = a_link(type=LinkType.DERIVED_FROM)
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO), *facts])
        await uow.memories.link_many(
            [
                replace(link, source=facts[0].id, target=ONE),
                replace(link, source=facts[1].id, target=ONE),
                replace(link, source=facts[1].id, target=TWO),
                replace(link, source=facts[2].id, target=ONE, type=LinkType.DETAIL_OF),
                replace(link, source=facts[3].id, target=ONE, type=LinkType.SIMILAR),
            ]
        )
        assert await uow.memories.derived_only([ONE]) == ["mem_f0", "mem_f2"]
        assert await uow.memories.derived_only([ONE, TWO]) == ["mem_f0", "mem_f1", "mem_f2"]
        assert await uow.memories.derived_only([TWO]) == []
        await uow.memories.put_many([a_memory(id=TWO, version=2, deleted_at=NOON)])
        assert await uow.memories.derived_only([ONE]) == ["mem_f0", "mem_f2"]
        assert await uow.memories.derived_only([ONE], life=Life.LIVE) == ["mem_f0", "mem_f1", "mem_f2"]
        assert await uow.memories.derived_only([ONE], life=Life.FORGOTTEN) == ["mem_f0", "mem_f2"]
        assert await uow.memories.derived_only([TWO], life=Life.LIVE) == []
        assert await uow.memories.derived_only([TWO], life=Life.FORGOTTEN) == ["mem_f1"]


async def test_access_is_counted(store: WholeStore) -> None:
    later = NOON + timedelta(hours=1)
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.note_access([ONE], at=later)
        await uow.memories.note_access([ONE, MemoryId("mem_9"), ONE, ONE], at=NOON)
    async with store.read(US) as reader:
        assert await reader.memories.usage([TWO, ONE]) == [Usage(), Usage(access_count=4, last_accessed_at=later)]


async def test_texts_are_found_whoever_they_are_about(store: WholeStore) -> None:
    ada, ben = UserId("usr_1"), UserId("usr_2")
    async with store.write(US) as uow:
        await uow.memories.put_many(
            [
                a_memory(text="Tea!", user=ada),
                a_memory(id=TWO, text="tea", user=ben, created_at=NOON + timedelta(seconds=1)),
                a_memory(id=THREE, text="Tea", deleted_at=NOON),
                a_memory(id=MemoryId("mem_4"), text="Tea", project=ProjectId("prj_2")),
            ]
        )
        found = await uow.memories.same_words(project=PROJECT, texts=["TEA", "coffee", "tea."])
        assert found == [[ONE, TWO], [], [ONE, TWO]]
        assert await uow.memories.same_words(project=PROJECT, texts=[]) == []


async def test_memories_are_tallied_by_what_they_have_in_common(store: WholeStore) -> None:
    ada, later = UserId("usr_1"), NOON + timedelta(hours=1)
    async with store.write(US) as uow:
        await uow.memories.put_many(
            [
                a_memory(user=ada, agent=AgentId("agt_1"), categories=("food", "tea")),
                a_memory(id=TWO, user=ada, categories=("tea",), created_at=later, updated_at=later, version=3),
                a_memory(id=THREE, categories=("tea",), deleted_at=NOON, version=3),
            ]
        )
    living, any_ = MemoryFilter(), MemoryFilter(life=Life.ANY)
    both = Tally(value=ada, user=ada, memories=2, rounds=3, first=NOON, last=later)
    one = Tally(value="agt_1", user=None, memories=1, rounds=1, first=NOON, last=NOON)
    async with store.read(US) as reader:
        tally = reader.memories.tally
        assert await tally(living, by=Facet.USER) == [both]
        assert await tally(living, by=Facet.AGENT) == [one]
        assert await tally(living, by=Facet.CATEGORY) == [
            replace(one, value="food", user=ada),
            replace(both, value="tea"),
        ]
        assert [(each.user, each.rounds) for each in await tally(any_, by=Facet.CATEGORY)] == [
            (ada, 1),
            (None, 2),
            (ada, 3),
        ]
        assert await tally(MemoryFilter(ids=(MemoryId("mem_9"),)), by=Facet.USER) == []
