"""What the language model costs is added up a day and an organization at a time, and outlives the process."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from app.domain.ids import OrganizationId
from app.domain.spending import Spending
from tests.builders import NOON, a_principal, an_organization
from tests.contracts.conftest import WholeStore

US = a_principal()
DAY = NOON.date()


async def add(store: WholeStore, spending: Spending) -> None:
    async with store.write(US) as uow:
        await uow.spending.add(DAY, spending)


async def test_a_day_is_added_up_by_itself(store: WholeStore) -> None:
    await add(store, Spending(calls=1, tokens=300))
    await add(store, Spending(calls=2, tokens=50))
    async with store.write(US) as uow:
        await uow.spending.add(DAY + timedelta(days=1), Spending(calls=1, tokens=7))
        assert await uow.spending.on(DAY) == Spending(calls=3, tokens=350)
    async with store.read(US) as reader:
        assert await reader.spending.on(DAY) == Spending(calls=3, tokens=350)
        assert await reader.spending.on(DAY + timedelta(days=1)) == Spending(calls=1, tokens=7)
        assert await reader.spending.on(DAY - timedelta(days=1)) == Spending()


async def test_who_adds_at_once_loses_nothing(store: WholeStore) -> None:
    await asyncio.gather(*(add(store, Spending(calls=1, tokens=10)) for _ in range(8)))
    async with store.read(US) as reader:
        assert await reader.spending.on(DAY) == Spending(calls=8, tokens=80)


async def test_each_organization_has_its_own(store: WholeStore) -> None:
    them = replace(US, tenant=OrganizationId("org_2"))
    await store.found(an_organization(id=them.tenant, name="Theirs"))
    await add(store, Spending(calls=1, tokens=10))
    async with store.write(them) as uow:
        await uow.spending.add(DAY, Spending(calls=5, tokens=5))
    async with store.read(US) as reader:
        assert await reader.spending.on(DAY) == Spending(calls=1, tokens=10)
