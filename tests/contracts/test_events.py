"""Events: numbered without gaps in commit order, per tenant, and told of all tenants; and kept answers."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.ids import KeyId, MemoryId, OrganizationId, ProjectId, UserId
from app.domain.principal import Credential, Only
from app.domain.work import Event, EventKind, RecordedEvent
from tests.builders import PROJECT, a_job, a_memory, a_principal, a_user, an_event
from tests.contracts.conftest import WholeStore
from tests.fakes import FixedClock

US = a_principal()
THEM = a_principal(tenant=OrganizationId("org_2"))


async def test_an_event_comes_back_as_it_was_emitted(store: WholeStore, clock: FixedClock) -> None:
    event = an_event(kind=EventKind.MEMORY_UPDATED, data={"fields": ["text"], "n": None})
    async with store.write(replace(US, actor="editor")) as uow:
        uow.emit(event)
    async with store.read(US) as reader:
        assert await reader.events.after(0, project=None, limit=9) == [
            RecordedEvent(tenant=US.tenant, revision=1, at=clock.now(), actor="editor", event=event)
        ]


async def emit_and_fail(store: WholeStore) -> None:
    async with store.write(US) as uow:
        uow.emit(an_event(subject="never"))
        raise RuntimeError


async def test_revisions_are_gapless_in_each_tenant(store: WholeStore) -> None:
    for number in range(3):
        async with store.write(US) as uow:
            uow.emit(an_event(subject=f"a{number}"))
            await uow.jobs.put_many([a_job()])
        async with store.write(THEM) as uow:
            uow.emit(an_event(subject=f"b{number}"))
        with pytest.raises(RuntimeError):
            await emit_and_fail(store)
    async with store.read(US) as reader:
        ours = await reader.events.after(0, project=None, limit=99)
        assert [one.revision for one in ours] == [1, 2, 3, 4, 5, 6]
        assert [one.event.subject for one in ours] == ["a0", "job_1", "a1", "job_1", "a2", "job_1"]
        assert await reader.events.revision() == 6
    async with store.read(THEM) as reader:
        assert [one.revision for one in await reader.events.after(1, project=None, limit=9)] == [2, 3]


async def test_many_writers_at_once_leave_no_gap(store: WholeStore) -> None:
    async def add(number: int) -> None:
        async with store.write(US) as uow:
            await uow.memories.put_many([a_memory(id=MemoryId(f"mem_{number}"))])
            uow.emit(an_event(subject=f"mem_{number}"))

    await asyncio.gather(*(add(number) for number in range(50)))
    async with store.read(US) as reader:
        events = await reader.events.after(0, project=None, limit=99)
    assert [one.revision for one in events] == list(range(1, 51))
    assert {one.event.subject for one in events} == {f"mem_{number}" for number in range(50)}


async def emit_for_both(store: WholeStore, count: int) -> None:
    for number in range(count):
        for principal in (US, THEM):
            async with store.write(principal) as uow:
                uow.emit(an_event(subject=str(number)))


def told_of(events: Sequence[RecordedEvent], tenant: OrganizationId) -> list[int]:
    return [one.revision for one in events if one.tenant == tenant]


async def test_the_newest_revisions_are_those_of_tenants_with_events(store: WholeStore) -> None:
    assert await store.revisions() == {}
    await emit_for_both(store, 2)
    async with store.write(US) as uow:
        uow.emit(an_event())
    assert await store.revisions() == {US.tenant: 3, THEM.tenant: 2}


async def test_events_of_all_tenants_come_in_order_within_each(store: WholeStore) -> None:
    await emit_for_both(store, 3)
    events = await store.events_since({}, limit=99)
    assert told_of(events, US.tenant) == told_of(events, THEM.tenant) == [1, 2, 3]
    assert len(events) == 6
    events = await store.events_since({US.tenant: 1}, limit=99)
    assert (told_of(events, US.tenant), told_of(events, THEM.tenant)) == ([2, 3], [1, 2, 3])
    events = await store.events_since({US.tenant: 1, THEM.tenant: 3, OrganizationId("org_9"): 7}, limit=99)
    assert (told_of(events, US.tenant), told_of(events, THEM.tenant)) == ([2, 3], [])
    assert await store.events_since(await store.revisions(), limit=99) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
async def test_events_are_read_a_few_at_a_time_and_none_is_left_out(store: WholeStore, limit: int) -> None:
    await emit_for_both(store, 4)
    seen: dict[OrganizationId, int] = {}
    told: list[RecordedEvent] = []
    while events := await store.events_since(seen, limit=limit):
        assert len(events) <= limit
        told += events
        seen.update((one.tenant, one.revision) for one in events)
    assert told_of(told, US.tenant) == told_of(told, THEM.tenant) == [1, 2, 3, 4]


async def test_what_is_told_says_whom_it_is_about_by_their_own_id(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.users.put(a_user(id=UserId("usr_1"), external_id="ada"))
        uow.emit(an_event(user=UserId("usr_1")))
        uow.emit(an_event(user=None))
    assert [told.about for told in await store.events_since({}, limit=9)] == ["ada", None]


async def test_events_are_told_to_who_sees_their_project(store: WholeStore) -> None:
    other = ProjectId("prj_2")
    ours, theirs, everyones = an_event(), an_event(project=other), an_event(project=None)
    async with store.write(US) as uow:
        for event in (ours, theirs, everyones):
            uow.emit(event)

    async def told(principal: Only | None, project: ProjectId | None) -> list[Event]:
        async with store.read(replace(US, visible=principal or US.visible)) as reader:
            return [one.event for one in await reader.events.after(0, project=project, limit=9)]

    assert await told(None, None) == [ours, theirs, everyones]
    assert await told(None, other) == [theirs]
    assert await told(Only(frozenset({PROJECT})), None) == [ours, everyones]
    assert await told(Only(frozenset({PROJECT})), other) == []


async def test_an_answer_is_kept_for_a_day_and_for_its_credential(store: WholeStore, clock: FixedClock) -> None:
    answer = {"ids": ["mem_1"], "count": 1}
    async with store.write(US) as uow:
        assert await uow.idempotency.find("k") is None
        await uow.idempotency.keep("k", fingerprint=b"\x00\xff", answer=answer, at=clock.now())
    async with store.write(US) as uow:
        assert await uow.idempotency.find("k") == (b"\x00\xff", answer)
    for other in (replace(US, credential=Credential(key=KeyId("key_2"))), replace(US, credential=Credential(key=None))):
        async with store.write(other) as uow:
            assert await uow.idempotency.find("k") is None
    clock.advance(timedelta(hours=24) - timedelta(seconds=1))
    async with store.write(US) as uow:
        assert await uow.idempotency.find("k") == (b"\x00\xff", answer)
    clock.advance(timedelta(seconds=1))
    async with store.write(US) as uow:
        assert await uow.idempotency.find("k") is None
        await uow.idempotency.keep("k", fingerprint=b"2", answer={}, at=clock.now())
        assert await uow.idempotency.find("k") == (b"2", {})


async def test_events_are_found_by_their_revisions(store: WholeStore) -> None:
    for number in range(3):
        async with store.write(US) as uow:
            uow.emit(an_event(subject=f"a{number}"))
    async with store.write(THEM) as uow:
        uow.emit(an_event(subject="theirs"))
    async with store.read(US) as reader:
        found = await reader.events.numbered([3, 9, 1, 3])
        assert [one and one.event.subject for one in found] == ["a2", None, "a0", "a2"]
        assert await reader.events.numbered([]) == []
    async with store.read(replace(US, visible=Only(frozenset({ProjectId("prj_other")})))) as reader:
        assert await reader.events.numbered([1]) == [None]
