"""Numbers: whole, above 0, given once to each memory, user and link of a tenant, and never again."""

from dataclasses import replace

import pytest

from app.domain.errors import NotFound
from app.domain.ids import MemoryId, OrganizationId, UserId
from app.domain.memory import LinkType
from tests.builders import NOON, a_link, a_memory, a_principal, a_project, a_user
from tests.contracts.conftest import WholeStore

US = a_principal()
THEM = a_principal(tenant=OrganizationId("org_2"))
ONE, TWO, THREE = MemoryId("mem_1"), MemoryId("mem_2"), MemoryId("mem_3")
ADA, BEN = UserId("usr_1"), UserId("usr_2")


async def test_each_has_its_own(store: WholeStore) -> None:
    link, other = a_link(source=ONE, target=TWO), a_link(source=TWO, target=ONE, type=LinkType.SIMILAR)
    async with store.write(US) as uow:
        await uow.users.put(a_user())
        await uow.users.put(a_user(id=BEN, external_id="ben"))
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        await uow.memories.link_many([link, other])
    async with store.read(US) as reader:
        memories = await reader.memories.numbers([TWO, MemoryId("mem_9"), ONE])
        users = await reader.users.numbers([ADA, UserId("usr_9"), BEN])
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
        before = await reader.memories.numbers([ONE]), await reader.users.numbers([ADA])
        linked = await reader.memories.link_numbers([a_link(source=ONE, target=TWO)])
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(text="Changed", version=2, deleted_at=NOON), a_memory(id=THREE)])
        await uow.users.put(a_user(name="Augusta"))
        await uow.memories.link_many([a_link(source=ONE, target=TWO, confidence=0.1)])
        assert (await uow.memories.numbers([ONE]), await uow.users.numbers([ADA])) == before
        assert await uow.memories.link_numbers([a_link(source=ONE, target=TWO)]) == linked


async def test_what_was_erased_leaves_its_number_unused(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(), a_memory(id=TWO)])
        last = await uow.memories.numbers([TWO])
    async with store.write(US) as uow:
        await uow.memories.erase([TWO])
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=TWO), a_memory(id=THREE)])
        anew = await uow.memories.numbers([TWO, THREE])
        assert await uow.memories.by_numbers([number or 0 for number in last]) == [None]
    assert min(number or 0 for number in anew) > (last[0] or 0)


async def test_a_unit_that_failed_gives_none_twice(store: WholeStore) -> None:
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory()])
    with pytest.raises(NotFound):
        await _failing(store)
    async with store.write(US) as uow:
        await uow.memories.put_many([a_memory(id=THREE)])
        one, two, three = await uow.memories.numbers([ONE, TWO, THREE])
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
            assert await uow.memories.numbers([ONE]) == [1]
