"""Filters that mean what is about nobody in particular."""

import pytest

from app.domain.ids import MemoryId, UserId
from app.domain.query import MemoryFilter, MemoryOrder, Window
from tests.builders import a_memory, a_principal
from tests.contracts.conftest import WholeStore

US = a_principal()
ADA, BEN = UserId("usr_1"), UserId("usr_2")


@pytest.mark.parametrize(
    ("users", "found"),
    [((None,), {"mem_0"}), ((None, ADA), {"mem_0", "mem_1"}), ((ADA,), {"mem_1"}), ((ADA, BEN), {"mem_1", "mem_2"})],
)
async def test_nobody_is_one_of_the_users_that_may_be_meant(
    store: WholeStore, users: tuple[UserId | None, ...], found: set[str]
) -> None:
    async with store.write(US) as uow:
        about = enumerate((None, ADA, BEN))
        await uow.memories.put_many([a_memory(id=MemoryId(f"mem_{n}"), user=user) for n, user in about])
    where = MemoryFilter(users=users)
    async with store.read(US) as reader:
        page = await reader.memories.page(Window(limit=10), where=where, order=MemoryOrder.CREATED_AT, descending=True)
        assert {row.item.id for row in page.rows} == found
        assert await reader.memories.count(where) == len(found)
