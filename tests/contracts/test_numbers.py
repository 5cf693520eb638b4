"""Numbers: whole, above 0, given once to each memory, user and link of a tenant, and never again."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.errors import NotFound
from app.domain.ids import MemoryId, OrganizationId, UserId
from app.domain.memory import Attached, LinkType, Usage
from app.services.references import Door
from tests.builders import NOON, a_link, a_memory, a_principal, a_project, a_session, a_user, an_agent
from tests.contracts.conftest import WholeStore

US = a_principal()
THEM = a_principal(tenant=OrganizationId("org_2"))
ONE, TWO, THREE = MemoryId("mem_1"), MemoryId("mem_2"), MemoryId("mem_3")
ADA, BEN = UserId("usr_1"), UserId("usr_2")


async def _numbers(door: Door, ids: Sequence[MemoryId]) -> list[int | None]:
    return [told.number if told else None for told in await door.memories.attached(ids)]


async def _users(door: Door, ids: Sequence[UserId]) -> list[int | None]:
    return [user.number if user else None for user in await door.users.get_many(ids)]


async def test_each_has_its_own(store: WholeStore) -> None:
    link, other = a_link(source=ONE, target=TWO), a_link(source=TWO, target=ONE, type=LinkType.SIMILAR)
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.users.put(a_user(id=BEN, external_id="ben"))
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.link_many([link, other])
    async with store.read(US) as reader:
        memories = await _numbers(reader, [TWO, MemoryId("mem_9"), ONE])
        users = await _users(reader, [ADA, UserId("usr_9"), BEN])
        links = await reader.memories.link_numbers([other, replace(link, type=LinkType.EXTENDS), link])
        assert await reader.memories.by_numbers([memories[2] or 0, 999, memories[0] or 0]) == [ONE, None, TWO]
    assert (memories[1], users[1], links[1]) == (None, None, None)
    given = [number for number in (*memories, *users, *links) if number]
    assert len(set(given)) == 6
    assert min(given) > 0


async def test_they_stay(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.link_many([a_link(source=ONE, target=TWO)])
    async with store.read(US) as reader:
        before = await _numbers(reader, [ONE]), await _users(reader, [ADA])
        linked = await reader.memories.link_numbers([a_link(source=ONE, target=TWO)])
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(text="Changed", version=2, deleted_at=NOON), a_memory(id=THREE)])
        await uow.users.put(a_user(name="Augusta"))
        await uow.memories.link_many([a_link(source=ONE, target=TWO, confidence=0.1)])
        assert (await _numbers(uow, [ONE]), await _users(uow, [ADA])) == before
        assert await uow.memories.link_numbers([a_link(source=ONE, target=TWO)]) == linked


async def test_what_was_erased_leaves_its_number_unused(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        last = await _numbers(uow, [TWO])
    async with store.write(US) as uow:
        await uow.memories.erase([TWO])
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=TWO), a_memory(id=THREE)])
        anew = await _numbers(uow, [TWO, THREE])
        assert await uow.memories.by_numbers([number or 0 for number in last]) == [None]
    assert min(number or 0 for number in anew) > (last[0] or 0)


async def test_a_unit_that_failed_gives_none_twice(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
    with pytest.raises(NotFound):
        await _failing(store)
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=THREE)])
        one, two, three = await _numbers(uow, [ONE, TWO, THREE])
    assert two is None
    assert one is not None
    assert three is not None
    assert three > one


async def _failing(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=TWO)])
        await uow.memories.link_many([a_link(source=TWO, target=MemoryId("mem_9"))])


async def test_tenants_count_for_themselves(store: WholeStore) -> None:
    for principal in (US, THEM):
        async with store.write(principal) as uow:
            await uow.projects.put(a_project())
            await uow.memories.put_many([a_memory()])
            assert await _numbers(uow, [ONE]) == [1]


async def test_what_belongs_to_a_memory_is_told_at_once_and_its_people_to_those_who_see_them(store: WholeStore) -> None:
    lone = a_memory(id=TWO)
    whole = a_memory(user=ADA, agent=an_agent().id, session=a_session().id)
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.agents.put(an_agent())
        await uow.sessions.put(a_session())
        await uow.memories.put_many([whole, lone])
        usage = await uow.memories.give_feedback(ONE, value=0.5, reason=None)
    async with store.read(US) as reader:
        first, missing, second = await reader.memories.attached([ONE, THREE, TWO])
        (ada,) = await reader.users.get_many([ADA])
    assert (first, missing, second) == (
        Attached(
            number=first.number if first else 0,
            user="ada",
            user_number=ada.number if ada else 0,
            agent="helper",
            session="monday",
            usage=usage,
        ),
        None,
        Attached(
            number=second.number if second else 0, user=None, user_number=None, agent=None, session=None, usage=Usage()
        ),
    )
